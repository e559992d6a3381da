//! Who may come in: guests, new accounts, and the mail by which a forgotten password is replaced.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use clap::{Args, ValueEnum};
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};

const ACCESS: &str = "Who may come in";

/// Who may come in, as `starling serve` is told.
#[derive(Args, Clone, Debug)]
pub struct Access {
    /// Whether people without an account may join rooms by giving a name. If not, guests of before
    /// count as strangers, and keep what is theirs when they sign up.
    #[arg(long, env = "STARLING_GUESTS", default_value_t = Switch::On, value_enum,
        help_heading = ACCESS)]
    pub guests: Switch,

    /// Whether people may make accounts for themselves. If not, `starling admin create` makes them.
    #[arg(long, env = "STARLING_SIGN_UP", default_value_t = Switch::On, value_enum,
        help_heading = ACCESS)]
    pub sign_up: Switch,

    /// The mail server that sends links for forgotten passwords, with user name and password. It needs
    /// --mail-from and --public-url. Give it as a variable: other users of the machine see flags.
    #[arg(long, env = "STARLING_SMTP_URL", hide_env_values = true,
        value_name = "smtps://user:password@host", help_heading = ACCESS)]
    pub smtp_url: Option<SmtpUrl>,

    /// Who those mails are from, such as Starling <starling@example.org>.
    #[arg(long, env = "STARLING_MAIL_FROM", value_name = "address", help_heading = ACCESS)]
    pub mail_from: Option<Mailbox>,
}

impl Access {
    /// Refuses settings that do not go together.
    pub(super) fn check(&self, public_url: Option<&str>) -> Result<(), String> {
        let Some(url) = &self.smtp_url else { return Ok(()) };
        if self.mail_from.is_none() {
            return Err("--smtp-url needs --mail-from: mails have to be from somebody".to_owned());
        }
        if public_url.is_none() {
            return Err("--smtp-url needs --public-url: mails carry links to it".to_owned());
        }
        url.check()
    }
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Yes.
    On,
    /// No.
    Off,
}

impl Switch {
    /// Whether it is on.
    #[must_use]
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

/// How to reach a mail server. It has a password in it, so it is not printed, and what is wrong with it
/// is said without it.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl(String);

impl SmtpUrl {
    /// What connects to it.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
        AsyncSmtpTransport::<Tokio1Executor>::from_url(&self.0)
            .map(|builder| builder.build())
            .map_err(|_| "--smtp-url is not like smtps://user:password@mail.example.org".to_owned())
    }

    fn check(&self) -> Result<(), String> {
        self.transport()?;
        let uri: Option<Uri> = self.0.parse().ok();
        let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
        let stays_here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
        let query = uri.as_ref().and_then(Uri::query).unwrap_or_default();
        let encrypted =
            self.0.starts_with("smtps:") || query.split('&').any(|it| it == "tls=required");
        if encrypted || stays_here {
            return Ok(());
        }
        Err("--smtp-url would send mails unencrypted: begin it with smtps://, or end it with \
             ?tls=required for STARTTLS"
            .to_owned())
    }
}

impl FromStr for SmtpUrl {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        access: Access,
    }

    fn access(flags: &[&str]) -> Access {
        Cli::parse_from([&["starling"], flags].concat()).access
    }

    #[test]
    fn mail_needs_somebody_it_is_from_and_an_address_for_its_links() {
        const SITE: Option<&str> = Some("https://chat.example.org");
        let url = "--smtp-url=smtps://ada:secret@mail.example.org";
        let from = "--mail-from=Starling <starling@example.org>";
        assert_eq!(access(&[]).check(None), Ok(()));
        assert_eq!(access(&[url, from]).check(SITE), Ok(()));
        assert!(access(&[url]).check(SITE).is_err());
        assert!(access(&[url, from]).check(None).is_err());
    }

    #[test]
    fn mail_does_not_travel_unencrypted_and_its_password_is_not_told() {
        let check = |url: &str| {
            let url: SmtpUrl = url.parse().unwrap();
            assert_eq!(format!("{url:?}"), "SmtpUrl(…)");
            url.check()
        };
        for good in [
            "smtps://ada:secret@mail.example.org",
            "smtp://ada:secret@mail.example.org:587?tls=required",
            "smtp://localhost:25",
            "smtp://127.0.0.1:2525",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "smtp://ada:secret@mail.example.org",
            "smtp://ada:secret@mail.example.org?tls=opportunistic",
            "https://ada:secret@mail.example.org",
            "secret",
        ] {
            let error = check(bad).unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
