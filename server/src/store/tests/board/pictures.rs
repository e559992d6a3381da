//! Pictures on boards: whose they may be, who reads them, and how long they are kept.

use starling_protocol::{FileId, FileKind, FileName};

use super::*;
use crate::store::{NewUpload, UploadLimits, Whole};

fn picture(number: u128, file: FileId) -> Object {
    Object { content: Content::Image { file, alt: String::new() }, ..note(number, "") }
}

impl Running {
    /// A file of somebody's that is all there.
    async fn file(&self, user: UserId, room: RoomId, kind: FileKind) -> FileId {
        let file = FileId::new(Uuid::now_v7());
        let upload = NewUpload {
            actor: Actor::person(user),
            room: Some(room),
            id: file,
            name: FileName::clean("bird.png"),
            size: 10,
            address: IpAddr::from([127, 0, 0, 1]),
            limits: UploadLimits {
                uploads_per_user: 9,
                bytes_per_user: 1_000,
                bytes_per_address: 1_000,
                bytes_in_all: 1_000,
            },
        };
        self.store.start_upload(upload).await.unwrap();
        let whole =
            Whole { kind, media_type: "image/png".to_owned(), sha256: [0; 32], pixels: None };
        self.store.finish_upload(Actor::person(user), file, whole).await.unwrap();
        file
    }
}

#[tokio::test]
async fn a_picture_is_ones_own_and_is_kept_while_it_lies_there() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let store = &running.store;
    let [ada, bob] = [running.guest("Ada").await.id, running.guest("Bob").await.id];
    let den = running.room(ada, "den").await;
    let hall = running.room(ada, "hall").await;
    let bad = Err(StoreError::Board(BoardError::BadObject));
    let bird = running.file(ada, den, FileKind::Image).await;
    let song = running.file(ada, den, FileKind::Audio).await;
    let for_hall = running.file(ada, hall, FileKind::Image).await;
    let posted = running.file(ada, den, FileKind::Image).await;
    store.post(NewMessage { file: Some(posted), ..new_message(den, ada, 1, "see") }).await.unwrap();
    let unknown = FileId::new(Uuid::nil());
    for (number, file) in (100..).zip([song, for_hall, posted, unknown]) {
        let refused = running.operate(den, ada, number, vec![put(picture(1, file))]).await;
        assert_eq!(refused, bad, "{number}");
    }
    assert_eq!(running.operate(den, bob, 2, vec![put(picture(1, bird))]).await, bad, "not his");
    let read = async |who, file| store.file(Actor::person(who), file).await.map(|file| file.id);
    assert_eq!(read(bob, bird).await, Err(StoreError::NoSuchFile));
    running.operate(den, ada, 3, vec![put(picture(1, bird))]).await.unwrap();
    assert_eq!(read(bob, bird).await, Ok(bird), "who may read the room may read it");
    let message = NewMessage { file: Some(bird), ..new_message(den, ada, 2, "see") };
    assert_eq!(store.post(message).await.map(drop), Err(StoreError::NoSuchFile), "it is used");
    let given_up = store.give_up_upload(Actor::person(ada), bird, 0).await;
    assert_eq!(given_up, Err(StoreError::NoSuchFile));

    // Somebody else may make a second one of it, take both away, and put one back.
    running.operate(den, bob, 4, vec![put(picture(2, bird)), delete(1)]).await.unwrap();
    assert_eq!(read(bob, bird).await, Ok(bird));
    running.operate(den, bob, 5, vec![delete(2)]).await.unwrap();
    assert_eq!(read(bob, bird).await, Err(StoreError::NoSuchFile), "it is not shown");
    running.operate(den, bob, 6, vec![put(picture(1, bird))]).await.unwrap();
    assert_eq!(running.operate(hall, bob, 7, vec![put(picture(1, bird))]).await, bad);

    // What is shown is kept for ever, and what is not, from then on, for as long as an unused upload.
    let later = crate::store::unix_ms() + 100 * DAY_MS;
    store.remove_old_uploads(later).await.unwrap();
    assert_eq!(read(bob, bird).await, Ok(bird));
    assert_eq!(read(ada, song).await, Err(StoreError::NoSuchFile));
    running.operate(den, bob, 8, vec![delete(1)]).await.unwrap();
    let taken_off = store.file(Actor::person(ada), bird).await.unwrap().board_at.unwrap();
    assert!(!store.has_old_uploads(taken_off).await.unwrap());
    store.remove_old_uploads(taken_off).await.unwrap();
    assert_eq!(read(ada, bird).await, Ok(bird));
    assert!(store.has_old_uploads(taken_off + 1).await.unwrap());
    store.remove_old_uploads(taken_off + 1).await.unwrap();
    assert_eq!(read(ada, bird).await, Err(StoreError::NoSuchFile));
    assert_eq!(running.operate(den, ada, 9, vec![put(picture(1, bird))]).await, bad);
    running.close().await;
}
