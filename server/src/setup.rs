//! The code by which somebody becomes the first administrator: made at the start of a server that has
//! none, told to its operator alone, and of no use once there is one.

use parking_lot::Mutex;

use crate::secret::Secret;
use crate::store::{Store, StoreError};

/// What knows the code when it sees it.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    /// There if the server had no administrator when it started.
    code_hash: Mutex<Option<[u8; 32]>>,
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
        let Secret { text: code, hash: code_hash } =
            Secret::new().map_err(|_| StoreError::Unavailable)?;
        Ok((Self { code_hash: Mutex::new(Some(code_hash)) }, Some(code)))
    }

    /// Whether that is the hash of the code. Whether it still counts, the store says when it is used.
    pub(crate) fn knows(&self, code_hash: &[u8; 32]) -> bool {
        self.code_hash.lock().as_ref() == Some(code_hash)
    }

    /// The code was used, so it is of no use any more, even if there is no administrator some day.
    pub(crate) fn used(&self) {
        *self.code_hash.lock() = None;
    }
}
