//! What follows from the table.

use super::*;

const OPEN: Standing = Standing {
    role: Role::Visitor,
    operator: false,
    scopes: Scopes::ALL,
    visibility: Visibility::Public,
    visitors_talk: true,
    locked: false,
    archived: false,
    muted: None,
    banned: None,
    kicked: None,
};

#[test]
fn who_is_more_may_do_all_that_those_below_may() {
    for visibility in Visibility::ALL {
        for (locked, archived, talk) in
            [(false, false, true), (true, false, true), (false, true, true), (true, true, false)]
        {
            let mut before = Vec::new();
            for role in Role::ALL {
                let standing = Standing {
                    role: *role,
                    visibility: *visibility,
                    visitors_talk: talk,
                    locked,
                    archived,
                    ..OPEN
                };
                let allowed: Vec<Action> = standing.allowed().collect();
                assert!(before.iter().all(|action| allowed.contains(action)), "{standing:?}");
                before = allowed;
            }
        }
    }
}

#[test]
fn a_private_room_does_not_exist_for_visitors() {
    let outside = Standing { visibility: Visibility::Private, ..OPEN };
    let banned = Standing { banned: Some(Until(None)), ..outside };
    for action in Action::ALL {
        assert_eq!(outside.may(*action), Err(Denial::Hidden));
        assert_eq!(banned.may(*action), Err(Denial::Hidden), "it would tell that there is one");
    }
    assert_eq!(Standing { role: Role::Member, ..outside }.may(Action::Post), Ok(()));
}

#[test]
fn nobody_acts_on_somebody_who_is_as_much() {
    let moderator = Standing { role: Role::Moderator, ..OPEN };
    assert_eq!(moderator.may_to(Action::Ban, Role::Member), Ok(()));
    let denied = Err(Denial::Role { least: Role::Owner });
    assert_eq!(moderator.may_to(Action::Ban, Role::Moderator), denied);
    assert_eq!(moderator.may_to(Action::Ban, Role::Owner), denied);
    let owner = Standing { role: Role::Owner, ..OPEN };
    assert_eq!(owner.may_to(Action::Ban, Role::Moderator), Ok(()));
    assert_eq!(owner.may_to(Action::Ban, Role::Owner), denied);
    let operator = Standing { operator: true, ..owner };
    assert_eq!(operator.may_to(Action::Ban, Role::Owner), Ok(()));
}

#[test]
fn the_muted_read_and_delete_what_they_said() {
    let muted = Standing { muted: Some(Until(Some(7))), ..OPEN };
    assert_eq!(muted.may(Action::Post), Err(Denial::Muted { until: Some(7) }));
    assert_eq!(muted.may(Action::Point), Err(Denial::Muted { until: Some(7) }));
    assert_eq!(muted.may(Action::Read), Ok(()));
    assert_eq!(muted.may(Action::DeleteOwn), Ok(()));
}

#[test]
fn a_token_allows_no_more_than_its_scopes() {
    let reading = Scopes { read: true, write: false, manage: false };
    let owner = Standing { role: Role::Owner, scopes: reading, ..OPEN };
    assert_eq!(owner.allowed().collect::<Vec<_>>(), [Action::Read]);
}
