//! The acks that never arrived: what was stored is stored, however often and wherever it is sent
//! again.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};
use starling_client::{Delivery, Pending};
use starling_protocol::{ErrorCode, Limits, MessageBody, MessageId, Slug};
use uuid::Uuid;

use crate::support::database::rows;
use crate::support::{Guest, RawSocket, Server};

/// In all, 1,000 sends.
const PEOPLE: usize = 10;
const ROUNDS: usize = 10;
const SENDS: usize = 10;

#[tokio::test]
async fn a_thousand_sends_whose_acks_were_lost_are_stored_once_each() {
    let server = Server::start(&["--chat-burst", "100000", "--replay-limit", "100000"]).await;
    // Hears what was committed, and under which number.
    let mut witness = server.person("Witness", "Den").await;
    let mut guests = Vec::new();
    for number in 0..PEOPLE {
        guests.push(server.guest(&format!("P{number}"), "Den").await);
    }
    let mut stored = BTreeMap::new();
    for round in 0..ROUNDS {
        let ids: Vec<Vec<Uuid>> =
            guests.iter().map(|_| (0..SENDS).map(|_| Uuid::now_v7()).collect()).collect();
        let sending = join_all(guests.iter().zip(&ids).map(async |(guest, ids)| {
            let mut socket = joined(&server, guest).await;
            send(&mut socket, &guest.room, ids).await;
            // Not read from any more.
            socket
        }));
        let sockets = sending.await;
        let committed = (round + 1) * PEOPLE * SENDS;
        witness.until(|room| room.position().is_some_and(|p| p.seq.0 == committed as u64)).await;
        // Every message is committed, and with its socket each ack is gone for good.
        drop(sockets);
        stored.extend(witness.state().messages().map(|message| (message.id, message.seq.0)));

        let again = join_all(guests.iter().zip(&ids).map(async |(guest, ids)| {
            // Over two new connections at once: both get the first number.
            let again = async || {
                let mut socket = joined(&server, guest).await;
                send(&mut socket, &guest.room, ids).await;
                acks(&mut socket, ids).await
            };
            let (one, other) = tokio::join!(again(), again());
            assert_eq!(one, other);
            one
        }));
        for (id, seq) in again.await.into_iter().flatten() {
            assert_eq!(stored.get(&MessageId::new(id)), Some(&seq), "{id} got another number");
        }
    }
    drop(witness);
    let (_, folder, _) = server.stop().await;
    let rows = rows(folder.path()).await;
    assert_eq!(rows.len(), PEOPLE * ROUNDS * SENDS);
    let ids: BTreeMap<MessageId, u64> = rows.iter().map(|row| (row.id, row.seq)).collect();
    assert_eq!(ids, stored, "the file says something else than the acks");
    assert_eq!(ids.len(), rows.len(), "a message stands twice");
}

#[tokio::test]
async fn a_refused_message_does_not_hold_up_those_behind_it() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    let id = ada.say("first");
    ada.until_heard(&["first"]).await;
    let room = ada.room.clone();
    let other = MessageBody::parse("other words under the same id", &Limits::default()).unwrap();
    ada.client.act(|core, now| core.post(now, &room, id, other));
    ada.say("behind it");
    ada.until_heard(&["first", "behind it"]).await;
    bob.until_heard(&["first", "behind it"]).await;
    let left: Vec<&Pending> = ada.state().pending().collect();
    let [Pending { delivery: Delivery::Failed { code, .. }, .. }] = left[..] else {
        panic!("{left:?}")
    };
    assert_eq!(*code, ErrorCode::Conflict);
}

async fn joined(server: &Server, guest: &Guest) -> RawSocket {
    let mut socket = server.socket(guest).await;
    socket.join(&guest.room).await;
    socket
}

async fn send(socket: &mut RawSocket, room: &Slug, ids: &[Uuid]) {
    for (number, id) in ids.iter().enumerate() {
        let body = id.to_string();
        socket
            .send(
                &json!({"type": "post", "ref": 100 + number, "room": room, "id": id, "body": body}),
            )
            .await;
    }
}

/// Which number the server says that each message has.
async fn acks(socket: &mut RawSocket, ids: &[Uuid]) -> Vec<(Uuid, u64)> {
    let mut acks = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        let ack: Value = socket.event_of("ack").await;
        assert_eq!(ack["ref"], json!(100 + number));
        acks.push((*id, ack["seq"].as_u64().unwrap()));
    }
    acks
}
