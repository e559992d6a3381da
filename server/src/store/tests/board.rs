//! The boards' part of the contract: each operation once and whole, in order, into what lies there and
//! into the log.

mod log;
mod pictures;

use std::collections::BTreeMap;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_protocol::board::{
    BoardError, BoardLimits, Change, Content, Fields, Object, Operated, Operation, Size, Tint,
};
use starling_protocol::{ObjectId, OperationId, Point, Position};

use super::*;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn id(number: u128) -> ObjectId {
    ObjectId::new(Uuid::from_u128(number))
}

fn note(number: u128, text: &str) -> Object {
    Object {
        id: id(number),
        at: Point { x: 100, y: 200 },
        size: Size { width: 300, height: 400 },
        layer: 0,
        tint: Tint(3),
        by: UserId::new(Uuid::nil()),
        content: Content::Note { text: text.to_owned() },
    }
}

fn put(object: Object) -> Change {
    Change::Put { object }
}

fn say(number: u128, text: &str) -> Change {
    let fields = Fields { text: Some(text.to_owned()), ..Fields::default() };
    Change::Set { object: id(number), fields }
}

pub(super) fn delete(number: u128) -> Change {
    Change::Delete { object: id(number) }
}

pub(super) fn operation(number: u128, changes: Vec<Change>) -> Operation {
    Operation { id: OperationId::new(Uuid::from_u128(number)), changes }
}

impl Running {
    async fn with_boards(folder: &Path, boards: BoardRules) -> Self {
        let options = StoreOptions { boards, ..OPTIONS };
        let (store, writer) = Store::open(folder, &options).await.unwrap();
        Self::run(store, writer)
    }

    async fn operate(
        &self,
        room: RoomId,
        author: UserId,
        number: u128,
        changes: Vec<Change>,
    ) -> Result<u64, StoreError> {
        let operated = self.store.operate(Actor::person(author), room, operation(number, changes));
        operated.await.map(|seq| seq.0)
    }

    /// All objects, read in pages of three.
    async fn board(&self, room: RoomId) -> BTreeMap<ObjectId, Object> {
        let (mut objects, mut after) = (BTreeMap::new(), None);
        loop {
            let page = self.store.board_page(room, after, 3, usize::MAX).await.unwrap();
            assert!(page.objects.len() <= 3);
            for object in page.objects {
                assert!(after < Some(object.id), "the order of the pages");
                assert!(objects.insert(object.id, object).is_none());
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return objects,
            }
        }
    }

    async fn texts(&self, room: RoomId) -> Vec<String> {
        let board = self.board(room).await;
        board.values().map(|object| object.text().unwrap_or_default().to_owned()).collect()
    }

    fn operated(&self) -> Vec<Operated> {
        let announced = self.announced.lock().unwrap();
        let operated = announced.iter().filter_map(|committed| match committed {
            Committed::Operated { operated, .. } => Some((**operated).clone()),
            _ => None,
        });
        operated.collect()
    }
}

/// What somebody has who had that board and applied those operations.
fn folded(
    mut board: BTreeMap<ObjectId, Object>,
    operated: &[Operated],
) -> BTreeMap<ObjectId, Object> {
    for change in operated.iter().flat_map(|operated| &operated.operation.changes) {
        let before = board.remove(&change.object());
        board.extend(change.applied(before).map(|object| (object.id, object)));
    }
    board
}

