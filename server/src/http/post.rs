//! `POST /r/{slug}/messages`: the form that says something in a room, for browsers without
//! JavaScript. The same message goes the same way as one from a WebSocket: see `posting`.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use starling_app::page::PostForm;
use starling_protocol::{ErrorCode, MessageId, Slug};

use crate::app::App;
use crate::http::form::Sent;
use crate::http::pages::{self, RoomForms};
use crate::http::reader::Reader;
use crate::http::render;
use crate::permission;
use crate::posting::post_message;
use crate::refusal::Refusal;
use crate::store::RoomRecord;

const SAID_BEFORE: &str =
    "From this page something else was said before. To say this, too, send it again.";

/// The form as it was sent.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    id: MessageId,
    body: String,
}

pub(crate) async fn post(
    State(app): State<App>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    match answer(&app, Slug::new(slug), &headers, form).await {
        Ok(response) => response,
        Err(refusal) => render::refusal(&app, refusal).await,
    }
}

/// The address of a refused form, opened again, as from a bookmark.
pub(crate) async fn back_to_room(Path(slug): Path<String>) -> Redirect {
    Redirect::to(&Slug::new(slug).path())
}

/// Refuses with a page of its own what no form of ours sends.
async fn answer(
    app: &App,
    slug: Slug,
    headers: &HeaderMap,
    form: Sent<Fields>,
) -> Result<Response, Refusal> {
    let fields = form.read()?;
    let reader = Reader::of(app, headers).await?;
    let (room, standing) = permission::admit(app, reader.actor(), &slug).await?;
    match say(app, &reader, &room, &fields).await {
        Ok(()) => Ok(Redirect::to(&room.slug.path()).into_response()),
        Err(refusal) => {
            let Fields { id, body } = fields;
            let post = Some(match refusal.code {
                // The browser went back to a page from which something was said already.
                ErrorCode::Conflict => {
                    let error = Some(SAID_BEFORE.to_owned());
                    PostForm { body, error, ..pages::empty_post() }
                }
                _ => PostForm { id, body, error: Some(refusal.sentence.clone()) },
            });
            let forms = RoomForms { join: None, post };
            let view = pages::room_view(app, &room, &standing, &reader, forms).await?;
            let mut page = render::page(app, refusal.status(), reader, view).await;
            refusal.add_headers(page.headers_mut());
            Ok(page)
        }
    }
}

async fn say(
    app: &App,
    reader: &Reader,
    room: &RoomRecord,
    fields: &Fields,
) -> Result<(), Refusal> {
    let not_joined = || Refusal::new(ErrorCode::NotJoined, "Join the room first.");
    let author = reader.identity.as_ref().ok_or_else(not_joined)?;
    if !app.store.has_visited(author.user.id, room.id).await? {
        return Err(not_joined());
    }
    post_message(app, author.actor(), room.id, fields.id, &fields.body)?.await?;
    Ok(())
}
