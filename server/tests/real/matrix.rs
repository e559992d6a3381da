//! The whole table of permissions against a real server: every role, in every kind of room, asks for
//! every action, in every way there is to ask; and what comes of it is what the table says.
//!
//! Another way to ask is another [`Way`].

mod form;
mod rest;

use futures_util::future::join_all;
use serde_json::{Value, json};
use starling_protocol::{
    Action, CursorFrame, CursorInput, CursorState, Denial, Point, Role, Scopes, Slot, Slug,
    Standing, Until, Visibility,
};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::support::board::delete;
use crate::support::database::Database;
use crate::support::{Guest, RawSocket, Server};
use form::ByForm;

/// Long after every test.
const LATER: i64 = 4_102_444_800_000;

/// What is special about a room, or about who comes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Public,
    Unlisted,
    Private,
    VisitorsRead,
    Locked,
    Archived,
    Muted,
    Banned,
    Kicked,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Public,
        Self::Unlisted,
        Self::Private,
        Self::VisitorsRead,
        Self::Locked,
        Self::Archived,
        Self::Muted,
        Self::Banned,
        Self::Kicked,
    ];

    fn standing(self, role: Role) -> Standing {
        Standing {
            role,
            operator: false,
            scopes: Scopes::ALL,
            visibility: match self {
                Self::Public => Visibility::Public,
                Self::Private => Visibility::Private,
                _ => Visibility::Unlisted,
            },
            visitors_talk: self != Self::VisitorsRead,
            locked: self == Self::Locked,
            archived: self == Self::Archived,
            muted: (self == Self::Muted).then_some(Until(Some(LATER))),
            banned: (self == Self::Banned).then_some(Until(None)),
            kicked: (self == Self::Kicked).then_some(LATER),
        }
    }
}

/// A way to ask for something.
trait Way: Sized {
    /// What can be asked for in this way.
    const ACTIONS: &[Action];

    /// Somebody who is about to ask.
    async fn open(server: &Server, case: &Case) -> Self;

    /// Asks, and tells what came of it: "done", or as [`Self::refused`].
    async fn tries(&mut self, server: &Server, case: &mut Case, action: Action) -> String;

    /// How a refusal is told.
    fn refused(denial: Denial) -> String;
}

/// A room in which the actor has said something, and a member, too.
struct Case {
    slug: Slug,
    actor: Guest,
    other: String,
    /// Owns the room, and sees what happens there.
    maker: RawSocket,
    archived: bool,
}

const OF_OTHER: u64 = 1;
const OF_ACTOR: u64 = 2;

#[tokio::test]
async fn the_table_holds_over_the_websocket() {
    let server = start().await;
    let tried = holds::<OverWebSocket>(&server).await;
    assert_eq!(tried, Kind::ALL.len() * Role::ALL.len() * OverWebSocket::ACTIONS.len());
}

#[tokio::test]
async fn the_table_holds_for_pages_and_forms() {
    let server = start().await;
    let tried = holds::<ByForm>(&server).await;
    assert_eq!(tried, Kind::ALL.len() * Role::ALL.len() * ByForm::ACTIONS.len());
}

async fn start() -> Server {
    let many = ["--rooms-per-address", "--chat-burst", "--searches-per-minute", "--api-per-minute"];
    Server::start(&many.map(|flag| [flag, "100000"]).concat()).await
}

/// Tries every case; returns how many there were.
async fn holds<W: Way>(server: &Server) -> usize {
    join_all(Kind::ALL.map(|kind| holds_in::<W>(server, kind))).await.iter().sum()
}

async fn holds_in<W: Way>(server: &Server, kind: Kind) -> usize {
    let hall = format!("Hall {kind:?}");
    let [maker, other, actor] =
        join_all(["Maker", "Other", "Actor"].map(|name| server.guest(name, &hall)))
            .await
            .try_into()
            .ok()
            .unwrap();
    let mut database = Database::open(server.data()).await;
    let mut tried = 0;
    for role in Role::ALL {
        for action in W::ACTIONS {
            let name = format!("{kind:?} {role:?} {action:?}");
            let mut case =
                prepare(server, &mut database, &name, kind, *role, &maker, &other, &actor).await;
            let standing = kind.standing(*role);
            let expected = match action {
                // What is done to somebody, or to what they said: the other one is a member.
                Action::DeleteAny | Action::Mute | Action::Kick | Action::Ban => {
                    standing.may_to(*action, Role::Member)
                }
                action => standing.may(*action),
            };
            let expected = expected.map_or_else(W::refused, |()| "done".to_owned());
            let mut way = W::open(server, &case).await;
            assert_eq!(way.tries(server, &mut case, *action).await, expected, "{name}");
            tried += 1;
        }
    }
    tried
}

