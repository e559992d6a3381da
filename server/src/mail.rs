//! Mail: links that replace a forgotten password, sent by one task beside everything else.
//!
//! Whoever asks for a link waits for nothing but a place in the queue. Whether there is such an account
//! is looked up by the task, so that the answer and the time it takes say nothing of it.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use starling_protocol::{Email, ErrorCode};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::config::Config;
use crate::refusal::Refusal;
use crate::secret::{NotRandom, Secret};
use crate::store::{Store, StoreError};

/// So many may wait; further ones are refused as busy.
const WAITING: usize = 64;
/// How long a mail server may take for a mail.
const WITHIN: Duration = Duration::from_secs(60);
/// How long a link holds.
pub(crate) const RESET_MS: i64 = 60 * 60 * 1_000;
/// So many links of an account hold at once; further ones are not mailed.
const MOST_LINKS: i64 = 3;

/// Where those who forgot their password wait for a mail.
#[derive(Clone)]
pub(crate) struct Mail {
    forgotten: mpsc::Sender<String>,
}

/// What sends the mails.
pub(crate) struct Mailer {
    forgotten: mpsc::Receiver<String>,
    store: Store,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    public_url: String,
}

/// Both ends, if mail is configured.
pub(crate) fn mail(config: &Config, store: &Store) -> Option<(Mail, Mailer)> {
    let transport = config.access.smtp_url.as_ref()?.transport().ok()?;
    let from = config.access.mail_from.clone()?;
    let public_url = config.public_url.clone()?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let store = store.clone();
    let mailer = Mailer { forgotten: receiver, store, transport, from, public_url };
    Some((Mail { forgotten: sender }, mailer))
}

impl Mail {
    /// Has a link sent to the account of that handle or address, if there is one that has an address.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`].
    pub(crate) fn send_reset(&self, login: String) -> Result<(), Refusal> {
        self.forgotten.try_send(login).map_err(|_| {
            Refusal::new(ErrorCode::Busy, "Many mails wait to be sent. Try again in a minute.")
        })
    }
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
enum MailError {
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Secret(#[from] NotRandom),
    #[error("the address: {0}")]
    Address(#[from] lettre::address::AddressError),
    #[error("the mail: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("the mail server: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
    #[error("the mail server took too long")]
    TooLong,
}

impl Mailer {
    /// Sends one mail after the other until nobody can ask for more.
    pub(crate) async fn run(mut self) {
        while let Some(login) = self.forgotten.recv().await {
            match self.reset(&login).await {
                Ok(()) => {}
                Err(error) => tracing::error!(%error, "a mail could not be sent"),
            }
        }
    }

    async fn reset(&self, login: &str) -> Result<(), MailError> {
        let account = match self.store.account_called(login).await {
            Ok(account) => account,
            Err(StoreError::NoSuchPerson) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let Some(email) = account.email else { return Ok(()) };
        let Secret { text: code, hash: code_hash } = Secret::new()?;
        if !self.store.make_reset(account.user, code_hash, RESET_MS, Some(MOST_LINKS)).await? {
            tracing::warn!(user = %account.user, "too many links were asked for: none was mailed");
            return Ok(());
        }
        let mail = self.letter(&email, account.handle.as_str(), &code)?;
        timeout(WITHIN, self.transport.send(mail)).await.map_err(|_| MailError::TooLong)??;
        Ok(())
    }

    fn letter(&self, email: &Email, handle: &str, code: &str) -> Result<Message, MailError> {
        let address: Address = email.as_str().parse()?;
        let link = format!("{}/reset#{code}", self.public_url);
        let text = format!(
            "Somebody, probably you, has forgotten the password of the account \"{handle}\".\n\n\
             Choose another one within an hour:\n\n{link}\n\n\
             If it was not you, do nothing: your password stays as it is.\n"
        );
        Ok(Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject("A new password for Starling")
            .header(ContentType::TEXT_PLAIN)
            .body(text)?)
    }
}
