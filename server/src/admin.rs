//! What the command line does about accounts. The terminal is not its business.

use starling_protocol::{DisplayName, Email, Handle, Limits, Password};

use crate::mail::RESET_MS;
use crate::password;
use crate::secret::Secret;
use crate::store::{NewAccount, Operates, Store, StoreError};

/// Makes an administrator's account.
///
/// # Errors
/// [`StoreError::HandleTaken`], [`StoreError::EmailTaken`], [`StoreError::Unavailable`].
pub async fn create(
    store: &Store,
    handle: Handle,
    email: Option<Email>,
    password: &Password,
) -> Result<(), StoreError> {
    // A handle is a name, too.
    let name = DisplayName::parse(handle.as_str(), &Limits::default())
        .map_err(|_| StoreError::Unavailable)?;
    let password =
        password::hash(password.reveal().as_bytes()).map_err(|_| StoreError::Unavailable)?;
    let operates = Operates::Too;
    let account =
        NewAccount { guest: None, name, handle, email, password, sign_in: None, operates };
    store.sign_up(account).await.map(drop)
}

/// Makes somebody with an account an administrator, or ends that.
///
/// # Errors
/// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
pub async fn set_administrator(store: &Store, login: &str, is: bool) -> Result<(), StoreError> {
    let account = store.account_called(login).await?;
    store.set_operator(account.user, if is { Operates::Too } else { Operates::Not }).await
}

/// What follows the address of the server in a link by which that account gets another password, once,
/// within an hour.
///
/// # Errors
/// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
pub async fn reset_link(store: &Store, login: &str) -> Result<String, StoreError> {
    let account = store.account_called(login).await?;
    let Secret { text: code, hash: code_hash } =
        Secret::new().map_err(|_| StoreError::Unavailable)?;
    store.make_reset(account.user, code_hash, RESET_MS, None).await?;
    Ok(format!("/reset#{code}"))
}
