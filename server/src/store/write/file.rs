//! Files: announced, whole, given up, and gone. Their bytes are somebody else's; what is removed here is
//! noted, so that they are removed, too.

use starling_protocol::board::BoardError;
use starling_protocol::{Action, Attachment, Denial, FileId, FileKind, Seq, UserId};

use super::{Operation, Transaction, granted};
use crate::store::decode::from_seq;
use crate::store::file::{
    FileRecord, NewUpload, UNUSED, Whole, check_sender, day_of, load, load_own,
};
use crate::store::standing::Actor;
use crate::store::{Committed, RoomId, Store, StoreError};

impl Store {
    /// Notes that somebody is about to send a file.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the room, [`StoreError::Denied`], [`StoreError::TooManyUploads`],
    /// [`StoreError::TooManyBytes`], [`StoreError::FilesFull`], [`StoreError::Busy`],
    /// [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn start_upload(
        &self,
        upload: NewUpload,
    ) -> impl Future<Output = Result<FileRecord, StoreError>> + Send + use<> {
        self.writes.send(upload)
    }

    /// Notes that all of a file is there. A repeat changes nothing and has the first outcome.
    ///
    /// # Errors
    /// [`StoreError::NoSuchFile`], [`StoreError::Denied`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn finish_upload(
        &self,
        actor: Actor,
        id: FileId,
        whole: Whole,
    ) -> impl Future<Output = Result<Attachment, StoreError>> + Send + use<> {
        self.writes.send(Finish { actor, id, whole })
    }

    /// Gives up a file that was never used. Of its bytes so many have arrived; the others do not count
    /// as sent.
    ///
    /// # Errors
    /// [`StoreError::NoSuchFile`], [`StoreError::Denied`] if what they have shown is not for sending,
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn give_up_upload(
        &self,
        actor: Actor,
        id: FileId,
        arrived: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(GiveUp { actor, id, arrived })
    }

    /// Removes the files that nobody uses since before that moment, and what is no longer needed to
    /// count.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn remove_old_uploads(
        &self,
        before: i64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(RemoveOld { before })
    }

    /// Forgets files whose bytes were removed.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn forget_removed_files(
        &self,
        files: Vec<FileId>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(Forget { files })
    }
}

impl Operation for NewUpload {
    type Outcome = FileRecord;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<FileRecord, StoreError>> {
        let Some(user) = self.actor.user() else { return Ok(Err(StoreError::NoSuchPerson)) };
        granted!(check_sender(tx.db, self.actor, self.room, tx.now).await?);
        let (unfinished, all): (u32, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM files WHERE user_id = ? AND message IS NULL \
             AND finished_at IS NULL), (SELECT coalesce(sum(size), 0) FROM files)",
        )
        .bind(user.uuid())
        .fetch_one(&mut *tx.db)
        .await?;
        if unfinished >= self.limits.uploads_per_user {
            return Ok(Err(StoreError::TooManyUploads));
        }
        if all.unsigned_abs().saturating_add(self.size) > self.limits.bytes_in_all {
            return Ok(Err(StoreError::FilesFull));
        }
        let day = day_of(tx.now);
        let counted = [
            (counted_as(user), self.limits.bytes_per_user),
            (self.address.to_string(), self.limits.bytes_per_address),
        ];
        for (who, most) in &counted {
            let announced: Option<(i64,)> =
                sqlx::query_as("SELECT bytes FROM announced_bytes WHERE day = ? AND who = ?")
                    .bind(day)
                    .bind(who)
                    .fetch_optional(&mut *tx.db)
                    .await?;
            let announced = announced.map_or(0, |(bytes,)| bytes.unsigned_abs());
            if announced.saturating_add(self.size) > *most {
                return Ok(Err(StoreError::TooManyBytes));
            }
        }

        for (who, _) in &counted {
            sqlx::query(
                "INSERT INTO announced_bytes (day, who, bytes) VALUES (?, ?, ?) \
                 ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes",
            )
            .bind(day)
            .bind(who)
            .bind(stored(self.size))
            .execute(&mut *tx.db)
            .await?;
        }
        let record = sqlx::query_as(
            "INSERT INTO files (id, room_id, user_id, name, size, created_at, announced_from) \
             VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(self.id.uuid())
        .bind(self.room.map(|room| room.0))
        .bind(user.uuid())
        .bind(self.name.as_str())
        .bind(stored(self.size))
        .bind(tx.now)
        .bind(self.address.to_string())
        .fetch_one(&mut *tx.db)
        .await?;
        Ok(Ok(record))
    }
}

/// Under which name a person's bytes are counted. No address looks so.
fn counted_as(user: UserId) -> String {
    format!("user {user}")
}

struct Finish {
    actor: Actor,
    id: FileId,
    whole: Whole,
}

impl Operation for Finish {
    type Outcome = Attachment;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<Attachment, StoreError>> {
        let record = granted!(load_own(tx.db, self.actor, self.id, tx.now).await?);
        if let Some(file) = record.attachment() {
            return Ok(Ok(file));
        }
        let Whole { kind, media_type, sha256, pixels } = &self.whole;
        let finished: FileRecord = sqlx::query_as(
            "UPDATE files SET finished_at = ?, kind = ?, media_type = ?, sha256 = ?, width = ?, \
             height = ?, announced_from = NULL WHERE id = ? RETURNING *",
        )
        .bind(tx.now)
        .bind(kind.name())
        .bind(media_type)
        .bind(sha256.as_slice())
        .bind(pixels.map(|(width, _)| width))
        .bind(pixels.map(|(_, height)| height))
        .bind(self.id.uuid())
        .fetch_one(&mut *tx.db)
        .await?;
        Ok(finished.attachment().ok_or(StoreError::NoSuchFile))
    }
}