#[expect(clippy::too_many_arguments, reason = "a case is all of that")]
async fn prepare(
    server: &Server,
    database: &mut Database,
    name: &str,
    kind: Kind,
    role: Role,
    maker: &Guest,
    other: &Guest,
    actor: &Guest,
) -> Case {
    let origin = server.url("");
    let form = [("name", "Maker"), ("room", name)];
    let made = server.post_join(&origin, &maker.cookie, &form).await;
    assert_eq!(made.status(), 303, "{name}");
    let slug = Slug::new(made.headers()["location"].to_str().unwrap().trim_start_matches("/r/"));
    let mut ids = Vec::new();
    for guest in [other, actor] {
        let form = [("name", guest.name.as_str()), ("slug", slug.as_str())];
        assert_eq!(server.post_join(&origin, &guest.cookie, &form).await.status(), 303, "{name}");
        let mut socket = server.open(&origin, &guest.cookie).await.unwrap();
        ids.push(socket.event().await["user"]["id"].as_str().unwrap().to_owned());
        socket.join(&slug).await;
        assert_eq!(ask(&mut socket, &slug, post()).await, "done");
    }
    let mut owner = server.socket(maker).await;
    owner.join(&slug).await;

    let [other, id] = ids.try_into().unwrap();
    let standing = kind.standing(role);
    database.set_role(&slug, &other, Role::Member).await;
    if role != Role::Visitor {
        database.set_role(&slug, &id, role).await;
    }
    for (so, measure, until) in [
        (standing.muted.is_some(), "mute", Some(LATER)),
        (standing.banned.is_some(), "ban", None),
        (standing.kicked.is_some(), "kick", Some(LATER)),
    ] {
        if so {
            database.set_measure(&slug, &id, measure, until).await;
        }
    }
    database.set_room(&slug, &standing).await;
    let actor =
        Guest { name: actor.name.clone(), cookie: actor.cookie.clone(), room: slug.clone() };
    Case { slug, actor, other, maker: owner, archived: standing.archived }
}

fn post() -> Value {
    json!({"type": "post", "id": Uuid::now_v7(), "body": "x"})
}

/// Asks, and returns "done" or the code of the refusal.
async fn ask(socket: &mut RawSocket, room: &Slug, mut event: Value) -> String {
    event["ref"] = json!(77);
    event["room"] = json!(room);
    socket.send(&event).await;
    loop {
        let event = socket.event().await;
        if event["ref"] == json!(77) {
            return match event["type"].as_str() {
                Some("error") => event["code"].as_str().unwrap().to_owned(),
                _ => "done".to_owned(),
            };
        }
    }
}

struct OverWebSocket {
    socket: RawSocket,
    /// What came of joining: else a reader must not learn more than that.
    joined: Result<(Value, Value), String>,
}

impl Way for OverWebSocket {
    const ACTIONS: &[Action] = &[
        Action::Read,
        Action::Post,
        Action::Point,
        Action::Draw,
        Action::DeleteOwn,
        Action::EditOwn,
        Action::React,
        Action::DeleteAny,
        Action::Mute,
        Action::Kick,
        Action::Ban,
        Action::Lock,
        Action::Gather,
    ];

    async fn open(server: &Server, case: &Case) -> Self {
        let mut socket = server.socket(&case.actor).await;
        socket.send(&json!({"type": "join", "ref": 1, "room": case.slug})).await;
        let joined = loop {
            let event = socket.event().await;
            match event["type"].as_str().unwrap() {
                "joined" => break Ok((event, socket.event_of("rights").await)),
                "error" => break Err(event["code"].as_str().unwrap().to_owned()),
                _ => {}
            }
        };
        Self { socket, joined }
    }

