//! Files as they are stored: all but their bytes, which lie beside the database and are no concern of
//! the store's. The questions about them; how they come and go is in `write/file.rs`.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};
use starling_protocol::{Action, Attachment, Denial, FileId, FileKind, FileName, Seq, UserId};
use uuid::Uuid;

use super::decode::{kind_from, seq_from};
use super::standing::{self, Actor};
use super::{RoomId, Store, StoreError, unix_ms};

/// In the data folder, the folder of the files' bytes.
pub(crate) const FILES: &str = "files";

/// Where the bytes of a file lie in that folder: two folders deep, so that none has too many names.
pub(crate) fn file_beside(files: &Path, id: FileId) -> PathBuf {
    let name = id.to_string();
    files.join(&name[..2]).join(&name[2..4]).join(name)
}

/// A file that somebody is about to send.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// By whom.
    pub actor: Actor,
    /// For which room; `None` if that is not known yet: then it is theirs alone until a message has it.
    pub room: Option<RoomId>,
    /// Its identity, at random.
    pub id: FileId,
    /// What it is called.
    pub name: FileName,
    /// How many bytes it will have.
    pub size: u64,
    /// From where, as limits count it.
    pub address: IpAddr,
    /// How much there may be.
    pub limits: UploadLimits,
}

/// How much people may send. Sizes are bytes.
#[derive(Clone, Copy, Debug)]
pub struct UploadLimits {
    /// How many unfinished uploads a person may have.
    pub uploads_per_user: u32,
    /// How much a person may announce in a day.
    pub bytes_per_user: u64,
    /// How much may be announced from an address in a day.
    pub bytes_per_address: u64,
    /// How large all files may be together.
    pub bytes_in_all: u64,
}

/// A file, whole or on its way. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    /// Its identity.
    pub id: FileId,
    /// For which room.
    pub room: Option<RoomId>,
    /// Whose it is.
    pub user: UserId,
    /// What it is called.
    pub name: FileName,
    /// How many bytes it has, or will have.
    pub size: u64,
    /// When it was announced.
    pub created_at: i64,
    /// When all of it was there.
    pub finished_at: Option<i64>,
    /// What is known of it since all of it is there.
    pub whole: Option<Whole>,
    /// Which message has it.
    pub message: Option<Seq>,
    /// When it was put on its room's board or taken off it last, if it ever was.
    pub board_at: Option<i64>,
}

/// Which files nobody uses since before a moment: no message has them, no board shows them. One that was
/// taken off a board counts from then on, so that it can come back for as long as an upload can be used.
pub(super) const UNUSED: &str = "message IS NULL AND coalesce(board_at, finished_at, created_at) < ? \
     AND NOT EXISTS (SELECT 1 FROM board_objects o WHERE o.file = files.id)";

/// What is known of a file that is all there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// What its first bytes say it is.
    pub kind: FileKind,
    /// As what it is served.
    pub media_type: String,
    /// The hash of its bytes.
    pub sha256: [u8; 32],
    /// Of an image, its size in pixels.
    pub pixels: Option<(u32, u32)>,
}

impl FileRecord {
    /// Whether no message has it, and it never was on a board.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        self.message.is_none() && self.board_at.is_none()
    }

    /// What is told of it, once it is whole.
    #[must_use]
    pub fn attachment(&self) -> Option<Attachment> {
        let whole = self.whole.as_ref()?;
        Some(Attachment {
            id: self.id,
            name: self.name.clone(),
            media_type: whole.media_type.clone(),
            size: self.size,
            kind: whole.kind,
            width: whole.pixels.map(|(width, _)| width),
            height: whole.pixels.map(|(_, height)| height),
        })
    }
}

impl FromRow<'_, SqliteRow> for FileRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let size: i64 = row.try_get("size")?;
        let room: Option<i64> = row.try_get("room_id")?;
        let finished_at: Option<i64> = row.try_get("finished_at")?;
        let message: Option<i64> = row.try_get("message")?;
        Ok(Self {
            id: FileId::new(row.try_get("id")?),
            room: room.map(RoomId),
            user: UserId::new(row.try_get("user_id")?),
            name: FileName::clean(row.try_get("name")?),
            size: size.unsigned_abs(),
            created_at: row.try_get("created_at")?,
            finished_at,
            whole: finished_at.map(|_| whole_from(row)).transpose()?,
            message: message.map(seq_from),
            board_at: row.try_get("board_at")?,
        })
    }
}

fn whole_from(row: &SqliteRow) -> sqlx::Result<Whole> {
    let sha256: Vec<u8> = row.try_get("sha256")?;
    let (width, height): (Option<u32>, Option<u32>) =
        (row.try_get("width")?, row.try_get("height")?);
    Ok(Whole {
        kind: kind_from(row.try_get("kind")?),
        media_type: row.try_get("media_type")?,
        sha256: sha256.try_into().map_err(|_| sqlx::Error::Decode("no hash".into()))?,
        pixels: width.zip(height),
    })
}

