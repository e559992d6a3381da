//! The names of the events that the gateway tells its clients, in one table: nobody else tells anything under
//! them. Knows nothing of what they carry.

/// What clients are told, by namespace; docs/socketio.md says when.
const TOLD: &[&str] = &[
    // Everywhere.
    "error",
    "exception",
    "server:shutdown",
    // /chat
    "users:list",
    "user:connected",
    "user:disconnected",
    "user:joined",
    "user:left",
    "message:received",
    "message:private",
    "message:private:sent",
    "typing:start",
    "typing:stop",
    "cursors",
    "room:created",
    "room:deleted",
    // /notifications
    "mention",
    // /admin
    "connections",
    "rates",
    "rooms",
    "log",
    // The default namespace.
    "userJoined",
    "newMessage",
    "joined",
    "message",
];

/// What clients' libraries take for news of the connection itself.
const LIBRARIES: &[&str] =
    &["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// Whether the gateway tells something under that name.
pub(super) fn is_told(name: &str) -> bool {
    TOLD.contains(&name)
}

/// Whether a name means something to the gateway's clients, so that no program may broadcast under it.
pub(crate) fn is_taken(name: &str) -> bool {
    is_told(name) || LIBRARIES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_are_told_is_documented() {
        let documented = include_str!("../../../docs/socketio.md");
        for name in TOLD {
            let says = |after: &str| documented.contains(&format!("`{name}{after}"));
            assert!(says("`") || says(" "), "{name}");
        }
    }
}
