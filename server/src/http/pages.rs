//! The lobby and the rooms, as pages. Looking at them changes nothing.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use starling_app::page::{FormError, JoinForm, ListedRoom, LobbyView, PostForm, RoomView, View};
use starling_protocol::{Action, Direct, ErrorCode, MessageId, Slug, Standing, User};
use uuid::Uuid;

use crate::app::App;
use crate::assets;
use crate::http::reader::Reader;
use crate::http::render;
use crate::permission;
use crate::refusal::Refusal;
use crate::slug;
use crate::store::{MOST_DIRECTS, RoomId, RoomRecord, StoreError};

pub(crate) async fn lobby(State(app): State<App>, headers: HeaderMap) -> Response {
    let page = async {
        let reader = Reader::of(&app, &headers).await?;
        let form = JoinForm { listed: true, ..empty_form(reader.viewer()) };
        let view = lobby_view(&app, &reader, form).await?;
        Ok::<_, Refusal>((reader, view))
    };
    match page.await {
        Ok((reader, view)) => render::page(&app, StatusCode::OK, reader, view).await,
        Err(refusal) => render::refusal(&app, refusal).await,
    }
}

pub(crate) async fn room(
    State(app): State<App>,
    Path(asked): Path<String>,
    headers: HeaderMap,
) -> Response {
    let slug = match slug::canonical(&asked) {
        Some(slug) if slug.as_str() == asked => slug,
        Some(slug) => return Redirect::permanent(&slug.path()).into_response(),
        None => Slug::new(asked),
    };
    match room_page(&app, &slug, &headers).await {
        Ok((status, reader, view)) => render::page(&app, status, reader, view).await,
        Err(refusal) => render::refusal(&app, refusal).await,
    }
}

/// A file of the frontend, or the page that says there is nothing.
pub(crate) async fn fallback(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(file) = assets::serve(uri.path(), &headers) {
        return file;
    }
    let view =
        View::Problem { status: 404, message: "There is nothing at this address.".to_owned() };
    render::page(&app, StatusCode::NOT_FOUND, Reader::anyone(), view).await
}

/// The lobby, with the form as it was filled in.
pub(crate) async fn lobby_view(
    app: &App,
    reader: &Reader,
    form: JoinForm,
) -> Result<View, StoreError> {
    let limit = app.config.lobby_rooms;
    let own = own_rooms(app, reader).await?;
    let fullest = app.hub.fullest(limit as usize);
    let mut listed = app.store.listed_rooms(&fullest, limit.saturating_add(1)).await?;
    let more = listed.len() > limit as usize;
    listed.truncate(limit as usize);
    listed.retain(|room| !own.iter().any(|own| own.id == room.id));
    let mut rooms = listed_rooms(app, listed);
    rooms.sort_by_key(|room| std::cmp::Reverse(room.people));
    let online = u32::try_from(app.online.people()).unwrap_or(u32::MAX);
    let (own, directs) = (listed_rooms(app, own), own_directs(app, reader).await?);
    Ok(View::Lobby(LobbyView { online, own, directs, rooms, more, form }))
}

/// What was filled in on a room's page, and what was wrong with it.
#[derive(Default)]
pub(crate) struct RoomForms {
    /// Their name in the form that joins, if it was refused.
    pub(crate) join: Option<(String, FormError)>,
    /// What they wanted to say, if it was refused.
    pub(crate) post: Option<PostForm>,
}

/// A room's page.
pub(crate) async fn room_view(
    app: &App,
    room: &RoomRecord,
    standing: &Standing,
    reader: &Reader,
    forms: RoomForms,
) -> Result<View, StoreError> {
    let own = own_rooms(app, reader).await?;
    let (viewer, actor) = (reader.viewer(), reader.actor());
    let joined = match viewer {
        Some(viewer) => app.store.has_visited(viewer.id, room.id).await?,
        None => false,
    };
    let tail = app.store.tail(room.id, app.limits.history_page).await?;
    let mut form = empty_form(viewer);
    if let Some((name, error)) = forms.join {
        form = JoinForm { name, error: Some(error), ..form };
    }
    let post = forms.post.unwrap_or_else(empty_post);
    Ok(View::Room(RoomView {
        slug: room.slug.clone(),
        rights: permission::rights(app, actor, room, standing).await,
        joined,
        position: tail.position,
        messages: tail.messages,
        more: tail.more,
        own: listed_rooms(app, own),
        directs: own_directs(app, reader).await?,
        form,
        post,
    }))
}

async fn room_page(
    app: &App,
    slug: &Slug,
    headers: &HeaderMap,
) -> Result<(StatusCode, Reader, View), Refusal> {
    let reader = Reader::of(app, headers).await?;
    let viewer = reader.viewer();
    match permission::admit(app, reader.actor(), slug).await {
        Ok((room, standing)) => {
            let view = room_view(app, &room, &standing, &reader, RoomForms::default()).await?;
            Ok((StatusCode::OK, reader, view))
        }
        Err(refusal) if refusal.code == ErrorCode::NoSuchRoom => {
            let room = slug.as_str().to_owned();
            let form = JoinForm { room, ..empty_form(viewer) };
            Ok((StatusCode::NOT_FOUND, reader, View::NoSuchRoom { form }))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Of how many rooms, those visited last, a person is reminded.
const OWN_ROOMS: u32 = 100;

/// Of who has shown a token that is not for reading there are none.
async fn own_rooms(app: &App, reader: &Reader) -> Result<Vec<RoomRecord>, StoreError> {
    match &reader.identity {
        Some(known) if known.scopes.include(Action::Read) => {
            app.store.rooms_of(known.user.id, OWN_ROOMS).await
        }
        _ => Ok(Vec::new()),
    }
}

async fn own_directs(app: &App, reader: &Reader) -> Result<Vec<Direct>, StoreError> {
    match &reader.identity {
        Some(known) if known.scopes.include(Action::Read) => {
            app.store.directs(known.user.id, MOST_DIRECTS).await
        }
        _ => Ok(Vec::new()),
    }
}

fn listed_rooms(app: &App, rooms: Vec<RoomRecord>) -> Vec<ListedRoom> {
    let people = |room: RoomId| u32::try_from(app.hub.people(room)).unwrap_or(u32::MAX);
    rooms
        .into_iter()
        .map(|room| ListedRoom { people: people(room.id), slug: room.slug, name: room.name })
        .collect()
}

/// A form that says something new.
pub(crate) fn empty_post() -> PostForm {
    PostForm { id: MessageId::new(Uuid::now_v7()), body: String::new(), error: None }
}

fn empty_form(viewer: Option<&User>) -> JoinForm {
    let name = viewer.map(|viewer| viewer.name.to_string()).unwrap_or_default();
    JoinForm { name, ..JoinForm::default() }
}