/// The file of that id, whoever asks.
pub(super) async fn load(
    db: &mut SqliteConnection,
    id: FileId,
) -> sqlx::Result<Option<FileRecord>> {
    sqlx::query_as("SELECT * FROM files WHERE id = ?").bind(id.uuid()).fetch_optional(db).await
}

/// Whether a board shows it right now.
async fn is_on_board(db: &mut SqliteConnection, id: FileId) -> sqlx::Result<bool> {
    let shown = sqlx::query("SELECT 1 FROM board_objects WHERE file = ?")
        .bind(id.uuid())
        .fetch_optional(db)
        .await?;
    Ok(shown.is_some())
}

/// The permission check of whoever sends a file: it takes what saying something in its room takes.
pub(super) async fn check_sender(
    db: &mut SqliteConnection,
    actor: Actor,
    room: Option<RoomId>,
    now: i64,
) -> sqlx::Result<Result<(), StoreError>> {
    let may = match room {
        Some(room) => match standing::load(db, actor, room, now).await? {
            Some(standing) => standing.may(Action::Post),
            None => return Ok(Err(StoreError::NotFound)),
        },
        None if actor.may(Action::Post) => Ok(()),
        None => Err(Denial::Scope),
    };
    Ok(may.map_err(StoreError::Denied))
}

/// A file that somebody sends, and may go on sending.
pub(super) async fn load_own(
    db: &mut SqliteConnection,
    actor: Actor,
    id: FileId,
    now: i64,
) -> sqlx::Result<Result<FileRecord, StoreError>> {
    let Some(record) = load(db, id).await?.filter(|it| actor.user() == Some(it.user)) else {
        return Ok(Err(StoreError::NoSuchFile));
    };
    Ok(check_sender(db, actor, record.room, now).await?.map(|()| record))
}

impl Store {
    /// A file that somebody sends, or has sent and not used yet.
    ///
    /// # Errors
    /// [`StoreError::NoSuchFile`] if it is not theirs, [`StoreError::Denied`] if they may not talk in its
    /// room, [`StoreError::Unavailable`].
    pub async fn upload(&self, actor: Actor, id: FileId) -> Result<FileRecord, StoreError> {
        let mut db = self.reads.acquire().await?;
        let record = load_own(&mut db, actor, id, unix_ms()).await??;
        if record.is_unused() { Ok(record) } else { Err(StoreError::NoSuchFile) }
    }

    /// A file that somebody may read: of a message or on the board of a room that they may read, or their
    /// own.
    ///
    /// # Errors
    /// [`StoreError::NoSuchFile`], also where the room is hidden from them; [`StoreError::Denied`],
    /// [`StoreError::Unavailable`].
    pub async fn file(&self, actor: Actor, id: FileId) -> Result<FileRecord, StoreError> {
        let mut db = self.reads.acquire().await?;
        let record = load(&mut db, id).await?.filter(|it| it.whole.is_some());
        let record = record.ok_or(StoreError::NoSuchFile)?;
        let is_told = record.message.is_some() || is_on_board(&mut db, id).await?;
        let Some(room) = record.room.filter(|_| is_told) else {
            let own = actor.user() == Some(record.user) && actor.may(Action::Read);
            return if own { Ok(record) } else { Err(StoreError::NoSuchFile) };
        };
        let standing = standing::load(&mut db, actor, room, unix_ms()).await?;
        match standing.ok_or(StoreError::NoSuchFile)?.may(Action::Read) {
            Ok(()) => Ok(record),
            Err(Denial::Hidden) => Err(StoreError::NoSuchFile),
            Err(denial) => Err(StoreError::Denied(denial)),
        }
    }

    /// Whether there are files that nobody uses since before that moment, and whether there is anything else of
    /// uploads that has had its time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn has_old_uploads(&self, before: i64) -> Result<bool, StoreError> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM files WHERE {UNUSED}) \
             OR EXISTS (SELECT 1 FROM announced_bytes WHERE day < ?)",
        );
        let (found,): (bool,) = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(before)
            .bind(day_of(unix_ms()))
            .fetch_one(&self.reads)
            .await?;
        Ok(found)
    }

    /// Some files that are no more, whose bytes are to be removed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn removed_files(&self) -> Result<Vec<FileId>, StoreError> {
        let rows: Vec<(Uuid,)> = sqlx::query_as("SELECT id FROM removed_files LIMIT 1000")
            .fetch_all(&self.reads)
            .await?;
        Ok(rows.into_iter().map(|(id,)| FileId::new(id)).collect())
    }
}

/// The day of a moment, counted from 1970.
pub(super) fn day_of(ms: i64) -> i64 {
    ms.div_euclid(24 * 60 * 60 * 1_000)
}
