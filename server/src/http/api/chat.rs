//! `/chat/rooms`: the addresses and shapes that lessons about chats teach, so that the clients written in
//! them run. What they do is what `/api/v1` does.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use starling_protocol::{Message, Person, RoomName, Slug, UserId, Visibility};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::{Failed, NotRead, Refused, answer, found, made, nothing};
use super::asker::{Asked, Asker, At, Said};
use super::broadcast::{Event, tell};
use super::rooms::{self, Of};
use super::{messages, people, search, stats};
use crate::app::App;
use crate::store::{RoomRecord, Statistics};
use crate::timestamp::timestamp;

/// How many rooms are listed.
const ROOMS: u32 = 1_000;
/// How many messages are read without a limit.
const USUAL: u32 = 50;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatRoom {
    id: Slug,
    name: RoomName,
    is_private: bool,
    /// How many people are there now.
    member_count: usize,
}

impl ChatRoom {
    fn of(app: &App, record: RoomRecord) -> Self {
        Self {
            member_count: app.hub.people(record.id),
            is_private: record.visibility == Visibility::Private,
            id: record.slug,
            name: record.name,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct ChatRooms {
    rooms: Vec<ChatRoom>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct OneChatRoom {
    room: ChatRoom,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatRoomSeen {
    room: ChatRoom,
    member_count: usize,
    /// Who is there now.
    members: Vec<ChatMember>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ChatMember {
    id: UserId,
    username: String,
}

/// A message as Socket.IO clients get it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatMessage {
    #[schema(value_type = String, format = Uuid)]
    id: Uuid,
    room_id: Slug,
    user_id: UserId,
    username: String,
    /// Empty once it was deleted.
    content: String,
    /// As JavaScript writes dates.
    timestamp: String,
}

impl ChatMessage {
    fn of(room: &Slug, message: &Message) -> Self {
        Self {
            id: message.id.uuid(),
            room_id: room.clone(),
            user_id: message.author.id,
            username: message.author.name.to_string(),
            content: message.text().to_owned(),
            timestamp: timestamp(message.at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct ChatMessages {
    /// Oldest first.
    messages: Vec<ChatMessage>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ChatHits {
    messages: Vec<ChatMessage>,
    /// How many these are.
    count: usize,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ChatStats {
    stats: ChatCounts,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatCounts {
    total: u64,
    /// How many messages are of whom, by name.
    by_user: BTreeMap<String, u64>,
    first_message: Option<String>,
    last_message: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Succeeded {
    success: bool,
    message: String,
}

/// A room to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewChatRoom {
    name: String,
    /// Whether only its members find it.
    #[serde(default)]
    is_private: bool,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Latest {
    /// How many at most; without it 50.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Sought {
    /// Words that a message has.
    #[param(min_length = 1, max_length = 200)]
    q: String,
    /// How many at most; without it 50.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Lists the public rooms.
#[utoipa::path(get, path = "/rooms", tag = "Lessons", operation_id = "chat_list_rooms",
    responses((status = 200, body = ChatRooms), NotRead))]
pub(crate) async fn list(State(app): State<App>, asker: Asker) -> Result<Response, Failed> {
    let (rooms, _) = rooms::listed(&app, &asker, Of::Public, None, ROOMS).await?;
    let rooms = rooms.into_iter().map(|room| ChatRoom::of(&app, room)).collect();
    Ok(found(ChatRooms { rooms }))
}

/// Makes a room that everyone finds, or opens the one of that name.
#[utoipa::path(post, path = "/rooms", tag = "Lessons", operation_id = "chat_make_room",
    request_body = NewChatRoom,
    responses((status = 201, description = "It was made.", body = OneChatRoom),
        (status = 200, description = "It was there already.", body = OneChatRoom), Refused))]
pub(crate) async fn make(
    State(app): State<App>,
    asker: Asker,
    Said(wanted): Said<NewChatRoom>,
) -> Result<Response, Failed> {
    let name = RoomName::parse(&wanted.name, &app.limits)?;
    let visibility = if wanted.is_private { Visibility::Private } else { Visibility::Public };
    let (room, new) = rooms::make_room(&app, &asker, name, visibility).await?;
    let place = room.slug.path().replacen("/r/", "/chat/rooms/", 1);
    let body = OneChatRoom { room: ChatRoom::of(&app, room) };
    Ok(if new { made(&place, body) } else { answer(StatusCode::OK, body) })
}

/// Reads a room and who is there.
#[utoipa::path(get, path = "/rooms/{id}", tag = "Lessons", operation_id = "chat_read_room",
    params(("id" = String, Path, description = "The room.")),
    responses((status = 200, body = ChatRoomSeen), NotRead))]
pub(crate) async fn read(
    State(app): State<App>,
    asker: Asker,
    At(id): At<Slug>,
) -> Result<Response, Failed> {
    let (room, _) = asker.room(&app, &id).await?;
    let people = people::in_room(&app, room.id).await?;
    let member = |person: Person| ChatMember { id: person.id, username: person.name.to_string() };
    let members: Vec<ChatMember> = people.into_iter().map(member).collect();
    let room = ChatRoom { member_count: members.len(), ..ChatRoom::of(&app, room) };
    Ok(found(ChatRoomSeen { room, member_count: members.len(), members }))
}

/// Deletes a room.
#[utoipa::path(delete, path = "/rooms/{id}", tag = "Lessons", operation_id = "chat_delete_room",
    params(("id" = String, Path, description = "The room.")),
    responses((status = 204, description = "It is gone."), Refused))]
pub(crate) async fn delete(
    State(app): State<App>,
    asker: Asker,
    At(id): At<Slug>,
) -> Result<Response, Failed> {
    let room = asker.act(&app, &id).await?;
    rooms::delete_room(&app, &asker, room.id, None).await?;
    Ok(nothing())
}

/// Reads the latest messages. Those of them that were deleted are left out, so that there may be fewer
/// than the limit.
#[utoipa::path(get, path = "/rooms/{id}/messages", tag = "Lessons",
    operation_id = "chat_list_messages",
    params(("id" = String, Path, description = "The room."), Latest),
    responses((status = 200, body = ChatMessages), NotRead))]
pub(crate) async fn messages(
    State(app): State<App>,
    asker: Asker,
    At(id): At<Slug>,
    Asked(latest): Asked<Latest>,
) -> Result<Response, Failed> {
    let limit = rooms::limit(latest.limit.or(Some(USUAL)), messages::MOST)? as usize;
    let (room, _) = asker.room(&app, &id).await?;
    let _turn = app.turns.next().await;
    let page = messages::latest(&app, &room, limit).await?;
    let there = page.messages.iter().filter(|message| message.body.is_some());
    let messages = there.map(|message| ChatMessage::of(&room.slug, message)).collect();
    Ok(found(ChatMessages { messages }))
}

/// Searches what was said, the latest first.
#[utoipa::path(get, path = "/rooms/{id}/messages/search", tag = "Lessons",
    operation_id = "chat_search_messages",
    params(("id" = String, Path, description = "The room."), Sought),
    responses((status = 200, body = ChatHits), NotRead))]
pub(crate) async fn search(
    State(app): State<App>,
    asker: Asker,
    At(id): At<Slug>,
    Asked(sought): Asked<Sought>,
) -> Result<Response, Failed> {
    let limit = rooms::limit(sought.limit, messages::MOST)? as usize;
    let (room, _) = asker.room(&app, &id).await?;
    let (messages, _) = search::find(&app, &asker, &room, &sought.q, None, limit).await?;
    let messages: Vec<ChatMessage> =
        messages.iter().map(|message| ChatMessage::of(&room.slug, message)).collect();
    Ok(found(ChatHits { count: messages.len(), messages }))
}

/// Counts what was said.
#[utoipa::path(get, path = "/rooms/{id}/stats", tag = "Lessons", operation_id = "chat_room_stats",
    params(("id" = String, Path, description = "The room.")),
    responses((status = 200, body = ChatStats), NotRead))]
