//! The page that keeps a room: its forms do, offer and refuse what the table of permissions says.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::StreamExt;
use futures_util::future::join_all;
use reqwest::Response;
use reqwest::header::LOCATION;
use sha2::{Digest, Sha256};
use starling_protocol::{
    Action, Denial, DisplayName, Limits, Role, RoomName, Scopes, Slug, Standing, UserId, Visibility,
};
use starling_server::store::{
    Actor, NewRoom, NewSignIn, RoomChange, RoomId, Store, StoreOptions, Visitor,
};
use tempfile::TempDir;

use crate::support::Server;

/// So many requests are on their way at once.
const AT_ONCE: usize = 16;

/// A kind of room, and what somebody is in it.
#[derive(Clone, Copy, Debug)]
struct Kind {
    role: Role,
    visibility: Visibility,
    visitors_talk: bool,
    locked: bool,
    archived: bool,
}

impl Kind {
    fn all() -> Vec<Self> {
        let mut kinds = Vec::new();
        for role in Role::ALL {
            for visibility in Visibility::ALL {
                for state in 0..8_u8 {
                    kinds.push(Self {
                        role: *role,
                        visibility: *visibility,
                        visitors_talk: state & 1 != 0,
                        locked: state & 2 != 0,
                        archived: state & 4 != 0,
                    });
                }
            }
        }
        kinds
    }

    fn standing(self) -> Standing {
        Standing {
            role: self.role,
            operator: false,
            scopes: Scopes::ALL,
            visibility: self.visibility,
            visitors_talk: self.visitors_talk,
            locked: self.locked,
            archived: self.archived,
            muted: None,
            banned: None,
            kicked: None,
        }
    }
}

/// Where a form goes, and its fields; `None` for an action that has none.
fn form_of(action: Action, other: &str) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    let against = |measure: &str| {
        let lasts = ("lasts", "hour".to_owned());
        vec![("user", other.to_owned()), ("measure", measure.to_owned()), lasts]
    };
    let role = |role: &str| vec![("user", other.to_owned()), ("role", role.to_owned())];
    Some(match action {
        Action::Rename => ("name", vec![("name", "Another".to_owned())]),
        Action::SetVisibility => ("access", vec![("visibility", "public".to_owned())]),
        Action::SetRole => ("role", role("moderator")),
        Action::RemoveMember => ("role", role("visitor")),
        Action::HandOver => ("hand-over", vec![("user", other.to_owned())]),
        Action::Mute => ("measure", against("mute")),
        Action::Kick => ("measure", against("kick")),
        Action::Ban => ("measure", against("ban")),
        Action::Lock => ("lock", vec![("locked", "true".to_owned())]),
        Action::Archive => ("archive", vec![("archived", "true".to_owned())]),
        Action::Invite => ("invite", vec![("lasts", "day".to_owned())]),
        Action::DeleteRoom => ("delete", vec![("confirm", "Case".to_owned())]),
        Action::Read
        | Action::Post
        | Action::Point
        | Action::Draw
        | Action::DeleteOwn
        | Action::DeleteAny
        | Action::EditOwn
        | Action::React
        | Action::Broadcast
        | Action::Gather
        | Action::ReadAudit
        | Action::Unknown => return None,
    })
}

/// What stands on the page if, and only if, an action is offered there.
fn mark_of(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::Rename => "/settings/name\"",
        Action::SetVisibility => "/settings/access\"",
        Action::SetRole => "Make moderator",
        Action::RemoveMember => "Remove from the members",
        Action::HandOver => "Hand the room over",
        Action::Mute => "value=\"mute\"",
        Action::Kick => "value=\"kick\"",
        Action::Ban => "value=\"ban\"",
        Action::Lock => "/settings/lock\"",
        Action::Archive => "/settings/archive\"",
        Action::Invite => "/settings/invite#",
        Action::DeleteRoom => "/settings/delete\"",
        Action::ReadAudit => "id=\"log\"",
        _ => return None,
    })
}

fn sentence(denial: Denial) -> &'static str {
    match denial {
        Denial::Hidden => "There is no such room.",
        Denial::Archived => "This room is archived",
        Denial::Locked => "This room is locked",
        Denial::ReadOnly => "Visitors can read here.",
        Denial::Role { least: Role::Owner } => "Only the owner of this room may do that.",
        Denial::Role { least: Role::Moderator } => "Only moderators of this room may do that.",
        denial => panic!("{denial:?} is not expected here"),
    }
}

