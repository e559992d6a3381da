//! Why a connection ended, and whether to come back.

/// Why the server closes a WebSocket. `docs/protocol.md` has the table.
///
/// Every code that is not listed here, 1006 (the network broke) among them, means "come back".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The server restarts or stops; `goodbye` said when to come back.
    ServiceRestart,
    /// The server failed; its log says how.
    Failed,
    /// A frame was larger than the limit.
    TooBig,
    /// The connection carries no identity, or one that the server does not know.
    NoIdentity,
    /// Nothing was heard for a ping and its pong.
    Silent,
    /// The client took nothing from its socket for too long.
    Stalled,
}

impl CloseReason {
    /// Every reason.
    pub const ALL: &[Self] = &[
        Self::ServiceRestart,
        Self::Failed,
        Self::TooBig,
        Self::NoIdentity,
        Self::Silent,
        Self::Stalled,
    ];

    /// The WebSocket close code.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::ServiceRestart => 1012,
            Self::Failed => 1011,
            Self::TooBig => 1009,
            Self::NoIdentity => 4401,
            Self::Silent => 4407,
            Self::Stalled => 4408,
        }
    }

    /// The reason in words, as sent in the close frame.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ServiceRestart => "service restart",
            Self::Failed => "server failure",
            Self::TooBig => "frame too big",
            Self::NoIdentity => "no identity",
            Self::Silent => "silent for too long",
            Self::Stalled => "took nothing for too long",
        }
    }

    /// The reason of a code, if it is one of ours.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }

    /// Whether a client comes back by itself.
    #[must_use]
    pub const fn comes_back(self) -> bool {
        !matches!(self, Self::NoIdentity)
    }
}
