//! Invitations: what their link lets people do, how often, and for how long.

use reqwest::Response;
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use starling_protocol::{Role, Slug, UserId};
use starling_server::store::{Actor, at_console};

use crate::support::{Guest, Server, database, http};

/// A room, private and with its owner, and how its invitations are made.
struct Inviting {
    server: Server,
    ada: Guest,
}

impl Inviting {
    async fn start() -> Self {
        let server = Server::start(&[]).await;
        let ada = server.guest("Ada", "Den").await;
        let form = [("visibility", "private"), ("visitors_talk", "true")];
        let answer = server.submit(&ada.cookie, "/r/den/settings/access", &form).await;
        assert_eq!(answer.status(), 303);
        Self { server, ada }
    }

    /// The page that shows an invitation that was made just now.
    async fn page(&self, uses: &str) -> String {
        let form = [("lasts", "week"), ("uses", uses)];
        let answer = self.server.submit(&self.ada.cookie, "/r/den/settings/invite", &form).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        answer.text().await.unwrap()
    }

    /// The code of a new invitation.
    async fn code(&self, uses: &str) -> String {
        link_on(&self.page(uses).await).split_once('#').unwrap().1.to_owned()
    }

    async fn accept(&self, cookie: &str, name: &str, code: &str) -> Response {
        self.server.submit(cookie, "/invite", &[("name", name), ("code", code)]).await
    }

    async fn look(&self, cookie: &str, code: &str) -> (u16, Value) {
        let request = http()
            .post(self.server.url("/invite/look"))
            .header("origin", self.server.url(""))
            .header("cookie", cookie)
            .header("content-type", "application/json")
            .body(json!({ "code": code }).to_string());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    async fn settings(&self) -> String {
        self.server.get_as(&self.ada, "/r/den/settings").await.text().await.unwrap()
    }
}

fn link_on(page: &str) -> String {
    let shown = page.split("id=\"invite-link\"").nth(1).unwrap();
    shown.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
}

/// What a camera reads from the picture on a page.
fn read_qr(page: &str) -> String {
    let svg = page.split("QR code of the link").nth(1).unwrap().split("</svg>").next().unwrap();
    let attribute =
        |name: &str| svg.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap();
    let side: usize = attribute("viewBox").rsplit(' ').next().unwrap().parse().unwrap();
    let mut dark = vec![false; side * side];
    for run in attribute("d").split('M').skip(1) {
        // "X Yh LENGTH v1h-LENGTHz", without the spaces.
        let (place, rest) = run.split_once('h').unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        let length: usize = rest.split('v').next().unwrap().parse().unwrap();
        let start = y.parse::<usize>().unwrap() * side + x.parse::<usize>().unwrap();
        dark[start..start + length].fill(true);
    }
    let scale = 4;
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(side * scale, side * scale, |x, y| {
            if dark[y / scale * side + x / scale] { 0 } else { 255 }
        });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code is seen");
    grids[0].decode().unwrap().1
}

#[tokio::test]
async fn an_invitation_is_shown_once_with_a_link_and_its_picture() {
    let inviting = Inviting::start().await;
    let page = inviting.page("").await;
    let link = link_on(&page);
    assert!(link.starts_with(&inviting.server.url("/invite#")), "{link}");
    assert_eq!(read_qr(&page), link);
    assert!(page.contains("aria-label=\"QR code of the link\""));
    let code = link.split_once('#').unwrap().1;
    assert!(!inviting.settings().await.contains(code), "it is shown this once");

    let (_, folder, _) = inviting.server.stop().await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let file = entry.unwrap().path();
        let bytes = std::fs::read(&file).unwrap();
        let holds = bytes.windows(code.len()).any(|window| window == code.as_bytes());
        assert!(!holds, "{} has the code itself", file.display());
    }
}

