//! `Authorization: Bearer …`: a personal token, which begins with [`PREFIX`], or another site's.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use starling_protocol::ErrorCode;

use super::{Identity, guests_closed};
use crate::app::App;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::store::{NOTED_EVERY, StoreError, unix_ms};

/// Personal tokens begin so, that people and programs that look for secrets recognise them.
const PREFIX: &str = "starling_";
/// The longest token that is looked at, in bytes.
const LONGEST: usize = 8 * 1_024;

/// A new personal token.
///
/// # Errors
/// A [`Refusal`] when the system gives no random bytes.
pub(crate) fn new_token() -> Result<Secret, Refusal> {
    let Secret { text, hash } = Secret::new()?;
    Ok(Secret { text: format!("{PREFIX}{text}"), hash })
}

/// Whether a request shows a token, good or bad. What a proxy asked for by HTTP's own dialog, “Basic”, is
/// its business: browsers send that by themselves, so it shows nothing.
pub(crate) fn is_shown(headers: &HeaderMap) -> bool {
    shown(headers).next().is_some()
}

fn shown(headers: &HeaderMap) -> impl Iterator<Item = &HeaderValue> {
    headers.get_all(AUTHORIZATION).iter().filter(|value| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
        scheme.is_none_or(|scheme| !scheme.eq_ignore_ascii_case(b"basic"))
    })
}

/// What stands in the only Authorization header.
pub(super) fn token_in(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = shown(headers);
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(bad("there is more than one Authorization header"));
    };
    let token = value.to_str().ok().and_then(|value| value.split_once(' '));
    match token {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(bad("the Authorization header is not of the kind “Bearer”")),
    }
}

/// Whoever a token stands for.
///
/// # Errors
/// A [`Refusal`]: the token is none, or has ended, or the storage cannot be reached.
pub(crate) async fn of_token(app: &App, token: &str) -> Result<Identity, Refusal> {
    if token.len() > LONGEST {
        return Err(bad("it is longer than 8 KiB"));
    }
    let identity = match (token.strip_prefix(PREFIX), &app.jwt) {
        (Some(secret), _) => personal(app, secret).await?,
        (None, Some(jwt)) => jwt.identity(app, token).await?,
        (None, None) => {
            return Err(bad("it is no personal token, and this server takes no others"));
        }
    };
    if identity.has_ended() {
        return Err(ended());
    }
    if !identity.has_account && !app.config.access.guests.is_on() {
        return Err(guests_closed());
    }
    Ok(identity)
}

async fn personal(app: &App, secret: &str) -> Result<Identity, Refusal> {
    let unknown = || bad("nobody has it, or it was ended");
    let token_hash = Secret::hash_of(secret).ok_or_else(unknown)?;
    let holder = match app.store.token_holder(&token_hash).await {
        Ok(holder) => holder,
        Err(StoreError::NoSuchPerson) => return Err(unknown()),
        Err(error) => return Err(error.into()),
    };
    let used_at = holder.used_at;
    let identity = Identity::of_holder(holder, token_hash);
    if !identity.has_ended() && used_at.is_none_or(|used_at| used_at <= unix_ms() - NOTED_EVERY) {
        // Nobody waits for it, and little is lost if it is not noted.
        drop(app.store.note_token_use(token_hash));
    }
    Ok(identity)
}

/// A token that is not valid, and why.
pub(super) fn bad(why: &str) -> Refusal {
    Refusal::new(ErrorCode::BadToken, format!("This token does not count: {why}."))
}

/// A token that has ended.
pub(super) fn ended() -> Refusal {
    Refusal::new(ErrorCode::TokenExpired, "This token has ended. Get a new one.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Result<String, ErrorCode> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        token_in(&headers).map(str::to_owned).map_err(|refusal| refusal.code)
    }

    #[test]
    fn only_one_bearer_token_is_taken() {
        assert_eq!(read(&["Bearer abc"]), Ok("abc".to_owned()));
        assert_eq!(read(&["bEARER  abc "]), Ok("abc".to_owned()));
        for wrong in [&["Basic YTpi"][..], &["abc"], &["Bearer"], &[""], &["Bearer a", "Bearer b"]]
        {
            assert_eq!(read(wrong), Err(ErrorCode::BadToken), "{wrong:?}");
        }
    }

    #[test]
    fn a_new_token_is_recognised_and_known_by_its_hash() {
        let token = new_token().unwrap();
        let secret = token.text.strip_prefix(PREFIX).unwrap();
        assert_eq!(Secret::hash_of(secret), Some(token.hash));
    }
}
