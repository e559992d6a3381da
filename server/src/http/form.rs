//! Forms as pages send them. What no form of ours sends is refused in one way.

use std::convert::Infallible;

use axum::Form;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use starling_protocol::ErrorCode;

use crate::app::App;
use crate::refusal::Refusal;

/// A form as it was sent.
pub(crate) struct Sent<T>(Option<T>);

impl<T> Sent<T> {
    /// What is in it.
    ///
    /// # Errors
    /// A [`Refusal`] of what no form of ours sends.
    pub(crate) fn read(self) -> Result<T, Refusal> {
        self.0.ok_or_else(unreadable)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Infallible;

    async fn from_request(request: Request, app: &App) -> Result<Self, Infallible> {
        let form = Form::from_request(request, app).await;
        Ok(Self(form.ok().map(|Form(fields)| fields)))
    }
}

/// The refusal of what no form of ours sends.
pub(crate) fn unreadable() -> Refusal {
    Refusal::new(ErrorCode::BadForm, "This form could not be read.")
}
