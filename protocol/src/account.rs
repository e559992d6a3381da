//! What an account is made of, checked. Server and browser check with the same code.

use std::fmt;

use thiserror::Error;

use crate::ErrorCode;

/// Why something about an account was refused, as a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccountError {
    /// A handle has the wrong length or characters that handles do not have.
    #[error("A handle has 3 to 30 of a–z, 0–9, “-” and “_”, and begins with a letter.")]
    BadHandle,
    /// An address is none.
    #[error("This is no email address.")]
    BadEmail,
    /// A password is too short or too long.
    #[error("A password has 8 to 200 characters.")]
    BadPassword,
}

impl AccountError {
    /// The code that goes with it.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::BadHandle => ErrorCode::BadHandle,
            Self::BadEmail => ErrorCode::BadEmail,
            Self::BadPassword => ErrorCode::BadPassword,
        }
    }
}

/// The name under which somebody signs in: unique, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Handle(String);

impl Handle {
    /// Checks a handle; capitals become small.
    ///
    /// # Errors
    /// [`AccountError::BadHandle`].
    pub fn parse(text: &str) -> Result<Self, AccountError> {
        let handle = text.trim().to_ascii_lowercase();
        let fits = (3..=30).contains(&handle.len())
            && handle.starts_with(|c: char| c.is_ascii_lowercase())
            && handle.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        if fits { Ok(Self(handle)) } else { Err(AccountError::BadHandle) }
    }

    /// The handle as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An email address, in lower case. Whether anybody reads it only a mail can tell, so that little is
/// checked: something, an “@”, and a domain with a dot, without spaces, at most 254 characters
/// (RFC 5321, 4.5.3.1.3, less the brackets).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Checks an address.
    ///
    /// # Errors
    /// [`AccountError::BadEmail`].
    pub fn parse(text: &str) -> Result<Self, AccountError> {
        let email = text.trim().to_lowercase();
        let parts = email.rsplit_once('@').is_some_and(|(local, domain)| {
            let dotted =
                domain.split('.').count() > 1 && domain.split('.').all(|it| !it.is_empty());
            !local.is_empty() && dotted
        });
        let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control());
        let fits = parts && plain && email.len() <= 254 && !email.contains(['<', '>', '"', ',']);
        if fits { Ok(Self(email)) } else { Err(AccountError::BadEmail) }
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password as it was typed. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Checks a new password. Nothing is asked of it but its length.
    ///
    /// # Errors
    /// [`AccountError::BadPassword`].
    pub fn parse(text: &str) -> Result<Self, AccountError> {
        if (8..=200).contains(&text.chars().count()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AccountError::BadPassword)
        }
    }

    /// What was typed.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_has_3_to_30_characters_of_few_kinds() {
        assert_eq!(Handle::parse(" Ada_L-1 ").unwrap().as_str(), "ada_l-1");
        assert!(Handle::parse(&"a".repeat(30)).is_ok());
        for wrong in ["ab", &"a".repeat(31), "1ada", "ada l", "ada@b", "adä", ""] {
            assert_eq!(Handle::parse(wrong), Err(AccountError::BadHandle), "{wrong:?}");
        }
    }

    #[test]
    fn an_email_has_a_domain() {
        assert_eq!(Email::parse(" Ada@Example.org ").unwrap().as_str(), "ada@example.org");
        for wrong in ["ada", "@b.c", "ada@b", "ada@b.", "ada@.c", "a b@c.d", "a@b.c>", ""] {
            assert_eq!(Email::parse(wrong), Err(AccountError::BadEmail), "{wrong:?}");
        }
        let longest = format!("{}@b.cd", "a".repeat(249));
        assert!(Email::parse(&longest).is_ok());
        assert!(Email::parse(&format!("a{longest}")).is_err());
    }

    #[test]
    fn a_password_has_8_to_200_characters_and_is_not_printed() {
        assert!(Password::parse("1234567").is_err());
        assert!(Password::parse(&"é".repeat(201)).is_err());
        assert!(Password::parse(&"é".repeat(200)).is_ok());
        let secret = Password::parse("12345678").unwrap();
        assert_eq!(format!("{secret:?}"), "Password(…)");
    }
}
