//! `GET /api/v1/me`: who a token or a cookie stands for, and how far.

use axum::response::Response;
use serde::Serialize;
use starling_protocol::User;
use utoipa::ToSchema;

use super::answer::{Failed, NotRead, found};
use super::asker::Asker;
use crate::http::identity::Credential;

/// Who is asking.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    user: User,
    /// Otherwise a guest.
    account: bool,
    /// By what they have shown it.
    by: &'static str,
    scopes: Vec<&'static str>,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

/// Tells who the token or the cookie stands for, and how far.
#[utoipa::path(get, path = "/me", tag = "Identity", operation_id = "me",
    responses((status = 200, body = Me), NotRead))]
pub(crate) async fn me(asker: Asker) -> Result<Response, Failed> {
    let identity = asker.identity()?;
    let by = match identity.credential {
        Credential::SignIn { .. } => "sign_in",
        Credential::Token { .. } => "token",
        Credential::Jwt { .. } => "jwt",
    };
    let me = Me {
        by,
        account: identity.has_account,
        scopes: identity.scopes.names().collect(),
        expires_at: identity.ends_at,
        user: identity.user.clone(),
    };
    Ok(found(me))
}