    async fn tries(&mut self, _server: &Server, case: &mut Case, action: Action) -> String {
        let room = &case.slug;
        let user = case.other.clone();
        let moderate = |measure: &str| {
            json!({"type": "moderate", "user": user,
            "measure": measure, "reason": "", "seconds": 60})
        };
        let event = match action {
            Action::Read => {
                let history = ask(&mut self.socket, room, json!({"type": "history", "before": 9}));
                let history = history.await;
                let joined = self.joined.as_ref().map_or_else(Clone::clone, |_| "done".to_owned());
                assert_eq!(history, joined, "history is not told otherwise than the room");
                return joined;
            }
            Action::Point => return self.points(case).await,
            Action::Post => post(),
            Action::Draw => {
                let operation = json!({"id": Uuid::now_v7(), "changes": [delete(1)]});
                json!({"type": "operate", "operation": operation})
            }
            Action::DeleteOwn => json!({"type": "delete_message", "message": OF_ACTOR}),
            Action::EditOwn => json!({"type": "edit", "message": OF_ACTOR, "body": "Hm."}),
            Action::React => {
                json!({"type": "react", "message": OF_OTHER, "emoji": "👍", "active": true})
            }
            Action::DeleteAny => json!({"type": "delete_message", "message": OF_OTHER}),
            Action::Mute => moderate("mute"),
            Action::Kick => moderate("kick"),
            Action::Ban => moderate("ban"),
            Action::Lock => json!({"type": "lock", "locked": true}),
            Action::Gather => json!({"type": "gather", "view": [0, 0, 4, 4]}),
            action => panic!("{action:?} cannot be asked for over the WebSocket"),
        };
        let outcome = ask(&mut self.socket, room, event).await;
        if let Ok((_, rights)) = &self.joined {
            let offered = rights["may"].as_array().unwrap().contains(&json!(action));
            assert_eq!(offered, outcome == "done", "{action:?} is offered as it is allowed");
        }
        outcome
    }

    fn refused(denial: Denial) -> String {
        match denial {
            Denial::Hidden => "no_such_room",
            Denial::Banned { .. } => "banned",
            Denial::Kicked { .. } => "kicked",
            Denial::Muted { .. } => "muted",
            Denial::Oneself | Denial::Role { .. } => "forbidden",
            Denial::Scope => "scope_missing",
            Denial::Archived => "room_archived",
            Denial::Locked => "room_locked",
            Denial::ReadOnly => "read_only",
        }
        .to_owned()
    }
}

impl OverWebSocket {
    /// Nobody answers a cursor: others see it, or they do not. Why not, the rights say.
    async fn points(&mut self, case: &mut Case) -> String {
        let (joined, rights) = match &self.joined {
            Ok(joined) => joined,
            Err(code) => return code.clone(),
        };
        let (channel, slot) = (joined["channel"].clone(), joined["slot"].clone());
        let offered = rights["may"].as_array().unwrap().contains(&json!("point"));
        let silenced = rights["silenced"].as_str().unwrap_or_default().to_owned();
        point(&mut self.socket, &channel).await;
        // The answer to this comes after the cursor was taken or not.
        ask(&mut self.socket, &case.slug, json!({"type": "history", "before": 1})).await;
        // Where nobody may point, there is nothing whose arrival would tell that it was not.
        let seen = if case.archived { false } else { sees(case, &slot).await };
        assert_eq!(seen, offered, "who is offered to point is seen, and nobody else");
        match (seen, silenced) {
            (true, _) => "done",
            (_, why) if why.contains("muted") => "muted",
            (_, why) if why.contains("archived") => "room_archived",
            (_, why) if why.contains("Visitors can read") => "read_only",
            (_, why) => panic!("{why:?} says not why"),
        }
        .to_owned()
    }
}

async fn point(socket: &mut RawSocket, channel: &Value) {
    let channel = serde_json::from_value(channel.clone()).unwrap();
    let input = CursorInput::Move { channel, point: Point { x: 400, y: 400 } };
    socket.send_frame(Message::binary(input.encode())).await;
}

/// Whether the room's owner has got that cursor before their own, which moves now.
async fn sees(case: &mut Case, slot: &Value) -> bool {
    let joined = case.maker.rejoin(&case.slug).await;
    let slots: [Slot; 2] =
        [slot, &joined["slot"]].map(|it| serde_json::from_value(it.clone()).unwrap());
    point(&mut case.maker, &joined["channel"]).await;
    let mut seen = false;
    loop {
        let Message::Binary(bytes) = case.maker.frame().await else { continue };
        let frame = CursorFrame::decode(&bytes).unwrap();
        let is_there = |slot| {
            let there = |state| matches!(state, CursorState::At { .. });
            frame.records.iter().any(|record| record.slot == slot && there(record.state))
        };
        seen |= is_there(slots[0]);
        if is_there(slots[1]) {
            return seen;
        }
    }
}
