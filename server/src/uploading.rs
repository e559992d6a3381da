//! Sending a file: the one way, whoever asks. Announce it, add its bytes as they come, in as many pieces as
//! it takes, and finish it. What has arrived stays when a connection breaks.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use starling_protocol::{Attachment, ErrorCode, FileId, FileName, bytes_in_words};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use uuid::Uuid;

use crate::app::App;
use crate::files::Turn;
use crate::permission;
use crate::refusal::Refusal;
use crate::store::{Actor, FileRecord, NewUpload, RoomId, StoreError, UploadLimits};

/// After how long a client tries again that was cut off because the server stops.
const STOPS_RETRY: Duration = Duration::from_secs(1);

/// Why an upload did not go on, and how much of it is there.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) refusal: Refusal,
    pub(crate) offset: Option<u64>,
}

impl<R: Into<Refusal>> From<R> for Stopped {
    fn from(refusal: R) -> Self {
        Self { refusal: refusal.into(), offset: None }
    }
}

/// Announces a file of so many bytes; the name is cleaned. Without a room it is theirs alone until a
/// message has it. `address` is what limits count as one.
///
/// # Errors
/// A [`Refusal`]. Nothing was kept.
pub(crate) async fn start(
    app: &App,
    actor: Actor,
    address: IpAddr,
    room: Option<RoomId>,
    name: &str,
    size: u64,
) -> Result<FileRecord, Refusal> {
    let settings = &app.config.files;
    if settings.file_bytes == 0 {
        return Err(Refusal::new(ErrorCode::UploadsClosed, "This server takes no files."));
    }
    if size == 0 {
        return Err(Refusal::new(ErrorCode::FileEmpty, "This file is empty."));
    }
    if size > settings.file_bytes {
        let most = bytes_in_words(settings.file_bytes);
        let sentence = format!("This file is too large: Starling takes at most {most}.");
        return Err(Refusal::new(ErrorCode::FileTooLarge, sentence));
    }
    if let Some(user) = actor.user() {
        app.rates.message(user)?;
    }
    let limits = UploadLimits {
        uploads_per_user: settings.uploads_per_user,
        bytes_per_user: settings.upload_bytes_per_user,
        bytes_per_address: settings.upload_bytes_per_address,
        bytes_in_all: settings.files_bytes,
    };
    let name = FileName::clean(name);
    // Random in all its bits that can be: an id that is known opens nothing, but none can be guessed either.
    let id = FileId::new(Uuid::new_v4());
    let upload = NewUpload { actor, room, id, name, size, address, limits };
    let started = app.store.start_upload(upload).await;
    match (started, room) {
        (Err(error), Some(room)) => Err(permission::refused(app, actor, room, error).await),
        (started, _) => Ok(started?),
    }
}

/// A file that somebody sends, and how much of it is there.
///
/// # Errors
/// A [`Refusal`].
pub(crate) async fn look(
    app: &App,
    actor: Actor,
    id: FileId,
) -> Result<(FileRecord, u64), Refusal> {
    let record = app.store.upload(actor, id).await?;
    let there = app.files.length(id).await.map_err(|error| unwritable(&error))?;
    Ok((record, there))
}

/// Adds what comes to the end of a file, of which `offset` bytes have to be there. Returns how many are
/// there then.
///
/// # Errors
/// [`Stopped`]; what arrived before is kept.
pub(crate) async fn append<E: fmt::Display + Send + 'static>(
    app: &App,
    actor: Actor,
    id: FileId,
    offset: u64,
    body: impl Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
) -> Result<u64, Stopped> {
    let app = app.clone();
    // A task of its own, as whoever asks may go away at any moment: what is being written then is written
    // before anybody else's turn comes.
    let appending = tokio::spawn(async move {
        let mut body = body;
        let appended = append_from(&app, actor, id, offset, &mut body).await;
        if appended.is_err() {
            let_finish(&app, body).await;
        }
        appended
    });
    match appending.await {
        Ok(appended) => appended,
        Err(error) => {
            tracing::error!(%error, "an upload failed");
            Err(StoreError::Unavailable.into())
        }
    }
}

async fn append_from<E: fmt::Display>(
    app: &App,
    actor: Actor,
    id: FileId,
    offset: u64,
    body: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
) -> Result<u64, Stopped> {
    let (record, turn, there) = take_over(app, actor, id).await?;
    if there != offset || record.whole.is_some() {
        return Err(wrong_offset(there));
    }
    let mut file = turn.open().await.map_err(|error| unwritable(&error))?;
    let mut there = there;
    let ended = loop {
        let chunk = match next(app, &turn, body).await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break Ok(()),
            Err(refusal) => break Err(refusal),
        };
        if there + chunk.len() as u64 > record.size {
            let sentence = "More bytes come than were announced. None of these were kept.";
            let kept_none = file.set_len(offset).await.map_err(|error| unwritable(&error));
            break kept_none.and(Err(Refusal::new(ErrorCode::FileTooLarge, sentence)));
        }
        if let Err(error) = file.write_all(&chunk).await {
            break Err(unwritable(&error));
        }
        there += chunk.len() as u64;
    };
    let flushed = file.flush().await.map_err(|error| unwritable(&error));
    match ended.and(flushed) {
        Ok(()) => Ok(there),
        // Not what was meant to be written, but what was.
        Err(refusal) => Err(Stopped { refusal, offset: turn.length().await.ok() }),
    }
}

