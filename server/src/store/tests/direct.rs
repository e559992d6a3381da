//! Conversations of two people: theirs alone.

use starling_protocol::{Action, Denial, Direct, Handle, Role, Scopes};

use super::*;
use crate::store::{NewAccount, Operates};

#[tokio::test]
async fn a_conversation_is_one_room_that_nobody_but_the_two_sees() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let [ada, bob] = [running.guest("Ada").await.id, running.guest("Bob").await.id];
    let operator = running.guest("Root").await.id;
    let account = NewAccount {
        guest: Some(operator),
        name: display_name("Root"),
        handle: Handle::parse("root").unwrap(),
        email: None,
        password: "hash".to_owned(),
        sign_in: None,
        operates: Operates::Too,
    };
    running.store.sign_up(account).await.unwrap();
    let opened = running.store.open_direct(Actor::person(ada), bob).await.unwrap();
    let again = running.store.open_direct(Actor::person(bob), ada).await.unwrap();
    assert_eq!(opened.room, again.room);
    assert_eq!((opened.with.id, again.with.id), (bob, ada));
    let room = opened.room.id;
    for (who, role) in [(ada, Role::Member), (bob, Role::Member), (operator, Role::Visitor)] {
        let standing = running.store.standing(Actor::person(who), room).await.unwrap();
        assert_eq!((standing.role, standing.operator), (role, false));
        let may = standing.may(Action::Read);
        assert_eq!(may, if role == Role::Member { Ok(()) } else { Err(Denial::Hidden) });
        assert!(standing.may(Action::Invite).is_err());
    }
    let listed = running.store.rooms("", 10).await.unwrap();
    assert!(listed.iter().all(|room| !room.direct));
    assert!(running.store.rooms_of(ada, 10).await.unwrap().iter().all(|room| !room.direct));

    // Bob hears of it when there is something to hear.
    assert_eq!(running.store.directs(ada, 10).await.unwrap().len(), 1);
    assert!(running.store.directs(bob, 10).await.unwrap().is_empty());
    running.announced.lock().unwrap().clear();
    running.store.post(new_message(room, ada, 1, "hello")).await.unwrap();
    let told = running.announced.lock().unwrap().clone();
    let users = [ada.min(bob), ada.max(bob)];
    assert!(matches!(told[1], Committed::Direct { users: told } if told == users), "{told:?}");
    let directs = running.store.directs(bob, 10).await.unwrap();
    let Direct { with, seq, by, .. } = &directs[0];
    assert_eq!((with.id, *seq, *by), (ada, Seq(1), Some(ada)));
    assert!(running.store.directs(operator, 10).await.unwrap().is_empty());
    assert_eq!(running.store.direct_with(room, operator).await, Ok(None));
    running.close().await;
}

#[tokio::test]
async fn nobody_talks_to_themselves_to_nobody_or_without_the_right_to_write() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let [ada, bob] = [running.guest("Ada").await.id, running.guest("Bob").await.id];
    let open = |actor, other| running.store.open_direct(actor, other);
    let oneself = open(Actor::person(ada), ada).await;
    assert_eq!(oneself.unwrap_err(), StoreError::Denied(Denial::Oneself));
    let nobody = UserId::new(Uuid::from_u128(7));
    assert_eq!(open(Actor::person(ada), nobody).await.unwrap_err(), StoreError::NoSuchPerson);
    let reads = Scopes { read: true, ..Scopes::default() };
    let reader = Actor::Person { user: ada, scopes: reads };
    assert_eq!(open(reader, bob).await.unwrap_err(), StoreError::Denied(Denial::Scope));
    running.close().await;
}
