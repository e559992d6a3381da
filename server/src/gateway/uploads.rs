//! `file:upload {filename, buffer}`: files that come through the socket, in one piece. Larger ones go over HTTP.

use serde_json::{Value, json};
use starling_protocol::FileId;

use super::failure::Failure;
use super::said::Said;
use super::session::{Answer, Session};
use crate::uploading;

/// The longest name of a file, in bytes.
const NAME_BYTES: usize = 255;

impl Session {
    /// Keeps a file, which is the person's alone until they say something with its id.
    pub(super) fn file_upload(
        &self,
        said: &Said,
    ) -> Result<impl Future<Output = Answer> + Send + use<>, Failure> {
        let filename = said.required("filename", "Filename")?.to_owned();
        if filename.len() > NAME_BYTES {
            return Err(Failure::payload("Filename too long", "FILENAME_TOO_LONG"));
        }
        let bytes = said.bytes("buffer").filter(|bytes| !bytes.is_empty()).cloned();
        let bytes =
            bytes.ok_or_else(|| Failure::payload("File content is required", "FILE_EMPTY"))?;
        let (app, actor) = (self.app.clone(), self.actor);
        let address = self.line.caller.household();
        Ok(async move {
            let kept = uploading::keep(&app, actor, address, None, &filename, bytes).await;
            let outcome =
                kept.map(|file| json!({ "success": true, "fileId": file.id, "size": file.size }));
            Answer::new(None, outcome.map_err(Failure::from))
        })
    }
}

impl Said {
    /// A file of the person's that goes with a message, if there is one.
    pub(super) fn file(&self) -> Result<Option<FileId>, Failure> {
        match self.payload().get("fileId") {
            None | Some(Value::Null) => Ok(None),
            Some(id) => match id.as_str().and_then(|id| id.parse().ok()) {
                Some(id) => Ok(Some(id)),
                None => Err(Failure::payload("The file's id is no UUID", "BAD_FILE_ID")),
            },
        }
    }
}
