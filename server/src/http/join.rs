//! `POST /join`: the form that gives a guest their name and opens, or makes, a room.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use serde::Deserialize;
use starling_app::page::{Field, FormError, JoinForm};
use starling_protocol::{DisplayName, ErrorCode, RoomName, Slug, Visibility};

use crate::app::App;
use crate::http::caller::Caller;
use crate::http::form::Sent;
use crate::http::pages::{self, RoomForms};
use crate::http::reader::Reader;
use crate::http::render;
use crate::permission;
use crate::refusal::Refusal;
use crate::slug;
use crate::store::NewRoom;

/// The form as it was sent. `slug` on the page of a room that exists, otherwise `room`.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    room: String,
    /// Ticked boxes are sent, empty ones are not.
    listed: Option<String>,
    slug: Option<String>,
}

pub(crate) async fn join(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let fields = match form.read() {
        Ok(fields) => fields,
        Err(refusal) => return render::refusal(&app, refusal).await,
    };
    let reader = match Reader::of(&app, &headers).await {
        Ok(reader) => reader,
        Err(refusal) => return render::refusal(&app, refusal).await,
    };
    match enter(&app, &reader, &fields, &caller).await {
        Ok((slug, cookie)) => {
            let jar = CookieJar::new();
            let jar = cookie.into_iter().fold(jar, CookieJar::add);
            (jar, Redirect::to(&slug.path())).into_response()
        }
        Err(refusal) => form_again(&app, reader, fields, refusal).await,
    }
}

/// The address of a refused form, opened again, as from a bookmark.
pub(crate) async fn back_to_lobby() -> Redirect {
    Redirect::to("/")
}

/// Checks all that can be checked here, and leaves the rest to one write.
async fn enter(
    app: &App,
    reader: &Reader,
    fields: &Fields,
    caller: &Caller,
) -> Result<(Slug, Option<Cookie<'static>>), Refusal> {
    let name = DisplayName::parse(&fields.name, &app.limits)?;
    let (slug, new) = match &fields.slug {
        Some(slug) => {
            let slug = Slug::new(slug.as_str());
            // Of a room that is not there nobody becomes a guest, so it counts as none.
            app.store.room(&slug).await?;
            (slug, None)
        }
        None => {
            let name = RoomName::parse(&fields.room, &app.limits)?;
            let visibility = match fields.listed {
                Some(_) => Visibility::Public,
                None => Visibility::Unlisted,
            };
            let cap = app.config.rooms_per_address;
            let address = caller.household();
            (slug::derive(&name), Some(NewRoom { name, visibility, address, cap }))
        }
    };
    let (visitor, cookie) = reader.visitor(app, name, caller)?;
    let entered = app.store.enter(visitor, slug, new).await?;
    if entered.made {
        tracing::info!(
            room = entered.room.id.0,
            visibility = entered.room.visibility.name(),
            "a room was made"
        );
    }
    Ok((entered.room.slug, cookie))
}

/// The page the form was on, with what they typed and what was wrong with it.
async fn form_again(app: &App, reader: Reader, fields: Fields, refusal: Refusal) -> Response {
    let status = refusal.status();
    let field = match refusal.code {
        ErrorCode::NameEmpty | ErrorCode::NameTooLong => Field::Name,
        ErrorCode::RoomNameEmpty | ErrorCode::RoomNameTooLong => Field::Room,
        _ => Field::Form,
    };
    let error = FormError { field, message: refusal.sentence.clone() };
    let view = match &fields.slug {
        Some(slug) => {
            match permission::admit(app, reader.actor(), &Slug::new(slug.as_str())).await {
                Ok((room, standing)) => {
                    let forms = RoomForms { join: Some((fields.name, error)), post: None };
                    pages::room_view(app, &room, &standing, &reader, forms).await
                }
                Err(_) => return render::refusal(app, refusal).await,
            }
        }
        None => {
            let form = JoinForm {
                name: fields.name,
                room: fields.room,
                listed: fields.listed.is_some(),
                error: Some(error),
            };
            pages::lobby_view(app, &reader, form).await
        }
    };
    match view {
        Ok(view) => {
            let mut page = render::page(app, status, reader, view).await;
            refusal.add_headers(page.headers_mut());
            page
        }
        Err(_) => render::refusal(app, refusal).await,
    }
}
