//! `/api/v1/rooms/{slug}/messages`: read by the page, said, read one by one, edited and deleted.

use axum::extract::State;
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use starling_protocol::{ErrorCode, FileId, Message, MessageBody, MessageId, Position, Seq, Slug};
use utoipa::{IntoParams, ToSchema};
use uuid::{Builder, Uuid};

use super::answer::{Failed, NotRead, Refused, answer, found, made, nothing};
use super::asker::{Asked, Asker, At, InRoom, Said, bad_request};
use super::rooms::{address, limit};
use super::tag;
use crate::app::App;
use crate::posting::post_with_file;
use crate::refusal::Refusal;
use crate::store::{RoomId, RoomRecord, StoreError};

/// How many messages are read at once.
pub(super) const MOST: u32 = 100;
/// The longest key, in bytes.
const KEY: usize = 255;

/// Which messages are asked for: without `before` and `after`, the latest.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Those before this number, the latest of them.
    before: Option<u64>,
    /// Those after this number, the oldest of them.
    after: Option<u64>,
    /// How many at most; without it 50.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Messages, oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Messages)]
pub(super) struct Page {
    pub(super) messages: Vec<Message>,
    /// Whether there are more: after these if `after` was asked for, otherwise before them.
    more: bool,
    /// Where the chat ends.
    position: Position,
}

/// Something to be said.
#[derive(Deserialize, ToSchema)]
#[schema(as = WantedMessage)]
pub(crate) struct Wanted {
    /// 1 to 4,000 characters after trimming. With a file there may be none.
    #[serde(default)]
    body: String,
    /// One's own file, sent to that room and finished, that no message has yet.
    file: Option<FileId>,
}

/// What a message says from now on.
#[derive(Deserialize, ToSchema)]
#[schema(as = MessageChange)]
pub(crate) struct Change {
    /// 1 to 4,000 characters after trimming.
    body: String,
}

/// Reads messages.
#[utoipa::path(get, path = "/rooms/{slug}/messages", tag = "Messages", operation_id = "list_messages",
    params(InRoom, Which),
    responses((status = 200, body = Page), NotRead))]
pub(crate) async fn page(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
    Asked(which): Asked<Which>,
) -> Result<Response, Failed> {
    let limit = limit(which.limit, MOST)? as usize;
    let (room, _) = asker.room(&app, &slug).await?;
    let _turn = app.turns.next().await;
    let page = match (which.before, which.after) {
        (None, None) => latest(&app, &room, limit).await?,
        (Some(before), None) => {
            let (messages, more) = app.store.before(room.id, Seq(before), limit).await?;
            Page { messages, more, position: app.store.position(room.id).await? }
        }
        (None, Some(after)) => {
            let (messages, more) = app.store.messages_after(room.id, Seq(after), limit).await?;
            Page { messages, more, position: app.store.position(room.id).await? }
        }
        (Some(_), Some(_)) => {
            return Err(bad_request("Say either before or after, not both").into());
        }
    };
    Ok(found(page))
}

/// Says something. It is stored, and told to everyone in the room, before this is answered.
///
/// With an `Idempotency-Key`, which the client makes up for each message, a repeat is not said again: it
/// gets the same answer. A UUID becomes the message's id.
#[utoipa::path(post, path = "/rooms/{slug}/messages", tag = "Messages", operation_id = "post_message",
    params(InRoom,
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible signs.")),
    request_body = Wanted,
    responses((status = 201, description = "It was said, now or before.", body = Message), Refused))]
pub(crate) async fn post(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
    headers: HeaderMap,
    Said(wanted): Said<Wanted>,
) -> Result<Response, Failed> {
    asker.person()?;
    let (room, _) = asker.room(&app, &slug).await?;
    let id = id_in(&headers)?;
    let message = say(&app, &asker, &room, id, &wanted).await?;
    Ok(made(&format!("{}/messages/{}", address(&room.slug), message.seq.0), message))
}

/// Reads one message. One that was deleted has no `body`.
#[utoipa::path(get, path = "/rooms/{slug}/messages/{seq}", tag = "Messages",
    operation_id = "read_message",
    params(InRoom,
        ("seq" = u64, Path, description = "The message's number.")),
    responses((status = 200, body = Message), NotRead))]
pub(crate) async fn read(
    State(app): State<App>,
    asker: Asker,
    At((slug, seq)): At<(Slug, u64)>,
) -> Result<Response, Failed> {
    let (room, _) = asker.room(&app, &slug).await?;
    Ok(found(one(&app, room.id, Seq(seq)).await?))
}

/// Changes what a message of one's own says. With `If-Match` and the tag of what was read, only if it is
/// that still.
#[utoipa::path(patch, path = "/rooms/{slug}/messages/{seq}", tag = "Messages",
    operation_id = "edit_message",
    params(InRoom,
        ("seq" = u64, Path, description = "The message's number."),
        ("If-Match" = Option<String>, Header, description = "Its tag.")),
    request_body = Change, responses((status = 200, body = Message), Refused))]
