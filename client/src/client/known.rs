//! What programs ask of the client besides its rooms.

use starling_protocol::Slug;

use super::Client;

impl Client {
    /// The rooms that were asked for.
    pub fn rooms(&self) -> impl Iterator<Item = &Slug> {
        self.rooms.keys()
    }
}
