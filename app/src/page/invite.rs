//! What the page of invitations knows, and what its script asks.

use serde::{Deserialize, Serialize};
use starling_protocol::{RoomName, Visibility};

/// The page at `/invite`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InviteView {
    /// The viewer's name, or as it was typed.
    pub name: String,
    /// The code, as it was sent.
    pub code: String,
    /// What was wrong with the code, or with the form as a whole.
    pub refused: Option<String>,
    /// What was wrong with the name.
    pub name_refused: Option<String>,
}

/// What `POST /invite/look` is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteQuestion {
    /// The code.
    pub code: String,
}

/// What it answers of an invitation that is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The name of the room that it leads to.
    pub room: RoomName,
    /// Who finds that room.
    pub visibility: Visibility,
}
