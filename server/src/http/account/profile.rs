//! `POST /account/profile`: how a person appears to others. Guests have it, too.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use starling_app::page::{AccountView, ProfileForm, SettingsView};
use starling_protocol::{Avatar, DisplayName, HUES, Hue, UserId};

use super::{Sent, form_error, or_refusal, refused, settings};
use crate::app::App;
use crate::http::form;
use crate::http::identity::{self, Identity};
use crate::permission;
use crate::refusal::Refusal;
use crate::store::Profile;

/// The form as it was sent.
#[derive(Deserialize)]
pub(crate) struct Fields {
    whose: Option<UserId>,
    #[serde(default)]
    name: String,
    hue: u8,
    #[serde(default)]
    avatar: String,
}

pub(crate) async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let answer = async {
        let fields = form.read()?;
        let Some(identity) = identity::find(&app, &headers).await? else {
            return Ok(Redirect::to("/sign-in?next=/account").into_response());
        };
        // The page was of somebody else, who was signed in here before.
        if fields.whose.is_some_and(|whose| whose != identity.user.id) {
            return Ok(Redirect::to("/account?done=other").into_response());
        }
        match change(&app, &identity, &fields).await {
            Ok(()) => Ok(Redirect::to("/account?done=profile").into_response()),
            Err(refusal) => {
                let Fields { whose: _, name, hue, avatar } = fields;
                let whose = identity.user.id.to_string();
                let error = Some(form_error(&refusal));
                let profile = ProfileForm { whose, name, hue, avatar, error };
                let view = SettingsView { profile, ..settings::view(&app, &identity).await? };
                refused(&app, &refusal, &headers, AccountView::Settings(view)).await
            }
        }
    };
    or_refusal(&app, answer.await).await
}

async fn change(app: &App, identity: &Identity, fields: &Fields) -> Result<(), Refusal> {
    identity.actor().may_personally().map_err(permission::refusal)?;
    let name = DisplayName::parse(&fields.name, &app.limits)?;
    if fields.hue >= HUES {
        return Err(form::unreadable());
    }
    let avatar = match fields.avatar.trim() {
        "" => None,
        avatar => Some(Avatar::parse(avatar)?),
    };
    let user = &identity.user;
    // Everybody is told, as of a message.
    app.rates.message(user.id)?;
    let profile = Profile {
        name: (user.name != name).then_some(name),
        hue: (user.hue.0 != fields.hue).then_some(Hue(fields.hue)),
        avatar: (user.avatar != avatar).then_some(avatar),
    };
    Ok(app.store.change_profile(user.id, profile).await?)
}
