//! `/api/v1/rooms/{room}/uploads` and `/api/v1/uploads/{id}`: files on their way to the server, in pieces
//! that each go on where the last one that arrived has ended.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use starling_protocol::{Attachment, ErrorCode, FileId, FileName, Slug};

use super::{Failed, answer, problem, who};
use crate::app::App;
use crate::http::caller::Caller;
use crate::refusal::{NO_SUCH_FILE, Refusal};
use crate::store::FileRecord;
use crate::uploading::{self, Stopped};

/// How many bytes are there: of a piece before it, of an answer after it.
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// The media type of a piece.
const BYTES: &str = "application/octet-stream";

/// What is to be sent.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    name: String,
    size: u64,
}

/// What whoever has sent it says of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Finished {
    sha256: Option<String>,
}

#[derive(Serialize)]
struct Upload {
    id: FileId,
    name: FileName,
    size: u64,
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
        let mut response = problem(&self.refusal);
        if let Some(offset) = self.offset {
            response.headers_mut().insert(OFFSET, HeaderValue::from(offset));
        }
        response
    }
}

pub(crate) async fn start(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(room): Path<Slug>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Response, Failed> {
    let actor = who(&app, &headers).await?.actor();
    let Json(Wanted { name, size }) = wanted.map_err(|error| wrong(&error))?;
    let room = app.store.room(&room).await?.id;
    let record = uploading::start(&app, actor, caller.household(), Some(room), &name, size).await?;
    let place = HeaderValue::try_from(format!("/api/v1/uploads/{}", record.id));
    let mut response = answer(StatusCode::CREATED, Upload::new(&app, record, 0));
    if let Ok(place) = place {
        response.headers_mut().insert(LOCATION, place);
    }
    response.headers_mut().insert(OFFSET, HeaderValue::from(0));
    Ok(response)
}

pub(crate) async fn look(
    State(app): State<App>,
    headers: HeaderMap,
    id: Result<Path<FileId>, PathRejection>,
) -> Result<Response, Failed> {
    let actor = who(&app, &headers).await?.actor();
    let (record, offset) = uploading::look(&app, actor, known(id)?).await?;
    let mut response = answer(StatusCode::OK, Upload::new(&app, record, offset));
    response.headers_mut().insert(OFFSET, HeaderValue::from(offset));
    Ok(response)
}

pub(crate) async fn append(
    State(app): State<App>,
    headers: HeaderMap,
    id: Result<Path<FileId>, PathRejection>,
    body: Body,
) -> Result<Response, Stopped> {
    let actor = who(&app, &headers).await?.actor();
    let id = known(id)?;
    if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != BYTES) {
        let sentence = format!("A piece of a file is {BYTES}.");
        return Err(Refusal::new(ErrorCode::BadForm, sentence).into());
    }
    let offset = headers.get(OFFSET).and_then(|offset| offset.to_str().ok()?.parse().ok());
    let Some(offset) = offset else {
        let sentence = "Say in Upload-Offset how many bytes of the file are there already.";
        return Err(Refusal::new(ErrorCode::BadForm, sentence).into());
    };
    let there = uploading::append(&app, actor, id, offset, body.into_data_stream()).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(OFFSET, HeaderValue::from(there));
    Ok(response)
}

pub(crate) async fn finish(
    State(app): State<App>,
    headers: HeaderMap,
    id: Result<Path<FileId>, PathRejection>,
    finished: Option<Json<Finished>>,
) -> Result<Response, Stopped> {
    let actor = who(&app, &headers).await?.actor();
    let id = known(id)?;
    let finished = finished.map(|Json(finished)| finished).unwrap_or_default();
    let sha256 = finished.sha256.as_deref().map(hash_in).transpose()?;
    let file = uploading::finish(&app, actor, id, sha256).await?;
    Ok(answer(StatusCode::OK, file))
}

pub(crate) async fn give_up(
    State(app): State<App>,
    headers: HeaderMap,
    id: Result<Path<FileId>, PathRejection>,
) -> Result<Response, Failed> {
    let actor = who(&app, &headers).await?.actor();
    uploading::give_up(&app, actor, known(id)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn known(id: Result<Path<FileId>, PathRejection>) -> Result<FileId, Refusal> {
    id.map(|Path(id)| id).map_err(|_| Refusal::new(ErrorCode::NoSuchFile, NO_SUCH_FILE))
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

fn wrong(error: &JsonRejection) -> Refusal {
    Refusal::new(ErrorCode::BadJson, format!("{}.", error.body_text().trim_end_matches('.')))
}
