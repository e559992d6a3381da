//! What a room's log says, in words: for the page, and for the command line.

/// Something that was done, in words: "made", a name, "a moderator".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What comes before the name, or the whole of it.
    pub before: String,
    /// To whom, or to what, if it has a name.
    pub name: Option<String>,
    /// What comes after the name.
    pub after: String,
}

/// The words for an act as it is stored.
#[must_use]
pub fn words(act: &str, target: Option<&str>, detail: &str) -> Words {
    let about = |before: &str, name: Option<&str>, after: String| Words {
        before: before.to_owned(),
        name: name.map(ToOwned::to_owned),
        after,
    };
    let alone = |before: String| Words { before, name: None, after: String::new() };
    let because = || match detail {
        "" => String::new(),
        reason => format!("because: {reason}"),
    };
    match act {
        "rename_room" => about("renamed the room to", Some(detail), String::new()),
        "set_visibility" => alone(format!("made the room {detail}")),
        "set_visitors" => alone(match detail {
            "talk" => "let visitors talk".to_owned(),
            _ => "let visitors only read".to_owned(),
        }),
        "lock" => alone("locked the room".to_owned()),
        "unlock" => alone("unlocked the room".to_owned()),
        "archive" => alone("archived the room".to_owned()),
        "unarchive" => alone("opened the room again".to_owned()),
        "mute" => about("muted", target, because()),
        "unmute" => about("let", target, "talk again".to_owned()),
        "kick" => about("sent", target, format!("out {}", because()).trim_end().to_owned()),
        "ban" => about("banned", target, because()),
        "unban" => about("ended the ban of", target, String::new()),
        "set_role" if detail == "visitor" => {
            about("removed", target, "from the members".to_owned())
        }
        "set_role" => about("made", target, format!("a {detail}")),
        "hand_over" => about("handed the room over to", target, String::new()),
        "delete_message" => about("deleted a message of", target, format!("({detail})")),
        "make_invite" => alone(format!("made invitation {detail}")),
        "take_back_invite" => alone(format!("took back invitation {detail}")),
        "accept_invite" => alone(format!("came by invitation {detail}")),
        // Of a newer version.
        _ => about(act, target, detail.to_owned()),
    }
}

/// Somebody who did something, or to whom something was done: `None` is the server's operator, and
/// `Some(None)` somebody whom nobody knows any more.
#[must_use]
pub fn who(name: Option<Option<&str>>) -> &str {
    match name {
        None => "The server's operator",
        Some(None) => "Somebody who is gone",
        Some(Some(name)) => name,
    }
}

impl Words {
    /// On one line, without marks around the name.
    #[must_use]
    pub fn line(&self) -> String {
        let parts = [Some(self.before.as_str()), self.name.as_deref(), Some(self.after.as_str())];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_in_a_sentence() {
        for (act, target, detail, line) in [
            ("rename_room", None, "Attic", "renamed the room to Attic"),
            ("set_visibility", None, "private", "made the room private"),
            ("mute", Some("Bob"), "Shouting", "muted Bob because: Shouting"),
            ("mute", Some("Bob"), "", "muted Bob"),
            ("kick", Some("Bob"), "", "sent Bob out"),
            ("kick", Some("Bob"), "Enough", "sent Bob out because: Enough"),
            ("set_role", Some("Bob"), "moderator", "made Bob a moderator"),
            ("set_role", Some("Bob"), "visitor", "removed Bob from the members"),
            ("make_invite", None, "7", "made invitation 7"),
            ("paint", Some("Bob"), "blue", "paint Bob blue"),
        ] {
            assert_eq!(words(act, target, detail).line(), line);
        }
    }
}
