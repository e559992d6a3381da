//! The whole of the permission table against the store: every role, in every kind of room, does
//! everything that is written, and gets what the table says, no more and no less.

use futures_util::future::join_all;
use starling_protocol::{
    Action, Denial, Emoji, Handle, Measure, Reason, Role, Scopes, Standing, Visibility,
};

use super::board::{delete, operation};
use super::*;
use crate::store::{NewAccount, NewInvite, NewMeasure, Operates, RoomChange};

/// A room that is so, and somebody who is that in it.
#[derive(Clone, Copy, Debug)]
struct Case {
    role: Role,
    visibility: Visibility,
    visitors_talk: bool,
    locked: bool,
    archived: bool,
    action: Action,
}

impl Case {
    /// All of them, but of what is only read or not written in a room by anybody.
    fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for action in Action::ALL {
            for role in Role::ALL {
                for visibility in Visibility::ALL {
                    for state in 0..8_u8 {
                        cases.push(Self {
                            role: *role,
                            visibility: *visibility,
                            visitors_talk: state & 1 != 0,
                            locked: state & 2 != 0,
                            archived: state & 4 != 0,
                            action: *action,
                        });
                    }
                }
            }
        }
        cases
    }

    fn standing(&self) -> Standing {
        Standing {
            role: self.role,
            operator: false,
            scopes: Scopes::ALL,
            visibility: self.visibility,
            visitors_talk: self.visitors_talk,
            locked: self.locked,
            archived: self.archived,
            muted: None,
            banned: None,
            kicked: None,
        }
    }
}

/// Those who take part in every case: the room's maker, somebody else in it, and who acts.
#[derive(Clone, Copy)]
struct People {
    maker: UserId,
    other: UserId,
    actor: UserId,
}

#[tokio::test]
async fn the_table_holds_for_everything_that_is_written() {
    let folder = TempDir::new().unwrap();
    let options = StoreOptions { write_queue: 100_000, ..OPTIONS };
    let (store, writer) = Store::open(folder.path(), &options).await.unwrap();
    let running = Running::run(store, writer);
    let people = People {
        maker: running.guest("Maker").await.id,
        other: running.guest("Other").await.id,
        actor: running.guest("Actor").await.id,
    };
    let cases = Case::all();
    let outcomes = cases.iter().enumerate().map(|(number, case)| {
        let store = &running.store;
        async move { (case, attempt(store, people, number as u128, *case).await) }
    });
    let mut tried = 0;
    for (case, outcome) in join_all(outcomes).await {
        let Some(outcome) = outcome else { continue };
        let expected = case.standing().may(case.action).map_err(StoreError::Denied);
        assert_eq!(outcome, expected, "{case:?}");
        tried += 1;
    }
    assert!(tried > 1_000, "only {tried} cases were tried");
    running.close().await;
}

