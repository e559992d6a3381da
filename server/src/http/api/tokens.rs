//! `/api/v1/tokens`: one's own personal tokens.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use starling_protocol::{DisplayName, ErrorCode, Scopes};
use utoipa::ToSchema;

use super::answer::{Failed, NotRead, Refused, answer, found, nothing};
use super::asker::{Asker, At, Said};
use crate::app::App;
use crate::http::tokens::{self, Made};
use crate::refusal::Refusal;
use crate::store::TokenRecord;

/// Nobody needs a token that ends later, but one that does not end.
const LONGEST_S: u64 = 10 * 366 * 24 * 60 * 60;

/// The token to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = WantedToken)]
pub(crate) struct Wanted {
    /// For its owner, to recognise it.
    name: String,
    /// One or more of `read`, `write` and `manage`.
    scopes: Vec<String>,
    /// After how many seconds it ends; without it, not by itself.
    expires_in_s: Option<u64>,
}

/// A personal token, without what is secret of it. Times are milliseconds since
/// 1970-01-01T00:00:00Z.
#[derive(Serialize, ToSchema)]
pub(super) struct Token {
    id: i64,
    name: DisplayName,
    scopes: Vec<&'static str>,
    created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    tokens: Vec<Token>,
}

/// A token that was made. It is told this once.
#[derive(Serialize, ToSchema)]
pub(super) struct NewToken {
    id: i64,
    token: String,
}

impl From<TokenRecord> for Token {
    fn from(record: TokenRecord) -> Self {
        let TokenRecord { id, name, scopes, created_at, expires_at, used_at } = record;
        Self { id, name, scopes: scopes.names().collect(), created_at, expires_at, used_at }
    }
}

/// Lists one's tokens. Takes a sign-in: a token makes, sees and ends none.
#[utoipa::path(get, path = "/tokens", tag = "Identity", operation_id = "list_tokens",
    responses((status = 200, body = Tokens), NotRead))]
pub(crate) async fn list(State(app): State<App>, asker: Asker) -> Result<Response, Failed> {
    let owner = tokens::owner(Some(asker.identity()?))?;
    let tokens = tokens::list(&app, owner).await?.into_iter().map(Token::from).collect();
    Ok(found(Tokens { tokens }))
}

/// Makes a token. Takes a sign-in.
#[utoipa::path(post, path = "/tokens", tag = "Identity", operation_id = "make_token",
    request_body = Wanted,
    responses((status = 201, description = "It was made.", body = NewToken), Refused))]
pub(crate) async fn make(
    State(app): State<App>,
    asker: Asker,
    Said(wanted): Said<Wanted>,
) -> Result<Response, Failed> {
    let owner = tokens::owner(Some(asker.identity()?))?;
    let mut scopes = Scopes::default();
    if let Some(unknown) = wanted.scopes.iter().find(|name| !scopes.add(name)) {
        return Err(wrong(&format!("There is no scope {unknown:?}")).into());
    }
    if scopes.is_empty() {
        return Err(wrong("A token has one or more of the scopes read, write and manage").into());
    }
    if wanted.expires_in_s.is_some_and(|lasts| lasts == 0 || lasts > LONGEST_S) {
        return Err(
            wrong("A token lasts at least a second and at most ten years, or for ever").into()
        );
    }
    let lasts = wanted.expires_in_s.map(Duration::from_secs);
    let Made { id, token } = tokens::make(&app, owner, &wanted.name, scopes, lasts).await?;
    Ok(answer(StatusCode::CREATED, NewToken { id, token }))
}

/// Ends a token, and closes what it holds open. Takes a sign-in.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "Identity", operation_id = "end_token",
    params(("id" = i64, Path, description = "Its number.")),
    responses((status = 204, description = "It has ended."), Refused))]
pub(crate) async fn end(
    State(app): State<App>,
    asker: Asker,
    At(id): At<i64>,
) -> Result<Response, Failed> {
    let owner = tokens::owner(Some(asker.identity()?))?;
    tokens::end(&app, owner, id).await?;
    Ok(nothing())
}

fn wrong(why: &str) -> Refusal {
    Refusal::new(ErrorCode::BadJson, format!("{}.", why.trim_end_matches('.')))
}
