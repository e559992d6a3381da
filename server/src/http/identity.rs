//! Who a request speaks for: a guest's cookie, whose hash the store knows.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use starling_protocol::{DisplayName, User};

use crate::app::App;
use crate::http::cookie;
use crate::refusal::Refusal;
use crate::store::{NewSignIn, StoreError, Visitor};

const TOKEN_BYTES: usize = 32;

/// The person behind a request; `None` for somebody new.
pub(crate) async fn find(app: &App, headers: &HeaderMap) -> Result<Option<User>, StoreError> {
    let jar = CookieJar::from_headers(headers);
    let Some(hash) = jar.get(cookie::name(&app.config)).and_then(|cookie| hash_of(cookie.value()))
    else {
        return Ok(None);
    };
    match app.store.user_of(&hash).await {
        Ok(user) => Ok(Some(user)),
        Err(StoreError::NoSuchPerson) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Somebody new, and the cookie that will stand for them once they are stored.
pub(crate) fn newcomer(
    app: &App,
    name: DisplayName,
) -> Result<(Visitor, Cookie<'static>), Refusal> {
    let mut token = [0; TOKEN_BYTES];
    getrandom::fill(&mut token).map_err(|error| {
        tracing::error!(%error, "the system gives no random bytes");
        Refusal::from(StoreError::Unavailable)
    })?;
    let sign_in = NewSignIn { token_hash: Sha256::digest(token).into(), ..NewSignIn::default() };
    let visitor = Visitor::Newcomer { name, sign_in };
    Ok((visitor, cookie::new(&app.config, URL_SAFE_NO_PAD.encode(token))))
}

fn hash_of(token: &str) -> Option<[u8; 32]> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    (token.len() == TOKEN_BYTES).then(|| Sha256::digest(token).into())
}
