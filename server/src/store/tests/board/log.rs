//! What a board's log says, and how much of it is kept.

use starling_protocol::codec;

use super::*;

/// What the log has in its rows, in order.
async fn logged(folder: &Path) -> Vec<(i64, Option<String>)> {
    let mut db = connect(folder).await;
    sqlx::query_as("SELECT seq, data FROM board_operations ORDER BY seq")
        .fetch_all(&mut db)
        .await
        .unwrap()
}

/// Panics unless the bytes of the log are counted right.
async fn check_bytes(folder: &Path) {
    let mut db = connect(folder).await;
    let counts: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT s.log_bytes, coalesce(sum(octet_length(o.data)), 0) FROM streams s \
         LEFT JOIN board_operations o ON o.stream_id = s.id GROUP BY s.id",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert!(counts.iter().all(|(counted, there)| counted == there), "{counts:?}");
}

/// Up to where an operation changed what is told of those before it.
fn rewrites(committed: &Committed) -> Option<Option<Seq>> {
    match committed {
        Committed::Operated { rewrites, .. } => Some(*rewrites),
        _ => None,
    }
}

#[tokio::test]
async fn what_was_deleted_from_a_board_is_in_its_log_no_more() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let [ada, bob] = [running.guest("Ada").await.id, running.guest("Bob").await.id];
    let den = running.room(ada, "den").await;
    let of_both = vec![put(note(1, "secret")), put(note(2, "known"))];
    running.operate(den, ada, 1, of_both.clone()).await.unwrap();
    running.operate(den, ada, 2, vec![say(1, "secret, too"), say(2, "well known")]).await.unwrap();
    let far = Fields { layer: Some(7), ..Fields::default() };
    let front = Change::Set { object: id(1), fields: far };
    running.operate(den, bob, 3, vec![front.clone()]).await.unwrap();
    let before = running.board(den).await;
    assert_eq!(running.operate(den, bob, 4, vec![delete(1)]).await, Ok(4));
    // What comes too late for it, or never lies there, is as little.
    assert_eq!(running.operate(den, ada, 5, vec![say(1, "secret, again")]).await, Ok(5));
    let at_once = vec![put(note(3, "secret third")), delete(3)];
    assert_eq!(running.operate(den, ada, 6, at_once).await, Ok(6));

    let rows = logged(folder.path()).await;
    assert_eq!(rows.len(), 6);
    assert!(rows.iter().all(|(_, data)| data.is_some()), "the log has a gap");
    assert!(!format!("{rows:?}").contains("secret"), "{rows:?}");
    check_bytes(folder.path()).await;
    // Whoever comes back has the board as it is, from wherever they come.
    let log = running.store.board_after(den, Seq(0), 99).await.unwrap();
    let there = running.board(den).await;
    assert_eq!(folded(BTreeMap::new(), &log), there);
    assert_eq!(folded(before, &log[3..]), there);
    assert_eq!(log[0].operation.changes[0], delete(1));
    assert_eq!(log[2].operation.changes, [front], "that says nothing");
    // The room forgets what it has in memory up to what was rewritten.
    let rewrites =
        running.announced.lock().unwrap().iter().filter_map(rewrites).collect::<Vec<_>>();
    assert_eq!(rewrites, [None, None, None, Some(Seq(2)), None, None]);
    // A repeat is known though the log does not say any more what it did.
    assert_eq!(running.operate(den, ada, 1, of_both).await, Ok(1));
    // What is put back can be read, until it is deleted once more.
    running.operate(den, ada, 7, vec![put(note(1, "secret"))]).await.unwrap();
    assert!(format!("{:?}", logged(folder.path()).await).contains("secret"));
    running.operate(den, ada, 8, vec![delete(1)]).await.unwrap();
    assert!(!format!("{:?}", logged(folder.path()).await).contains("secret"));
    running.close().await;
}

