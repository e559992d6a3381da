//! What a token allows. What it allows in a room is asked by [`Standing::may`](crate::Standing::may).

use std::fmt;

use crate::Action;

/// What a token of a person allows, as a set. A sign-in allows all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    /// To enter and to read.
    pub read: bool,
    /// To say, to point, to react, and to change and delete what one said oneself.
    pub write: bool,
    /// All else: what keepers of a room do, to change how one appears, and to make rooms.
    pub manage: bool,
}

impl Scopes {
    /// All of it.
    pub const ALL: Self = Self { read: true, write: true, manage: true };
    /// Their names, the least first.
    pub const NAMES: [&str; 3] = ["read", "write", "manage"];

    /// Whether they include an action in a room.
    #[must_use]
    pub const fn include(self, action: Action) -> bool {
        match action {
            Action::Read => self.read,
            Action::Post
            | Action::Point
            | Action::Draw
            | Action::DeleteOwn
            | Action::EditOwn
            | Action::React => self.write,
            _ => self.manage,
        }
    }

    /// Whether they include what a person does outside of any room: to change how they appear, and to
    /// make rooms. The one place where this is decided.
    #[must_use]
    pub const fn include_personal(self) -> bool {
        self.manage
    }

    /// The set with one more; `false` if there is no scope of that name.
    pub fn add(&mut self, name: &str) -> bool {
        match name {
            "read" => self.read = true,
            "write" => self.write = true,
            "manage" => self.manage = true,
            _ => return false,
        }
        true
    }

    /// The known ones of these names, which spaces separate. Others mean something elsewhere.
    #[must_use]
    pub fn known_in(names: &str) -> Self {
        let mut scopes = Self::default();
        for name in names.split(' ') {
            scopes.add(name);
        }
        scopes
    }

    /// Their names, the least first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let has = [self.read, self.write, self.manage];
        Self::NAMES.into_iter().zip(has).filter_map(|(name, has)| has.then_some(name))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_none_add_nothing() {
        let some = Scopes::known_in("openid write  read Manage");
        assert_eq!(some, Scopes { read: true, write: true, manage: false });
        assert_eq!(some.to_string(), "read write");
        assert!(Scopes::known_in("").is_empty());
        assert_eq!(Scopes::known_in(&Scopes::ALL.to_string()), Scopes::ALL);
    }

    #[test]
    fn every_action_takes_one_scope() {
        for action in Action::ALL {
            let granting =
                Scopes::NAMES.iter().filter(|name| Scopes::known_in(name).include(*action));
            assert_eq!(granting.count(), 1, "{action:?}");
        }
    }
}