#[tokio::test]
async fn an_operation_is_done_once_and_in_order_and_told_as_it_was_done() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let [ada, bob] = [running.guest("Ada").await.id, running.guest("Bob").await.id];
    let den = running.room(ada, "den").await;
    let hall = running.room(ada, "hall").await;
    assert_eq!(running.operate(den, ada, 1, vec![put(note(1, "one"))]).await, Ok(1));
    assert_eq!(running.operate(den, bob, 2, vec![say(1, "two"), put(note(2, "b"))]).await, Ok(2));
    assert_eq!(running.operate(den, ada, 3, vec![delete(2), say(2, "late")]).await, Ok(3));
    assert_eq!(running.operate(den, ada, 1, vec![put(note(1, "one"))]).await, Ok(1), "a repeat");
    let other = running.operate(den, ada, 1, vec![put(note(1, "other"))]).await;
    assert_eq!(other, Err(StoreError::OperationConflict));
    let elsewhere = running.operate(hall, ada, 1, vec![put(note(1, "one"))]).await;
    assert_eq!(elsewhere, Err(StoreError::OperationConflict));
    assert_eq!(running.operate(den, bob, 1, vec![put(note(3, "mine"))]).await, Ok(4));
    assert_eq!(running.texts(den).await, ["two", "mine"]);
    assert_eq!(running.texts(hall).await, [""; 0]);
    let mut told = running.operated();
    // It was deleted since.
    told[1].operation.changes[1] = delete(2);
    let authors: Vec<_> = told.iter().map(|it| (it.seq.0, it.by)).collect();
    assert_eq!(authors, [(1, ada), (2, bob), (3, ada), (4, bob)]);
    assert_eq!(running.store.board_after(den, Seq(0), 9).await.unwrap(), told);
    assert_eq!(running.store.board_after(den, Seq(1), 2).await.unwrap(), told[1..3]);
    assert_eq!(folded(BTreeMap::new(), &told), running.board(den).await);
    assert_eq!(running.announced_seqs(), [], "nothing of it is said in the chat");
    running.close().await;
}

#[tokio::test]
async fn who_put_something_there_is_what_the_server_says() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let [ada, bob] = [running.guest("Ada").await.id, running.guest("Bob").await.id];
    let den = running.room(ada, "den").await;
    let by = |user| Object { by: user, ..note(1, "x") };
    running.operate(den, ada, 1, vec![put(by(bob))]).await.unwrap();
    assert_eq!(running.board(den).await[&id(1)].by, ada);
    running.operate(den, bob, 2, vec![put(Object { layer: 5, ..by(bob) })]).await.unwrap();
    assert_eq!(running.board(den).await[&id(1)].by, ada, "it was there before");
    running.operate(den, bob, 3, vec![delete(1), put(by(ada))]).await.unwrap();
    assert_eq!(running.board(den).await[&id(1)].by, bob, "it was not");
    assert_eq!(folded(BTreeMap::new(), &running.operated()), running.board(den).await);
    running.close().await;
}

#[tokio::test]
async fn all_of_an_operation_is_done_or_nothing() {
    let folder = TempDir::new().unwrap();
    let limits = BoardLimits { objects: 3, ..BoardLimits::DEFAULT };
    let running =
        Running::with_boards(folder.path(), BoardRules { limits, log: 10, ..BoardRules::DEFAULT })
            .await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let edge = Fields { at: Some(Point { x: u16::MAX - 300, y: 0 }), ..Fields::default() };
    let beyond = Fields { at: Some(Point { x: u16::MAX - 299, y: 0 }), ..Fields::default() };
    let set = |fields| Change::Set { object: id(1), fields };
    let full = Err(StoreError::Board(BoardError::BoardFull { max: 3 }));
    let two = vec![put(note(1, "a")), put(note(2, "b"))];
    assert_eq!(running.operate(den, ada, 1, two).await, Ok(1));
    let refused = running.operate(den, ada, 2, vec![say(2, "B"), set(beyond)]).await;
    assert_eq!(refused, Err(StoreError::Board(BoardError::BadObject)));
    assert_eq!(running.texts(den).await, ["a", "b"]);
    assert_eq!(running.operate(den, ada, 3, vec![set(edge)]).await, Ok(2));
    let too_many = vec![say(1, "A"), put(note(3, "c")), put(note(4, "d"))];
    assert_eq!(running.operate(den, ada, 4, too_many.clone()).await, full);
    assert_eq!(running.texts(den).await, ["a", "b"]);
    assert_eq!(running.operate(den, ada, 5, too_many[..2].to_vec()).await, Ok(3));
    assert_eq!(running.operate(den, ada, 6, vec![put(note(4, "d"))]).await, full);
    let exchanged = vec![delete(3), put(note(4, "d"))];
    assert_eq!(running.operate(den, ada, 7, exchanged).await, Ok(4), "one goes, one comes");
    assert_eq!(running.texts(den).await, ["A", "b", "d"]);
    let nowhere = running.operate(RoomId(99), ada, 8, vec![delete(1)]).await;
    assert_eq!(nowhere, Err(StoreError::NotFound));
    running.close().await;
    // With a lower limit what is there stays, can change, and can become less.
    let limits = BoardLimits { objects: 1, ..BoardLimits::DEFAULT };
    let running =
        Running::with_boards(folder.path(), BoardRules { limits, log: 10, ..BoardRules::DEFAULT })
            .await;
    assert_eq!(running.operate(den, ada, 9, vec![say(1, "still")]).await, Ok(5));
    assert_eq!(running.operate(den, ada, 10, vec![delete(2)]).await, Ok(6));
    let full = running.operate(den, ada, 11, vec![put(note(2, "b"))]).await;
    assert_eq!(full, Err(StoreError::Board(BoardError::BoardFull { max: 1 })));
    running.close().await;
}

