//! The code by which somebody becomes the first administrator: made at the start of a server that has
//! none, told to its operator alone, and of no use once there is one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::store::{Store, StoreError};

/// What knows the code when it sees it.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    /// There if the server had no administrator when it started.
    code_hash: Option<[u8; 32]>,
}

impl Setup {
    /// The code, too, if the server has no administrator.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also when the system gives no random bytes.
    pub(crate) async fn new(store: &Store) -> Result<(Self, Option<String>), StoreError> {
        if store.has_operator().await? {
            return Ok((Self::default(), None));
        }
        let mut code = [0; 32];
        getrandom::fill(&mut code).map_err(|error| {
            tracing::error!(%error, "the system gives no random bytes");
            StoreError::Unavailable
        })?;
        let code_hash = Some(Sha256::digest(code).into());
        Ok((Self { code_hash }, Some(URL_SAFE_NO_PAD.encode(code))))
    }

    /// Whether that is the hash of the code. Whether it still counts, the store says when it is used.
    pub(crate) fn knows(&self, code_hash: &[u8; 32]) -> bool {
        self.code_hash.as_ref() == Some(code_hash)
    }
}
