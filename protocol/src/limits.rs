//! The limits that clients must know to be helpful before the server has to refuse.

use serde::{Deserialize, Serialize};

/// What the server accepts. It tells them in `hello` and in every page; all are configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Limits {
    /// The longest name of a person, in Unicode scalars after trimming. Default 40.
    pub name_chars: usize,
    /// The longest name of a room, in Unicode scalars after trimming. Default 80.
    pub room_name_chars: usize,
    /// The longest message, in Unicode scalars after trimming. Default 4,000.
    pub message_chars: usize,
    /// The largest frame a client may send, in bytes. Default 65,536.
    pub frame_bytes: usize,
    /// The most messages in one `history` reply and in a snapshot. Default 50.
    pub history_page: usize,
    /// The most rooms joined at once on one connection. Default 32.
    pub rooms_per_connection: usize,
    /// The largest file that somebody may send, in bytes; 0 where nobody sends any. Default 268,435,456.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            name_chars: 40,
            room_name_chars: 80,
            message_chars: 4_000,
            frame_bytes: 64 * 1024,
            history_page: 50,
            rooms_per_connection: 32,
            file_bytes: 256 << 20,
        }
    }
}
