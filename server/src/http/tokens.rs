//! Personal tokens: who may make, see and end them, for the page and the API alike.

use std::time::Duration;

use starling_protocol::{DisplayName, ErrorCode, Scopes, UserId};

use crate::app::App;
use crate::http::identity::{self, Identity};
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::store::{NewToken, TokenRecord, unix_ms};

/// A token was made. It is told once: only its hash is kept.
pub(crate) struct Made {
    pub(crate) id: i64,
    pub(crate) token: String,
}

/// Whose tokens somebody may make, see and end: their own, if they are signed in to an account. A token
/// makes no tokens, or one that was stolen would outlive its end.
///
/// # Errors
/// A [`Refusal`] that says what is missing.
pub(crate) fn owner(identity: Option<&Identity>) -> Result<UserId, Refusal> {
    let identity = identity.ok_or_else(|| Refusal::new(ErrorCode::NoIdentity, "Sign in first."))?;
    identity.sign_in()?;
    if !identity.has_account {
        let sentence = "Only people with an account have tokens. Sign up first.";
        return Err(Refusal::new(ErrorCode::Forbidden, sentence));
    }
    Ok(identity.user.id)
}

/// Makes one.
///
/// # Errors
/// A [`Refusal`]: the name cannot be, there are too many, or it cannot be stored.
pub(crate) async fn make(
    app: &App,
    user: UserId,
    name: &str,
    scopes: Scopes,
    lasts: Option<Duration>,
) -> Result<Made, Refusal> {
    let name = DisplayName::parse(name, &app.limits)?;
    app.rates.message(user)?;
    let Secret { text: token, hash: token_hash } = identity::new_token()?;
    let expires_at = lasts.map(|lasts| {
        let ms = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
        unix_ms().saturating_add(ms)
    });
    let id = app.store.make_token(NewToken { user, name, token_hash, scopes, expires_at }).await?;
    Ok(Made { id, token })
}

/// A person's tokens, the newest first.
///
/// # Errors
/// A [`Refusal`] when the storage cannot be reached.
pub(crate) async fn list(app: &App, user: UserId) -> Result<Vec<TokenRecord>, Refusal> {
    Ok(app.store.tokens_of(user).await?)
}

/// Ends one, and closes what it holds open.
///
/// # Errors
/// A [`Refusal`]: they have none of that number, or it cannot be stored.
pub(crate) async fn end(app: &App, user: UserId, id: i64) -> Result<(), Refusal> {
    Ok(app.store.end_token(user, id).await?)
}
