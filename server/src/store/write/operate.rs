//! What is done on a board: one operation, all of it or nothing, into the board as it is and into its log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use sqlx::QueryBuilder;
use starling_protocol::board::{BoardError, Change, Object, Operated, Operation as Drawn};
use starling_protocol::{Action, FileId, ObjectId, Seq, UserId, codec};
use uuid::Uuid;

use super::board_log::{self, End, Said};
use super::{Operation, Transaction, file, granted};
use crate::store::board::{BoardRules, damaged};
use crate::store::decode::{from_seq, seq_from};
use crate::store::standing::Actor;
use crate::store::{Committed, RoomId, Store, StoreError};

impl Store {
    /// Changes what lies on a board, once: a repeat of the same author, id, room and changes gets the first
    /// `seq`, for at least 30 days. The order of calls is the order of `seq`; the future only waits for the
    /// outcome, and dropping it changes nothing. Who does it stands on what is put there new. What was put there
    /// or written in what it deletes is in the log no more: there it was deleted at once.
    ///
    /// A picture must be a finished upload of its author's own for this room that nothing else has, or be
    /// on this board already or lately.
    ///
    /// Length, number and colours are checked by whoever calls ([`BoardLimits::check`]).
    ///
    /// # Errors
    /// [`StoreError::OperationConflict`], [`StoreError::NotFound`] for the room, [`StoreError::Denied`],
    /// [`StoreError::Board`] if something would lie beside the board, shows what is no such picture, or
    /// there would be too many things, and [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    ///
    /// [`BoardLimits::check`]: starling_protocol::board::BoardLimits::check
    pub fn operate(
        &self,
        author: Actor,
        room: RoomId,
        drawn: Drawn,
    ) -> impl Future<Output = Result<Seq, StoreError>> + Send + use<> {
        self.writes.send(Operate { author, room, drawn, rules: self.boards })
    }
}

struct Operate {
    author: Actor,
    room: RoomId,
    drawn: Drawn,
    rules: BoardRules,
}

/// The objects that an operation is about: as they lie on the board, and what becomes of them.
struct Touched {
    before: BTreeMap<ObjectId, Object>,
    after: BTreeMap<ObjectId, Object>,
    said: BTreeMap<ObjectId, Said>,
}

