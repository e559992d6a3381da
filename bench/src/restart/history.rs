//! The rooms' logs as somebody new reads them, from the end to the beginning.

use anyhow::{Context, ensure};
use starling_client::RoomState;
use starling_protocol::Slug;

use super::journal::Stored;
use crate::door::Door;

/// Reads each room's whole log.
pub(crate) async fn read(door: &Door, cookie: &str, rooms: &[Slug]) -> anyhow::Result<Vec<Stored>> {
    let mut stored = Vec::new();
    for room in rooms {
        let mut client = door.client(cookie, 0)?;
        client.act(|core, now| core.join(now, room));
        client.until(|core| core.room(room).is_some_and(RoomState::is_joined)).await;
        loop {
            let state = client.core().room(room).context("a room that was joined")?;
            let known = state.messages().len();
            if !state.has_older() {
                let messages = state.messages().map(|message| (message.seq, message.id)).collect();
                stored.push(Stored { room: room.clone(), messages });
                break;
            }
            client.act(|core, now| core.load_older(now, room));
            client.until(|core| core.room(room).is_none_or(|it| !it.is_loading_older())).await;
            let now_known = client.core().room(room).map_or(0, |state| state.messages().len());
            ensure!(now_known > known, "{} cannot be read", room.as_str());
        }
    }
    Ok(stored)
}
