//! What an invitation looks like outside the server: a link that carries its code where nobody logs it,
//! and the picture of that link.

use qrcode::{Color, QrCode};
use starling_app::page::settings::QrCode as Drawn;

/// The light margin that cameras need, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

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