impl Operation for Operate {
    type Outcome = Seq;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<Seq, StoreError>> {
        let author = match self.author {
            Actor::Person { user, .. } => user,
            Actor::Anyone | Actor::Console => return Ok(Err(StoreError::NoSuchPerson)),
        };
        let mut drawn = self.drawn.clone();
        sign(&mut drawn, author);
        let hash = Sha256::digest(codec::encode_operation(&drawn));
        if let Some(first) = find_first(tx, author, &drawn, self.room, hash.as_slice()).await? {
            return Ok(first);
        }
        granted!(tx.check(self.author, self.room, Action::Draw).await?);
        let board: Option<(i64, i64)> =
            sqlx::query_as("SELECT id, objects FROM streams WHERE room_id = ? AND kind = 'board'")
                .bind(self.room.0)
                .fetch_optional(&mut *tx.db)
                .await?;
        let Some((stream, objects)) = board else { return Ok(Err(StoreError::NotFound)) };
        let (before, said) = load(tx, stream, &drawn).await?;
        let mut touched = apply(&mut drawn, before, said);
        let more = touched.after.len() as i64 - touched.before.len() as i64;
        granted!(self.check(&touched, objects + more, more));
        let (shown, hidden) = touched.pictures();
        for picture in &shown {
            granted!(file::check_picture(tx, author, *picture, self.room).await?);
        }

        let data = codec::encode_operation(&drawn);
        let (seq, bytes): (i64, i64) = sqlx::query_as(
            "UPDATE streams SET last_seq = last_seq + 1, objects = objects + ?, \
             log_bytes = log_bytes + ? WHERE id = ? RETURNING last_seq, log_bytes",
        )
        .bind(more)
        .bind(data.len() as i64)
        .bind(stream)
        .fetch_one(&mut *tx.db)
        .await?;
        let seq = seq_from(seq);
        let forgotten = touched.say(&drawn, seq);
        touched.store(tx, stream, seq).await?;
        for picture in shown.union(&hidden) {
            file::note_on_board(tx, *picture, self.room).await?;
        }
        sqlx::query(
            "INSERT INTO board_operations (stream_id, seq, author, id, at, hash, data) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(stream)
        .bind(from_seq(seq))
        .bind(author.uuid())
        .bind(drawn.id.uuid())
        .bind(tx.now)
        .bind(hash.as_slice())
        .bind(data)
        .execute(&mut *tx.db)
        .await?;
        let (rewrites, silenced) = board_log::silence_log(tx, stream, &touched.gone()).await?;
        let end = End { stream, seq, bytes: bytes - silenced };
        let freed = silenced + board_log::forget_old(tx, end, forgotten, &self.rules).await?;
        if freed > 0 {
            sqlx::query("UPDATE streams SET log_bytes = log_bytes - ? WHERE id = ?")
                .bind(freed)
                .bind(stream)
                .execute(&mut *tx.db)
                .await?;
        }
        let operated = Arc::new(Operated { seq, by: author, at: tx.now, operation: drawn });
        tx.announcements.push(Committed::Operated { room: self.room, operated, rewrites });
        Ok(Ok(seq))
    }
}

impl Operate {
    /// Whether the board can be so.
    fn check(&self, touched: &Touched, objects: i64, more: i64) -> Result<(), StoreError> {
        if !touched.after.values().all(Object::lies_on_board) {
            return Err(StoreError::Board(BoardError::BadObject));
        }
        let max = self.rules.limits.objects;
        // Where there are too many already, as the limit was lowered, they may become fewer.
        if more > 0 && usize::try_from(objects).is_ok_and(|objects| objects > max) {
            return Err(StoreError::Board(BoardError::BoardFull { max }));
        }
        Ok(())
    }
}

/// What is put there is put there by whoever does it, whatever the client says.
fn sign(drawn: &mut Drawn, author: UserId) {
    for change in &mut drawn.changes {
        if let Change::Put { object } = change {
            object.by = author;
        }
    }
}

/// What came of the same operation before, if it was done before.
async fn find_first(
    tx: &mut Transaction<'_>,
    author: UserId,
    drawn: &Drawn,
    room: RoomId,
    hash: &[u8],
) -> sqlx::Result<Option<Result<Seq, StoreError>>> {
    let first: Option<(i64, i64, Vec<u8>)> = sqlx::query_as(
        "SELECT o.seq, s.room_id, o.hash FROM board_operations o \
         JOIN streams s ON s.id = o.stream_id WHERE o.author = ? AND o.id = ?",
    )
    .bind(author.uuid())
    .bind(drawn.id.uuid())
    .fetch_optional(&mut *tx.db)
    .await?;
    Ok(first.map(|(seq, theirs, same)| {
        let is_same = RoomId(theirs) == room && same == hash;
        if is_same { Ok(seq_from(seq)) } else { Err(StoreError::OperationConflict) }
    }))
}

/// Those of the objects that an operation is about which lie on the board, and where the log says something of
/// them.
async fn load(
    tx: &mut Transaction<'_>,
    stream: i64,
    drawn: &Drawn,
) -> sqlx::Result<(BTreeMap<ObjectId, Object>, BTreeMap<ObjectId, Said>)> {
    let ids: BTreeSet<ObjectId> = drawn.changes.iter().map(Change::object).collect();
    let mut query =
        QueryBuilder::new("SELECT id, said, data FROM board_objects WHERE stream_id = ");
    query.push_bind(stream).push(" AND id IN (");
    let mut separated = query.separated(", ");
    for id in ids {
        separated.push_bind(id.uuid());
    }
    query.push(")");
    let rows: Vec<(Uuid, String, String)> = query.build_query_as().fetch_all(&mut *tx.db).await?;
    let (mut objects, mut said) = (BTreeMap::new(), BTreeMap::new());
    for (id, by, data) in rows {
        let id = ObjectId::new(id);
        objects.insert(id, codec::decode_object(&data).map_err(damaged)?);
        said.insert(id, Said::from_stored(&by)?);
    }
    Ok((objects, said))
}

/// Applies the changes in their order. What is put over an object that is there stays its maker's; this is
/// written into the operation, so that it does the same wherever it is applied. Of what is gone in the end it
/// says nothing.
fn apply(
    drawn: &mut Drawn,
    before: BTreeMap<ObjectId, Object>,
    said: BTreeMap<ObjectId, Said>,
) -> Touched {
    let mut after = before.clone();
    for change in &mut drawn.changes {
        let id = change.object();
        let there = after.remove(&id);
        if let (Change::Put { object }, Some(there)) = (&mut *change, &there) {
            object.by = there.by;
        }
        after.extend(change.applied(there).map(|object| (id, object)));
    }
    board_log::silence(drawn, |object| !after.contains_key(&object));
    Touched { before, after, said }
}

impl Touched {
    /// The pictures that are shown by an object which did not show them, and those that an object shows no
    /// more.
    fn pictures(&self) -> (BTreeSet<FileId>, BTreeSet<FileId>) {
        let of = |objects: &BTreeMap<ObjectId, Object>| -> BTreeSet<(ObjectId, FileId)> {
            objects.iter().filter_map(|(id, object)| Some((*id, object.file()?))).collect()
        };
        let (before, after) = (of(&self.before), of(&self.after));
        let file = |(_, file): &(ObjectId, FileId)| *file;
        (
            after.difference(&before).map(file).collect(),
            before.difference(&after).map(file).collect(),
        )
    }

