//! `/api/v1/rooms`: found, made, read with who is there, changed and deleted.

use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use starling_protocol::{Person, Position, Rights, RoomName, Slug, Visibility};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Failed, NotRead, Refused, answer, found, made, nothing};
use super::asker::{Asked, Asker, At, InRoom, Said, bad_request};
use super::{people, tag};
use crate::app::App;
use crate::permission;
use crate::refusal::Refusal;
use crate::slug;
use crate::store::{NewRoom, RoomChange, RoomId, RoomRecord, Visitor};

/// How many rooms are listed at once.
const MOST: u32 = 100;

/// A room.
#[derive(Serialize, ToSchema)]
pub(super) struct Room {
    /// Names it here and in the address of its page, `/r/{slug}`.
    slug: Slug,
    name: RoomName,
    visibility: Visibility,
    /// Whether visitors may do more than read.
    visitors_talk: bool,
    /// Whether only moderators and owners talk.
    locked: bool,
    /// Whether it is only read.
    archived: bool,
    /// Whether it is a conversation of two people.
    direct: bool,
}

impl From<RoomRecord> for Room {
    fn from(record: RoomRecord) -> Self {
        let RoomRecord { slug, name, visibility, visitors_talk, locked, archived, direct, .. } =
            record;
        Self { slug, name, visibility, visitors_talk, locked, archived, direct }
    }
}

/// A room in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = RoomListed)]
pub(super) struct Listed {
    #[serde(flatten)]
    room: Room,
    /// How many people are there now.
    people: usize,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Rooms {
    rooms: Vec<Listed>,
    /// Whether there are more, after the last of these.
    more: bool,
}

/// A room, and what is there.
#[derive(Serialize, ToSchema)]
#[schema(as = RoomSeen)]
pub(super) struct Seen {
    room: Room,
    /// What whoever asks may do there.
    rights: Rights,
    /// Where the chat ends.
    position: Position,
    /// Who is here now.
    people: Vec<Person>,
}

/// Which rooms are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `public`: those that everyone finds, by their address. `mine`: those where one was, the latest
    /// first.
    #[serde(default)]
    #[param(inline)]
    of: Of,
    /// From the first one after this slug; of the public ones.
    after: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Of {
    #[default]
    Public,
    Mine,
}

/// A room to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = WantedRoom)]
pub(crate) struct Wanted {
    /// 1 to 80 characters. The slug follows from it.
    name: String,
    /// Who finds it; without it, whoever has the link.
    #[serde(default)]
    visibility: Visibility,
}

/// What shall be otherwise; what is left out stays.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = RoomChange)]
#[serde(default)]
pub(crate) struct Change {
    name: Option<String>,
    visibility: Option<Visibility>,
    visitors_talk: Option<bool>,
    locked: Option<bool>,
    archived: Option<bool>,
}

/// Lists rooms.
#[utoipa::path(get, path = "/rooms", tag = "Rooms", operation_id = "list_rooms", params(Which),
    responses((status = 200, body = Rooms), NotRead))]
pub(crate) async fn list(
    State(app): State<App>,
    asker: Asker,
    Asked(which): Asked<Which>,
) -> Result<Response, Failed> {
    let limit = limit(which.limit, MOST)?;
    let (rooms, more) = listed(&app, &asker, which.of, which.after.as_deref(), limit).await?;
    let rooms = rooms
        .into_iter()
        .map(|room| Listed { people: app.hub.people(room.id), room: room.into() })
        .collect();
    Ok(found(Rooms { rooms, more }))
}

/// Makes a room. If there is one of that name that one may read, it is the answer, unchanged.
#[utoipa::path(post, path = "/rooms", tag = "Rooms", operation_id = "make_room",
    request_body = Wanted,
    responses((status = 201, description = "It was made.", body = Room),
        (status = 200, description = "It was there already.", body = Room), Refused))]
pub(crate) async fn make(
    State(app): State<App>,
    asker: Asker,
    Said(wanted): Said<Wanted>,
) -> Result<Response, Failed> {
    let name = RoomName::parse(&wanted.name, &app.limits)?;
    let (room, new) = make_room(&app, &asker, name, wanted.visibility).await?;
    let place = address(&room.slug);
    Ok(match new {
        true => made(&place, Room::from(room)),
        false => answer(StatusCode::OK, Room::from(room)),
    })
}

/// Reads a room: what it is, what one may do there, and who is here.
#[utoipa::path(get, path = "/rooms/{slug}", tag = "Rooms", operation_id = "read_room",
    params(InRoom),
    responses((status = 200, body = Seen), NotRead))]