/// Three people: who makes the rooms, somebody else in them, and who acts.
struct Cast {
    maker: UserId,
    other: UserId,
    actor: UserId,
    cookie: String,
}

impl Cast {
    async fn of(store: &Store) -> Self {
        let [maker, other, actor] = ["Maker", "Other", "Actor"].map(|name| async move {
            let token = [name.as_bytes()[0]; 32];
            let hash: [u8; 32] = Sha256::digest(token).into();
            let name = DisplayName::parse(name, &Limits::default()).unwrap();
            let sign_in = NewSignIn { token_hash: hash, ..NewSignIn::default() };
            let visitor = Visitor::Newcomer { name, sign_in };
            store.enter(visitor, Slug::new("start"), Some(new_room("Start"))).await.unwrap();
            (store.signed_in(&hash).await.unwrap().user.id, URL_SAFE_NO_PAD.encode(token))
        });
        let ((maker, _), (other, _)) = (maker.await, other.await);
        let (actor, token) = actor.await;
        Self { maker, other, actor, cookie: format!("starling={token}") }
    }

    async fn room(&self, store: &Store, slug: String, kind: Kind) -> RoomId {
        let maker = Visitor::Known { actor: Actor::person(self.maker), name: None };
        let entered = store.enter(maker, Slug::new(slug), Some(new_room("Case"))).await.unwrap();
        let (room, console) = (entered.room.id, Actor::Console);
        store.set_role(console, room, self.other, Role::Member).await.unwrap();
        if kind.role != Role::Visitor {
            store.set_role(console, room, self.actor, kind.role).await.unwrap();
        }
        let change = RoomChange {
            visibility: Some(kind.visibility),
            visitors_talk: Some(kind.visitors_talk),
            locked: Some(kind.locked),
            ..RoomChange::default()
        };
        store.change_room(console, room, change).await.unwrap();
        let archive = RoomChange { archived: Some(kind.archived), ..RoomChange::default() };
        store.change_room(console, room, archive).await.unwrap();
        room
    }
}

fn new_room(name: &str) -> NewRoom {
    let name = RoomName::parse(name, &Limits::default()).unwrap();
    NewRoom { name, visibility: Visibility::Public, address: [127, 0, 0, 1].into(), cap: u32::MAX }
}

async fn text(answer: Response) -> String {
    answer.text().await.unwrap()
}

#[tokio::test]
async fn forms_do_offer_and_refuse_what_the_table_says() {
    let folder = TempDir::new().unwrap();
    let options = StoreOptions { write_queue: 100_000, ..StoreOptions::DEFAULT };
    let (store, writer) = Store::open(folder.path(), &options).await.unwrap();
    let writing = tokio::spawn(writer.run(|_| {}));
    let cast = Cast::of(&store).await;
    let with_form = |action: &&Action| form_of(**action, "").is_some();
    let cases: Vec<(Kind, Option<Action>)> = Kind::all()
        .into_iter()
        .flat_map(|kind| {
            let acts = Action::ALL.iter().filter(with_form).map(|action| Some(*action));
            acts.chain([None]).map(move |act| (kind, act))
        })
        .collect();
    let rooms = cases.iter().enumerate();
    join_all(rooms.map(|(number, (kind, _))| cast.room(&store, format!("case-{number}"), *kind)))
        .await;
    store.close().await;
    writing.await.unwrap();

    // The actor sends them all.
    let flags = ["--chat-burst", "100000"].map(str::to_owned).to_vec();
    let server = Server::start_at("127.0.0.1:0".parse().unwrap(), folder, flags).await;
    let trying = cases.iter().enumerate().map(|(number, (kind, act))| {
        let (server, cast) = (&server, &cast);
        async move {
            match act {
                Some(action) => submits(server, cast, number, *kind, *action).await,
                None => looks(server, cast, number, *kind).await,
            }
        }
    });
    let tried = futures_util::stream::iter(trying).buffer_unordered(AT_ONCE).count().await;
    assert_eq!(tried, 4 * 3 * 8 * 13, "every role, kind of room and form, and the page");
}

