//! The table by the REST API, as a program of a page asks, by cookie.

use serde_json::{Value, json};
use starling_protocol::{Action, Denial, Role};

use super::{Case, Kind, OF_ACTOR, OF_OTHER, OverWebSocket, Way, holds, start};
use crate::support::Server;
use crate::support::program::Program;

#[tokio::test]
async fn the_table_holds_over_rest() {
    let server = start().await;
    let tried = holds::<ByRest>(&server).await;
    assert_eq!(tried, Kind::ALL.len() * Role::ALL.len() * ByRest::ACTIONS.len());
}

struct ByRest {
    program: Program,
}

impl Way for ByRest {
    const ACTIONS: &[Action] = &[
        Action::Read,
        Action::Post,
        Action::EditOwn,
        Action::React,
        Action::DeleteOwn,
        Action::DeleteAny,
        Action::Mute,
        Action::Kick,
        Action::Ban,
        Action::Lock,
        Action::Broadcast,
        Action::Rename,
        Action::SetVisibility,
        Action::Archive,
        Action::DeleteRoom,
    ];

    async fn open(server: &Server, case: &Case) -> Self {
        Self { program: Program::of_guest(server, &case.actor) }
    }

    async fn tries(&mut self, _server: &Server, case: &mut Case, action: Action) -> String {
        let room = format!("/api/v1/rooms/{}", case.slug);
        let message = |seq: u64| format!("{room}/messages/{seq}");
        let measure = |measure: &str| {
            let body = json!({"user": case.other, "measure": measure, "seconds": 60});
            ("POST", format!("{room}/measures"), Some(body))
        };
        let change = |change: Value| ("PATCH", room.clone(), Some(change));
        let (method, path, body) = match action {
            Action::Read => return self.reads(&room).await,
            Action::Post => ("POST", format!("{room}/messages"), Some(json!({"body": "x"}))),
            Action::EditOwn => ("PATCH", message(OF_ACTOR), Some(json!({"body": "y"}))),
            Action::React => ("PUT", format!("{}/reactions/%E2%98%85", message(OF_OTHER)), None),
            Action::DeleteOwn => ("DELETE", message(OF_ACTOR), None),
            Action::DeleteAny => ("DELETE", message(OF_OTHER), None),
            Action::Mute => measure("mute"),
            Action::Kick => measure("kick"),
            Action::Ban => measure("ban"),
            Action::Lock => change(json!({"locked": true})),
            Action::Broadcast => ("POST", format!("{room}/broadcast"), Some(json!({"event": "x"}))),
            Action::Rename => change(json!({"name": "Another"})),
            Action::SetVisibility => change(json!({"visibility": "unlisted"})),
            Action::Archive => change(json!({"archived": true})),
            Action::DeleteRoom => ("DELETE", room.clone(), None),
            action => panic!("{action:?} cannot be asked for over REST"),
        };
        self.program.ask(method, &path, body).await.outcome()
    }

    fn refused(denial: Denial) -> String {
        OverWebSocket::refused(denial)
    }
}

impl ByRest {
    /// Every way to read tells the same.
    async fn reads(&self, room: &str) -> String {
        let outcome = self.program.get(room).await.outcome();
        for below in ["people", "messages", "messages/1", "messages/search?q=x", "stats"] {
            let other = self.program.get(&format!("{room}/{below}")).await.outcome();
            assert_eq!(other, outcome, "{below}");
        }
        let slug = room.rsplit('/').next().unwrap();
        for lesson in ["", "/messages", "/messages/search?q=x", "/stats"] {
            let path = format!("/chat/rooms/{slug}{lesson}");
            assert_eq!(self.program.get(&path).await.outcome(), outcome, "{path}");
        }
        outcome
    }
}
