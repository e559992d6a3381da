//! What is read of a database that is damaged in places.

use super::*;

#[tokio::test]
async fn up_to_what_is_damaged_or_missing_everything_is_read() {
    for harm in [
        "UPDATE messages SET body = CAST(x'ff' AS TEXT) WHERE seq = 3",
        "DELETE FROM messages WHERE seq = 3",
    ] {
        let folder = TempDir::new().unwrap();
        let running = Running::open(folder.path()).await;
        let ada = running.guest("Ada").await.id;
        let den = running.room(ada, "den").await;
        for id in 1..=5 {
            running.post(den, ada, id, "x").await.unwrap();
        }
        running.close().await;
        let (store, mut writer) = Store::open(folder.path(), &OPTIONS).await.unwrap();
        sqlx::query(harm).execute(writer.connection()).await.unwrap();
        let seqs = |messages: &[starling_protocol::Message]| {
            messages.iter().map(|message| message.seq.0).collect::<Vec<_>>()
        };
        let tail = store.tail(den, 50).await.unwrap();
        assert_eq!((seqs(&tail.messages), tail.more), (vec![4, 5], true), "{harm}");
        let after = store.after(den, Seq(0), 50).await.unwrap();
        assert_eq!(after.iter().map(|event| event.seq().0).collect::<Vec<_>>(), [1, 2], "{harm}");
        assert_eq!(store.before(den, Seq(4), 50).await.unwrap_err(), StoreError::Damaged, "{harm}");
    }
}
