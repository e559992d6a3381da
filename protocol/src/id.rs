//! The identities and numbers that events refer to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id! {
    /// A person's identity, a guest's or an account's.
    UserId
}
uuid_id! {
    /// A message's identity, made by the client that wrote it. Together with the author it makes
    /// sending idempotent.
    MessageId
}
uuid_id! {
    /// A file's identity, made by the server at random. It also names an upload that is not finished.
    FileId
}
uuid_id! {
    /// The identity of something on a board, made by the client that puts it there.
    ObjectId
}
uuid_id! {
    /// The identity of a change of a board, made by the client. Together with the author it makes
    /// changing idempotent.
    OperationId
}
uuid_id! {
    /// The identity of a stream's numbering. Positions of different epochs cannot be compared;
    /// restoring a backup makes a new one.
    Epoch
}

/// The number of an event in its stream: 1 for the first, without gaps; 0 stands for "before the
/// first".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seq(pub u64);

impl Seq {
    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The number of a state of a room's presence; each change raises it by one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Revision(pub u32);

impl Revision {
    /// The revision after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A client's own number for a request; the reply carries it back. Any value; a client that never
/// repeats one on a connection can tell its replies apart.
pub type Ref = u32;

/// Stands for a room in binary frames. The server chooses it when it starts the room's task and
/// tells it in `joined`; it is the same for every connection, so that one encoded frame serves all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Channel(pub u32);

/// Stands for one participant in a room's cursor frames. A slot that became free rests for 60
/// seconds before somebody else gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Slot(pub u16);

/// The part of a room's address that names it: `/r/{slug}`. Never empty; derived from the room's
/// name by the server, compared as it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Slug(String);

impl Slug {
    /// Wraps a slug that the server derived or that a client was given.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The slug as text, not percent-encoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of the room's page, percent-encoded but for RFC 3986's unreserved characters.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::from("/r/");
        push_encoded(&mut path, &self.0);
        path
    }
}

/// Adds a text to a path, percent-encoded but for RFC 3986's unreserved characters.
pub(crate) fn push_encoded(path: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                path.push(char::from(byte));
            }
            _ => path.push_str(&format!("%{byte:02X}")),
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_percent_encoded_in_its_path() {
        assert_eq!(Slug::new("café-2").path(), "/r/caf%C3%A9-2");
        assert_eq!(Slug::new("a/b?c").path(), "/r/a%2Fb%3Fc");
    }
}
