//! What really lies in the database's file, read beside the server, or after it.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use starling_protocol::{Message, MessageId};
use uuid::Uuid;

/// A row of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) id: MessageId,
    pub(crate) author: Uuid,
    pub(crate) body: String,
}

impl From<&Message> for Row {
    fn from(message: &Message) -> Self {
        Self {
            seq: message.seq.0,
            id: message.id,
            author: message.author.id.uuid(),
            body: message.text().to_owned(),
        }
    }
}

/// All messages of the only room, in order.
pub(crate) async fn rows(folder: &Path) -> Vec<Row> {
    let mut database = open(folder).await;
    let (rooms,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM rooms").fetch_one(&mut database).await.unwrap();
    assert_eq!(rooms, 1, "rows of several rooms would be mixed");
    let found: Vec<(i64, Uuid, Uuid, String)> =
        sqlx::query_as("SELECT seq, id, author_id, body FROM messages ORDER BY seq")
            .fetch_all(&mut database)
            .await
            .unwrap();
    let row = |(seq, id, author, body): (i64, Uuid, Uuid, String)| Row {
        seq: u64::try_from(seq).unwrap(),
        id: MessageId::new(id),
        author,
        body,
    };
    found.into_iter().map(row).collect()
}

/// What SQLite itself says about the file.
#[cfg(target_os = "linux")]
pub(crate) async fn integrity(folder: &Path) -> String {
    let mut database = open(folder).await;
    let (verdict,): (String,) =
        sqlx::query_as("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
    verdict
}

/// Changes rows beside the server, and says how many.
pub(crate) async fn change(folder: &Path, sql: &'static str) -> u64 {
    let mut database = open(folder).await;
    sqlx::query(sql).execute(&mut database).await.unwrap().rows_affected()
}

/// A number that lies there.
pub(crate) async fn number(folder: &Path, sql: &'static str) -> i64 {
    let mut database = open(folder).await;
    let (number,): (i64,) = sqlx::query_as(sql).fetch_one(&mut database).await.unwrap();
    number
}

async fn open(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("starling.db"));
    SqliteConnection::connect_with(&options.create_if_missing(false)).await.unwrap()
}