/// What comes of it; `None` for an action that is not written.
async fn attempt(
    store: &Store,
    people: People,
    number: u128,
    case: Case,
) -> Option<Result<(), StoreError>> {
    let People { maker, other, actor } = people;
    let new = NewRoom { cap: u32::MAX, ..new_room("Case", 1) };
    let slug = Slug::new(format!("case-{number}"));
    let room = store.enter(known(maker), slug, Some(new)).await.unwrap().room.id;
    let console = Actor::Console;
    for (author, id) in [(actor, number * 4 + 1), (other, number * 4 + 2)] {
        store.post(new_message(room, author, id, "x")).await.unwrap();
    }
    store.set_role(console, room, other, Role::Member).await.unwrap();
    if case.action == Action::RemoveMember || case.role != Role::Visitor {
        store.set_role(console, room, actor, case.role).await.unwrap();
    }
    let change = RoomChange {
        name: None,
        visibility: Some(case.visibility),
        visitors_talk: Some(case.visitors_talk),
        locked: Some(case.locked),
        archived: None,
        if_still: None,
    };
    store.change_room(console, room, change).await.unwrap();
    let archive = RoomChange { archived: Some(case.archived), ..RoomChange::default() };
    store.change_room(console, room, archive).await.unwrap();

    let me = Actor::person(actor);
    let measure = |measure| NewMeasure {
        user: other,
        measure,
        reason: Reason::parse("").unwrap(),
        lasts: Some(60_000),
    };
    let changes = |change| async move { store.change_room(me, room, change).await.map(drop) };
    Some(match case.action {
        Action::Post => store.post(new_message(room, actor, number * 4 + 3, "y")).await.map(drop),
        Action::Draw => {
            let nothing = operation(number, vec![delete(1)]);
            store.operate(me, room, nothing).await.map(drop)
        }
        Action::DeleteOwn => store.delete_message(me, room, Seq(1), None).await,
        Action::DeleteAny => store.delete_message(me, room, Seq(2), None).await,
        Action::Mute => store.moderate(me, room, measure(Measure::Mute)).await,
        Action::Kick => store.moderate(me, room, measure(Measure::Kick)).await,
        Action::Ban => store.moderate(me, room, measure(Measure::Ban)).await,
        Action::SetRole => store.set_role(me, room, other, Role::Moderator).await,
        Action::RemoveMember => store.set_role(me, room, other, Role::Visitor).await,
        Action::HandOver => store.set_role(me, room, other, Role::Owner).await,
        Action::DeleteRoom => store.delete_room(me, room, None).await,
        Action::Lock => changes(RoomChange { locked: Some(true), ..RoomChange::default() }).await,
        Action::Rename => {
            let name = Some(RoomName::parse("Another", &Limits::default()).unwrap());
            changes(RoomChange { name, ..RoomChange::default() }).await
        }
        Action::SetVisibility => {
            changes(RoomChange { visitors_talk: Some(true), ..RoomChange::default() }).await
        }
        Action::Archive => {
            changes(RoomChange { archived: Some(true), ..RoomChange::default() }).await
        }
        Action::Invite => {
            let mut code_hash = [0; 32];
            code_hash[..16].copy_from_slice(&number.to_be_bytes());
            let invite = NewInvite { code_hash, lasts: None, most_uses: None };
            store.make_invite(me, room, invite).await.map(drop)
        }
        Action::EditOwn => store.edit_message(me, room, Seq(1), message_body("z"), None).await,
        Action::React => store.react(me, room, Seq(2), Emoji::parse("👍").unwrap(), true).await,
        Action::Read
        | Action::Point
        | Action::Broadcast
        | Action::Gather
        | Action::ReadAudit
        | Action::Unknown => return None,
    })
}

#[tokio::test]
async fn a_room_is_handed_to_an_operator_and_nobody_takes_measures_against_one() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let [maker, operator] = [running.guest("Maker").await.id, running.guest("Root").await.id];
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
    let room = running.room(maker, "den").await;
    let me = Actor::person(maker);
    let mute = NewMeasure {
        user: operator,
        measure: Measure::Mute,
        reason: Reason::parse("").unwrap(),
        lasts: None,
    };
    let denied = Err(StoreError::Denied(Denial::Role { least: Role::Owner }));
    assert_eq!(running.store.moderate(me, room, mute).await, denied);
    running.store.set_role(me, room, operator, Role::Owner).await.unwrap();
    let members = running.store.members(room, 0, 10).await.unwrap();
    let roles: Vec<_> = members.iter().map(|it| (it.user.id, it.role, it.operator)).collect();
    assert_eq!(roles, [(operator, Role::Owner, true), (maker, Role::Moderator, false)]);
    running.close().await;
}

#[tokio::test]
async fn a_private_room_is_private_from_the_beginning() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let new = NewRoom { visibility: Visibility::Private, ..new_room("den", 50) };
    let made = running.store.enter(known(ada), Slug::new("den"), Some(new)).await.unwrap().room;
    assert_eq!(made.visibility, Visibility::Private);
    let told = running.announced.lock().unwrap().iter().find_map(|committed| match committed {
        Committed::RoomMade { room, .. } if room.id == made.id => Some(room.visibility),
        _ => None,
    });
    assert_eq!(told, Some(Visibility::Private));
    running.close().await;
}
