//! What programs ask of the client besides its rooms.

use starling_protocol::{Limits, Slug};

use super::Client;

impl Client {
    /// What the server accepts; the defaults until it has said so.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The rooms that were asked for.
    pub fn rooms(&self) -> impl Iterator<Item = &Slug> {
        self.rooms.keys()
    }
}
