//! `/forgot`: has a link mailed that replaces a password. The answer is the same whether there is such an
//! account or not, and so is the work: the mailer looks it up.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use starling_app::page::{AccountView, Field, ForgotForm, FormError};
use starling_protocol::ErrorCode;

use super::{Sent, form_error, or_refusal, page, refused};
use crate::app::App;
use crate::http::caller::Caller;
use crate::refusal::Refusal;

/// Longer ones are nobody's.
const LOGIN_BYTES: usize = 254;

/// The form as it was sent.
#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    login: String,
}

pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let view = AccountView::Forgot(ForgotForm::default());
    or_refusal(&app, page(&app, StatusCode::OK, &headers, view).await).await
}

pub(crate) async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let answer = async {
        let Fields { login } = form.read()?;
        let login = login.trim().to_owned();
        if login.is_empty() || login.len() > LOGIN_BYTES {
            let message = "Type your handle or your email address.".to_owned();
            let error = Some(FormError { field: Field::Handle, message });
            let view = AccountView::Forgot(ForgotForm { login, sent: false, error });
            return page(&app, StatusCode::UNPROCESSABLE_ENTITY, &headers, view).await;
        }
        // A mailbox is filled as easily as a password is guessed.
        let asked = match (&app.mail, app.rates.forgotten(caller.household(), &login)) {
            (_, Err(refusal)) => Err(refusal),
            (Some(mail), Ok(())) => mail.send_reset(login.clone()),
            (None, Ok(())) => Err(Refusal::new(ErrorCode::Forbidden, "This server sends no mail.")),
        };
        match asked {
            Ok(()) => {
                let view = AccountView::Forgot(ForgotForm { login, sent: true, error: None });
                page(&app, StatusCode::OK, &headers, view).await
            }
            Err(refusal) => {
                let error = Some(form_error(&refusal));
                let view = AccountView::Forgot(ForgotForm { login, sent: false, error });
                refused(&app, &refusal, &headers, view).await
            }
        }
    };
    or_refusal(&app, answer.await).await
}