struct GiveUp {
    actor: Actor,
    id: FileId,
    arrived: u64,
}

impl Operation for GiveUp {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        // Whoever may not talk in the room any more may still give up.
        if !self.actor.may(Action::Post) {
            return Ok(Err(StoreError::Denied(Denial::Scope)));
        }
        let record = load(tx.db, self.id).await?;
        let own = |it: &FileRecord| self.actor.user() == Some(it.user) && it.is_unused();
        let Some(record) = record.filter(own) else { return Ok(Err(StoreError::NoSuchFile)) };
        sqlx::query(
            "UPDATE announced_bytes SET bytes = max(0, bytes - ?) WHERE day = ? \
             AND who IN (?, (SELECT announced_from FROM files WHERE id = ?))",
        )
        .bind(stored(record.size.saturating_sub(self.arrived)))
        .bind(day_of(record.created_at))
        .bind(counted_as(record.user))
        .bind(self.id.uuid())
        .execute(&mut *tx.db)
        .await?;
        sqlx::query("INSERT INTO removed_files (id) VALUES (?)")
            .bind(self.id.uuid())
            .execute(&mut *tx.db)
            .await?;
        sqlx::query("DELETE FROM files WHERE id = ?")
            .bind(self.id.uuid())
            .execute(&mut *tx.db)
            .await?;
        tx.announcements.push(Committed::FilesRemoved);
        Ok(Ok(()))
    }
}

struct RemoveOld {
    before: i64,
}

impl Operation for RemoveOld {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        for sql in [
            format!("INSERT INTO removed_files (id) SELECT id FROM files WHERE {UNUSED}"),
            format!("DELETE FROM files WHERE {UNUSED}"),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(self.before).execute(&mut *tx.db).await?;
        }
        sqlx::query("DELETE FROM announced_bytes WHERE day < ?")
            .bind(day_of(tx.now))
            .execute(&mut *tx.db)
            .await?;
        tx.announcements.push(Committed::FilesRemoved);
        Ok(Ok(()))
    }
}

struct Forget {
    files: Vec<FileId>,
}

impl Operation for Forget {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        for file in &self.files {
            sqlx::query("DELETE FROM removed_files WHERE id = ?")
                .bind(file.uuid())
                .execute(&mut *tx.db)
                .await?;
        }
        Ok(Ok(()))
    }
}

/// A finished file of that person that a message in that room can have.
pub(super) async fn unused(
    tx: &mut Transaction<'_>,
    user: UserId,
    file: FileId,
    room: RoomId,
) -> sqlx::Result<Result<FileRecord, StoreError>> {
    let record = load(tx.db, file).await?.filter(|it| {
        let fits = it.room.is_none_or(|theirs| theirs == room);
        fits && it.whole.is_some() && it.is_unused() && it.user == user
    });
    Ok(record.ok_or(StoreError::NoSuchFile))
}

/// Gives a file to a message of that room.
pub(super) async fn give_to_message(
    tx: &mut Transaction<'_>,
    file: FileId,
    room: RoomId,
    message: Seq,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE files SET room_id = ?, message = ? WHERE id = ?")
        .bind(room.0)
        .bind(from_seq(message))
        .bind(file.uuid())
        .execute(&mut *tx.db)
        .await?;
    Ok(())
}

/// Whether somebody may put a picture on that room's board: a finished one of their own that nothing else
/// has, or one that is or was on this board, whoever put it there.
pub(super) async fn check_picture(
    tx: &mut Transaction<'_>,
    user: UserId,
    file: FileId,
    room: RoomId,
) -> sqlx::Result<Result<(), StoreError>> {
    let is_fit = |it: &FileRecord| {
        let is_image = it.whole.as_ref().is_some_and(|whole| whole.kind == FileKind::Image);
        let may = match it.board_at {
            Some(_) => it.room == Some(room),
            None => it.user == user && it.room.is_none_or(|theirs| theirs == room),
        };
        is_image && it.message.is_none() && may
    };
    let is_there = load(tx.db, file).await?.is_some_and(|record| is_fit(&record));
    Ok(if is_there { Ok(()) } else { Err(StoreError::Board(BoardError::BadObject)) })
}

/// Notes that a picture was put on a room's board, or taken off it.
pub(super) async fn note_on_board(
    tx: &mut Transaction<'_>,
    file: FileId,
    room: RoomId,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE files SET room_id = ?, board_at = ? WHERE id = ?")
        .bind(room.0)
        .bind(tx.now)
        .bind(file.uuid())
        .execute(&mut *tx.db)
        .await?;
    Ok(())
}

/// Removes the file of a message, if it has one.
pub(super) async fn remove_of_message(
    tx: &mut Transaction<'_>,
    room: RoomId,
    message: Seq,
) -> sqlx::Result<()> {
    let removed = sqlx::query(
        "INSERT INTO removed_files (id) SELECT id FROM files WHERE room_id = ? AND message = ?",
    )
    .bind(room.0)
    .bind(from_seq(message))
    .execute(&mut *tx.db)
    .await?;
    if removed.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query("DELETE FROM files WHERE room_id = ? AND message = ?")
        .bind(room.0)
        .bind(from_seq(message))
        .execute(&mut *tx.db)
        .await?;
    tx.announcements.push(Committed::FilesRemoved);
    Ok(())
}

/// SQLite's integers have a sign; no file is so large that it needs it.
fn stored(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
