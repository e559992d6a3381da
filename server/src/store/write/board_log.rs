//! The log of a board: that nothing in it says what was deleted, and how much of it is kept. It knows the
//! operations before the one that is being done, and not what lies on the board.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt;
use starling_protocol::board::{Change, Operation as Drawn};
use starling_protocol::{ObjectId, Seq, codec};

use super::Transaction;
use crate::store::board::BoardRules;
use crate::store::decode::{from_seq, seq_from};

/// How long the repeat of an operation is known at least, in milliseconds: 30 days.
const REPEATS_KNOWN_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// How many operations that say something of an object are known at most. Of one that more do, the log begins
/// after the first of them.
const MOST_SAID: usize = 64;
/// How many operations that say something of what is deleted are read at once: in one question each time, and
/// never the whole log.
const READ_AT_ONCE: usize = 256;
/// How many old rows of the log one operation empties at most: a log that may be shorter from now on gets there.
const EMPTIED_AT_ONCE: usize = 1_000;
/// How many old rows of the log one operation removes at most. More than one, for the same reason.
const REMOVED_AT_ONCE: i64 = 4;

/// Which operations of the log say something of an object, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Said(Vec<Seq>);

/// The newest of what was done on a board.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub(super) stream: i64,
    pub(super) seq: Seq,
    /// Of all the log.
    pub(super) bytes: i64,
}

impl Said {
    /// From what [`Self::stored`] wrote.
    pub(super) fn from_stored(stored: &str) -> sqlx::Result<Self> {
        let seqs = stored.split_ascii_whitespace().map(|seq| seq.parse().map(Seq));
        let seqs: Result<_, std::num::ParseIntError> = seqs.collect();
        seqs.map(Self).map_err(|error| sqlx::Error::Decode(Box::new(error)))
    }

    pub(super) fn stored(&self) -> String {
        let seqs: Vec<String> = self.0.iter().map(|seq| seq.0.to_string()).collect();
        seqs.join(" ")
    }

    /// Whether that operation is the newest.
    pub(super) fn ends_with(&self, seq: Seq) -> bool {
        self.0.last() == Some(&seq)
    }

    /// Adds the newest one; says which one it forgets for that.
    pub(super) fn push(&mut self, seq: Seq) -> Option<Seq> {
        self.0.push(seq);
        (self.0.len() > MOST_SAID).then(|| self.0.remove(0))
    }
}

/// Whether a change says something that must be gone when its object is.
pub(super) fn says_something(change: &Change) -> bool {
    match change {
        Change::Put { .. } => true,
        Change::Set { fields, .. } => fields.text.is_some(),
        Change::Delete { .. } => false,
    }
}

/// Makes a deletion of each change that says something of an object which is gone in the end: on its way there it
/// leads to the same board, and says nothing.
pub(super) fn silence(drawn: &mut Drawn, is_gone: impl Fn(ObjectId) -> bool) {
    for change in &mut drawn.changes {
        let object = change.object();
        if says_something(change) && is_gone(object) {
            *change = Change::Delete { object };
        }
    }
}

/// Silences the log about objects that were deleted: says which operation is the last that it changed, and how
/// many bytes less the log has.
pub(super) async fn silence_log(
    tx: &mut Transaction<'_>,
    stream: i64,
    gone: &BTreeMap<ObjectId, &Said>,
) -> sqlx::Result<(Option<Seq>, i64)> {
    let seqs: BTreeSet<Seq> = gone.values().flat_map(|said| &said.0).copied().collect();
    let seqs: Vec<Seq> = seqs.into_iter().collect();
    let mut freed = 0;
    for some in seqs.chunks(READ_AT_ONCE) {
        let some: Vec<String> = some.iter().map(|seq| seq.0.to_string()).collect();
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT seq, data FROM board_operations WHERE stream_id = ? \
             AND seq IN (SELECT value FROM json_each(?)) AND data IS NOT NULL",
        )
        .bind(stream)
        .bind(format!("[{}]", some.join(",")))
        .fetch_all(&mut *tx.db)
        .await?;
        for (seq, data) in rows {
            // What nobody can read any more is of no use to who comes back.
            let silent = codec::decode_operation(&data).ok().map(|mut drawn| {
                silence(&mut drawn, |object| gone.contains_key(&object));
                codec::encode_operation(&drawn)
            });
            freed += data.len() as i64 - silent.as_ref().map_or(0, String::len) as i64;
            sqlx::query("UPDATE board_operations SET data = ? WHERE stream_id = ? AND seq = ?")
                .bind(silent)
                .bind(stream)
                .bind(seq)
                .execute(&mut *tx.db)
                .await?;
        }
    }
    Ok((seqs.last().copied(), freed))
}

/// Empties and removes some of what is older than the log has to be, and empties all up to `forgotten`: says how
/// many bytes less the log has.
pub(super) async fn forget_old(
    tx: &mut Transaction<'_>,
    end: End,
    forgotten: Option<Seq>,
    rules: &BoardRules,
) -> sqlx::Result<i64> {
    let most = i64::try_from(rules.log_bytes).unwrap_or(i64::MAX);
    let (mut freed, mut emptied, mut last) = (0, 0, None);
    let mut rows = sqlx::query_as::<_, (i64, i64)>(
        "SELECT seq, octet_length(data) FROM board_operations \
         WHERE stream_id = ? AND data IS NOT NULL ORDER BY seq",
    )
    .bind(end.stream)
    .fetch(&mut *tx.db);
    while let Some(row) = rows.next().await {
        let (seq, bytes) = row?;
        let seq = seq_from(seq);
        let is_old = end.seq.0 - seq.0 >= rules.log || end.bytes - freed > most;
        let must = forgotten.is_some_and(|forgotten| seq <= forgotten);
        if seq == end.seq || !(must || is_old && emptied < EMPTIED_AT_ONCE) {
            break;
        }
        (freed, emptied, last) = (freed + bytes, emptied + 1, Some(seq));
    }
    drop(rows);
    if let Some(last) = last {
        sqlx::query(
            "UPDATE board_operations SET data = NULL \
             WHERE stream_id = ? AND seq <= ? AND data IS NOT NULL",
        )
        .bind(end.stream)
        .bind(from_seq(last))
        .execute(&mut *tx.db)
        .await?;
    }
    sqlx::query(
        "DELETE FROM board_operations WHERE rowid IN \
         (SELECT rowid FROM (SELECT rowid, at, data FROM board_operations WHERE stream_id = ? \
         ORDER BY seq LIMIT ?) WHERE at < ? AND data IS NULL)",
    )
    .bind(end.stream)
    .bind(REMOVED_AT_ONCE)
    .bind(tx.now - REPEATS_KNOWN_MS)
    .execute(&mut *tx.db)
    .await?;
    Ok(freed)
}
