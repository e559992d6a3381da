//! Who a request speaks for, and by what: the cookie of a sign-in, whose hash the store knows.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use starling_protocol::{DisplayName, User};

use crate::app::App;
use crate::http::caller::Caller;
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

/// The person behind a request; `None` for somebody new, and for guests where none are wanted.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub(crate) async fn find(app: &App, headers: &HeaderMap) -> Result<Option<Identity>, StoreError> {
    match shown(app, headers) {
        Some(token_hash) => look_up(app, Credential::SignIn { token_hash }).await,
        None => Ok(None),
    }
}

/// The same, guests included where none are wanted: what is theirs goes over into their account.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub(crate) async fn find_with_guests(
    app: &App,
    headers: &HeaderMap,
) -> Result<Option<Identity>, StoreError> {
    match shown(app, headers) {
        Some(token_hash) => known(app, Credential::SignIn { token_hash }).await,
        None => Ok(None),
    }
}

/// The hash of the cookie that a request carries, whether it stands for anybody or not.
pub(crate) fn shown(app: &App, headers: &HeaderMap) -> Option<[u8; 32]> {
    hash_of(CookieJar::from_headers(headers).get(cookie::name(&app.config))?.value())
}

/// Whoever a credential stands for right now; `None` if it stands for nobody any more.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub(crate) async fn look_up(
    app: &App,
    credential: Credential,
) -> Result<Option<Identity>, StoreError> {
    let wants_guests = app.config.access.guests.is_on();
    let known = known(app, credential).await?;
    Ok(known.filter(|known| wants_guests || known.has_account))
}

async fn known(app: &App, credential: Credential) -> Result<Option<Identity>, StoreError> {
    let found = match credential {
        Credential::SignIn { token_hash } => app.store.signed_in(&token_hash).await,
    };
    match found {
        Ok(SignedIn { user, has_account, seen_long_ago }) => {
            let Credential::SignIn { token_hash } = credential;
            if seen_long_ago {
                app.store.note_use(token_hash);
            }
            Ok(Some(Identity { user, has_account, credential }))
        }
        Err(StoreError::NoSuchPerson) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A new sign-in from there, and the cookie that will stand for it once it is stored.
///
/// # Errors
/// A [`Refusal`] when the system gives no random bytes.
pub(crate) fn new_sign_in(
    app: &App,
    caller: &Caller,
) -> Result<(NewSignIn, Cookie<'static>), Refusal> {
    let token = random_token()?;
    let sign_in = NewSignIn {
        token_hash: Sha256::digest(token).into(),
        agent: caller.agent.clone(),
        address: caller.address.to_string(),
    };
    Ok((sign_in, cookie::new(&app.config, URL_SAFE_NO_PAD.encode(token))))
}

/// What makes a browser forget its cookie.
pub(crate) fn no_cookie(app: &App) -> Cookie<'static> {
    let mut cookie = cookie::new(&app.config, String::new());
    cookie.make_removal();
    cookie
}

/// Somebody new, and the cookie that will stand for them once they are stored.
///
/// # Errors
/// As [`new_sign_in`].
pub(crate) fn newcomer(
    app: &App,
    name: DisplayName,
    caller: &Caller,
) -> Result<(Visitor, Cookie<'static>), Refusal> {
    let (sign_in, cookie) = new_sign_in(app, caller)?;
    Ok((Visitor::Newcomer { name, sign_in }, cookie))
}

/// The code of a link, and the hash under which the store knows it.
///
/// # Errors
/// A [`Refusal`] when the system gives no random bytes.
pub(crate) fn new_code() -> Result<(String, [u8; 32]), Refusal> {
    let token = random_token()?;
    Ok((URL_SAFE_NO_PAD.encode(token), Sha256::digest(token).into()))
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
