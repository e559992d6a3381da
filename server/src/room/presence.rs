//! Who is here and how, folded per person.

use std::collections::{BTreeMap, BTreeSet};

use starling_protocol::{
    Person, Revision, Role, ServerEvent, Slot, Slug, Status, User, UserId, cursor_hz,
};

use super::Millis;
use super::publication::{PresencePublication, Text};

#[derive(Debug)]
struct Present {
    user: User,
    role: Role,
    participants: BTreeMap<Slot, Status>,
    /// How they were when their last connection broke, and until when they are expected back.
    lost: Option<(Status, Millis)>,
}

impl Present {
    fn person(&self) -> Person {
        let status = self.participants.values().copied().max();
        let lost = self.lost.map(|(status, _)| status);
        Person {
            id: self.user.id,
            name: self.user.name.clone(),
            hue: self.user.hue,
            avatar: self.user.avatar.clone(),
            role: self.role,
            status: status.or(lost).unwrap_or_default(),
            slots: self.participants.keys().copied().collect(),
        }
    }
}

/// The people of a room.
#[derive(Debug)]
pub(super) struct Presence {
    leave_after: Millis,
    people: BTreeMap<UserId, Present>,
    changed: BTreeSet<UserId>,
    /// Who is expected back: to look for them among all is work for every command.
    lost: BTreeSet<UserId>,
    revision: Revision,
}

impl Presence {
    pub(super) fn new(leave_after: Millis) -> Self {
        Self {
            leave_after,
            people: BTreeMap::new(),
            changed: BTreeSet::new(),
            lost: BTreeSet::new(),
            revision: Revision(0),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    pub(super) fn people(&self) -> Vec<Person> {
        self.people.values().map(Present::person).collect()
    }

    pub(super) fn revision(&self) -> Revision {
        self.revision
    }

    /// Whether they are connected, or expected back.
    pub(super) fn is_here(&self, user: UserId) -> bool {
        self.people.contains_key(&user)
    }

    pub(super) fn is_connected(&self, user: UserId) -> bool {
        self.people.get(&user).is_some_and(|present| !present.participants.is_empty())
    }

    /// The slots of somebody's participants.
    pub(super) fn slots_of(&self, user: UserId) -> impl Iterator<Item = Slot> {
        let present = self.people.get(&user).into_iter();
        present.flat_map(|present| present.participants.keys().copied())
    }

    pub(super) fn join(&mut self, user: User, role: Role, slot: Slot, status: Status) {
        self.changed.insert(user.id);
        let present = self.people.entry(user.id).or_insert_with(|| Present {
            user: user.clone(),
            role,
            participants: BTreeMap::new(),
            lost: None,
        });
        present.user = user;
        present.role = role;
        present.participants.insert(slot, status);
        present.lost = None;
        self.lost.remove(&present.user.id);
    }

    pub(super) fn leave(&mut self, now: Millis, user: UserId, slot: Slot, on_purpose: bool) {
        let Some(present) = self.people.get_mut(&user) else { return };
        self.changed.insert(user);
        let status = present.person().status;
        present.participants.remove(&slot);
        if present.participants.is_empty() {
            if on_purpose {
                self.people.remove(&user);
            } else {
                present.lost = Some((status, now + self.leave_after));
                self.lost.insert(user);
            }
        }
    }

    pub(super) fn set_status(&mut self, user: UserId, slot: Slot, status: Status) {
        let Some(present) = self.people.get_mut(&user) else { return };
        let before = present.person().status;
        if let Some(current) = present.participants.get_mut(&slot) {
            *current = status;
        }
        if present.person().status != before {
            self.changed.insert(user);
        }
    }

    pub(super) fn appear(&mut self, user: User) {
        if let Some(present) = self.people.get_mut(&user.id)
            && present.user != user
        {
            self.changed.insert(user.id);
            present.user = user;
        }
    }

    pub(super) fn set_role(&mut self, user: UserId, role: Role) {
        if let Some(present) = self.people.get_mut(&user)
            && present.role != role
        {
            present.role = role;
            self.changed.insert(user);
        }
    }

    /// Lets go whoever did not come back in time.
    pub(super) fn expire(&mut self, now: Millis) -> Vec<UserId> {
        let gone: Vec<UserId> =
            self.lost().filter(|(_, until)| *until <= now).map(|(user, _)| user).collect();
        for user in &gone {
            self.people.remove(user);
            self.lost.remove(user);
            self.changed.insert(*user);
        }
        gone
    }

    pub(super) fn next_expiry(&self) -> Option<Millis> {
        self.lost().map(|(_, until)| until).min()
    }

    /// Who is expected back, and until when.
    fn lost(&self) -> impl Iterator<Item = (UserId, Millis)> {
        self.lost.iter().filter_map(|user| {
            let (_, until) = self.people.get(user)?.lost?;
            Some((*user, until))
        })
    }

    pub(super) fn has_changes(&self) -> bool {
        !self.changed.is_empty()
    }

    pub(super) fn publish(
        &mut self,
        room: &Slug,
        participants: usize,
    ) -> Option<PresencePublication> {
        if self.changed.is_empty() {
            return None;
        }
        self.revision = self.revision.next();
        let (mut changed, mut left) = (Vec::new(), Vec::new());
        for user in std::mem::take(&mut self.changed) {
            match self.people.get(&user) {
                Some(present) => changed.push(present.person()),
                None => left.push(user),
            }
        }
        let cursor_hz = cursor_hz(participants);
        Some(PresencePublication {
            revision: self.revision,
            diff: Text::new(&ServerEvent::PeopleChanged {
                room: room.clone(),
                revision: self.revision,
                changed,
                left,
                cursor_hz,
            }),
            snapshot: Text::new(&ServerEvent::People {
                room: room.clone(),
                revision: self.revision,
                people: self.people(),
                cursor_hz,
            }),
        })
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> Vec<(Slot, UserId)> {
        self.people
            .values()
            .flat_map(|present| present.participants.keys().map(|slot| (*slot, present.user.id)))
            .collect()
    }
}