#[tokio::test]
async fn whoever_comes_back_from_anywhere_has_the_board_and_nothing_that_was_deleted() {
    let seed = rand::random();
    eprintln!("seed {seed}");
    let mut rng = SmallRng::seed_from_u64(seed);
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let mut boards = vec![BTreeMap::new()];
    for number in 1..=200 {
        let mut some = || {
            let object = rng.random_range(1..=8);
            match rng.random_range(0..5) {
                0 => delete(object),
                1 => say(object, &format!("text {number}")),
                2 => Change::Set { object: id(object), fields: Fields::default() },
                _ => put(note(object, &format!("note {number}"))),
            }
        };
        let changes = [some(), some(), some()][number % 3..].to_vec();
        running.operate(den, ada, number as u128, changes).await.unwrap();
        boards.push(running.board(den).await);
    }
    let there = boards.last().unwrap();
    for (seq, board) in boards.iter().enumerate() {
        let missed = running.store.board_after(den, Seq(seq as u64), 999).await.unwrap();
        assert_eq!(missed.len(), 200 - seq, "no gap after {seq}");
        assert_eq!(&folded(board.clone(), &missed), there, "from {seq} on");
        for change in missed.iter().flat_map(|operated| &operated.operation.changes) {
            let says = !matches!(
                change,
                Change::Delete { .. } | Change::Set { fields: Fields { text: None, .. }, .. }
            );
            assert!(!says || there.contains_key(&change.object()), "{change:?} is told");
        }
    }
    check_bytes(folder.path()).await;
    running.close().await;
}

#[tokio::test]
async fn of_what_says_too_much_to_be_known_the_log_begins_later() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    running.operate(den, ada, 1, vec![put(note(1, "secret 1"))]).await.unwrap();
    let first = async || {
        let rows = logged(folder.path()).await;
        rows.into_iter().find(|(_, data)| data.is_some()).unwrap().0
    };
    for number in 2..=64 {
        let changes = vec![say(1, &format!("secret {number}"))];
        running.operate(den, ada, number, changes).await.unwrap();
    }
    assert_eq!(first().await, 1, "64 are known");
    running.operate(den, ada, 65, vec![say(1, "secret 65")]).await.unwrap();
    assert_eq!(first().await, 2, "65 are not");
    running.operate(den, ada, 66, vec![delete(1)]).await.unwrap();
    assert!(!format!("{:?}", logged(folder.path()).await).contains("secret"));
    check_bytes(folder.path()).await;
    running.close().await;
}

#[tokio::test]
async fn a_log_has_so_many_bytes_and_its_latest_operation() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    running.operate(den, ada, 1, vec![put(note(1, ""))]).await.unwrap();
    for number in 2..=10 {
        let changes = vec![say(1, &"x".repeat(number))];
        running.operate(den, ada, number as u128, changes).await.unwrap();
    }
    let size = |operated: &Operated| codec::encode_operation(&operated.operation).len() as u64;
    let sizes: Vec<u64> = running.operated().iter().map(size).collect();
    running.close().await;

    let kept = async |log_bytes, number: u128, text: &str| {
        let rules = BoardRules { log_bytes, ..BoardRules::DEFAULT };
        let running = Running::with_boards(folder.path(), rules).await;
        running.operate(den, ada, number, vec![say(1, text)]).await.unwrap();
        running.close().await;
        check_bytes(folder.path()).await;
        let rows = logged(folder.path()).await;
        rows.iter().filter(|(_, data)| data.is_some()).map(|(seq, _)| *seq).collect::<Vec<_>>()
    };
    // The eleventh is as large as the tenth.
    let last_five = sizes[6..].iter().sum::<u64>() + sizes[9];
    assert_eq!(kept(last_five, 11, &"x".repeat(10)).await, [7, 8, 9, 10, 11], "as many as fit");
    let last_five = sizes[8..].iter().sum::<u64>() + 2 * sizes[9];
    assert_eq!(kept(last_five - 1, 12, &"x".repeat(10)).await, [10, 11, 12], "one byte less");
    assert_eq!(kept(1, 13, "whatever").await, [13], "the latest in any case");
}
