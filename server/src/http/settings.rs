//! The page that keeps a room, `/r/{slug}/settings`, and how its forms are answered: with the page
//! again, at the part where they stand. What each form does is in `settings/`, a file for each part.

mod general;
mod invites;
mod members;
mod openness;
mod page;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use starling_app::page::settings::{MadeInvite, RefusedForm, SettingsForm};
use starling_protocol::{Slug, TextError, UserId};

use crate::app::App;
use crate::http::form::Sent;
use crate::http::reader::Reader;
use crate::http::render;
use crate::permission;
use crate::refusal::Refusal;
use crate::store::{Actor, RoomRecord, StoreError};

pub(crate) use general::{Access, Name};
pub(crate) use invites::{Invite, TakeBack};
pub(crate) use members::{HandOver, NewRole, TakeMeasure};
pub(crate) use openness::{Archive, Delete, Lock};

/// Which page of a list is looked at, and what is asked once more.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Place {
    /// The page of the members, from 0.
    members: Option<u32>,
    /// The log before this number.
    before: Option<i64>,
    /// To whom the room may be handed over.
    heir: Option<UserId>,
}

/// A form of the page.
pub(crate) trait Submit: DeserializeOwned + Send + Sync + 'static {
    /// Where it stands.
    const FORM: SettingsForm;

    /// The text that was typed, to be shown again if it was wrong.
    fn typed(&self) -> &str {
        ""
    }

    /// Does what it asks for.
    fn submit(&self, asked: &Asked<'_>) -> impl Future<Output = Result<Outcome, Refused>> + Send;
}

/// Who sent a form, about which room.
pub(crate) struct Asked<'a> {
    app: &'a App,
    headers: &'a HeaderMap,
    actor: Actor,
    room: &'a RoomRecord,
}

/// What comes after a form.
pub(crate) enum Outcome {
    /// The page, as it is now.
    Done,
    /// The page with an invitation, whose code is kept nowhere else.
    Made(MadeInvite),
    /// The lobby: there is no page any more.
    Gone,
}

/// Why a form was refused.
pub(crate) enum Refused {
    /// For what was typed.
    Text(String),
    /// For anything else.
    Other(Refusal),
}

impl From<TextError> for Refused {
    fn from(error: TextError) -> Self {
        Self::Text(error.to_string())
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Other(refusal)
    }
}

/// The page.
pub(crate) async fn settings(
    State(app): State<App>,
    Path(slug): Path<String>,
    place: Result<Query<Place>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let page = async {
        let reader = Reader::of(&app, &headers).await?;
        let (room, standing) = permission::admit(&app, reader.actor(), &Slug::new(slug)).await?;
        page::refuse_whoever_may_nothing(&standing)?;
        // A page that nobody has is the first one.
        let place = place.map_or_else(|_| Place::default(), |Query(place)| place);
        let view = page::view(&app, &reader, &room, &standing, &place).await?;
        Ok::<_, Refusal>((reader, view))
    };
    match page.await {
        Ok((reader, view)) => render::page(&app, StatusCode::OK, reader, page::boxed(view)).await,
        Err(refusal) => render::refusal(&app, refusal).await,
    }
}

/// The address of a form, opened as from a bookmark.
pub(crate) async fn back(Path(slug): Path<String>) -> Redirect {
    Redirect::to(&format!("{}/settings", Slug::new(slug).path()))
}

/// Any form of the page.
pub(crate) async fn submit<F: Submit>(
    State(app): State<App>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Sent<F>,
) -> Response {
    match answer(&app, &Slug::new(slug), &headers, form).await {
        Ok(response) => response,
        Err(refusal) => render::refusal(&app, refusal).await,
    }
}

async fn answer<F: Submit>(
    app: &App,
    slug: &Slug,
    headers: &HeaderMap,
    form: Sent<F>,
) -> Result<Response, Refusal> {
    let form = form.read()?;
    let reader = Reader::of(app, headers).await?;
    let (room, standing) = permission::admit(app, reader.actor(), slug).await?;
    let asked = Asked { app, headers, actor: reader.actor(), room: &room };
    // Everybody is told of most of it, as of a message.
    let counted = reader.viewer().map_or(Ok(()), |viewer| app.rates.message(viewer.id));
    let outcome = match counted {
        Ok(()) => form.submit(&asked).await,
        Err(refusal) => Err(Refused::Other(refusal)),
    };
    let refused = match outcome {
        Ok(Outcome::Done) => {
            let place = format!("{}/settings#{}", room.slug.path(), F::FORM.anchor());
            return Ok(Redirect::to(&place).into_response());
        }
        Ok(Outcome::Gone) => return Ok(Redirect::to("/").into_response()),
        Ok(Outcome::Made(made)) => {
            let mut view = page::view(app, &reader, &room, &standing, &Place::default()).await?;
            if let Some(invites) = &mut view.invites {
                invites.made = Some(made);
            }
            let mut shown = render::page(app, StatusCode::OK, reader, page::boxed(view)).await;
            // It is shown this once, and not from the browser's memory again.
            let never = HeaderValue::from_static("no-store");
            shown.headers_mut().insert(header::CACHE_CONTROL, never);
            return Ok(shown);
        }
        Err(refused) => refused,
    };
    let mut said = HeaderMap::new();
    let (status, about_text, message) = match refused {
        Refused::Text(sentence) => (StatusCode::UNPROCESSABLE_ENTITY, true, sentence),
        // Whoever may do nothing here has no such page.
        Refused::Other(refusal) => match page::refuse_whoever_may_nothing(&standing) {
            Ok(()) => {
                refusal.add_headers(&mut said);
                (refusal.status(), false, refusal.sentence)
            }
            Err(_) => return Err(refusal),
        },
    };
    let mut view = page::view(app, &reader, &room, &standing, &Place::default()).await?;
    view.refused =
        Some(RefusedForm { form: F::FORM, about_text, message, typed: form.typed().to_owned() });
    let mut shown = render::page(app, status, reader, page::boxed(view)).await;
    shown.headers_mut().extend(said);
    Ok(shown)
}
