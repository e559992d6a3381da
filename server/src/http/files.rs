//! `/files/{id}/{name}`: the files of messages. Whoever may read the room may have them, whole or in
//! part. Only what merely shows or sounds is shown by browsers, by what its bytes are; everything else is
//! a download, and none of it is ever a page that could do something.

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_RANGE, LAST_MODIFIED, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use starling_protocol::{Attachment, ErrorCode, FileId, FileKind};
use tower_http::services::ServeFile;

use crate::app::App;
use crate::http::headers::Sandboxed;
use crate::http::{identity, known, render};
use crate::refusal::{NO_SUCH_FILE, Refusal};
use crate::store::{Actor, FileRecord, StoreError};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

pub(crate) async fn download(
    State(app): State<App>,
    path: Result<Path<(FileId, String)>, PathRejection>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let found = match path {
        Ok(Path((id, _))) => find(&app, &headers, id).await,
        Err(_) => Err(no_such_file()),
    };
    let served = match found {
        Ok(record) => serve(&app, &record, method, &headers).await,
        Err(refusal) => Err(refusal),
    };
    match served {
        Ok(response) => response,
        Err(refusal) => render::refusal(&app, refusal).await,
    }
}

async fn find(app: &App, headers: &HeaderMap, id: FileId) -> Result<FileRecord, Refusal> {
    let identity = identity::find(app, headers).await?;
    let actor = identity.map_or(Actor::Anyone, |identity| identity.actor());
    Ok(app.store.file(actor, id).await?)
}

async fn serve(
    app: &App,
    record: &FileRecord,
    method: Method,
    asked: &HeaderMap,
) -> Result<Response, Refusal> {
    let (Some(whole), Some(file)) = (&record.whole, record.attachment()) else {
        return Err(no_such_file());
    };
    let hash: String = whole.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hash}\"");
    let modified = http_date(record.finished_at.unwrap_or_default());
    let mut response = if is_known(asked, &etag, &modified) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes(app, record.id, method, range(asked, file.size, &etag, &modified)).await?
    };
    let headers = response.headers_mut();
    let mut insert = |name: HeaderName, value: &str| {
        // All of them are made of ASCII.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    insert(ETAG, &etag);
    insert(LAST_MODIFIED, &modified);
    insert(CONTENT_TYPE, &file.media_type);
    insert(CONTENT_DISPOSITION, &disposition(&file));
    // What somebody may read today they may not read tomorrow: browsers ask each time.
    insert(CACHE_CONTROL, "private, no-cache");
    insert(RESOURCE_POLICY, "same-origin");
    response.extensions_mut().insert(Sandboxed);
    Ok(response)
}

/// The answer with the bytes, or with those of them that were asked for.
async fn bytes(
    app: &App,
    id: FileId,
    method: Method,
    range: Option<&HeaderValue>,
) -> Result<Response, Refusal> {
    let mut asked = Request::new(Body::empty());
    *asked.method_mut() = method;
    if let Some(range) = range {
        asked.headers_mut().insert(RANGE, range.clone());
    }
    let served = ServeFile::new(app.files.path(id)).try_call(asked).await;
    let response = served.map_err(|error| {
        tracing::error!(%error, %id, "a file cannot be read");
        Refusal::from(StoreError::Unavailable)
    })?;
    if response.status() == StatusCode::NOT_FOUND {
        tracing::error!(%id, "the bytes of a file are missing");
        return Err(no_such_file());
    }
    Ok(response.map(Body::new))
}

/// The part that was asked for, if it is one of bytes, smaller than all, and of the file as it is. Otherwise
/// all bytes are sent, which RFC 9110, 14.2 allows.
fn range<'a>(
    asked: &'a HeaderMap,
    size: u64,
    etag: &str,
    modified: &str,
) -> Option<&'a HeaderValue> {
    let is_one = |range: &&HeaderValue| {
        let (first, last) = range.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        // The end of a file that is no longer than what is wanted of it is all of it.
        let is_end = first.is_empty();
        let fits = !is_end || last.parse().is_ok_and(|wanted: u64| wanted < size);
        (number(first) && number(last) && fits).then_some(())
    };
    let range = asked.get(RANGE).filter(|range| is_one(range).is_some())?;
    let same = |value: &HeaderValue| value == etag || value == modified;
    asked.get(IF_RANGE).is_none_or(same).then_some(range)
}