#[tokio::test]
async fn old_operations_leave_the_log_and_their_repeats_are_still_known() {
    let folder = TempDir::new().unwrap();
    let rules = BoardRules { log: 5, ..BoardRules::DEFAULT };
    let running = Running::with_boards(folder.path(), rules).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    running.operate(den, ada, 1, vec![put(note(1, "1"))]).await.unwrap();
    for number in 2..=20 {
        let changes = vec![say(1, &number.to_string())];
        assert_eq!(running.operate(den, ada, number, changes).await, Ok(number as u64));
    }
    let kept = async |after| {
        let operated = running.store.board_after(den, Seq(after), 99).await.unwrap();
        operated.iter().map(|it| it.seq.0).collect::<Vec<_>>()
    };
    assert_eq!(kept(15).await, (16..=20).collect::<Vec<_>>());
    assert_eq!(kept(14).await, [0_u64; 0], "a gap is no replay");
    assert_eq!(running.operate(den, ada, 1, vec![put(note(1, "1"))]).await, Ok(1));
    let other = running.operate(den, ada, 1, vec![put(note(1, "2"))]).await;
    assert_eq!(other, Err(StoreError::OperationConflict));
    assert_eq!(running.texts(den).await, ["20"], "the repeat was not done again");
    let (position, tail) = running.store.board_latest(den, 3).await.unwrap();
    assert_eq!((position.seq, tail.len()), (Seq(20), 3));

    // After 30 days they are forgotten, a few with each operation.
    let mut db = connect(folder.path()).await;
    let age = |days: i64| format!("UPDATE board_operations SET at = at - {}", days * DAY_MS);
    let rows = async |db: &mut SqliteConnection| -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM board_operations").fetch_one(db).await.unwrap()
    };
    sqlx::query(sqlx::AssertSqlSafe(age(29))).execute(&mut db).await.unwrap();
    running.operate(den, ada, 21, vec![say(1, "21")]).await.unwrap();
    assert_eq!(rows(&mut db).await, 21);
    sqlx::query(sqlx::AssertSqlSafe(age(2))).execute(&mut db).await.unwrap();
    for number in 22..=40 {
        running.operate(den, ada, number, vec![say(1, "x")]).await.unwrap();
    }
    // The first twenty are old by now; the others are not, whether the log has them or not.
    assert_eq!(rows(&mut db).await, 20);
    assert_eq!(kept(35).await.len(), 5);
    running.close().await;
}

