//! Opening a store: which folders and databases are refused, and how those that are opened are kept.

use super::*;

#[tokio::test]
async fn one_server_at_a_time_uses_a_folder() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let second = Store::open(folder.path(), &OPTIONS).await;
    assert!(matches!(second.err(), Some(OpenError::InUse { .. })));
    running.close().await;
    assert!(Store::open(folder.path(), &OPTIONS).await.is_ok());
}

#[tokio::test]
async fn a_newer_schema_is_refused_in_words() {
    let folder = TempDir::new().unwrap();
    Running::open(folder.path()).await.close().await;
    let mut db = connect(folder.path()).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9000, 'from the future', 1, x'00', 0)",
    )
    .execute(&mut db)
    .await
    .unwrap();
    db.close().await.unwrap();
    let error = Store::open(folder.path(), &OPTIONS).await.err().unwrap();
    assert!(matches!(error, OpenError::NewerSchema { version: 9000, .. }), "{error}");
    assert!(error.to_string().contains("newer"), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_said() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Store::open(&file.join("data"), &OPTIONS).await.err().unwrap();
    assert!(matches!(error, OpenError::Folder { .. }), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_reads_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    running.guest("Ada").await;
    for file in ["starling.db", "starling.db-wal"] {
        let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
