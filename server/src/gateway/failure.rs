//! What a Socket.IO client is told when something fails: `{error, code}`, with the sentences that such clients
//! know.

use serde_json::{Value, json};
use starling_protocol::{ErrorCode, TextError};

use crate::refusal::Refusal;
use crate::store::StoreError;

/// What clients of such gateways look for when the store could not keep something.
pub(super) const SAVE_FAILED: &str = "MESSAGE_SAVE_FAILED";

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) sentence: String,
    /// In capitals.
    pub(super) code: String,
    /// Whether it counts as going on heedlessly.
    pub(super) heedless: bool,
}

impl Failure {
    /// The client sent something else than it should have.
    pub(super) fn payload(sentence: &str, code: &str) -> Self {
        Self { sentence: sentence.to_owned(), code: code.to_owned(), heedless: true }
    }

    pub(super) fn not_joined() -> Self {
        Refusal::new(ErrorCode::NotJoined, "Join the room first.").into()
    }

    /// As the answer to whoever asked.
    pub(super) fn answer(&self) -> Value {
        json!({ "error": self.sentence, "code": self.code })
    }

    /// Whether it is the storage's, and not about who asked.
    pub(super) fn is_the_storages(&self) -> bool {
        [ErrorCode::Busy, ErrorCode::Unavailable, ErrorCode::StorageFull]
            .into_iter()
            .any(|code| capitals(code) == self.code)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let sentence = match refusal.code {
            ErrorCode::MessageEmpty => "Message content is required".to_owned(),
            ErrorCode::MessageTooLong => "Message too long".to_owned(),
            ErrorCode::NoSuchPerson => "Recipient not found".to_owned(),
            ErrorCode::RoomNameEmpty => "Room ID is required".to_owned(),
            _ => refusal.sentence,
        };
        let heedless = refusal.code == ErrorCode::SlowDown;
        Self { sentence, code: capitals(refusal.code), heedless }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Refusal::from(error).into()
    }
}

impl From<TextError> for Failure {
    fn from(error: TextError) -> Self {
        Refusal::from(error).into()
    }
}

/// A code of the protocol, as Socket.IO gateways write theirs.
fn capitals(code: ErrorCode) -> String {
    match serde_json::to_value(code) {
        Ok(Value::String(code)) => code.to_uppercase(),
        _ => "UNKNOWN".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_protocol_in_capitals() {
        let failure = Failure::from(Refusal::new(ErrorCode::NoSuchPerson, "x"));
        assert_eq!(
            failure.answer(),
            json!({ "error": "Recipient not found", "code": "NO_SUCH_PERSON" })
        );
        assert!(Failure::from(StoreError::Full).is_the_storages());
        assert!(!Failure::not_joined().is_the_storages());
    }
}
