//! What really lies in the database's file, read beside the server, or after it.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use starling_protocol::{Message, MessageId, Role, Slug, Standing};
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

/// Makes an account of a person, so that they may have tokens.
pub(crate) async fn give_account(folder: &Path, user: &str, handle: &str) {
    let mut database = open(folder).await;
    let user: Uuid = user.parse().unwrap();
    let given = sqlx::query("UPDATE users SET handle = ? WHERE id = ?")
        .bind(handle)
        .bind(user)
        .execute(&mut database)
        .await
        .unwrap();
    assert_eq!(given.rows_affected(), 1);
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

/// Lets the time of every invitation be over.
pub(crate) async fn expire_invites(folder: &Path) {
    let mut database = open(folder).await;
    sqlx::query("UPDATE invites SET expires_at = made_at").execute(&mut database).await.unwrap();
}

/// What a server's database is made to hold, beside the server, which reads it anew for every question.
pub(crate) struct Database(SqliteConnection);

impl Database {
    pub(crate) async fn open(folder: &Path) -> Self {
        Self(open(folder).await)
    }

    pub(crate) async fn set_role(&mut self, room: &Slug, user: &str, role: Role) {
        sqlx::query(
            "INSERT INTO members (room_id, user_id, role, since) \
             SELECT id, ?2, ?3, 0 FROM rooms WHERE slug = ?1",
        )
        .bind(room.as_str())
        .bind(Uuid::parse_str(user).unwrap())
        .bind(role.name())
        .execute(&mut self.0)
        .await
        .unwrap();
    }

    pub(crate) async fn set_measure(
        &mut self,
        room: &Slug,
        user: &str,
        kind: &str,
        until: Option<i64>,
    ) {
        sqlx::query(
            "INSERT INTO measures (room_id, user_id, kind, until, reason, at) \
             SELECT id, ?2, ?3, ?4, '', 0 FROM rooms WHERE slug = ?1",
        )
        .bind(room.as_str())
        .bind(Uuid::parse_str(user).unwrap())
        .bind(kind)
        .bind(until)
        .execute(&mut self.0)
        .await
        .unwrap();
    }

    /// Makes a room what it is to somebody who stands so in it.
    pub(crate) async fn set_room(&mut self, room: &Slug, standing: &Standing) {
        sqlx::query(
            "UPDATE rooms SET visibility = ?, visitors_talk = ?, locked = ?, archived = ? \
             WHERE slug = ?",
        )
        .bind(standing.visibility.name())
        .bind(standing.visitors_talk)
        .bind(standing.locked)
        .bind(standing.archived)
        .bind(room.as_str())
        .execute(&mut self.0)
        .await
        .unwrap();
    }
}
