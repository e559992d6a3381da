//! Who a request speaks for, and by what: the cookie of a sign-in, a personal token, another site's
//! token, or a ticket that stands for one of these.
//!
//! With an Authorization header only that counts, with a ticket only the ticket: a cookie beside them
//! is not looked at, so that what other sites' pages can make a browser send is of no use to them.

mod bearer;
mod jwt;
mod keys;
mod tickets;

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar};
use starling_protocol::{DisplayName, ErrorCode, Scopes, User, UserId};

use crate::app::App;
use crate::http::caller::Caller;
use crate::http::cookie;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::store::{Actor, NewSignIn, SignedIn, StoreError, TokenHolder, Visitor, unix_ms};

pub(crate) use bearer::{is_shown as shows_token, new_token, of_token};
pub(crate) use jwt::Jwt;
pub(crate) use tickets::{TICKET_LASTS, Tickets};

const GUESTS_CLOSED: &str = "Only people with an account come in here. Sign in first.";

/// By what somebody has shown who they are. It can be looked at again while they are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// The cookie of a sign-in.
    SignIn {
        /// The hash of its token.
        token_hash: [u8; 32],
    },
    /// A personal token.
    Token {
        /// Its hash.
        token_hash: [u8; 32],
    },
    /// A token that another site has signed. It was checked when it was shown.
    Jwt {
        /// Who its subject is here.
        user: UserId,
        /// What it allows.
        scopes: Scopes,
        /// When it ends, in milliseconds since 1970-01-01T00:00:00Z.
        ends_at: i64,
    },
}

/// Somebody who has shown who they are.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) user: User,
    /// Whether they have an account, here or on another site whose tokens count; otherwise they are a
    /// guest.
    pub(crate) has_account: bool,
    pub(crate) credential: Credential,
    pub(crate) scopes: Scopes,
    /// When what they have shown ends, in milliseconds since 1970-01-01T00:00:00Z; `None`: not by
    /// itself.
    pub(crate) ends_at: Option<i64>,
}

impl Identity {
    fn new(
        SignedIn { user, has_account, .. }: SignedIn,
        credential: Credential,
        scopes: Scopes,
        ends_at: Option<i64>,
    ) -> Self {
        Self { user, has_account, credential, scopes, ends_at }
    }

    fn of_holder(holder: TokenHolder, token_hash: [u8; 32]) -> Self {
        let TokenHolder { signed_in, scopes, expires_at, .. } = holder;
        Self::new(signed_in, Credential::Token { token_hash }, scopes, expires_at)
    }

    /// Who they are to the permission check.
    pub(crate) fn actor(&self) -> Actor {
        Actor::Person { user: self.user.id, scopes: self.scopes }
    }

    /// Whether what they have shown has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.ends_at.is_some_and(|ends_at| ends_at <= unix_ms())
    }

    /// The hash of their sign-in, which alone lets them change their account: a token does not.
    ///
    /// # Errors
    /// A [`Refusal`] for who has shown a token.
    pub(crate) fn sign_in(&self) -> Result<[u8; 32], Refusal> {
        match self.credential {
            Credential::SignIn { token_hash } => Ok(token_hash),
            Credential::Token { .. } | Credential::Jwt { .. } => Err(Refusal::new(
                ErrorCode::ScopeMissing,
                "A token is not for that. Sign in in a browser.",
            )),
        }
    }
}

/// The person behind a request; `None` for somebody new, and for guests where none are wanted.
/// A token that does not count is refused, and
/// does not make somebody new.
///
/// # Errors
/// A [`Refusal`] of a token, or because the storage cannot be reached.
pub(crate) async fn find(app: &App, headers: &HeaderMap) -> Result<Option<Identity>, Refusal> {
    if bearer::is_shown(headers) {
        return of_token(app, bearer::token_in(headers)?).await.map(Some);
    }
    match shown(app, headers) {
        Some(token_hash) => Ok(look_up(app, Credential::SignIn { token_hash }).await?),
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
    Secret::hash_of(CookieJar::from_headers(headers).get(cookie::name(&app.config))?.value())
}

/// Whoever a credential stands for right now; `None` if it stands for nobody any more. Whether its time
/// is over, they say themselves.
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
        Credential::SignIn { token_hash } => {
            let found = app.store.signed_in(&token_hash).await;
            if found.as_ref().is_ok_and(|it| it.seen_long_ago) {
                app.store.note_use(token_hash);
            }
            found.map(|it| Identity::new(it, credential, Scopes::ALL, None))
        }
        Credential::Token { token_hash } => {
            let found = app.store.token_holder(&token_hash).await;
            found.map(|it| Identity::of_holder(it, token_hash))
        }
        Credential::Jwt { user, scopes, ends_at } => {
            let found = app.store.person(user).await;
            found.map(|it| Identity::new(it, credential, scopes, Some(ends_at)))
        }
    };
    match found {
        Ok(identity) => Ok(Some(identity)),
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
    let Secret { text: token, hash: token_hash } = Secret::new()?;
    let sign_in =
        NewSignIn { token_hash, agent: caller.agent.clone(), address: caller.address.to_string() };
    Ok((sign_in, cookie::new(&app.config, token)))
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
/// A [`Refusal`] where no guests are wanted, when too many come from one address, and as
/// [`new_sign_in`].
pub(crate) fn newcomer(
    app: &App,
    name: DisplayName,
    caller: &Caller,
) -> Result<(Visitor, Cookie<'static>), Refusal> {
    let_in(app, caller)?;
    let (sign_in, cookie) = new_sign_in(app, caller)?;
    Ok((Visitor::Newcomer { name, sign_in }, cookie))
}

/// Lets one more guest in from there.
///
/// # Errors
/// A [`Refusal`] where no guests are wanted, and when too many come from one address.
pub(crate) fn let_in(app: &App, caller: &Caller) -> Result<(), Refusal> {
    if !app.config.access.guests.is_on() {
        return Err(guests_closed());
    }
    app.rates.newcomer(caller.household())
}

fn guests_closed() -> Refusal {
    Refusal::new(ErrorCode::GuestsClosed, GUESTS_CLOSED)
}
