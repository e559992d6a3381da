//! `/api/v1/rooms/{slug}/uploads` and `/api/v1/uploads/{upload}`: files on their way to the server, in
//! pieces that each go on where the last one that arrived has ended.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use starling_protocol::{Attachment, ErrorCode, FileId, FileName};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use super::answer::{Failed, NotRead, Refused, answer, made, nothing, problem};
use super::asker::{Asker, At, InRoom, Said};
use crate::app::App;
use crate::refusal::Refusal;
use crate::store::FileRecord;
use crate::uploading::{self, Stopped};

/// Where uploads are, each behind a slash.
const PATH: &str = "/api/v1/uploads";

/// How many bytes are there: of a piece before it, of an answer after it.
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// The media type of a piece.
const BYTES: &str = "application/octet-stream";

/// What is to be sent.
#[derive(Deserialize, ToSchema)]
#[schema(as = WantedUpload)]
pub(crate) struct Wanted {
    /// What it is called. What a name cannot have is left out.
    name: String,
    /// How many bytes it has, at least one.
    #[schema(minimum = 1)]
    size: u64,
}

/// What whoever has sent it says of it.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = FinishedUpload)]
#[serde(default)]
pub(crate) struct Finished {
    /// The SHA-256 of all its bytes, in 64 digits of hexadecimal; it is compared with what arrived.
    sha256: Option<String>,
}

/// The bytes of a piece, as they are described.
pub(crate) enum Piece {}

impl PartialSchema for Piece {
    fn schema() -> RefOr<Schema> {
        let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
        ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).into()
    }
}

impl ToSchema for Piece {}

/// A file on its way.
#[derive(Serialize, ToSchema)]
pub(super) struct Upload {
    id: FileId,
    name: FileName,
    size: u64,
    /// How many of its bytes are there.
    offset: u64,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    expires_at: i64,
    /// Once it is finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Attachment>,
}

impl Upload {
    fn new(app: &App, record: FileRecord, offset: u64) -> Self {
        let lasts = i64::try_from(app.config.files.uploads_last.as_millis()).unwrap_or(i64::MAX);
        let since = record.finished_at.unwrap_or(record.created_at);
        let (expires_at, file) = (since.saturating_add(lasts), record.attachment());
        let FileRecord { id, name, size, .. } = record;
        Self { id, name, size, offset, expires_at, file }
    }
}

impl IntoResponse for Stopped {
    fn into_response(self) -> Response {
        let response = problem(&self.refusal);
        match self.offset {
            Some(offset) => so_far(offset, response),
            None => response,
        }
    }
}

/// Whether a request brings a piece of a file, which is large, and goes to the disk as it comes.
pub(crate) fn is_piece(method: &Method, path: &str) -> bool {
    *method == Method::PATCH && path.strip_prefix(PATH).is_some_and(|rest| rest.starts_with('/'))
}

/// Announces a file for a room. Its bytes are sent to the upload's own address then.
#[utoipa::path(post, path = "/rooms/{slug}/uploads", tag = "Files", operation_id = "start_upload",
    params(InRoom), request_body = Wanted,
    responses((status = 201, description = "It may be sent.", body = Upload,
        headers(("Upload-Offset" = u64, description = "0"))), Refused))]
pub(crate) async fn start(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
    Said(Wanted { name, size }): Said<Wanted>,
) -> Result<Response, Failed> {
    asker.person()?;
    let (room, _) = asker.room(&app, &slug).await?;
    let actor = asker.actor();
    let record = uploading::start(&app, actor, asker.household, Some(room.id), &name, size).await?;
    Ok(so_far(0, made(&format!("{PATH}/{}", record.id), Upload::new(&app, record, 0))))
}

/// Tells how much of one's own upload is there, which is where to go on.
#[utoipa::path(get, path = "/uploads/{upload}", tag = "Files", operation_id = "read_upload",
    params(("upload" = FileId, Path, description = "The upload.")),
    responses((status = 200, body = Upload,
        headers(("Upload-Offset" = u64, description = "How many bytes are there."))), NotRead))]
