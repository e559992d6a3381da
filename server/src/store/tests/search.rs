//! Finding messages by their words, and what is left of words that were deleted.

use starling_protocol::Message;

use super::*;
use crate::store::Words;

impl Running {
    async fn found(&self, room: RoomId, text: &str) -> Vec<u64> {
        let words = Words::of(text).unwrap();
        let (messages, more) = self.store.search(room, &words, None, 10).await.unwrap();
        assert!(!more);
        messages.iter().map(|message: &Message| message.seq.0).collect()
    }
}

/// All words of bodies that the index has, in whatever form.
async fn indexed(folder: &Path) -> Vec<String> {
    let mut db = connect(folder).await;
    sqlx::query("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, search, 'row')")
        .execute(&mut db)
        .await
        .unwrap();
    sqlx::query("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
        .execute(&mut db)
        .await
        .expect("the index is that of the messages");
    let terms: Vec<(String,)> =
        sqlx::query_as("SELECT term FROM temp.terms").fetch_all(&mut db).await.unwrap();
    terms.into_iter().map(|(term,)| term).collect()
}

#[tokio::test]
async fn words_are_found_in_their_room_whatever_was_typed() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let attic = running.room(ada, "attic").await;
    for (id, body) in [
        (1, "The café opens at nine"),
        (2, "Nobody is in the attic"),
        (3, "open questions: 42, s1 and s2"),
        (4, "don't \"quote\" me - ever"),
        (5, "日本語 の部屋"),
    ] {
        running.post(den, ada, id, body).await.unwrap();
    }
    running.post(attic, ada, 6, "the café is elsewhere").await.unwrap();

    for (text, seqs) in [
        ("cafe", &[1][..]),
        ("CAFÉ", &[1]),
        ("the", &[2, 1]),
        ("open", &[3, 1]),
        ("open nine", &[]),
        ("opens nine", &[1]),
        ("ni", &[1]),
        ("is nob", &[2]),
        ("n", &[]),
        ("quote\"", &[4]),
        ("don't", &[4]),
        ("me - ever", &[4]),
        ("日", &[5]),
        ("s1", &[3]),
        ("stream : s1", &[]),
        ("nine OR attic", &[]),
        ("NOT nine", &[]),
        ("elsewhere", &[]),
        ("42,", &[3]),
    ] {
        assert_eq!(running.found(den, text).await, seqs, "{text:?}");
    }
    let words = Words::of("the").unwrap();
    let (first, more) = running.store.search(den, &words, None, 1).await.unwrap();
    assert_eq!((first[0].seq, more), (Seq(2), true));
    let (rest, more) = running.store.search(den, &words, Some(Seq(2)), 1).await.unwrap();
    assert_eq!((rest[0].seq, more), (Seq(1), false));
    running.close().await;
}

#[tokio::test]
async fn what_a_deleted_message_said_is_not_in_the_index() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let (hall, attic) = (running.room(ada, "hall").await, running.room(ada, "attic").await);
    for id in 1_000..1_150 {
        running.post(hall, ada, id, &format!("common words, and trombone{id}")).await.unwrap();
    }
    for id in 1..=200 {
        running.post(den, ada, id, &format!("common words, and xylophone{id}")).await.unwrap();
    }
    running.post(attic, ada, 201, "common words, and a zeppelin").await.unwrap();
    running.store.delete_message(Actor::person(ada), den, Seq(100), None).await.unwrap();
    assert_eq!(running.found(den, "xylophone100").await, [0; 0]);
    assert_eq!(running.found(den, "xylophone101").await, [101]);
    assert_eq!(running.found(den, "xylophone1 common").await, [1]);
    running.store.delete_room(Actor::person(ada), attic, None).await.unwrap();
    // The number of its row is used again.
    running.post(den, ada, 202, "common words, and a piano").await.unwrap();
    assert_eq!(running.found(den, "common piano").await, [202]);
    running.store.delete_room(Actor::person(ada), hall, None).await.unwrap();
    running.store.forget_deleted().await.unwrap();
    running.close().await;
    let indexed = indexed(folder.path()).await;
    let has = |word: &str| indexed.iter().any(|it| it == word);
    assert!(has("xylophone99") && has("common") && has("piano"));
    for gone in ["xylophone100", "zeppelin", "trombone1000", "trombone1149"] {
        assert!(!has(gone), "{gone}");
    }
}

#[tokio::test]
async fn what_was_said_before_there_was_an_index_is_found_too() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    running.post(den, ada, 1, "as old as the hills").await.unwrap();
    running.close().await;
    let (store, mut writer) = Store::open(folder.path(), &OPTIONS).await.unwrap();
    for undo in [
        "DROP TRIGGER search_added",
        "DROP TRIGGER search_changed",
        "DROP TRIGGER search_removed",
        "DROP TABLE search",
        "DROP TABLE unindexed",
        "DROP VIEW searchable",
        "DELETE FROM _sqlx_migrations WHERE version = 5",
    ] {
        sqlx::query(undo).execute(writer.connection()).await.unwrap();
    }
    store.close().await;
    drop(writer);
    let running = Running::open(folder.path()).await;
    assert_eq!(running.found(den, "hills").await, [1]);
    running.close().await;
}

#[tokio::test]
async fn a_room_is_counted_without_what_was_deleted() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let (ada, bob) = (running.guest("Ada").await, running.guest("Bob").await);
    let den = running.room(ada.id, "den").await;
    assert_eq!(running.store.statistics(den, 9).await.unwrap(), Default::default());
    for (id, author) in [(1, ada.id), (2, bob.id), (3, bob.id), (4, ada.id), (5, bob.id)] {
        running.post(den, author, id, "x").await.unwrap();
    }
    running.store.delete_message(Actor::person(ada.id), den, Seq(1), None).await.unwrap();
    let tail = running.store.tail(den, 9).await.unwrap().messages;
    let statistics = running.store.statistics(den, 9).await.unwrap();
    assert_eq!((statistics.total, statistics.by_user.len()), (4, 2));
    assert_eq!((statistics.by_user[0].0.id, statistics.by_user[0].1), (bob.id, 3));
    assert_eq!((statistics.first_at, statistics.last_at), (Some(tail[1].at), Some(tail[4].at)));
    assert_eq!(running.store.statistics(den, 1).await.unwrap().by_user.len(), 1);
    running.close().await;
}
