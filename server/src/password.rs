//! Passwords: hashed and checked with argon2id, by a few threads beside the rooms. Checking takes the
//! same work whether there is such an account or not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use starling_protocol::{ErrorCode, Password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::refusal::Refusal;
use crate::store::StoreError;

/// So many are worked on at once: each takes 19 MiB and some tens of milliseconds of a core, of which the
/// rooms keep at least half.
fn at_once() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (cores / 2).clamp(1, 2)
}

/// So many more may wait; further ones are refused as busy.
const WAITING: usize = 200;

/// Where passwords are worked on; clones share it.
#[derive(Clone)]
pub(crate) struct Passwords {
    working: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    /// What a password is checked against if there is no such account.
    nobody: Arc<str>,
    done: Arc<AtomicU64>,
}

impl Passwords {
    /// # Errors
    /// When the system gives no random bytes.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let nobody = hash(b"nobody's password")?;
        Ok(Self {
            working: Arc::new(Semaphore::new(at_once())),
            admitted: Arc::new(Semaphore::new(at_once() + WAITING)),
            nobody: nobody.into(),
            done: Arc::default(),
        })
    }

    /// The hash to store.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`], [`ErrorCode::Unavailable`].
    pub(crate) async fn hash(&self, password: Password) -> Result<String, Refusal> {
        self.work(move || hash(password.reveal().as_bytes())).await?.map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            StoreError::Unavailable.into()
        })
    }

    /// Whether that is the password of an account with that hash. Without an account it is not, and
    /// finding that out is as much work.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`].
    pub(crate) async fn fits(&self, typed: String, hash: Option<String>) -> Result<bool, Refusal> {
        let nobody = Arc::clone(&self.nobody);
        self.work(move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&nobody);
            let fits = PasswordHash::new(hash).is_ok_and(|hash| {
                Argon2::default().verify_password(typed.as_bytes(), &hash).is_ok()
            });
            fits && known
        })
        .await
    }

    /// How many passwords were worked on so far.
    #[cfg(test)]
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let busy = || Refusal::new(ErrorCode::Busy, "Many people sign in right now. Try again.");
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| busy())?;
        let working = Arc::clone(&self.working).acquire_owned().await.map_err(|_| busy())?;
        let done = Arc::clone(&self.done);
        let worked = spawn_blocking(move || {
            // Whoever asked may have gone away; the work goes on, and counts until it ends.
            let _places = (admitted, working);
            done.fetch_add(1, Ordering::Relaxed);
            work()
        });
        worked.await.map_err(|_| StoreError::Unavailable.into())
    }
}

/// The same at once, on the thread that asks: for the command line.
///
/// # Errors
/// When the system gives no random bytes.
pub(crate) fn hash(password: &[u8]) -> anyhow::Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password)
        .map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[tokio::test]
    async fn the_right_password_fits_and_no_other() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(password("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert_ne!(passwords.hash(password("correct horse")).await.unwrap(), hash, "no salt");
        let fits = |text: &str, hash: Option<&str>| {
            passwords.fits(text.to_owned(), hash.map(ToOwned::to_owned))
        };
        assert!(fits("correct horse", Some(&hash)).await.unwrap());
        assert!(!fits("Correct horse", Some(&hash)).await.unwrap());
        assert!(!fits("correct horse", Some("garbage")).await.unwrap());
        assert!(!fits("nobody's password", None).await.unwrap(), "nobody can sign in as nobody");
    }

    #[tokio::test]
    async fn known_and_unknown_names_are_the_same_work() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(password("correct horse")).await.unwrap();
        for hash in [Some(hash), None] {
            let before = passwords.done();
            assert!(!passwords.fits("wrong horse".to_owned(), hash).await.unwrap());
            assert_eq!(passwords.done() - before, 1);
        }
        let parameters = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        let real = passwords.hash(password("correct horse")).await.unwrap();
        assert_eq!(parameters(&real), parameters(&passwords.nobody));
    }

    #[tokio::test]
    async fn a_crowd_is_worked_off_or_refused_as_busy() {
        let passwords = Passwords::new().unwrap();
        let all = (0..at_once() + WAITING + 5)
            .map(|_| passwords.fits("wrong horse".to_owned(), Some("garbage".to_owned())));
        let all = futures_util::future::join_all(all).await;
        let busy = all.iter().filter(|it| it.is_err()).count();
        // The first may be done before the last has come.
        assert!((1..=5).contains(&busy), "{busy} were refused");
    }
}
