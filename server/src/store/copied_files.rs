//! The bytes of files beside a copy of the database: a backup takes them along, a restore brings them
//! back. They never change, so where both are on one disk they get a second name and no second copy. It
//! knows folders, not the running store.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sqlx::SqliteConnection;
use starling_protocol::FileId;
use uuid::Uuid;

use super::copy::{beside, sync_names};
use super::file::file_beside;

/// What the folder of a backup's files is called, after the backup.
const FOLDER: &str = ".files";

/// Where the files of a backup lie.
pub(super) fn folder_of(copy: &Path) -> PathBuf {
    beside(copy, FOLDER)
}

/// A file whose bytes belong to a database, and how many they are.
pub(super) type Kept = (FileId, u64);

/// The files whose bytes belong to a database; none to one from before there were any.
pub(super) async fn kept(connection: &mut SqliteConnection) -> sqlx::Result<Vec<Kept>> {
    if !has_files(connection).await? {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, i64)> =
        sqlx::query_as("SELECT id, size FROM files WHERE finished_at IS NOT NULL")
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(|(id, size)| (FileId::new(id), size.unsigned_abs())).collect())
}

/// Takes out of a copy what is not copied: what is still being sent, and bytes to be removed elsewhere.
pub(super) async fn forget_unfinished(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    if has_files(connection).await? {
        sqlx::query("DELETE FROM files WHERE finished_at IS NULL")
            .execute(&mut *connection)
            .await?;
        sqlx::query("DELETE FROM removed_files").execute(connection).await?;
    }
    Ok(())
}

/// Takes files out of a copy.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    files: &[FileId],
) -> sqlx::Result<()> {
    for file in files {
        sqlx::query("DELETE FROM files WHERE id = ?")
            .bind(file.uuid())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn has_files(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let (tables,): (i64,) = sqlx::query_as(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'files'",
    )
    .fetch_one(connection)
    .await?;
    Ok(tables == 1)
}

/// Puts files from one folder into another, on the disk when it returns. Returns those that are not
/// there, or not whole.
pub(super) fn carry(from: &Path, to: &Path, files: &[Kept]) -> io::Result<Vec<FileId>> {
    let mut missing = Vec::new();
    let mut named = BTreeSet::new();
    for (id, size) in files {
        let (old, new) = (file_beside(from, *id), file_beside(to, *id));
        if !is_whole(&old, *size) {
            missing.push(*id);
            continue;
        }
        if is_whole(&new, *size) {
            continue;
        }
        let folder = new.parent().unwrap_or(to);
        make_folders(folder)?;
        super::copy::remove(&new)?;
        if fs::hard_link(&old, &new).is_err() {
            fs::copy(&old, &new)?;
            fs::File::options().append(true).open(&new)?.sync_all()?;
        }
        named.extend(new.ancestors().skip(1).take(3).map(Path::to_owned));
    }
    // The names in each folder, and those of the folders themselves.
    named.iter().try_for_each(|folder| sync_names(&folder.join("any")))?;
    if !named.is_empty() {
        sync_names(to)?;
    }
    Ok(missing)
}

fn is_whole(file: &Path, size: u64) -> bool {
    fs::metadata(file).is_ok_and(|file| file.is_file() && file.len() == size)
}

fn make_folders(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