pub(crate) async fn read(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
) -> Result<Response, Failed> {
    let (record, standing) = asker.room(&app, &slug).await?;
    let rights = permission::rights(&app, asker.actor(), &record, &standing).await;
    let position = app.store.position(record.id).await?;
    let people = people::in_room(&app, record.id).await?;
    let lasting = tag_of(&record).await;
    let seen = Seen { room: record.into(), rights, position, people };
    // Who is here changes by itself, and what the room is does not.
    let whole = tag::quoted(&format!("{lasting}.{}", tag::of_json(&seen).await));
    let mut response = found(seen);
    response.headers_mut().insert(ETAG, whole);
    Ok(response)
}

/// Changes a room, all of it or nothing. With `If-Match` and the tag of what was read, only if nobody
/// else has changed it meanwhile.
#[utoipa::path(patch, path = "/rooms/{slug}", tag = "Rooms", operation_id = "change_room",
    params(InRoom,
        ("If-Match" = Option<String>, Header, description = "Its tag.")),
    request_body = Change, responses((status = 200, body = Room), Refused))]
pub(crate) async fn change(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
    headers: HeaderMap,
    Said(change): Said<Change>,
) -> Result<Response, Failed> {
    let room = asker.act(&app, &slug).await?;
    let Change { name, visibility, visitors_talk, locked, archived } = change;
    if name.is_none()
        && visibility.is_none()
        && [visitors_talk, locked, archived].iter().all(Option::is_none)
    {
        return Err(bad_request("Say what shall be otherwise").into());
    }
    let if_still = tag::expect(&headers, &tag_of(&room).await, || room.clone())?;
    let name = name.map(|name| RoomName::parse(&name, &app.limits)).transpose()?;
    let change = RoomChange { name, visibility, visitors_talk, locked, archived, if_still };
    let changed = app.store.change_room(asker.actor(), room.id, change).await;
    let changed = asker.outcome(&app, room.id, changed).await?;
    let tag = tag::quoted(&tag_of(&changed).await);
    let mut response = answer(StatusCode::OK, Room::from(changed));
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}

/// Deletes a room with all that was said in it.
#[utoipa::path(delete, path = "/rooms/{slug}", tag = "Rooms", operation_id = "delete_room",
    params(InRoom,
        ("If-Match" = Option<String>, Header, description = "Its tag.")),
    responses((status = 204, description = "It is gone."), Refused))]
pub(crate) async fn delete(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let room = asker.act(&app, &slug).await?;
    let if_still = tag::expect(&headers, &tag_of(&room).await, || room.clone())?;
    delete_room(&app, &asker, room.id, if_still).await?;
    Ok(nothing())
}

/// Rooms that somebody finds, at most so many, and whether there are more.
pub(super) async fn listed(
    app: &App,
    asker: &Asker,
    of: Of,
    after: Option<&str>,
    limit: u32,
) -> Result<(Vec<RoomRecord>, bool), Refusal> {
    let mut rooms = match of {
        Of::Public => app.store.public_rooms(after.unwrap_or_default(), limit + 1).await?,
        Of::Mine => {
            let user = asker.person()?;
            if !asker.actor().may(starling_protocol::Action::Read) {
                return Err(permission::refusal(starling_protocol::Denial::Scope));
            }
            app.store.rooms_of(user, limit + 1).await?
        }
    };
    let more = rooms.len() > limit as usize;
    rooms.truncate(limit as usize);
    Ok((rooms, more))
}

/// The room of that name, and whether it was made just now.
pub(super) async fn make_room(
    app: &App,
    asker: &Asker,
    name: RoomName,
    visibility: Visibility,
) -> Result<(RoomRecord, bool), Refusal> {
    app.rates.join(asker.person()?)?;
    let actor = asker.actor();
    let slug = slug::derive(&name);
    let new =
        NewRoom { name, visibility, address: asker.household, cap: app.config.rooms_per_address };
    let entered = app.store.enter(Visitor::Known { actor, name: None }, slug, Some(new)).await?;
    Ok((entered.room, entered.made))
}

pub(super) async fn delete_room(
    app: &App,
    asker: &Asker,
    room: RoomId,
    if_still: Option<RoomRecord>,
) -> Result<(), Refusal> {
    let deleted = app.store.delete_room(asker.actor(), room, if_still).await;
    asker.outcome(app, room, deleted).await
}

/// Where a room is found here.
pub(super) fn address(slug: &Slug) -> String {
    format!("/api/v1/rooms/{}", slug.path().trim_start_matches("/r/"))
}

/// How many are wanted, of at most so many.
pub(super) fn limit(wanted: Option<u32>, most: u32) -> Result<u32, Refusal> {
    match wanted.unwrap_or(most.min(50)) {
        limit if (1..=most).contains(&limit) => Ok(limit),
        _ => Err(bad_request(&format!("The limit is a number from 1 to {most}"))),
    }
}

async fn tag_of(room: &RoomRecord) -> String {
    tag::of_json(&Room::from(room.clone())).await
}
