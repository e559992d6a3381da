//! Somebody at a board, with a socket and no client behind it.

use serde_json::{Value, json};
use starling_protocol::Slug;
use uuid::Uuid;

use super::{Guest, RawSocket, Server};

/// Somebody who is in a room, and what they know of its board.
pub(crate) struct Drawer {
    pub(crate) socket: RawSocket,
    pub(crate) room: Slug,
    /// In which slot.
    pub(crate) slot: u64,
}

/// A note, with a number in place of an id.
pub(crate) fn note(number: u128, text: &str) -> Value {
    json!({
        "id": Uuid::from_u128(number),
        "at": {"x": 100, "y": 200},
        "size": {"width": 800, "height": 600},
        "layer": 0,
        "tint": 3,
        "by": Uuid::nil(),
        "content": {"note": {"text": text}},
    })
}

pub(crate) fn put(object: Value) -> Value {
    let mut change = json!({ "put": {} });
    change["put"]["object"] = object;
    change
}

pub(crate) fn set(number: u128, fields: Value) -> Value {
    let mut change = json!({ "set": { "object": Uuid::from_u128(number) } });
    change["set"]["fields"] = fields;
    change
}

pub(crate) fn delete(number: u128) -> Value {
    json!({"delete": {"object": Uuid::from_u128(number)}})
}

/// What a note says.
pub(crate) fn text_of(object: &Value) -> &str {
    object["content"]["note"]["text"].as_str().unwrap()
}

impl Server {
    /// Somebody new who is in the room.
    pub(crate) async fn drawer(&self, name: &str) -> Drawer {
        let guest = self.guest(name, "Den").await;
        self.drawer_of(&guest).await
    }

    /// A guest's connection that is in their room.
    pub(crate) async fn drawer_of(&self, guest: &Guest) -> Drawer {
        Drawer::join(self.socket(guest).await, &guest.room).await
    }
}

impl Drawer {
    pub(crate) async fn join(mut socket: RawSocket, room: &Slug) -> Self {
        let joined = socket.join(room).await;
        Self { socket, room: room.clone(), slot: joined["slot"].as_u64().unwrap() }
    }

    pub(crate) async fn send(&mut self, mut event: Value) {
        event["room"] = json!(self.room);
        self.socket.send(&event).await;
    }

    /// Asks to open the board.
    pub(crate) async fn ask_to_open(&mut self, resume: Option<&Value>) {
        let mut request = json!({"type": "open_board", "ref": 1});
        if let Some(resume) = resume {
            request["resume"] = resume.clone();
        }
        self.send(request).await;
    }

    /// Opens the board: the pages that come.
    pub(crate) async fn open(&mut self, resume: Option<&Value>) -> Vec<Value> {
        self.ask_to_open(resume).await;
        let mut pages = Vec::new();
        loop {
            let page = self.socket.event_of("board").await;
            assert_eq!(page["ref"], json!(1), "{page}");
            let whole = page["whole"] == json!(true);
            pages.push(page);
            if whole {
                return pages;
            }
        }
    }

    /// Opens the board: its objects' texts.
    pub(crate) async fn texts(&mut self) -> Vec<String> {
        let pages = self.open(None).await;
        let objects = pages.iter().flat_map(|page| page["objects"].as_array().unwrap());
        objects.map(|object| text_of(object).to_owned()).collect()
    }

    /// Sends an operation of that number.
    pub(crate) async fn send_operation(&mut self, number: u128, changes: Value) {
        let operation = json!({"id": Uuid::from_u128(number), "changes": changes});
        self.send(json!({"type": "operate", "ref": number as u32, "operation": operation})).await;
    }

    /// Sends an operation of that number: its `seq`, or the code of the refusal.
    pub(crate) async fn operate(&mut self, number: u128, changes: Value) -> Result<u64, String> {
        self.send_operation(number, changes).await;
        self.answer(number).await
    }

    /// The answer to the operation of that number.
    pub(crate) async fn answer(&mut self, number: u128) -> Result<u64, String> {
        loop {
            let event = self.socket.event().await;
            if event["ref"] == json!(number as u32) {
                return match event["type"].as_str() {
                    Some("error") => Err(event["code"].as_str().unwrap().to_owned()),
                    _ => Ok(event["seq"].as_u64().unwrap()),
                };
            }
        }
    }

    /// The next operation that is told: its `seq`.
    pub(crate) async fn operated(&mut self) -> u64 {
        self.socket.event_of("operated").await["operated"]["seq"].as_u64().unwrap()
    }

    /// Shows what is in the hand.
    pub(crate) async fn hold(&mut self, number: u128, fields: Value) {
        let preview = json!({"hold": {"changes": [set(number, fields)]}});
        self.send(json!({"type": "preview", "preview": preview})).await;
    }

    pub(crate) async fn let_go(&mut self) {
        self.send(json!({"type": "preview"})).await;
    }

    /// What is told next of somebody's hand, whoever's else comes before.
    pub(crate) async fn hand_of(&mut self, slot: u64) -> Option<Value> {
        loop {
            let previews = self.socket.event_of("previews").await;
            let previews = previews["previews"].as_array().unwrap();
            if let Some(hand) = previews.iter().find(|it| it["slot"] == json!(slot)) {
                return hand.get("preview").cloned();
            }
        }
    }

    /// Everything that has come by now, and was on its way.
    pub(crate) async fn kinds_until_now(&mut self) -> Vec<String> {
        let mut kinds = Vec::new();
        // What is published before an answer may come right after it.
        for reference in [4_000, 4_001] {
            self.send(json!({"type": "history", "ref": reference, "before": 1})).await;
            loop {
                let event = self.socket.event().await;
                if event["ref"] == json!(reference) {
                    break;
                }
                kinds.push(event["type"].as_str().unwrap().to_owned());
            }
        }
        kinds
    }
}