#[tokio::test]
async fn a_page_ends_at_its_bytes_and_has_at_least_one() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let long = "x".repeat(1_000);
    let notes = (1..=5).map(|number| put(note(number, &long))).collect();
    running.operate(den, ada, 1, notes).await.unwrap();
    let page = async |after, bytes| running.store.board_page(den, after, 99, bytes).await.unwrap();
    let first = page(None, 2_600).await;
    assert_eq!((first.objects.len(), first.next), (2, Some(id(2))));
    let tiny = page(first.next, 1).await;
    assert_eq!((tiny.objects.len(), tiny.next), (1, Some(id(3))));
    let rest = page(tiny.next, 99_999).await;
    assert_eq!((rest.objects.len(), rest.next), (2, None));
    running.close().await;
}

#[tokio::test]
async fn a_board_read_in_pages_while_it_changes_is_right_after_the_replay() {
    let seed = rand::random();
    eprintln!("seed {seed}");
    let mut rng = SmallRng::seed_from_u64(seed);
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let mut number = 0;
    let mut some = |rng: &mut SmallRng| {
        number += 1;
        let object = rng.random_range(1..=30);
        let change = match rng.random_range(0..6) {
            0 => delete(object),
            1 | 2 => say(object, &number.to_string()),
            3 => {
                let content = Content::Text { text: number.to_string(), line: 9 };
                put(Object { content, ..note(object, "") })
            }
            _ => put(Object { layer: number as i32, ..note(object, "new") }),
        };
        operation(number, vec![change])
    };
    for _ in 0..60 {
        running.store.operate(Actor::person(ada), den, some(&mut rng)).await.unwrap();
    }
    for _ in 0..20 {
        let Position { seq, .. } = running.store.board_position(den).await.unwrap();
        let (mut seen, mut after) = (BTreeMap::new(), None);
        loop {
            let page = running.store.board_page(den, after, 5, usize::MAX).await.unwrap();
            seen.extend(page.objects.into_iter().map(|object| (object.id, object)));
            for _ in 0..rng.random_range(0..5) {
                running.store.operate(Actor::person(ada), den, some(&mut rng)).await.unwrap();
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let missed = running.store.board_after(den, seq, 1_000).await.unwrap();
        assert_eq!(folded(seen, &missed), running.board(den).await);
    }
    running.close().await;
}

#[tokio::test]
async fn a_board_goes_with_its_room_and_outlives_a_restart() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let hall = running.room(ada, "hall").await;
    running.operate(den, ada, 1, vec![put(note(1, "den"))]).await.unwrap();
    running.operate(hall, ada, 2, vec![put(note(1, "hall"))]).await.unwrap();
    let position = running.store.board_position(hall).await;
    running.store.delete_room(Actor::person(ada), den, None).await.unwrap();
    assert_eq!(running.texts(den).await, [""; 0]);
    assert_eq!(running.store.board_position(den).await, Err(StoreError::NotFound));
    running.close().await;
    let running = Running::open(folder.path()).await;
    assert_eq!(running.texts(hall).await, ["hall"]);
    assert_eq!(running.store.board_position(hall).await, position);
    assert_eq!(running.operate(hall, ada, 2, vec![put(note(1, "hall"))]).await, Ok(1));
    running.close().await;
}

#[tokio::test]
async fn rooms_of_before_there_were_boards_get_one() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    running.post(den, ada, 1, "old").await.unwrap();
    running.close().await;
    let mut db = connect(folder.path()).await;
    for step in [
        "DELETE FROM streams WHERE kind = 'board'",
        "ALTER TABLE streams DROP COLUMN objects",
        "ALTER TABLE streams DROP COLUMN log_bytes",
        "ALTER TABLE files DROP COLUMN board_at",
        "DROP TABLE board_objects",
        "DROP TABLE board_operations",
        "DELETE FROM _sqlx_migrations WHERE version = 7",
    ] {
        sqlx::query(step).execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();
    let running = Running::open(folder.path()).await;
    assert_eq!(running.store.board_position(den).await.unwrap().seq, Seq(0));
    assert_eq!(running.operate(den, ada, 1, vec![put(note(1, "new"))]).await, Ok(1));
    assert_eq!(running.store.tail(den, 9).await.unwrap().messages.len(), 1);
    running.close().await;
}