    /// Where the log said something of the objects that are gone.
    fn gone(&self) -> BTreeMap<ObjectId, &Said> {
        let gone = self.said.iter().filter(|(id, _)| !self.after.contains_key(id));
        gone.map(|(id, said)| (*id, said)).collect()
    }

    /// The operation of that number is in the log. Says up to which one the log may say something that is
    /// known no more.
    fn say(&mut self, drawn: &Drawn, seq: Seq) -> Option<Seq> {
        let changes = drawn.changes.iter().filter(|change| board_log::says_something(change));
        let ids: BTreeSet<ObjectId> = changes.map(Change::object).collect();
        ids.into_iter().filter_map(|id| self.said.entry(id).or_default().push(seq)).max()
    }

    async fn store(&self, tx: &mut Transaction<'_>, stream: i64, seq: Seq) -> sqlx::Result<()> {
        let gone = self.gone();
        let mut query = QueryBuilder::new("DELETE FROM board_objects WHERE stream_id = ");
        query.push_bind(stream).push(" AND id IN (");
        let mut separated = query.separated(", ");
        let mut any = false;
        for id in gone.keys() {
            separated.push_bind(id.uuid());
            any = true;
        }
        query.push(")");
        if any {
            query.build().execute(&mut *tx.db).await?;
        }
        let changed = self.after.values().filter_map(|object| {
            let said = self.said.get(&object.id)?;
            let is_same = self.before.get(&object.id) == Some(object) && !said.ends_with(seq);
            (!is_same).then_some((object, said))
        });
        let changed: Vec<(&Object, &Said)> = changed.collect();
        if changed.is_empty() {
            return Ok(());
        }
        let mut query =
            QueryBuilder::new("INSERT INTO board_objects (stream_id, id, file, said, data) ");
        query.push_values(changed, |mut row, (object, said)| {
            row.push_bind(stream)
                .push_bind(object.id.uuid())
                .push_bind(object.file().map(FileId::uuid))
                .push_bind(said.stored())
                .push_bind(codec::encode_object(object));
        });
        query.push(
            " ON CONFLICT (stream_id, id) DO UPDATE \
             SET file = excluded.file, said = excluded.said, data = excluded.data",
        );
        query.build().execute(&mut *tx.db).await?;
        Ok(())
    }
}