/// Sends the form of an action.
async fn submits(server: &Server, cast: &Cast, number: usize, kind: Kind, action: Action) {
    let (place, fields) = form_of(action, &cast.other.to_string()).unwrap();
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = format!("/r/case-{number}/settings/{place}");
    let answer = server.submit(&cast.cookie, &path, &fields).await;
    let status = answer.status().as_u16();
    match kind.standing().may(action) {
        // What was made is shown this once.
        Ok(()) if action == Action::Invite => assert_eq!(status, 200, "{kind:?}"),
        Ok(()) => assert_eq!(status, 303, "{kind:?} {action:?}: {}", text(answer).await),
        Err(denial) => {
            let expected = if denial == Denial::Hidden { 404 } else { 403 };
            assert_eq!(status, expected, "{kind:?} {action:?}");
            let page = text(answer).await;
            assert!(page.contains(sentence(denial)), "{kind:?} {action:?}: {page}");
        }
    }
}

/// Opens the page: it offers what may be done, and nothing else.
async fn looks(server: &Server, cast: &Cast, number: usize, kind: Kind) {
    let path = format!("/r/case-{number}/settings");
    let answer = server.get_with(&cast.cookie, &path).await;
    let (status, page) = (answer.status().as_u16(), text(answer).await);
    let standing = kind.standing();
    let marks = Action::ALL.iter().filter_map(|action| Some((*action, mark_of(*action)?)));
    let mut offered = 0;
    for (action, mark) in marks {
        let may = standing.may(action).is_ok();
        assert_eq!(page.contains(mark), may, "{kind:?} {action:?}: {page}");
        offered += u32::from(may);
    }
    let expected = match standing.may(Action::ReadAudit) {
        _ if offered > 0 => 200,
        Err(Denial::Hidden) => 404,
        _ => 403,
    };
    assert_eq!(status, expected, "{kind:?}");
    let room = server.get_with(&cast.cookie, &format!("/r/case-{number}")).await;
    let leads_there = text(room).await.contains(&format!("href=\"{path}\""));
    assert_eq!(leads_there, offered > 0, "{kind:?}: the way there is shown to whom it is for");
}

#[tokio::test]
async fn a_form_leads_back_to_its_part_and_says_there_what_was_wrong() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let submit = async |place: &str, form: &[(&str, &str)]| {
        server.submit(&ada.cookie, &format!("/r/den/settings/{place}"), form).await
    };
    let answer = submit("name", &[("name", "  The\nden ")]).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[LOCATION]),
        (303, &"/r/den/settings#general".parse().unwrap())
    );
    assert!(text(server.get("/r/den").await).await.contains("The den"));

    let long = "x".repeat(81);
    for (place, form, says, typed) in [
        ("name", ("name", long.as_str()), "1 to 80 characters; this one has 81", long.as_str()),
        ("invite", ("uses", "0"), "a whole number from 1 to 100,000", "0"),
        ("invite", ("uses", "<b>"), "a whole number from 1 to 100,000", "&lt;b&gt;"),
        ("delete", ("confirm", "the den"), "This is not the room&#x27;s name.", "the den"),
    ] {
        let answer = submit(place, &[form]).await;
        assert_eq!(answer.status(), 422, "{place}");
        let page = text(answer).await.replace('\'', "&#x27;");
        assert!(page.contains(says), "{place}: {page}");
        assert!(page.contains("aria-invalid=\"true\""), "{place}");
        assert!(page.contains(&format!("value=\"{typed}\"")), "{place} keeps what was typed");
    }
    for (place, form) in [
        ("name", ("title", "x")),
        ("access", ("visibility", "hidden")),
        ("role", ("user", "1")),
        ("lock", ("locked", "perhaps")),
    ] {
        assert_eq!(submit(place, &[form]).await.status(), 400, "{place}");
        let answer = server.get(&format!("/r/den/settings/{place}")).await;
        assert_eq!(answer.headers()[LOCATION], "/r/den/settings", "{place} opened as a page");
    }
    let answer = submit("delete", &[("confirm", " The den ")]).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[LOCATION]),
        (303, &"/".parse().unwrap())
    );
    assert_eq!(server.get("/r/den").await.status(), 404);
}