/// Whether whoever asks has the file already.
fn is_known(headers: &HeaderMap, etag: &str, modified: &str) -> bool {
    if headers.contains_key(IF_NONE_MATCH) {
        return known::names(headers.get_all(IF_NONE_MATCH), etag.as_bytes());
    }
    headers.get(IF_MODIFIED_SINCE).is_some_and(|since| since == modified)
}

/// How a browser treats a file, and what it is called when it is kept. After RFC 6266 and RFC 8187.
fn disposition(file: &Attachment) -> String {
    let shown = match file.kind {
        FileKind::Image | FileKind::Audio | FileKind::Video => "inline",
        FileKind::Other => "attachment",
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() || " .-_".contains(c) { c } else { '_' };
    let ascii: String = file.name.as_str().chars().map(plain).collect();
    // The end of the file's path is its name, percent-encoded.
    let path = file.path();
    let encoded = path.rsplit('/').next().unwrap_or_default();
    format!("{shown}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

fn http_date(ms: i64) -> String {
    let moment = Timestamp::from_millisecond(ms).unwrap_or_default();
    DateTimePrinter::new().timestamp_to_rfc9110_string(&moment).unwrap_or_default()
}

fn no_such_file() -> Refusal {
    Refusal::new(ErrorCode::NoSuchFile, NO_SUCH_FILE)
}

#[cfg(test)]
mod tests {
    use starling_protocol::FileName;

    use super::*;

    #[test]
    fn a_name_neither_ends_the_header_nor_gets_lost() {
        let file = |name: &str, kind: FileKind| Attachment {
            id: FileId::new(uuid::Uuid::nil()),
            name: FileName::clean(name),
            media_type: String::new(),
            size: 1,
            kind,
            width: None,
            height: None,
        };
        assert_eq!(
            disposition(&file("鳥 \"a\"; x=y\r\n.png", FileKind::Image)),
            "inline; filename=\"_ _a__ x_y  .png\"; \
             filename*=UTF-8''%E9%B3%A5%20%22a%22%3B%20x%3Dy%20%20.png"
        );
        assert!(disposition(&file("a.html", FileKind::Other)).starts_with("attachment; "));
    }

    #[test]
    fn a_range_is_one_part_of_the_bytes() {
        let of = |range: &'static str| {
            let asked = HeaderMap::from_iter([(RANGE, HeaderValue::from_static(range))]);
            super::range(&asked, 1_000, "", "").is_some()
        };
        for part in ["bytes=0-0", "bytes=5-", "bytes=-999", "bytes=2000-3000"] {
            assert!(of(part), "{part}");
        }
        for all in
            ["bytes=-1000", "bytes=-5000", "bytes=0-1,3-4", "bytes=a-b", "bytes=", "items=0-5"]
        {
            assert!(!of(all), "{all}");
        }
    }

    #[test]
    fn dates_are_those_of_http() {
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn who_has_it_is_known_by_the_hash_or_else_by_the_date() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let known = |pairs: &[(HeaderName, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(name.clone(), value.parse().unwrap());
            }
            is_known(&headers, "\"abc\"", date)
        };
        assert!(known(&[(IF_NONE_MATCH, "\"x\", W/\"abc\"")]));
        assert!(known(&[(IF_NONE_MATCH, "*")]));
        assert!(known(&[(IF_MODIFIED_SINCE, date)]));
        assert!(!known(&[(IF_NONE_MATCH, "\"x\""), (IF_MODIFIED_SINCE, date)]));
        assert!(!known(&[]));
    }
}
