//! The board of a room: one large plane that everybody sees a part of, and the others' cursors on it. A
//! module of its own, which pages load once they live, so that nobody waits for it to read or to write.
//!
//! It draws, and it knows where one looks; of connections it knows nothing. All that it has it is told
//! through [`port`], and all that it wants done it asks for there.

mod acts;
mod banner;
mod began;
mod bubble;
mod buttons;
mod canvas;
mod company;
mod contents;
mod crowd;
mod cursors;
mod desk;
mod dom;
mod editor;
mod effects;
mod flight;
mod gestures;
mod icons;
mod keys;
mod map;
mod maths;
mod paint;
mod palette;
mod panel;
mod place;
pub mod port;
mod refused;
mod rim;
mod saying;
pub mod scene;
mod signals;
mod stage;
mod state;
mod tool;
mod toolbar;
mod view;

pub use view::Area;
