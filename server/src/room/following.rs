//! Who follows whom, and what those who are followed see of the board. It is not kept, and of each
//! person only the newest counts. A follow ends with whoever follows, and when it is told that whoever
//! is followed has left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use starling_protocol::{ServerEvent, Slot, Slug, UserId, View};

use super::publication::{Text, Viewing, Viewings};

/// Why somebody cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CannotFollow {
    /// They are not here.
    NotHere,
    /// It is oneself, or somebody who follows this one: each would look where the other one looks.
    InCircle,
}

/// Somebody who is followed, from when somebody began to until nobody does or their leaving was told.
/// Whoever follows them after that follows them anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Followed {
    user: UserId,
    since: u64,
}

#[derive(Clone, Copy, Debug)]
struct Followers {
    count: usize,
    since: u64,
}

/// What somebody saw last, and in which of their tabs.
#[derive(Clone, Copy, Debug)]
struct Looking {
    slot: Slot,
    view: View,
}

impl Followed {
    pub(crate) fn user(self) -> UserId {
        self.user
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Following {
    /// Whom people follow, with each of their participants.
    follows: BTreeMap<UserId, BTreeMap<Slot, UserId>>,
    /// By how many participants somebody is followed.
    followed: BTreeMap<UserId, Followers>,
    looking: BTreeMap<UserId, Looking>,
    told: BTreeMap<Followed, Viewing>,
    /// How often something was told.
    number: u64,
    /// How often somebody was followed whom nobody followed.
    begun: u64,
    changed: bool,
}

impl Following {
    /// A participant follows somebody from now on, or nobody.
    pub(super) fn follow(
        &mut self,
        slot: Slot,
        follower: UserId,
        whom: Option<UserId>,
    ) -> Result<Option<Followed>, CannotFollow> {
        if whom.is_some_and(|whom| self.leads_to(whom, follower)) {
            return Err(CannotFollow::InCircle);
        }
        self.unfollow(slot, follower);
        let Some(user) = whom else { return Ok(None) };
        self.follows.entry(follower).or_default().insert(slot, user);
        let followers = self.followed.entry(user).or_insert_with(|| {
            self.begun += 1;
            Followers { count: 0, since: self.begun }
        });
        followers.count += 1;
        self.changed = true;
        Ok(Some(Followed { user, since: followers.since }))
    }

    /// Whether looking where one person looks means looking where another one looks.
    fn leads_to(&self, from: UserId, to: UserId) -> bool {
        let (mut reached, mut next) = (BTreeSet::from([from]), vec![from]);
        while let Some(user) = next.pop() {
            if user == to {
                return true;
            }
            let followed = self.follows.get(&user).into_iter().flat_map(BTreeMap::values);
            next.extend(followed.filter(|whom| reached.insert(**whom)));
        }
        false
    }

    fn unfollow(&mut self, slot: Slot, follower: UserId) {
        let Some(follows) = self.follows.get_mut(&follower) else { return };
        let Some(whom) = follows.remove(&slot) else { return };
        if follows.is_empty() {
            self.follows.remove(&follower);
        }
        if let Some(followers) = self.followed.get_mut(&whom) {
            followers.count -= 1;
            if followers.count == 0 {
                self.followed.remove(&whom);
            }
        }
        self.changed = true;
    }

    /// A participant sees this now.
    pub(super) fn look(&mut self, slot: Slot, user: UserId, view: View) {
        self.looking.insert(user, Looking { slot, view });
        self.changed |= self.followed.contains_key(&user)
            && self.told_of(user).is_none_or(|told| told.view != view);
    }

    fn told_of(&self, user: UserId) -> Option<&Viewing> {
        let since = self.followed.get(&user)?.since;
        self.told.get(&Followed { user, since })
    }

    /// A participant is gone. Who follows that person goes on, as it may be a reload.
    pub(super) fn forget(&mut self, slot: Slot, user: UserId) {
        if self.looking.get(&user).is_some_and(|looking| looking.slot == slot) {
            self.looking.remove(&user);
        }
        self.unfollow(slot, user);
    }

    /// Nobody follows those any more who are gone. True if somebody did.
    pub(super) fn lose(&mut self, is_gone: impl Fn(UserId) -> bool) -> bool {
        let before = self.followed.len();
        self.followed.retain(|user, _| !is_gone(*user));
        if self.followed.len() == before {
            return false;
        }
        self.follows.retain(|_, follows| {
            follows.retain(|_, whom| self.followed.contains_key(whom));
            !follows.is_empty()
        });
        self.changed = true;
        true
    }

    pub(super) fn has_changes(&self) -> bool {
        self.changed
    }

    /// Everyone who is followed.
    pub(super) fn followed(&self) -> impl Iterator<Item = Followed> {
        self.followed
            .iter()
            .map(|(user, followers)| Followed { user: *user, since: followers.since })
    }

    /// What all who are followed see, if that is not what it was.
    pub(super) fn publish(&mut self, room: &Slug) -> Option<Viewings> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let mut before = std::mem::take(&mut self.told);
        for (user, Followers { since, .. }) in &self.followed {
            let (user, followed) = (*user, Followed { user: *user, since: *since });
            let told = before.remove(&followed);
            let view = self.looking.get(&user).map(|looking| looking.view);
            let told = match (told, view) {
                (Some(told), view) if view.is_none_or(|view| view == told.view) => told,
                (_, Some(view)) => {
                    self.number += 1;
                    let event = ServerEvent::Viewing { room: room.clone(), user, view };
                    Viewing { number: self.number, view, text: Text::new(&event) }
                }
                (_, None) => continue,
            };
            self.told.insert(followed, told);
        }
        Some(Arc::new(self.told.clone()))
    }

    #[cfg(test)]
    pub(super) fn check_invariants(&self) {
        let mut followed: BTreeMap<UserId, usize> = BTreeMap::new();
        for whom in self.follows.values().flat_map(BTreeMap::values) {
            *followed.entry(*whom).or_default() += 1;
        }
        let counted = self.followed.iter().map(|(user, followers)| (*user, followers.count));
        assert_eq!(followed, counted.collect(), "who is followed, counted anew");
        for user in self.follows.keys() {
            let whom: Vec<UserId> = self.follows[user].values().copied().collect();
            assert!(whom.iter().all(|whom| !self.leads_to(*whom, *user)), "a circle");
        }
    }
}