pub(crate) async fn stats(
    State(app): State<App>,
    asker: Asker,
    At(id): At<Slug>,
) -> Result<Response, Failed> {
    let (room, _) = asker.room(&app, &id).await?;
    let Statistics { total, by_user: all, first_at, last_at } =
        stats::count(&app, &asker, &room).await?;
    let mut by_user = BTreeMap::new();
    for (user, count) in all {
        // Names are not unique.
        *by_user.entry(user.name.to_string()).or_default() += count;
    }
    let (first_message, last_message) = (first_at.map(timestamp), last_at.map(timestamp));
    Ok(found(ChatStats { stats: ChatCounts { total, by_user, first_message, last_message } }))
}

/// Sends an event to everyone in a room: a moderator's.
#[utoipa::path(post, path = "/rooms/{id}/broadcast", tag = "Lessons",
    operation_id = "chat_broadcast",
    params(("id" = String, Path, description = "The room.")),
    request_body = Event, responses((status = 200, body = Succeeded), Refused))]
pub(crate) async fn broadcast(
    State(app): State<App>,
    asker: Asker,
    At(id): At<Slug>,
    Said(event): Said<Event>,
) -> Result<Response, Failed> {
    let (room, _) = tell(&app, &asker, &id, event).await?;
    let message = format!("Broadcast sent to room {}", room.slug);
    Ok(answer(StatusCode::OK, Succeeded { success: true, message }))
}
