//! Secrets that nobody guesses: cookies, tokens, tickets, and the codes of links. Whoever has one shows its
//! text; the server remembers only its hash, from which no secret follows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;
use crate::store::StoreError;

const BYTES: usize = 32;

/// The system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes: {0}")]
pub struct NotRandom(getrandom::Error);

impl From<NotRandom> for Refusal {
    fn from(error: NotRandom) -> Self {
        tracing::error!("{error}");
        StoreError::Unavailable.into()
    }
}

/// A new secret.
pub struct Secret {
    /// As people and programs get it.
    pub text: String,
    /// As the server knows it.
    pub hash: [u8; 32],
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// [`NotRandom`].
    pub fn new() -> Result<Self, NotRandom> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(NotRandom)?;
        Ok(Self { text: URL_SAFE_NO_PAD.encode(bytes), hash: Sha256::digest(bytes).into() })
    }

    /// The hash of a secret, if the text is one.
    pub(crate) fn hash_of(text: &str) -> Option<[u8; 32]> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == BYTES).then(|| Sha256::digest(bytes).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_hash_and_nothing_else_is_one() {
        let secret = Secret::new().unwrap();
        assert_eq!(secret.text.len(), 43);
        assert_eq!(Secret::hash_of(&secret.text), Some(secret.hash));
        assert_ne!(Secret::new().unwrap().hash, secret.hash);
        for wrong in ["", "a", &secret.text[1..], &format!("{}AA", secret.text), "ä"] {
            assert_eq!(Secret::hash_of(wrong), None, "{wrong}");
        }
    }
}