pub(crate) async fn look(
    State(app): State<App>,
    asker: Asker,
    At(id): At<FileId>,
) -> Result<Response, Failed> {
    asker.person()?;
    let (record, offset) = uploading::look(&app, asker.actor(), id).await?;
    Ok(so_far(offset, answer(StatusCode::OK, Upload::new(&app, record, offset))))
}

/// Adds a piece to the end of a file: the body as it is. What arrived stays when the connection breaks.
#[utoipa::path(patch, path = "/uploads/{upload}", tag = "Files", operation_id = "append_to_upload",
    params(("upload" = FileId, Path, description = "The upload."),
        ("Upload-Offset" = u64, Header, description = "How many of its bytes are there already.")),
    request_body(content = inline(Piece), content_type = "application/octet-stream"),
    responses((status = 204, description = "It has arrived.",
        headers(("Upload-Offset" = u64, description = "How many bytes are there."))), Refused))]
pub(crate) async fn append(
    State(app): State<App>,
    asker: Asker,
    At(id): At<FileId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Stopped> {
    asker.person()?;
    if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != BYTES) {
        let sentence = format!("A piece of a file is {BYTES}.");
        return Err(Refusal::new(ErrorCode::BadForm, sentence).into());
    }
    let offset = headers.get(OFFSET).and_then(|offset| offset.to_str().ok()?.parse().ok());
    let Some(offset) = offset else {
        let sentence = "Say in Upload-Offset how many bytes of the file are there already.";
        return Err(Refusal::new(ErrorCode::BadForm, sentence).into());
    };
    let body = body.into_data_stream();
    let there = uploading::append(&app, asker.actor(), id, offset, body).await?;
    Ok(so_far(there, nothing()))
}

/// Ends an upload all of which is there. A message can have it then. A repeat gets the same answer.
#[utoipa::path(post, path = "/uploads/{upload}/finish", tag = "Files",
    operation_id = "finish_upload",
    params(("upload" = FileId, Path, description = "The upload.")),
    request_body = Option<Finished>, responses((status = 200, body = Attachment), Refused))]
pub(crate) async fn finish(
    State(app): State<App>,
    asker: Asker,
    At(id): At<FileId>,
    finished: Option<Said<Finished>>,
) -> Result<Response, Stopped> {
    asker.person()?;
    let finished = finished.map(|Said(finished)| finished).unwrap_or_default();
    let sha256 = finished.sha256.as_deref().map(hash_in).transpose()?;
    let file = uploading::finish(&app, asker.actor(), id, sha256).await?;
    Ok(answer(StatusCode::OK, file))
}

/// Gives an upload up that no message has. Its bytes are deleted.
#[utoipa::path(delete, path = "/uploads/{upload}", tag = "Files", operation_id = "give_up_upload",
    params(("upload" = FileId, Path, description = "The upload.")),
    responses((status = 204, description = "It is gone."), Refused))]
pub(crate) async fn give_up(
    State(app): State<App>,
    asker: Asker,
    At(id): At<FileId>,
) -> Result<Response, Failed> {
    asker.person()?;
    uploading::give_up(&app, asker.actor(), id).await?;
    Ok(nothing())
}

/// The answer, and how many bytes are there.
fn so_far(offset: u64, mut response: Response) -> Response {
    response.headers_mut().insert(OFFSET, HeaderValue::from(offset));
    response
}

fn hash_in(hex: &str) -> Result<[u8; 32], Refusal> {
    let mut hash = [0; 32];
    let is_hex = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex {
        let sentence = "sha256 is a hash in 64 digits of hexadecimal.";
        return Err(Refusal::new(ErrorCode::BadJson, sentence));
    }
    for (byte, pair) in hash.iter_mut().zip(hex.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(pair, 16).unwrap_or_default();
    }
    Ok(hash)
}
