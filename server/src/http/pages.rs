//! The lobby and the rooms, as pages. Looking at them changes nothing.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use starling_app::page::{FormError, JoinForm, ListedRoom, RoomView, View};
use starling_protocol::{Slug, User};

use crate::app::App;
use crate::assets;
use crate::http::{identity, render};
use crate::refusal::Refusal;
use crate::slug;
use crate::store::{RoomRecord, StoreError};

pub(crate) async fn lobby(State(app): State<App>, headers: HeaderMap) -> Response {
    let page = async {
        let viewer = identity::find(&app, &headers).await?;
        let form = JoinForm { listed: true, ..empty_form(viewer.as_ref()) };
        Ok((viewer, lobby_view(&app, form).await?))
    };
    match page.await {
        Ok((viewer, view)) => render::page(&app, StatusCode::OK, viewer, view).await,
        Err(error) => failure(&app, error).await,
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
        Ok((status, viewer, view)) => render::page(&app, status, viewer, view).await,
        Err(error) => failure(&app, error).await,
    }
}

/// A file of the frontend, or the page that says there is nothing.
pub(crate) async fn fallback(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(file) = assets::serve(uri.path(), &headers) {
        return file;
    }
    let view =
        View::Problem { status: 404, message: "There is nothing at this address.".to_owned() };
    render::page(&app, StatusCode::NOT_FOUND, None, view).await
}

/// The lobby again, with what was wrong with the form.
pub(crate) async fn lobby_view(app: &App, form: JoinForm) -> Result<View, StoreError> {
    let limit = app.config.lobby_rooms;
    let fullest = app.hub.fullest(limit as usize);
    let mut rooms: Vec<ListedRoom> = app
        .store
        .listed_rooms(&fullest, limit)
        .await?
        .into_iter()
        .map(|room| ListedRoom {
            people: u32::try_from(app.hub.people(room.id)).unwrap_or(u32::MAX),
            slug: room.slug,
            name: room.name,
        })
        .collect();
    rooms.sort_by_key(|room| std::cmp::Reverse(room.people));
    Ok(View::Lobby { rooms, form })
}

/// A room's page, with what was wrong with the form, if anything.
pub(crate) async fn room_view(
    app: &App,
    room: RoomRecord,
    viewer: Option<&User>,
    error: Option<(String, FormError)>,
) -> Result<View, StoreError> {
    let joined = match viewer {
        Some(viewer) => app.store.has_visited(viewer.id, room.id).await?,
        None => false,
    };
    let tail = app.store.tail(room.id, app.limits.history_page).await?;
    let mut form = empty_form(viewer);
    if let Some((name, error)) = error {
        form = JoinForm { name, error: Some(error), ..form };
    }
    Ok(View::Room(RoomView {
        slug: room.slug,
        name: room.name,
        listed: room.listed,
        joined,
        position: tail.position,
        messages: tail.messages,
        more: tail.more,
        form,
    }))
}

async fn room_page(
    app: &App,
    slug: &Slug,
    headers: &HeaderMap,
) -> Result<(StatusCode, Option<User>, View), StoreError> {
    let viewer = identity::find(app, headers).await?;
    match app.store.room(slug).await {
        Ok(room) => {
            let view = room_view(app, room, viewer.as_ref(), None).await?;
            Ok((StatusCode::OK, viewer, view))
        }
        Err(StoreError::NotFound) => {
            let room = slug.as_str().to_owned();
            let form = JoinForm { room, ..empty_form(viewer.as_ref()) };
            Ok((StatusCode::NOT_FOUND, viewer, View::NoSuchRoom { form }))
        }
        Err(error) => Err(error),
    }
}

async fn failure(app: &App, error: StoreError) -> Response {
    let sentence = "Starling cannot reach its storage right now. Try again in a moment.";
    let refusal = Refusal { sentence: sentence.to_owned(), ..Refusal::from(error) };
    render::refusal(app, refusal).await
}

fn empty_form(viewer: Option<&User>) -> JoinForm {
    let name = viewer.map(|viewer| viewer.name.to_string()).unwrap_or_default();
    JoinForm { name, ..JoinForm::default() }
}
