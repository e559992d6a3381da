//! JSON Web Tokens by which another site says who its people are. How they are signed, by whom and for
//! whom is configuration; nothing that a token says about itself changes it.

use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use starling_protocol::{DisplayName, Limits, Scopes};

use super::bearer::{bad, ended};
use super::keys::Keys;
use super::{Credential, Identity};
use crate::app::App;
use crate::config::{JwtAlgorithm, Tokens};
use crate::refusal::Refusal;
use crate::store::{External, SignedIn, StoreError, unix_ms};

/// The longest subject, in bytes: as OpenID Connect has it.
const LONGEST_SUBJECT: usize = 255;

/// What a token says. Its audience and issuer are checked by the library, too, which would also take a
/// list of issuers: here it has to be one. A claim that stands there twice is an error.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    iss: String,
    exp: f64,
    iat: Option<f64>,
    name: Option<String>,
    scope: Option<String>,
}

/// The tokens of one other site.
pub(crate) struct Jwt {
    issuer: String,
    leeway: Duration,
    validation: Validation,
    keys: Keys,
}

impl Jwt {
    /// What is configured; `None` if no tokens are taken.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn load(tokens: &Tokens) -> Result<Option<Self>, String> {
        let (Some(algorithm), Some(issuer), Some(audience)) =
            (tokens.jwt_algorithm, &tokens.jwt_issuer, &tokens.jwt_audience)
        else {
            return Ok(None);
        };
        let algorithm = match algorithm {
            JwtAlgorithm::Hs256 => Algorithm::HS256,
            JwtAlgorithm::Rs256 => Algorithm::RS256,
            JwtAlgorithm::EdDsa => Algorithm::EdDSA,
        };
        let keys = match (&tokens.jwt_key_file, &tokens.jwt_jwks_file) {
            (Some(file), _) => Keys::of_file(file, algorithm)?,
            (None, Some(file)) => Keys::of_set(file, algorithm)?,
            (None, None) => return Ok(None),
        };
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "sub", "iss", "aud"]);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.validate_nbf = true;
        validation.leeway = tokens.jwt_leeway.as_secs();
        Ok(Some(Self { issuer: issuer.clone(), leeway: tokens.jwt_leeway, validation, keys }))
    }

    /// Whoever a token stands for; somebody who was never here is made.
    ///
    /// # Errors
    /// A [`Refusal`]: the token does not count, or the storage cannot be reached.
    pub(super) async fn identity(&self, app: &App, token: &str) -> Result<Identity, Refusal> {
        let claims = self.check(token).await?;
        let ends_at = (claims.exp * 1_000.0) as i64;
        let ends_at = ends_at.saturating_add(self.leeway.as_millis() as i64);
        let scopes = claims.scope.as_deref().map_or(Scopes::ALL, Scopes::known_in);
        let name = match &claims.name {
            Some(name) => Some(DisplayName::parse(name, &app.limits).map_err(|error| {
                bad(&format!(
                    "its claim “name” cannot be: {}",
                    error.to_string().trim_end_matches('.')
                ))
            })?),
            None => None,
        };
        let external = External { issuer: self.issuer.clone(), subject: claims.sub };
        let signed_in = welcome(app, external, name).await?;
        let user = signed_in.user.id;
        let credential = Credential::Jwt { user, scopes, ends_at };
        Ok(Identity::new(signed_in, credential, scopes, Some(ends_at)))
    }

    /// The claims of a token that counts right now.
    async fn check(&self, token: &str) -> Result<Claims, Refusal> {
        let header = decode_header(token).map_err(|_| bad("it is no signed JSON Web Token"))?;
        if header.crit.is_some() {
            return Err(bad("its header has “crit”, of which nothing is understood here"));
        }
        let key = self.keys.find(header.kid.as_deref()).await;
        let key = key.ok_or_else(|| bad("no key of this server has its “kid”"))?;
        let decoded = decode::<Claims>(token, &key, &self.validation);
        let claims = decoded.map_err(|error| why(error.kind()))?.claims;
        if claims.iss != self.issuer {
            return Err(bad("it has another issuer"));
        }
        if claims.sub.trim().is_empty() || claims.sub.len() > LONGEST_SUBJECT {
            return Err(bad("its claim “sub” is empty or longer than 255 bytes"));
        }
        let latest = unix_ms() as f64 / 1_000.0 + self.leeway.as_secs_f64();
        if claims.iat.is_some_and(|iat| iat > latest) {
            return Err(bad("it was made in the future"));
        }
        Ok(claims)
    }
}

/// Most often they are here already, and nothing has to be written.
async fn welcome(
    app: &App,
    external: External,
    name: Option<DisplayName>,
) -> Result<SignedIn, Refusal> {
    match app.store.from_elsewhere(&external).await {
        Ok(known) if name.as_ref().is_none_or(|name| *name == known.user.name) => return Ok(known),
        Ok(_) | Err(StoreError::NoSuchPerson) => {}
        Err(error) => return Err(error.into()),
    }
    let otherwise = nameless(&external, &app.limits)?;
    let user = app.store.welcome_from_elsewhere(external, name, otherwise).await?;
    Ok(app.store.person(user).await?)
}

/// What somebody is called of whom only the subject is known, which is nobody else's business.
fn nameless(external: &External, limits: &Limits) -> Result<DisplayName, Refusal> {
    let hash = Sha256::digest(&external.subject);
    let number = u16::from_be_bytes([hash[0], hash[1]]) % 10_000;
    let name: String = format!("Guest {number:04}").chars().take(limits.name_chars).collect();
    Ok(DisplayName::parse(&name, limits)?)
}

/// What is wrong with a token, for whoever makes it.
fn why(kind: &ErrorKind) -> Refusal {
    bad(match kind {
        ErrorKind::ExpiredSignature => return ended(),
        ErrorKind::InvalidSignature => "its signature is not by this server's key",
        ErrorKind::InvalidAlgorithm => "it is signed by another algorithm than this server takes",
        ErrorKind::InvalidIssuer => "it has another issuer",
        ErrorKind::InvalidAudience => "it is for another audience",
        ErrorKind::ImmatureSignature => "it is not valid yet",
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::Json(_) => {
            "it lacks one of the claims exp, sub, iss and aud, or one is of a wrong kind or there twice"
        }
        _ => "it is no signed JSON Web Token",
    })
}
