//! Why a connection ended, and whether to come back.

use std::fmt;

/// Whether a client comes back after the server has closed its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComesBack {
    /// When the `goodbye` before it said; without one, after a wait.
    AsTold,
    /// After a random time, which grows with each failure.
    AfterAWait,
    /// Not by itself: a person has to do something first.
    NotByItself,
}

impl fmt::Display for ComesBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AsTold => "as told",
            Self::AfterAWait => "after a wait",
            Self::NotByItself => "not by itself",
        })
    }
}

macro_rules! close_reasons {
    ($($name:ident = $code:literal, $text:literal, $meaning:literal, $rule:ident, $advice:literal;)*) => {
        /// Why the server closes a WebSocket; `docs/protocol.md` has the table. Every code that is
        /// not in it, 1006 (the network broke) among them, means coming back after a wait.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum CloseReason {
            $(#[doc = $meaning] $name,)*
        }

        impl CloseReason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The WebSocket close code.
            #[must_use]
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The reason in words, as sent in the close frame.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What it means, in a sentence that a person can read, too.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)*
                }
            }

            /// Whether a client comes back.
            #[must_use]
            pub const fn comes_back(self) -> ComesBack {
                match self {
                    $(Self::$name => ComesBack::$rule,)*
                }
            }

            /// What to do about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self {
                    $(Self::$name => $advice,)*
                }
            }
        }
    };
}

close_reasons! {
    ServiceRestart = 1012, "service restart", "The server restarts or stops.",
        AsTold, "Nothing.";
    Failed = 1011, "server failure", "The server failed.",
        AfterAWait, "Look into the server's log if it goes on.";
    TooBig = 1009, "frame too big", "A frame was larger than the server takes.",
        AfterAWait, "Keep to `frame_bytes`.";
    NoIdentity = 4401, "no identity", "The server does not know who you are.",
        NotByItself, "Get an [identity](#identity) first.";
    SignedOut = 4402, "signed out", "You were signed out.",
        NotByItself, "Let the person sign in again.";
    TokenExpired = 4403, "token expired", "The token that the connection stood on has ended.",
        NotByItself, "Get a new token; next time, [`authenticate`](#authenticate) before it ends.";
    Silent = 4407, "silent for too long", "A ping was not answered in time.",
        AfterAWait, "Answer pings.";
    Stalled = 4408, "took nothing for too long", "The client took nothing from its socket for too long.",
        AfterAWait, "Read faster, or be in fewer rooms.";
    TooMuch = 4429, "too much", "The client went on after it was told to slow down, sent much that is unreadable, or has too many connections.",
        AfterAWait, "Heed `slow_down`, mend what is sent, or use fewer connections.";
}

impl CloseReason {
    /// The reason of a code, if it is one of ours.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }
}
