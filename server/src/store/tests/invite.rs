//! When an invitation is good, and what accepting one writes down.

use starling_protocol::Role;

use super::*;
use crate::store::{InviteFault, InviteId, NewInvite};

const HOUR: i64 = 60 * 60 * 1_000;

fn invite(code: u8, lasts: Option<i64>, most_uses: Option<u32>) -> NewInvite {
    NewInvite { code_hash: [code; 32], lasts, most_uses }
}

fn bad(fault: InviteFault) -> StoreError {
    StoreError::BadInvite(fault)
}

#[tokio::test]
async fn an_invitation_is_good_until_its_time_or_its_uses_are_over() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let store = &running.store;
    let [ada, bob, cy] = ["Ada", "Bob", "Cy"].map(|name| running.guest(name));
    let (ada, bob, cy) = (ada.await.id, bob.await.id, cy.await.id);
    let den = running.room(ada, "den").await;
    let owner = Actor::person(ada);
    for (code, lasts, most) in [(1, Some(0), None), (2, Some(HOUR), Some(1)), (3, None, None)] {
        store.make_invite(owner, den, invite(code, lasts, most)).await.unwrap();
    }
    let accept =
        async |user, code: u8| store.accept_invite(known(user), [code; 32]).await.map(drop);
    assert_eq!(accept(bob, 1).await, Err(bad(InviteFault::Expired)), "its time ends as it begins");
    assert_eq!(accept(bob, 9).await, Err(bad(InviteFault::Unknown)));
    assert_eq!(accept(bob, 2).await, Ok(()));
    assert_eq!(accept(cy, 2).await, Err(bad(InviteFault::UsedUp)));
    assert_eq!(accept(bob, 2).await, Ok(()), "a member comes in by any of them");
    let open: Vec<_> = store.invites(den, 9).await.unwrap();
    assert_eq!(open.iter().map(|it| (it.id, it.uses)).collect::<Vec<_>>(), [(InviteId(3), 0)]);
    store.take_back_invite(owner, den, InviteId(3)).await.unwrap();
    store.take_back_invite(owner, den, InviteId(3)).await.unwrap();
    assert_eq!(accept(cy, 3).await, Err(bad(InviteFault::TakenBack)));
    assert_eq!(store.invited_to(Some(cy), &[3; 32]).await, Err(bad(InviteFault::TakenBack)));

    let members = store.members(den, 0, 9).await.unwrap();
    let roles: Vec<_> = members.iter().map(|it| (it.user.id, it.role)).collect();
    assert_eq!(roles, [(ada, Role::Owner), (bob, Role::Member)]);
    let done = store.done(den, None, 9).await.unwrap();
    let acts: Vec<_> = done.iter().map(|it| (it.act.as_str(), it.detail.as_str())).collect();
    assert_eq!(
        acts,
        [
            ("take_back_invite", "3"),
            ("accept_invite", "2"),
            ("make_invite", "3"),
            ("make_invite", "2"),
            ("make_invite", "1"),
        ]
    );
    running.close().await;
}

#[tokio::test]
async fn an_invitation_ends_with_its_room() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let store = &running.store;
    store.make_invite(Actor::person(ada), den, invite(1, None, None)).await.unwrap();
    store.delete_room(Actor::person(ada), den, None).await.unwrap();
    let accepted = store.accept_invite(known(ada), [1; 32]).await;
    assert_eq!(accepted, Err(bad(InviteFault::Unknown)));
    running.close().await;
}
