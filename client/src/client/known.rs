//! What can be asked of the client besides its rooms.

use starling_protocol::{Direct, Limits, Slug};

use super::Client;

impl Client {
    /// The person's conversations with one other person each, the latest first.
    #[must_use]
    pub fn directs(&self) -> &[Direct] {
        &self.directs
    }

    /// Names the frontend that the server serves, once it has said so.
    #[must_use]
    pub fn build(&self) -> Option<&str> {
        self.build.as_deref()
    }

    /// What the server accepts: its defaults, until it has said so.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The rooms that were asked for.
    pub fn rooms(&self) -> impl Iterator<Item = &Slug> {
        self.rooms.keys()
    }
}
