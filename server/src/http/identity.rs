//! Who a request speaks for, and by what: the cookie of a sign-in, whose hash the store knows.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use starling_protocol::{DisplayName, User};

use crate::app::App;
use crate::http::cookie;
use crate::refusal::Refusal;
use crate::store::{Actor, NewSignIn, SignedIn, StoreError, Visitor};

const TOKEN_BYTES: usize = 32;

/// By what somebody has shown who they are. It can be looked at again while they are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// The cookie of a sign-in.
    SignIn {
        /// The hash of its token.
        token_hash: [u8; 32],
    },
}

/// Somebody who has shown who they are.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) user: User,
    /// Whether they have an account; otherwise they are a guest.
    pub(crate) has_account: bool,
    pub(crate) credential: Credential,
}

impl Identity {
    /// Who they are to the permission check.
    pub(crate) fn actor(&self) -> Actor {
        match self.credential {
            Credential::SignIn { .. } => Actor::person(self.user.id),
        }
    }
}

/// The person behind a request; `None` for somebody new.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub(crate) async fn find(app: &App, headers: &HeaderMap) -> Result<Option<Identity>, StoreError> {
    let jar = CookieJar::from_headers(headers);
    match jar.get(cookie::name(&app.config)).and_then(|cookie| hash_of(cookie.value())) {
        Some(token_hash) => look_up(app, Credential::SignIn { token_hash }).await,
        None => Ok(None),
    }
}

/// Whoever a credential stands for right now; `None` if it stands for nobody any more.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub(crate) async fn look_up(
    app: &App,
    credential: Credential,
) -> Result<Option<Identity>, StoreError> {
    let found = match credential {
        Credential::SignIn { token_hash } => app.store.signed_in(&token_hash).await,
    };
    match found {
        Ok(SignedIn { user, has_account }) => Ok(Some(Identity { user, has_account, credential })),
        Err(StoreError::NoSuchPerson) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A new sign-in, and the cookie that will stand for it once it is stored.
///
/// # Errors
/// A [`Refusal`] when the system gives no random bytes.
pub(crate) fn new_sign_in(app: &App) -> Result<(NewSignIn, Cookie<'static>), Refusal> {
    let token = random_token()?;
    let sign_in = NewSignIn { token_hash: Sha256::digest(token).into(), ..NewSignIn::default() };
    Ok((sign_in, cookie::new(&app.config, URL_SAFE_NO_PAD.encode(token))))
}

/// Somebody new, and the cookie that will stand for them once they are stored.
///
/// # Errors
/// As [`new_sign_in`].
pub(crate) fn newcomer(
    app: &App,
    name: DisplayName,
) -> Result<(Visitor, Cookie<'static>), Refusal> {
    let (sign_in, cookie) = new_sign_in(app)?;
    Ok((Visitor::Newcomer { name, sign_in }, cookie))
}

/// A secret that nobody guesses.
///
/// # Errors
/// A [`Refusal`] when the system gives no random bytes.
pub(crate) fn random_token() -> Result<[u8; TOKEN_BYTES], Refusal> {
    let mut token = [0; TOKEN_BYTES];
    getrandom::fill(&mut token).map_err(|error| {
        tracing::error!(%error, "the system gives no random bytes");
        Refusal::from(StoreError::Unavailable)
    })?;
    Ok(token)
}

/// The hash under which the store knows a secret, if the text is one.
pub(crate) fn hash_of(token: &str) -> Option<[u8; 32]> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    (token.len() == TOKEN_BYTES).then(|| Sha256::digest(token).into())
}
