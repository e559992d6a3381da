//! Putting a backup in the place of the database. It knows the folder, not a running store: while a
//! server uses the folder, it refuses.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use thiserror::Error;

use super::OpenError;
use super::copied_files::{Kept, carry, folder_of, kept};
use super::copy::{COMPANIONS, Unfit, beside, make_empty, remove, renumber, sync_names, verify};
use super::file::FILES;
use super::open::{FILE, UNFINISHED, lock, migrate};

/// Why nothing was restored. The database that was there is still there; only if it can be set aside, but
/// then not be put back, it stays under the other name, and no server starts.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// The folder cannot be used, or a server uses it, or the backup is of a newer Starling.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is a database already.
    #[error("{file} exists already; with --replace it is set aside, and kept")]
    Exists {
        /// The file that is in the way.
        file: PathBuf,
    },
    /// The backup is a database in use: what was written last is in another file.
    #[error(
        "{file} is the database of a server, and a part of it is in {companion}: \
         make a backup of it with `starling backup`, and restore that"
    )]
    InUse {
        /// The file that was to be restored.
        file: PathBuf,
        /// Where the rest is.
        companion: PathBuf,
    },
    /// The backup is no whole database.
    #[error("{file} is damaged, or no database: {reason}")]
    Damaged {
        /// The file that was to be restored.
        file: PathBuf,
        /// What the database says.
        reason: String,
    },
    /// The backup is whole, but of something else.
    #[error("{file} is no database of Starling")]
    Foreign {
        /// The file that was to be restored.
        file: PathBuf,
    },
    /// Some of the files that people sent are not beside the backup.
    #[error(
        "{count} of the files in this backup are missing in {folder}: put the folder that \
         `starling backup` made there"
    )]
    FilesMissing {
        /// Where they were looked for.
        folder: PathBuf,
        /// How many.
        count: usize,
    },
    /// A file could not be read or written.
    #[error("{file} cannot be read or written")]
    File {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Makes the backup in the file `copy` the database in `folder`, after checking that it is whole, and
/// with a new epoch for each stream: whoever has seen messages that the backup does not have starts over.
/// The files that people sent come from the folder beside the backup. A database that is there already is
/// set aside under another name if `replace` says so; the returned path tells where it is. Whenever this
/// is interrupted, the old database is whole, with its log, under one of its names, or the new one is
/// there; if neither has the name that a server opens, servers refuse to start until a restore was
/// finished.
///
/// # Errors
/// [`RestoreError`], in words for an operator.
pub async fn restore(
    folder: &Path,
    copy: &Path,
    replace: bool,
) -> Result<Option<PathBuf>, RestoreError> {
    let _lock = lock(folder)?;
    let database = folder.join(FILE);
    let replaces = database.exists();
    if replaces && !replace {
        return Err(RestoreError::Exists { file: database });
    }
    for companion in COMPANIONS.map(|suffix| beside(copy, suffix)) {
        if fs::metadata(&companion).is_ok_and(|companion| companion.len() > 0) {
            return Err(RestoreError::InUse { file: copy.to_owned(), companion });
        }
    }
    let unfinished = folder.join(UNFINISHED);
    let had_data = replaces || unfinished.exists();
    // SQLite would take the journal of one that was interrupted for that of the new file.
    remove_companions(&unfinished).map_err(at(&unfinished))?;
    let prepared = match prepare(copy, &unfinished).await {
        Ok(kept) => bring_files(copy, folder, &kept),
        Err(error) => Err(error),
    };
    let restored = match prepared {
        Ok(()) => put_in_place(&unfinished, &database).map_err(at(&database)),
        Err(error) => Err(error),
    };
    // Where data are set aside and none are in place, this is what keeps a server from starting empty.
    if restored.is_err() && (database.exists() || !had_data) {
        let _ = remove(&unfinished).and_then(|()| remove_companions(&unfinished));
    }
    restored
}

/// Puts the backup's files among those that are there. Ids are random, so none is in the way of another,
/// and the database that is set aside keeps its own.
fn bring_files(copy: &Path, folder: &Path, kept: &[Kept]) -> Result<(), RestoreError> {
    let (from, to) = (folder_of(copy), folder.join(FILES));
    let missing = carry(&from, &to, kept).map_err(at(&to))?;
    match missing.len() {
        0 => Ok(()),
        count => Err(RestoreError::FilesMissing { folder: from, count }),
    }
}

/// Copies the backup, checks it, and brings it up to date.
async fn prepare(copy: &Path, unfinished: &Path) -> Result<Vec<Kept>, RestoreError> {
    let mut from = File::open(copy).map_err(at(copy))?;
    let mut to = make_empty(unfinished).map_err(at(unfinished))?;
    io::copy(&mut from, &mut to).map_err(at(unfinished))?;
    let damaged = |error: sqlx::Error| RestoreError::Damaged {
        file: copy.to_owned(),
        reason: error.to_string(),
    };
    let settings = SqliteConnectOptions::new().filename(unfinished).foreign_keys(true);
    let mut connection = SqliteConnection::connect_with(&settings).await.map_err(damaged)?;
    verify(&mut connection).await.map_err(|unfit| match unfit {
        Unfit::Foreign => RestoreError::Foreign { file: copy.to_owned() },
        Unfit::Database(error) => damaged(error),
    })?;
    migrate(&mut connection, copy).await?;
    renumber(&mut connection).await.map_err(damaged)?;
    let kept = kept(&mut connection).await.map_err(damaged)?;
    connection.close().await.map_err(damaged)?;
    to.sync_all().map_err(at(unfinished))?;
    Ok(kept)
}

/// Sets the old database aside, and gives the new one its name. If that fails, the old one is put back.
fn put_in_place(unfinished: &Path, database: &Path) -> io::Result<Option<PathBuf>> {
    let aside = if database.exists() { Some(name_aside(database)) } else { None };
    if let Some(aside) = &aside {
        rename_whole(database, aside)?;
    }
    // What the old one has left would be taken for the new one's.
    let placed = sync_names(database)
        .and_then(|()| remove_companions(database))
        .and_then(|()| fs::rename(unfinished, database))
        .and_then(|()| sync_names(database));
    if placed.is_err() {
        remove(database)?;
        if let Some(aside) = &aside {
            rename_whole(aside, database)?;
            sync_names(database)?;
            remove_companions(aside)?;
        }
    }
    placed.map(|()| aside)
}

fn name_aside(database: &Path) -> PathBuf {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    beside(database, &format!(".replaced-{}", since.as_millis()))
}

/// Renames a database. Its log is copied, so that it is beside the database under either name; the one
/// of the old name stays.
fn rename_whole(from: &Path, to: &Path) -> io::Result<()> {
    let copied = COMPANIONS.iter().try_for_each(|suffix| {
        let (old, new) = (beside(from, suffix), beside(to, suffix));
        if !old.exists() {
            return Ok(());
        }
        fs::copy(old, &new)?;
        File::options().append(true).open(new)?.sync_all()
    });
    let renamed = copied.and_then(|()| fs::rename(from, to));
    if renamed.is_err() {
        let _ = remove_companions(to);
    }
    renamed
}

fn remove_companions(database: &Path) -> io::Result<()> {
    COMPANIONS.iter().try_for_each(|suffix| remove(&beside(database, suffix)))
}

fn at(file: &Path) -> impl FnOnce(io::Error) -> RestoreError {
    let file = file.to_owned();
    move |source| RestoreError::File { file, source }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tempfile::TempDir;

    use super::*;

    /// Puts a new file in the place of `starling.db`, among files that stand for themselves.
    fn replace(folder: &TempDir) -> io::Result<Option<PathBuf>> {
        put_in_place(&folder.path().join(UNFINISHED), &folder.path().join(FILE))
    }

    fn write(folder: &TempDir, names: &[&str]) {
        for name in names {
            fs::write(folder.path().join(name), name).unwrap();
        }
    }

    /// What the files hold, which is the name that each had first.
    fn contents(folder: &TempDir) -> BTreeMap<String, String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let files = entries.map(|entry| entry.unwrap()).filter(|entry| entry.path().is_file());
        files
            .map(|file| {
                let name = file.file_name().into_string().unwrap();
                (name, fs::read_to_string(file.path()).unwrap())
            })
            .collect()
    }

    #[test]
    fn the_old_database_is_set_aside_with_its_log_and_leaves_none_to_the_new_one() {
        let folder = TempDir::new().unwrap();
        write(&folder, &["starling.db", "starling.db-wal", "starling.db-shm", "starling.db.part"]);
        let aside = replace(&folder).unwrap().unwrap();
        assert_eq!(fs::read_to_string(&aside).unwrap(), "starling.db");
        assert_eq!(fs::read_to_string(beside(&aside, "-wal")).unwrap(), "starling.db-wal");
        let found = contents(&folder);
        assert_eq!(found["starling.db"], "starling.db.part");
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn what_cannot_be_replaced_is_put_back_with_its_log() {
        let folder = TempDir::new().unwrap();
        write(&folder, &["starling.db", "starling.db-wal", "starling.db-journal"]);
        let before = contents(&folder);
        // There is nothing to put in its place.
        assert_eq!(replace(&folder).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(contents(&folder), before);

        // One of its files can be neither copied nor removed.
        write(&folder, &["starling.db.part"]);
        fs::create_dir(folder.path().join("starling.db-shm")).unwrap();
        let before = contents(&folder);
        replace(&folder).unwrap_err();
        assert_eq!(contents(&folder), before);
    }
}