/// What comes next, if it comes in time.
async fn next<E: fmt::Display>(
    app: &App,
    turn: &Turn,
    body: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
) -> Result<Option<Bytes>, Refusal> {
    let chunk = tokio::select! {
        biased;
        () = turn.replaced() => {
            return Err(Refusal::new(ErrorCode::Conflict, "Somebody else goes on with this upload."));
        }
        _ = app.stopping.begun() => {
            let refusal = Refusal::new(
                ErrorCode::Unavailable,
                "Starling is stopping or restarting. Go on with the upload in a moment.",
            );
            return Err(Refusal { retry_after: Some(STOPS_RETRY), ..refusal });
        }
        chunk = timeout(app.config.files.upload_stall_after, body.next()) => chunk,
    };
    match chunk {
        Ok(None) => Ok(None),
        Ok(Some(Ok(chunk))) => Ok(Some(chunk)),
        Ok(Some(Err(error))) => {
            tracing::debug!(%error, "the connection of an upload broke");
            Err(Refusal::new(ErrorCode::TooSlow, "The connection broke. Go on with the upload."))
        }
        Err(_) => Err(Refusal::new(
            ErrorCode::TooSlow,
            "Nothing came for too long. What arrived is kept; go on with the upload.",
        )),
    }
}

/// Reads what still comes of a body that was refused, within limits: a connection that is closed with
/// unread bytes is reset, and its client never learns why.
async fn let_finish<E>(app: &App, mut body: impl Stream<Item = Result<Bytes, E>> + Unpin) {
    let mut left = app.config.files.file_bytes.min(MOST_UNREAD);
    let reading = async {
        while let Some(Ok(chunk)) = body.next().await {
            match left.checked_sub(chunk.len() as u64) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    tokio::select! {
        _ = timeout(app.config.files.upload_stall_after, reading) => {}
        _ = app.stopping.begun() => {}
    }
}

/// So much of a refused body is read.
const MOST_UNREAD: u64 = 16 << 20;

/// Finishes a file: all of it must be there and, if a hash is given, be what was sent. A repeat has the
/// same outcome.
///
/// # Errors
/// [`Stopped`]; what arrived is kept.
pub(crate) async fn finish(
    app: &App,
    actor: Actor,
    id: FileId,
    sha256: Option<[u8; 32]>,
) -> Result<Attachment, Stopped> {
    let (record, turn, there) = take_over(app, actor, id).await?;
    let wrong = |whole: &[u8; 32]| sha256.is_some_and(|sha256| sha256 != *whole);
    if let Some(whole) = &record.whole
        && wrong(&whole.sha256)
    {
        return Err(wrong_hash().into());
    }
    if let Some(file) = record.attachment() {
        return Ok(file);
    }
    if there != record.size {
        return Err(wrong_offset(there));
    }
    let whole = turn.examine().await.map_err(|error| unwritable(&error))?;
    if wrong(&whole.sha256) {
        return Err(wrong_hash().into());
    }
    Ok(app.store.finish_upload(actor, id, whole).await?)
}

/// Gives a file up that no message has.
///
/// # Errors
/// A [`Refusal`].
pub(crate) async fn give_up(app: &App, actor: Actor, id: FileId) -> Result<(), Refusal> {
    // Whoever still sends it finds it gone.
    let arrived = app.files.length(id).await.map_err(|error| unwritable(&error))?;
    Ok(app.store.give_up_upload(actor, id, arrived).await?)
}

/// Keeps a file that has come in one piece: all of the above at once.
///
/// # Errors
/// A [`Refusal`]. Nothing was kept.
pub(crate) async fn keep(
    app: &App,
    actor: Actor,
    address: IpAddr,
    room: Option<RoomId>,
    name: &str,
    bytes: Bytes,
) -> Result<Attachment, Refusal> {
    let id = start(app, actor, address, room, name, bytes.len() as u64).await?.id;
    let body = futures_util::stream::iter([Ok::<_, io::Error>(bytes)]);
    let kept = match append(app, actor, id, 0, body).await {
        Ok(_) => finish(app, actor, id, None).await,
        Err(stopped) => Err(stopped),
    };
    match kept {
        Ok(file) => Ok(file),
        Err(Stopped { refusal, .. }) => {
            // What is left of it, time ends.
            let _ = give_up(app, actor, id).await;
            Err(refusal)
        }
    }
}

/// The right to write a file, of somebody who may; and how much of it is there.
async fn take_over(
    app: &App,
    actor: Actor,
    id: FileId,
) -> Result<(FileRecord, Turn, u64), Stopped> {
    // Before anybody is told to stop who may send it.
    app.store.upload(actor, id).await?;
    let turn = app.files.take_over(id).await;
    // And again: it may have been given up meanwhile, and its bytes must not come back.
    let record = app.store.upload(actor, id).await?;
    let there = turn.length().await.map_err(|error| unwritable(&error))?;
    Ok((record, turn, there))
}

fn wrong_offset(there: u64) -> Stopped {
    let sentence = format!("{there} bytes of this file are here. Go on from there.");
    Stopped { refusal: Refusal::new(ErrorCode::WrongOffset, sentence), offset: Some(there) }
}

fn wrong_hash() -> Refusal {
    let sentence =
        "What arrived is not the file that was sent. Give this upload up, and start over.";
    Refusal::new(ErrorCode::WrongHash, sentence)
}

fn unwritable(error: &io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            tracing::error!("the disk is full; no file can be kept");
            StoreError::Full.into()
        }
        _ => {
            tracing::error!(%error, "a file cannot be read or written");
            StoreError::Unavailable.into()
        }
    }
}