#[tokio::test]
async fn a_room_is_handed_over_when_that_was_asked_twice() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let mut bob = server.socket(&server.guest("Bob", "Den").await).await;
    bob.join(&ada.room).await;
    let page = text(server.get_as(&ada, "/r/den/settings").await).await;
    let heir = page.split("?heir=").nth(1).unwrap().split('#').next().unwrap().to_owned();
    let page = text(server.get_as(&ada, &format!("/r/den/settings?heir={heir}")).await).await;
    assert!(page.contains("settings/hand-over") && page.contains("You become a moderator"));
    let form = [("user", heir.as_str())];
    let answer = server.submit(&ada.cookie, "/r/den/settings/hand-over", &form).await;
    assert_eq!(answer.status(), 303);
    while bob.event_of("rights").await["role"] != "owner" {}
    let again = server.submit(&ada.cookie, "/r/den/settings/hand-over", &form).await;
    assert_eq!(again.status(), 403);
    let page = text(again).await;
    assert!(page.contains("Only the owner of this room may do that."), "{page}");
    assert!(page.contains("id=\"log\""), "a moderator still has the page");
}

#[tokio::test]
async fn the_log_has_everything_that_was_done_and_has_pages() {
    let server = Server::start(&["--chat-burst", "1000"]).await;
    let ada = server.guest("Ada", "Den").await;
    server.guest("Bob", "Den").await;
    let page = text(server.get_as(&ada, "/r/den/settings").await).await;
    let bob = page.split("?heir=").nth(1).unwrap().split('#').next().unwrap().to_owned();
    let bob = bob.as_str();
    let done = [
        ("name", vec![("name", "Attic")], "renamed the room to"),
        (
            "access",
            vec![("visibility", "private"), ("visitors_talk", "true")],
            "made the room private",
        ),
        ("access", vec![("visibility", "private")], "let visitors only read"),
        ("role", vec![("user", bob), ("role", "moderator")], "a moderator"),
        ("role", vec![("user", bob), ("role", "member")], "a member"),
        ("role", vec![("user", bob), ("role", "visitor")], "from the members"),
        (
            "measure",
            vec![("user", bob), ("measure", "mute"), ("reason", "Noise")],
            "because: Noise",
        ),
        ("measure", vec![("user", bob), ("measure", "unmute")], "talk again"),
        ("measure", vec![("user", bob), ("measure", "ban")], "banned"),
        ("measure", vec![("user", bob), ("measure", "unban")], "ended the ban of"),
        ("measure", vec![("user", bob), ("measure", "kick")], "out"),
        ("lock", vec![("locked", "true")], "locked the room"),
        ("lock", vec![("locked", "false")], "unlocked the room"),
        ("invite", vec![("uses", "2")], "made invitation 1"),
        ("take-back", vec![("invite", "1")], "took back invitation 1"),
        ("archive", vec![("archived", "true")], "archived the room"),
        ("archive", vec![("archived", "false")], "opened the room again"),
    ];
    for (place, form, says) in &done {
        let path = format!("/r/den/settings/{place}");
        let answer = server.submit(&ada.cookie, &path, form).await;
        assert!(matches!(answer.status().as_u16(), 200 | 303), "{place} {form:?}");
        let page = text(server.get_as(&ada, "/r/den/settings").await).await;
        let log = page.split("id=\"log\"").nth(1).unwrap();
        let latest = log.split("class=\"done\"").nth(1).unwrap();
        assert!(latest.contains(says) && latest.contains("Ada"), "{place}: {latest}");
    }
    let entries = |page: &str| page.matches("class=\"done\"").count();
    let mut all = done.len();
    while all < 60 {
        let name = format!("Attic {all}");
        let form = [("name", name.as_str())];
        server.submit(&ada.cookie, "/r/den/settings/name", &form).await;
        all += 1;
    }
    let page = text(server.get_as(&ada, "/r/den/settings").await).await;
    assert_eq!(entries(&page), 50);
    let older = page.split("?before=").nth(1).unwrap().split('#').next().unwrap();
    let page = text(server.get_as(&ada, &format!("/r/den/settings?before={older}")).await).await;
    assert_eq!(entries(&page), all - 50);
    assert!(page.contains("renamed the room to") && page.contains(">Newest<"));
}
