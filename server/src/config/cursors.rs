//! Settings of what people are sent of each other's cursors.

use clap::Args;

use super::parse::count;

const CURSORS: &str = "Cursors";

/// What people are sent of each other's cursors.
#[derive(Args, Clone, Debug)]
pub struct CursorSettings {
    /// Up to how many connections of a room all are sent every cursor. With more each is sent the cursors
    /// in and around what it sees of the board, until there are no more than nine tenths of so many.
    #[arg(long, env = "STARLING_CURSORS_TO_ALL", default_value_t = 100,
        value_name = "1 to 65,000 connections", value_parser = count::<usize>(1, 65_000),
        help_heading = CURSORS)]
    pub cursors_to_all: usize,

    /// How many cursors one connection is then shown, the near and lively ones first. Of the others it
    /// is told how many there are.
    #[arg(long, env = "STARLING_CURSORS_IN_VIEW", default_value_t = 60,
        value_name = "1 to 1,000 cursors", value_parser = count::<usize>(1, 1_000),
        help_heading = CURSORS)]
    pub cursors_in_view: usize,
}
