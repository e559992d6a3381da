//! Why the server refused something.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! error_codes {
    ($($(#[$attr:meta])* $name:ident = $text:literal, $advice:literal;)*) => {
        /// Why the server refused something; `docs/protocol.md` has the table. A client treats a
        /// code it does not know as final.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum ErrorCode {
            $($(#[$attr])* #[doc = $text] $name,)*
            /// A code of a newer server.
            #[serde(other)]
            #[cfg_attr(test, ts(skip))]
            Unknown,
        }

        impl ErrorCode {
            /// Every code a server of this version can send.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What it means, in a sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Unknown => "A code of a newer server.",
                }
            }

            /// What a client does about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self {
                    $(Self::$name => $advice,)*
                    Self::Unknown => "Show the sentence that came with it.",
                }
            }
        }
    };
}

error_codes! {
    BadJson = "The text frame is not a JSON object of a known shape.", "Mend the client.";
    BadFrame = "The binary frame has an unknown kind or a wrong length, or a view in it ends before it begins.", "Mend the client.";
    BadForm = "The form is not one of ours.", "Mend the client.";
    NoSuchRoom = "Nobody has made a room of that name.", "Make it with the form, or ask for the right link.";
    NotJoined = "This connection has not joined that room.", "Join first.";
    AlreadyJoined = "This connection is in that room already.", "Nothing; the first join holds.";
    TooManyRooms = "This connection is in as many rooms as one may be.", "Leave one first.";
    RoomFull = "As many connections are in the room as it takes.", "Try again later.";
    RoomCap = "Too many rooms were made from this address lately.", "Wait, or use a room that exists.";
    NameEmpty = "The name is empty.", "Let the person correct it.";
    NameTooLong = "The name is too long.", "Let the person correct it.";
    RoomNameEmpty = "The room's name is empty.", "Let the person correct it.";
    RoomNameTooLong = "The room's name is too long.", "Let the person correct it.";
    MessageEmpty = "The message is empty.", "Let the person correct it.";
    MessageTooLong = "The message is too long.", "Let the person correct it.";
    Conflict = "A message of that id exists with another body, file or room.", "Make a new id.";
    SlowDown = "Too much at once.", "Send again after `retry_after_ms`.";
    Busy = "The server has more to store than it can take in.", "Send again after `retry_after_ms`.";
    StorageFull = "The server's disk is full. Nothing was stored.", "Keep the message; try again later.";
    Unavailable = "The server could not reach its storage, or what it needed there is damaged. Nothing was stored.", "Keep the message; try again later.";
    BadAvatar = "The avatar is not one letter, sign or emoji.", "Let the person correct it.";
    ReasonTooLong = "The reason is too long.", "Let the person correct it.";
    NoSuchMessage = "The room has no such message, or has it no more.", "Nothing; it is not there.";
    BadInvite = "The invitation is unknown, has expired, was used up or was taken back.", "Show the sentence; ask for another one.";
    NoSuchPerson = "Nobody of that name or id is known there.", "Let the person correct it.";
    CannotFollow = "Nobody follows themselves, nor somebody who follows them.", "Do not offer it.";
    Forbidden = "This person's role does not allow it.", "Do not offer it; `rights` says what is allowed.";
    ReadOnly = "Visitors may only read in this room.", "Show the sentence that came with it.";
    Muted = "The person is muted in this room.", "Show the sentence that came with it.";
    Banned = "The person is banned from this room.", "Show the sentence; do not come back by yourself.";
    Kicked = "The person was sent out of this room.", "Show the sentence; come back only when the person wants to.";
    RoomLocked = "The room is locked: only its moderators and owners talk.", "Keep the message; `rights` says when it is open again.";
    RoomArchived = "The room is archived: it is only read.", "Do not offer it.";
    RoomDeleted = "The room was deleted.", "Forget it.";
    ScopeMissing = "The token is not for that.", "Use a token with the right scope.";
    BadHandle = "The handle has characters or a length that handles do not have.", "Let the person correct it.";
    BadEmail = "The address is no email address.", "Let the person correct it.";
    BadPassword = "The password is too short or too long.", "Let the person correct it.";
    BadCode = "The code of a link is wrong, was used, or has ended.", "Ask for another link.";
    HandleTaken = "Somebody else has that handle.", "Let the person choose another one.";
    EmailTaken = "Another account has that address.", "Offer to sign in.";
    WrongCredentials = "No account has that handle or address with that password.", "Let the person correct it.";
    HasAccount = "The person has an account already.", "Offer to sign out first.";
    SignUpClosed = "This server takes no new accounts.", "Do not offer it.";
    GuestsClosed = "This server takes no guests.", "Offer to sign in.";
    NoIdentity = "The request does not say who it is from.", "Get an [identity](#identity) first.";
    BadToken = "The token is none that this server takes; the sentence says why.", "Get another token.";
    TokenExpired = "The token has ended.", "Get a new token.";
    NoSuchToken = "The person has no such token, or has it no more.", "Nothing; it is not there.";
    TooManyTokens = "The person has as many tokens as one may have.", "End one first.";
    NoSuchConnection = "Nothing is posted to that connection: there is none, or it has ended.", "Open another one.";
    OutOfOrder = "A post came before the one it follows.", "Send that one first.";
    BadEmoji = "The reaction is not one emoji or sign.", "Let the person correct it.";
    TooManyReactions = "The message has as many reactions as one may have.", "Show the sentence that came with it.";
    NoSuchAddress = "There is nothing at this address.", "Mend the client.";
    WrongMethod = "This address is not for that method.", "Mend the client; `Allow` says which ones it is for.";
    BadRequest = "A part of the address or a header is not of a known shape.", "Mend the client.";
    Changed = "It is not what the request expects it to be: somebody changed it meanwhile.", "Read it again.";
    NoSuchFile = "There is no such file or upload, or it is there no more, or is not for this person.", "Nothing; it is not there.";
    FileEmpty = "The file has no bytes.", "Let the person choose another one.";
    FileTooLarge = "The file is larger than the server takes, or than was said at the start.", "Let the person choose another one.";
    WrongOffset = "The upload has other bytes than the client thinks.", "Go on at `Upload-Offset`.";
    WrongHash = "What arrived is not what was sent.", "Give the upload up, and start over.";
    TooManyUploads = "The person has as many unfinished uploads as one may have.", "Finish one or give it up first.";
    TooManyBytes = "The person or the address has sent as many bytes today as one may.", "Try again tomorrow.";
    FilesFull = "The server keeps as many bytes of files as it may.", "Show the sentence that came with it.";
    UploadsClosed = "This server takes no files.", "Do not offer it.";
    BadObject = "Something would lie beside the board, has no such colour, or shows what is no picture of this room; or an operation has no change.", "Mend the client.";
    TextTooLong = "A text on the board is too long.", "Let the person correct it.";
    StrokeTooLong = "A stroke has too many points.", "Make two of it.";
    TooManyChanges = "An operation or preview has too many changes.", "Make several of it.";
    SayTooLong = "What stands at a cursor is too long.", "Let the person correct it.";
    BoardFull = "The board has as many objects as it takes.", "Keep the change; show the sentence that came with it.";
    OperationConflict = "An operation of that id exists in another room, or with other changes.", "Make a new id.";
    WrongOrigin = "The request came from another site's page.", "Open Starling under its own address.";
    TooLarge = "The request is larger than the server takes.", "Send less at once.";
    TooSlow = "The request took too long to arrive.", "Send it again.";
}

impl ErrorCode {
    /// Whether the same request can succeed later, unchanged and by itself.
    #[must_use]
    pub const fn is_temporary(self) -> bool {
        matches!(self, Self::SlowDown | Self::Busy)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meaning())
    }
}