#[tokio::test]
async fn the_link_names_the_public_address_where_there_is_one() {
    let url = "https://chat.example.org";
    let server = Server::start(&["--public-url", url]).await;
    let form = [("name", "Ada"), ("room", "Den")];
    let answer = server.post_join(url, "", &form).await;
    let ada = Guest::new("Ada", &answer);
    let answer = http()
        .post(server.url("/r/den/settings/invite"))
        .header("origin", url)
        .header("cookie", &ada.cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("lasts=day");
    let page = answer.send().await.unwrap().text().await.unwrap();
    assert!(link_on(&page).starts_with("https://chat.example.org/invite#"));
}

#[tokio::test]
async fn who_accepts_becomes_a_member_and_is_in() {
    let inviting = Inviting::start().await;
    let code = inviting.code("").await;
    let (status, invitation) = inviting.look("", &code).await;
    assert_eq!((status, &invitation["room"]), (200, &json!("Den")));

    let answer = inviting.accept("", "Bob", &code).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[LOCATION]),
        (303, &"/r/den".parse().unwrap())
    );
    let bob = Guest::new("Bob", &answer);
    let mut socket = inviting.server.socket(&bob).await;
    socket.join(&bob.room).await;
    assert_eq!(socket.event_of("rights").await["role"], "member");
    let page = inviting.settings().await;
    assert!(page.contains("came by invitation 1") && page.contains("1 person came by it"));

    // Somebody who is known here comes as who they are, and without the rest of the link or with it.
    let cy = inviting.server.guest("Cy", "Attic").await;
    let link = format!(" {}/invite#{code} ", inviting.server.url(""));
    let answer = inviting.accept(&cy.cookie, "Cyril", &link).await;
    assert_eq!(answer.status(), 303);
    assert!(answer.headers().get(SET_COOKIE).is_none());
    assert!(inviting.settings().await.contains("Cyril"));
}

#[tokio::test]
async fn accepting_again_uses_nothing_up() {
    let inviting = Inviting::start().await;
    let code = inviting.code("2").await;
    let bob = Guest::new("Bob", &inviting.accept("", "Bob", &code).await);
    for _ in 0..3 {
        assert_eq!(inviting.accept(&bob.cookie, "Bob", &code).await.status(), 303);
        assert_eq!(inviting.accept(&inviting.ada.cookie, "Ada", &code).await.status(), 303);
    }
    assert!(inviting.settings().await.contains("for 1 more person"));
    assert_eq!(inviting.accept("", "Cy", &code).await.status(), 303);
    assert_eq!(inviting.accept("", "Dan", &code).await.status(), 404);
    assert_eq!(inviting.accept(&bob.cookie, "Bob", &code).await.status(), 303, "a member is in");
    assert!(inviting.settings().await.contains("No invitation is open."));
}

#[tokio::test]
async fn of_two_who_race_for_the_last_use_one_gets_in() {
    let inviting = Inviting::start().await;
    for round in 0..5 {
        let code = inviting.code("1").await;
        let names = [format!("Bob {round}"), format!("Cy {round}")];
        let [one, other] = [&names[0], &names[1]].map(|name| inviting.accept("", name, &code));
        let (one, other) = tokio::join!(one, other);
        let mut statuses = [one.status().as_u16(), other.status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 404]);
        let late = if one.status() == 404 { one } else { other };
        assert!(late.headers().get(SET_COOKIE).is_none(), "nobody new was made");
        assert!(late.text().await.unwrap().contains("used as often as it could be"));
    }
}

#[tokio::test]
async fn an_invitation_that_is_over_says_why_and_nothing_more() {
    let inviting = Inviting::start().await;
    let (expired, taken_back, used) =
        (inviting.code("").await, inviting.code("").await, inviting.code("1").await);
    inviting.accept("", "Bob", &used).await;
    let form = [("invite", "2")];
    let path = "/r/den/settings/take-back";
    let answer = inviting.server.submit(&inviting.ada.cookie, path, &form).await;
    assert_eq!(answer.headers()[LOCATION], "/r/den/settings#invites");
    let unknown = "A".repeat(expired.len());
    let over = [
        (taken_back.as_str(), "This invitation was taken back."),
        (used.as_str(), "This invitation was used as often as it could be."),
        (unknown.as_str(), "There is no such invitation."),
        ("", "There is no such invitation."),
        ("not a code", "There is no such invitation."),
    ];
    for (code, says) in over {
        is_refused(&inviting, code, says).await;
    }
    assert_eq!(inviting.look("", &expired).await.0, 200);
    database::expire_invites(inviting.server.data()).await;
    is_refused(&inviting, &expired, "This invitation has expired.").await;
    // Nobody takes back what is not their room's.
    let eve = inviting.server.guest("Eve", "Attic").await;
    let path = "/r/attic/settings/take-back";
    let answer = inviting.server.submit(&eve.cookie, path, &[("invite", "1")]).await;
    assert_eq!(answer.status(), 404);
}

