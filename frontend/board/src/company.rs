//! Who is here and whom the viewer follows, by what the page tells. Plain values; knows no browser.

use std::collections::HashMap;

/// Somebody who is in the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// Their user id.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Which of the twelve hues is theirs.
    pub(crate) hue: u8,
    /// Whether it is the viewer.
    pub(crate) own: bool,
    /// Their participants.
    pub(crate) slots: Vec<u16>,
}

/// How a cursor is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Live,
    /// It has not moved for a while.
    Idle,
    /// It has not moved for so long that it is not drawn.
    Hidden,
}

/// Where somebody points now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pointing {
    pub(crate) slot: u16,
    /// In board units.
    pub(crate) at: (f64, f64),
    pub(crate) presence: Presence,
}

/// Everyone who is here.
#[derive(Debug, Default)]
pub(crate) struct Company {
    people: HashMap<String, Person>,
    owners: HashMap<u16, String>,
    following: Option<String>,
}

impl Company {
    /// These are all who are here. Who was followed and is gone is not followed any more; true then.
    pub(crate) fn told(&mut self, people: Vec<Person>) -> bool {
        self.owners = people
            .iter()
            .flat_map(|person| person.slots.iter().map(|slot| (*slot, person.id.clone())))
            .collect();
        self.people = people.into_iter().map(|person| (person.id.clone(), person)).collect();
        let gone = self.following.as_ref().is_some_and(|id| !self.people.contains_key(id));
        if gone {
            self.following = None;
        }
        gone
    }

    /// One of those who are here.
    pub(crate) fn person(&self, id: &str) -> Option<&Person> {
        self.people.get(id)
    }

    /// Whose participant that is.
    pub(crate) fn owner(&self, slot: u16) -> Option<&Person> {
        self.people.get(self.owners.get(&slot)?)
    }

    /// The viewer.
    pub(crate) fn own(&self) -> Option<&Person> {
        self.people.values().find(|person| person.own)
    }

    /// Whom the viewer follows.
    pub(crate) fn following(&self) -> Option<&Person> {
        self.person(self.following.as_deref()?)
    }

    /// The viewer follows that person, or nobody; false if that is nothing new, or cannot be.
    pub(crate) fn follow(&mut self, id: Option<&str>) -> bool {
        let id = id.filter(|id| self.people.get(*id).is_some_and(|person| !person.own));
        if self.following.as_deref() == id {
            return false;
        }
        self.following = id.map(ToOwned::to_owned);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, own: bool, slots: &[u16]) -> Person {
        Person { id: id.into(), name: id.to_uppercase(), hue: 1, own, slots: slots.into() }
    }

    #[test]
    fn a_slot_is_its_persons() {
        let mut company = Company::default();
        company.told(vec![person("ada", false, &[1, 2]), person("bob", true, &[3])]);
        assert_eq!(company.owner(2).unwrap().name, "ADA");
        assert!(company.owner(4).is_none());
        company.told(vec![person("bob", true, &[1])]);
        assert_eq!(company.owner(1).unwrap().name, "BOB");
        assert!(company.owner(2).is_none());
    }

    #[test]
    fn one_follows_others_while_they_are_here() {
        let mut company = Company::default();
        company.told(vec![person("ada", false, &[1]), person("bob", true, &[2])]);
        assert!(!company.follow(Some("bob")), "nobody follows themselves");
        assert!(!company.follow(Some("eve")), "nor who is not here");
        assert!(company.follow(Some("ada")));
        assert!(!company.follow(Some("ada")));
        assert!(!company.told(vec![person("ada", false, &[7]), person("bob", true, &[2])]));
        assert_eq!(company.following().unwrap().slots, [7]);
        assert!(company.told(vec![person("bob", true, &[2])]));
        assert!(company.following().is_none());
    }
}
