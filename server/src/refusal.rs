//! Why something was refused, for every way it can be asked: WebSocket, form, REST and the gateways.

use std::time::Duration;

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use starling_protocol::board::BoardError;
use starling_protocol::{ErrorCode, Ref, ServerEvent, TextError};

use crate::permission;
use crate::store::{InviteFault, StoreError};

/// After how long a client tries a busy server again.
const BUSY_RETRY: Duration = Duration::from_secs(1);

/// Of a file that is not there, and of one that is not for whoever asks.
pub(crate) const NO_SUCH_FILE: &str = "That file is not there, or not any more.";

/// A refusal: a code for programs and a sentence for people. It carries no internals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) sentence: String,
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    pub(crate) fn new(code: ErrorCode, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), retry_after: None }
    }

    pub(crate) fn slow_down(wait: Duration) -> Self {
        let seconds = wait.as_secs_f64().ceil().max(1.0);
        Self {
            code: ErrorCode::SlowDown,
            sentence: format!("Slow down: {seconds} s."),
            // Told in whole milliseconds, of which none would be too early.
            retry_after: Some(wait + Duration::from_millis(1)),
        }
    }

    /// Something can be taken in a moment, and not now.
    pub(crate) fn busy(sentence: &str) -> Self {
        Self { retry_after: Some(BUSY_RETRY), ..Self::new(ErrorCode::Busy, sentence) }
    }

    /// What a connection says of it.
    pub(crate) fn event(self, reference: Option<Ref>) -> ServerEvent {
        ServerEvent::Error {
            reference,
            code: self.code,
            message: self.sentence,
            retry_after_ms: self.retry_after.map(|wait| wait.as_millis() as u64),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self.code {
            ErrorCode::NoSuchRoom
            | ErrorCode::NoSuchMessage
            | ErrorCode::NoSuchPerson
            | ErrorCode::NoSuchToken
            | ErrorCode::NoSuchConnection
            | ErrorCode::BadInvite
            | ErrorCode::NoSuchAddress
            | ErrorCode::NoSuchFile
            | ErrorCode::RoomDeleted => StatusCode::NOT_FOUND,
            ErrorCode::Conflict
            | ErrorCode::CannotFollow
            | ErrorCode::OutOfOrder
            | ErrorCode::HandleTaken
            | ErrorCode::EmailTaken
            | ErrorCode::TooManyTokens
            | ErrorCode::TooManyReactions
            | ErrorCode::BoardFull
            | ErrorCode::OperationConflict
            | ErrorCode::WrongOffset
            | ErrorCode::HasAccount => StatusCode::CONFLICT,
            ErrorCode::WrongCredentials
            | ErrorCode::NoIdentity
            | ErrorCode::BadToken
            | ErrorCode::TokenExpired => StatusCode::UNAUTHORIZED,
            ErrorCode::WrongOrigin
            | ErrorCode::NotJoined
            | ErrorCode::Forbidden
            | ErrorCode::ReadOnly
            | ErrorCode::Muted
            | ErrorCode::Banned
            | ErrorCode::Kicked
            | ErrorCode::RoomLocked
            | ErrorCode::RoomArchived
            | ErrorCode::ScopeMissing
            | ErrorCode::SignUpClosed
            | ErrorCode::UploadsClosed
            | ErrorCode::GuestsClosed => StatusCode::FORBIDDEN,
            ErrorCode::SlowDown
            | ErrorCode::RoomCap
            | ErrorCode::TooManyUploads
            | ErrorCode::TooManyBytes => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::Busy | ErrorCode::Unavailable | ErrorCode::RoomFull => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            ErrorCode::StorageFull | ErrorCode::FilesFull => StatusCode::INSUFFICIENT_STORAGE,
            ErrorCode::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::Changed => StatusCode::PRECONDITION_FAILED,
            ErrorCode::TooLarge | ErrorCode::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::TooSlow => StatusCode::REQUEST_TIMEOUT,
            ErrorCode::NameEmpty
            | ErrorCode::NameTooLong
            | ErrorCode::RoomNameEmpty
            | ErrorCode::RoomNameTooLong
            | ErrorCode::MessageEmpty
            | ErrorCode::BadAvatar
            | ErrorCode::BadEmoji
            | ErrorCode::BadHandle
            | ErrorCode::BadEmail
            | ErrorCode::BadPassword
            | ErrorCode::BadCode
            | ErrorCode::ReasonTooLong
            | ErrorCode::FileEmpty
            | ErrorCode::BadObject
            | ErrorCode::TextTooLong
            | ErrorCode::StrokeTooLong
            | ErrorCode::TooManyChanges
            | ErrorCode::SayTooLong
            | ErrorCode::WrongHash
            | ErrorCode::MessageTooLong => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::BadJson
            | ErrorCode::BadForm
            | ErrorCode::BadRequest
            | ErrorCode::BadFrame
            | ErrorCode::AlreadyJoined
            | ErrorCode::TooManyRooms
            | ErrorCode::Unknown => StatusCode::BAD_REQUEST,
        }
    }

    /// The sentence alone, for programs that look for nothing else.
    pub(crate) fn plain(&self) -> Response {
        let mut response = (self.status(), self.sentence.clone()).into_response();
        self.add_headers(response.headers_mut());
        response
    }

    /// What a refusal says in the headers of an answer, whatever its body.
    pub(crate) fn add_headers(&self, headers: &mut HeaderMap) {
        if let Some(wait) = self.retry_after {
            let seconds = HeaderValue::from(wait.as_secs_f64().ceil() as u64);
            headers.insert(RETRY_AFTER, seconds);
        }
        // After RFC 6750, 3.
        let challenge = match self.code {
            ErrorCode::NoIdentity => "Bearer",
            ErrorCode::BadToken | ErrorCode::TokenExpired => "Bearer error=\"invalid_token\"",
            ErrorCode::ScopeMissing => "Bearer error=\"insufficient_scope\"",
            _ => return,
        };
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
}

impl From<TextError> for Refusal {
    fn from(error: TextError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<BoardError> for Refusal {
    fn from(error: BoardError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let (code, sentence) = match error {
            StoreError::NotFound => (ErrorCode::NoSuchRoom, "There is no such room."),
            StoreError::NoSuchPerson => {
                (ErrorCode::NoSuchPerson, "Nobody of that name is known here.")
            }
            StoreError::BadInvite(fault) => (ErrorCode::BadInvite, faulty(fault)),
            StoreError::NoSuchMessage => {
                (ErrorCode::NoSuchMessage, "That message is not there any more.")
            }
            StoreError::NotYours => {
                (ErrorCode::Forbidden, "Only who wrote a message can change what it says.")
            }
            StoreError::TooManyReactions => {
                (ErrorCode::TooManyReactions, "This message has as many reactions as it takes.")
            }
            StoreError::HandleTaken => {
                (ErrorCode::HandleTaken, "Somebody has that handle already. Choose another one.")
            }
            StoreError::EmailTaken => {
                (ErrorCode::EmailTaken, "There is an account with that address. Sign in with it.")
            }
            StoreError::HasOperator => {
                (ErrorCode::Forbidden, "This server has an administrator already.")
            }
            StoreError::NoSuchCode => (
                ErrorCode::BadCode,
                "This link is not good: it was used, is too old, or is not complete.",
            ),
            StoreError::HasAccount => (ErrorCode::HasAccount, "You have an account already."),
            StoreError::NoSuchToken => {
                (ErrorCode::NoSuchToken, "That token is not there any more.")
            }
            StoreError::TooManyTokens => {
                (ErrorCode::TooManyTokens, "You have 50 tokens already. End one first.")
            }
            StoreError::Denied(denial) => return permission::refusal(denial),
            StoreError::Board(error) => return error.into(),
            StoreError::OperationConflict => (
                ErrorCode::OperationConflict,
                "Another change of a board was sent under the same id.",
            ),
            StoreError::Conflict => {
                (ErrorCode::Conflict, "Another message was sent under the same id.")
            }
            StoreError::Changed => (ErrorCode::Changed, "It was changed meanwhile. Read it again."),
            StoreError::NoSuchFile => (ErrorCode::NoSuchFile, NO_SUCH_FILE),
            StoreError::TooManyUploads => (
                ErrorCode::TooManyUploads,
                "Several of your files are under way already. Wait for one, or give it up.",
            ),
            StoreError::TooManyBytes => (
                ErrorCode::TooManyBytes,
                "You have sent as much today as this server takes from one person or address.",
            ),
            StoreError::FilesFull => (
                ErrorCode::FilesFull,
                "This server has no room for that file. Tell whoever runs it.",
            ),
            StoreError::RoomCap => (
                ErrorCode::RoomCap,
                "Many rooms were made from your address today. Try again tomorrow.",
            ),
            StoreError::Busy => (ErrorCode::Busy, "Starling is very busy. Try again in a moment."),
            StoreError::Full => (
                ErrorCode::StorageFull,
                "Starling's disk is full, so this could not be kept. Tell whoever runs it.",
            ),
            StoreError::Damaged => (
                ErrorCode::Unavailable,
                "A part of Starling's storage is damaged, and this needs it. Tell whoever runs it.",
            ),
            StoreError::Unavailable => (
                ErrorCode::Unavailable,
                "Starling cannot reach its storage right now. Try again in a moment.",
            ),
        };
        let retry_after = (code == ErrorCode::Busy).then_some(BUSY_RETRY);
        Self { retry_after, ..Self::new(code, sentence) }
    }
}

/// What is wrong with an invitation, and nothing of where it would have led.
fn faulty(fault: InviteFault) -> &'static str {
    match fault {
        InviteFault::Unknown => {
            "There is no such invitation. See whether its link is complete, or ask for a new one."
        }
        InviteFault::Expired => "This invitation has expired. Ask for a new one.",
        InviteFault::UsedUp => {
            "This invitation was used as often as it could be. Ask for a new one."
        }
        InviteFault::TakenBack => "This invitation was taken back. Ask for a new one.",
    }
}