async fn is_refused(inviting: &Inviting, code: &str, says: &str) {
    let (status, answer) = inviting.look("", code).await;
    assert_eq!((status, &answer["code"]), (404, &json!("bad_invite")), "{code}");
    let answer = answer.to_string();
    let page = inviting.accept("", "Cy", code).await;
    assert_eq!(page.status(), 404, "{code}");
    assert!(page.headers().get(SET_COOKIE).is_none(), "{code}");
    let page = page.text().await.unwrap();
    for told in [&answer, &page] {
        assert!(told.contains(says), "{code}: {told}");
        assert!(!told.contains("Den") && !told.contains("Ada"), "{code}: {told}");
    }
    assert!(page.contains("value=\"Cy\""), "what was typed is kept");
}

#[tokio::test]
async fn the_banned_are_not_let_in_by_an_invitation() {
    let inviting = Inviting::start().await;
    let code = inviting.code("").await;
    let bob = Guest::new("Bob", &inviting.accept("", "Bob", &code).await);
    let mut socket = inviting.server.open(&inviting.server.url(""), &bob.cookie).await.unwrap();
    let hello = socket.event().await;
    let id = hello["user"]["id"].as_str().unwrap();
    for (place, form) in [
        ("measure", vec![("user", id), ("measure", "ban"), ("lasts", "hour")]),
        ("role", vec![("user", id), ("role", "visitor")]),
    ] {
        let path = format!("/r/den/settings/{place}");
        let answer = inviting.server.submit(&inviting.ada.cookie, &path, &form).await;
        assert_eq!(answer.status(), 303, "{place}");
    }
    let answer = inviting.accept(&bob.cookie, "Bob", &code).await;
    assert_eq!(answer.status(), 403);
    assert!(answer.text().await.unwrap().contains("You are banned from this room"));
    let (status, refused) = inviting.look(&bob.cookie, &code).await;
    assert_eq!((status, &refused["code"]), (403, &json!("banned")));
}

#[tokio::test]
async fn other_sites_neither_ask_nor_accept() {
    let inviting = Inviting::start().await;
    let code = inviting.code("").await;
    for path in ["/invite", "/invite/look"] {
        let answer = http()
            .post(inviting.server.url(path))
            .header("origin", "https://evil.example")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("name=Eve&code={code}"));
        assert_eq!(answer.send().await.unwrap().status(), 403, "{path}");
    }
    assert!(inviting.settings().await.contains("nobody came by it yet"));
}

#[tokio::test]
async fn who_may_not_invite_any_more_leaves_no_way_in() {
    let inviting = Inviting::start().await;
    let (server, code) = (&inviting.server, inviting.code("").await);
    let bob = Guest::new("Bob", &inviting.accept("", "Bob", &code).await);
    let mut socket = server.open(&server.url(""), &bob.cookie).await.unwrap();
    let id: UserId = serde_json::from_value(socket.event().await["user"]["id"].clone()).unwrap();
    let make = async |role: Role| {
        let made = at_console(server.data(), async |store| {
            let room = store.room(&Slug::new("den")).await?.id;
            store.set_role(Actor::Console, room, id, role).await
        });
        made.await.unwrap().unwrap();
    };
    make(Role::Moderator).await;
    let form = [("lasts", "week"), ("uses", "")];
    let page = server.submit(&bob.cookie, "/r/den/settings/invite", &form).await;
    let page = page.text().await.unwrap();
    let bobs = link_on(&page).split_once('#').unwrap().1.to_owned();
    assert_eq!(inviting.look("", &bobs).await.0, 200);
    make(Role::Member).await;
    is_refused(&inviting, &bobs, "This invitation was taken back.").await;
    assert_eq!(inviting.look("", &code).await.0, 200, "the owner's holds");
}
