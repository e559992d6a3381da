//! The board of a room: one large plane that everybody sees a part of, and the others' cursors on it. A
//! module of its own, which pages load once they live, so that nobody waits for it to read or to write.
//!
//! It draws, and it knows where one looks; of connections it knows nothing. All that it has it is told
//! through [`port`], and all that it wants done it asks for there.

mod banner;
mod buttons;
mod canvas;
mod company;
mod crowd;
mod cursors;
mod dom;
mod flight;
mod gestures;
mod keys;
mod map;
mod maths;
mod palette;
pub mod port;
mod rim;
mod stage;
mod state;
mod view;
