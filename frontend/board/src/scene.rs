//! What is drawn and touched on the board, as plain values: where objects are, what they look like, and
//! what becomes of them. Everything is in board units unless it says otherwise. Knows no browser, no
//! connection and no person.

pub mod geometry;
pub mod handles;
pub mod index;
pub mod ink;
#[cfg(test)]
mod samples;
pub mod snap;
pub mod svg;
pub mod text;
