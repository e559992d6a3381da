//! What an invitation looks like outside the server: a link that carries its code where nobody logs it,
//! and the picture of that link.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qrcode::{Color, QrCode};
use sha2::{Digest, Sha256};
use starling_app::page::settings::QrCode as Drawn;

/// The light margin that cameras need, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// The secret of an invitation, which nobody guesses.
pub struct Code {
    /// As people get it.
    pub text: String,
    /// As the store knows it.
    pub hash: [u8; 32],
}

impl Code {
    /// A new one.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn new() -> io::Result<Self> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(io::Error::other)?;
        let hash = Sha256::digest(secret).into();
        Ok(Self { text: URL_SAFE_NO_PAD.encode(secret), hash })
    }
}

/// Where an invitation is accepted. What follows the "#" is sent to nobody.
#[must_use]
pub fn link(origin: &str, code: &str) -> String {
    format!("{origin}/invite#{code}")
}

/// The picture of a text. Of one that is too long for any, it is empty.
pub(crate) fn qr(text: &str) -> Drawn {
    let Ok(code) = QrCode::new(text) else {
        return Drawn { side: 2 * QUIET, path: String::new() };
    };
    let width = code.width();
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        for run in modules.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                let (x, y, length) = (column + QUIET, row + QUIET, run.len());
                path.push_str(&format!("M{x} {y}h{length}v1h-{length}z"));
            }
            column += run.len();
        }
    }
    Drawn { side: width + 2 * QUIET, path }
}
