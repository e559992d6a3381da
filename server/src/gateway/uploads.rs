//! `file:upload {filename, buffer}`: small files that come through the socket.

use serde_json::Value;

use super::failure::Failure;
use super::said::Said;

/// The longest name of a file, in bytes.
const NAME_BYTES: usize = 255;

/// Checks what came; there is nowhere to keep it yet.
pub(super) fn upload(said: &Said) -> Result<Value, Failure> {
    let filename = said.required("filename", "Filename")?;
    if filename.len() > NAME_BYTES {
        return Err(Failure::payload("Filename too long", "FILENAME_TOO_LONG"));
    }
    said.bytes("buffer")
        .ok_or_else(|| Failure::payload("File content is required", "FILE_EMPTY"))?;
    Err(Failure {
        sentence: "This server takes no files by this way".to_owned(),
        code: "UPLOADS_UNAVAILABLE".to_owned(),
        heedless: false,
    })
}