pub(crate) async fn edit(
    State(app): State<App>,
    asker: Asker,
    At((slug, seq)): At<(Slug, u64)>,
    headers: HeaderMap,
    Said(Change { body }): Said<Change>,
) -> Result<Response, Failed> {
    let room = asker.act(&app, &slug).await?;
    let if_still = expected(&app, &headers, room.id, Seq(seq)).await?;
    let body = MessageBody::parse(&body, &app.limits)?;
    let actor = asker.actor();
    let edited = app.store.edit_message(actor, room.id, Seq(seq), body, if_still).await;
    asker.outcome(&app, room.id, edited).await?;
    Ok(answer(StatusCode::OK, one(&app, room.id, Seq(seq)).await?))
}

/// Deletes a message: one's own, or as a moderator that of somebody who is less. What it said is gone;
/// that something was said there is not.
#[utoipa::path(delete, path = "/rooms/{slug}/messages/{seq}", tag = "Messages",
    operation_id = "delete_message",
    params(InRoom,
        ("seq" = u64, Path, description = "The message's number."),
        ("If-Match" = Option<String>, Header, description = "Its tag.")),
    responses((status = 204, description = "It is gone."), Refused))]
pub(crate) async fn delete(
    State(app): State<App>,
    asker: Asker,
    At((slug, seq)): At<(Slug, u64)>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let room = asker.act(&app, &slug).await?;
    let if_still = expected(&app, &headers, room.id, Seq(seq)).await?;
    let deleted = app.store.delete_message(asker.actor(), room.id, Seq(seq), if_still).await;
    asker.outcome(&app, room.id, deleted).await?;
    Ok(nothing())
}

/// The latest messages of a room.
pub(super) async fn latest(app: &App, room: &RoomRecord, limit: usize) -> Result<Page, Refusal> {
    let tail = app.store.tail(room.id, limit).await?;
    Ok(Page { messages: tail.messages, more: tail.more, position: tail.position })
}

/// Says something in a room, and returns the message.
pub(super) async fn say(
    app: &App,
    asker: &Asker,
    room: &RoomRecord,
    id: MessageId,
    Wanted { body, file }: &Wanted,
) -> Result<Message, Refusal> {
    let posted = post_with_file(app, asker.actor(), room.id, id, body, *file)?.await?;
    one(app, room.id, posted.seq).await
}

/// The id of a message with that key. Each author has ids of their own, so the same key of two people is
/// no matter.
pub(super) fn id_in(headers: &HeaderMap) -> Result<MessageId, Refusal> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else { return Ok(MessageId::new(Uuid::now_v7())) };
    // As a string of a structured field it stands in quotation marks.
    let key = key.to_str().unwrap_or_default().trim();
    let key = key.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(key);
    if keys.next().is_some() || key.is_empty() || key.len() > KEY {
        return Err(bad_request("An Idempotency-Key has 1 to 255 visible signs"));
    }
    Ok(MessageId::new(match Uuid::try_parse(key) {
        Ok(uuid) => uuid,
        Err(_) => {
            let hash: [u8; 32] = Sha256::digest(key).into();
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&hash[..16]);
            Builder::from_custom_bytes(bytes).into_uuid()
        }
    }))
}

async fn one(app: &App, room: RoomId, seq: Seq) -> Result<Message, Refusal> {
    let message = app.store.messages(room, &[seq]).await?.pop();
    message.ok_or_else(|| StoreError::NoSuchMessage.into())
}

/// What a message has to be still when it is changed, if that matters.
async fn expected(
    app: &App,
    headers: &HeaderMap,
    room: RoomId,
    seq: Seq,
) -> Result<Option<Message>, Refusal> {
    if !headers.contains_key(IF_MATCH) {
        return Ok(None);
    }
    match one(app, room, seq).await {
        Ok(message) => {
            let tag = tag::of_json(&message).await;
            tag::expect(headers, &tag, || message)
        }
        // What is not there is nothing that anybody expects.
        Err(refusal) if refusal.code == ErrorCode::NoSuchMessage => Err(tag::changed()),
        Err(refusal) => Err(refusal),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn id(keys: &[&str]) -> Option<MessageId> {
        let mut headers = HeaderMap::new();
        for key in keys {
            headers.append("idempotency-key", HeaderValue::from_str(key).unwrap());
        }
        id_in(&headers).ok()
    }

    #[test]
    fn the_same_key_is_the_same_message() {
        let uuid = "0190b7c4-5b7a-7d3e-8a61-3f2f6f6c9a11";
        assert_eq!(id(&[uuid]).unwrap().to_string(), uuid);
        assert_eq!(id(&["\"a key\""]), id(&["a key"]));
        assert_ne!(id(&["a key"]), id(&["another key"]));
        assert_ne!(id(&[]), id(&[]), "without a key each is another one");
        for bad in [&[""][..], &["\"\""], &["a", "a"], &["x".repeat(256).as_str()]] {
            assert_eq!(id(bad), None, "{bad:?}");
        }
    }
}
