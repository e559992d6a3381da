//! Settings of the boards: what one takes, how much of its past is kept, how often people may change it.

use std::num::NonZeroU32;

use clap::Args;
use clap::builder::TypedValueParser;
use starling_protocol::board::BoardLimits;

use super::parse::count;
use super::{JSON_CHAR, JSON_FRAME};
use crate::store::BoardRules;

const BOARDS: &str = "Boards";

/// The most bytes of a stroke's point in JSON, with its comma: `[65535,65535,255],`.
const JSON_POINT: usize = 18;

/// What boards take.
#[derive(Args, Clone, Debug)]
pub struct Boards {
    /// How many things may lie on one board.
    #[arg(long, env = "STARLING_BOARD_OBJECTS", default_value_t = BoardLimits::DEFAULT.objects,
        value_name = "1 to 100,000 things", value_parser = count::<usize>(1, 100_000),
        help_heading = BOARDS)]
    pub board_objects: usize,

    /// The longest text of one thing on a board; shorter if --frame-bytes has no room for so much: each
    /// character takes up to 12 bytes of a frame, and 1,024 bytes go around them.
    #[arg(long, env = "STARLING_BOARD_TEXT_CHARS", default_value_t = BoardLimits::DEFAULT.text_chars,
        value_name = "1 to 100,000 characters", value_parser = count::<usize>(1, 100_000),
        help_heading = BOARDS)]
    pub board_text_chars: usize,

    /// The most points of one stroke; fewer if --frame-bytes has no room for so many: each takes up to 18
    /// bytes of a frame, and 1,024 bytes go around them.
    #[arg(long, env = "STARLING_BOARD_POINTS", default_value_t = BoardLimits::DEFAULT.points,
        value_name = "1 to 100,000 points", value_parser = count::<usize>(1, 100_000),
        help_heading = BOARDS)]
    pub board_points: usize,

    /// How many changes of a board may be made at once, or shown before they are made.
    #[arg(long, env = "STARLING_BOARD_CHANGES", default_value_t = BoardLimits::DEFAULT.changes,
        value_name = "1 to 5,000 changes", value_parser = count::<usize>(1, 5_000),
        help_heading = BOARDS)]
    pub board_changes: usize,

    /// The longest text that somebody may show at their cursor.
    #[arg(long, env = "STARLING_BOARD_SAY_CHARS", default_value_t = BoardLimits::DEFAULT.say_chars,
        value_name = "1 to 1,000 characters", value_parser = count::<usize>(1, 1_000),
        help_heading = BOARDS)]
    pub board_say_chars: usize,

    /// How many of the latest changes of a board are kept, for those who come back to it. Who missed more
    /// of them, or more than --replay-limit, is sent the board as it is.
    #[arg(long, env = "STARLING_BOARD_LOG", default_value_t = BoardRules::DEFAULT.log,
        value_name = "1 to 1,000,000 changes", value_parser = count::<u64>(1, 1_000_000),
        help_heading = BOARDS)]
    pub board_log: u64,

    /// How many bytes of a board's latest changes are kept. Where --board-log of them are more, they are fewer.
    #[arg(long, env = "STARLING_BOARD_LOG_BYTES", default_value_t = BoardRules::DEFAULT.log_bytes,
        value_name = "65,536 to 1,073,741,824 bytes",
        value_parser = count::<u64>(65_536, 1_073_741_824), help_heading = BOARDS)]
    pub board_log_bytes: u64,

    /// How many times a person may change boards at once.
    #[arg(long, env = "STARLING_OPERATIONS_BURST", default_value = "40",
        value_name = "1 to 1,000,000 changes",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = BOARDS)]
    pub operations_burst: NonZeroU32,

    /// How many times a second a person may change boards in the long run.
    #[arg(long, env = "STARLING_OPERATIONS_PER_SECOND", default_value = "20",
        value_name = "1 to 1,000,000 changes",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = BOARDS)]
    pub operations_per_second: NonZeroU32,

    /// How many times a second one connection may show what its person has in hand, in the long run and at
    /// once. Of one that shows more, the server reads no faster.
    #[arg(long, env = "STARLING_PREVIEWS_PER_SECOND", default_value = "20",
        value_name = "1 to 1,000,000 frames",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = BOARDS)]
    pub previews_per_second: NonZeroU32,

    /// How many times a second one connection may point something out, in the long run and at once. Of one
    /// that does more, the server reads no faster.
    #[arg(long, env = "STARLING_SIGNALS_PER_SECOND", default_value = "10",
        value_name = "1 to 1,000,000 frames",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = BOARDS)]
    pub signals_per_second: NonZeroU32,
}

impl Boards {
    /// What boards take where a frame may have so many bytes.
    pub(super) fn rules(&self, frame_bytes: usize) -> BoardRules {
        let room = frame_bytes.saturating_sub(JSON_FRAME);
        let limits = BoardLimits {
            objects: self.board_objects,
            text_chars: self.board_text_chars.min(room / JSON_CHAR),
            points: self.board_points.min(room / JSON_POINT),
            changes: self.board_changes,
            say_chars: self.board_say_chars.min(room / JSON_CHAR),
        };
        BoardRules { limits, log: self.board_log, log_bytes: self.board_log_bytes }
    }
}

#[cfg(test)]
mod tests {
    use starling_protocol::board::{
        BoardRequest, Change, Content, InkPoint, Object, Operation, Size, Tint,
    };
    use starling_protocol::{ObjectId, OperationId, Point, Slug, UserId, codec};
    use uuid::Uuid;

    use super::*;
    use crate::config::Config;

    fn config(flags: &[&str]) -> Config {
        #[derive(clap::Parser)]
        struct Cli {
            #[command(flatten)]
            config: Config,
        }
        <Cli as clap::Parser>::parse_from([&["starling"], flags].concat()).config
    }

    /// The bytes of a frame that puts that on a board, at its longest.
    fn frame(content: Content) -> usize {
        let id = Uuid::from_u128(u128::MAX);
        let object = Object {
            id: ObjectId::new(id),
            at: Point { x: u16::MAX, y: u16::MAX },
            size: Size { width: u16::MAX, height: u16::MAX },
            layer: i32::MIN,
            tint: Tint(u8::MAX),
            by: UserId::new(id),
            content,
        };
        let request = BoardRequest::Operate {
            reference: u32::MAX,
            room: Slug::new("r".repeat(200)),
            operation: Operation {
                id: OperationId::new(id),
                changes: vec![Change::Put { object }],
            },
        };
        codec::encode_board_request(&request).len()
    }

    #[test]
    fn the_largest_thing_fits_into_a_frame() {
        for bytes in ["2048", "20000", "65536", "4194304"] {
            let flags = [
                "--board-points",
                "100000",
                "--board-text-chars",
                "100000",
                "--frame-bytes",
                bytes,
            ];
            let limits = config(&flags).board_rules().limits;
            let most: usize = bytes.parse().unwrap();
            let point = InkPoint { x: u16::MAX, y: u16::MAX, pressure: u8::MAX };
            let stroke = Content::Ink { points: vec![point; limits.points], width: u16::MAX };
            assert!(frame(stroke) <= most, "a stroke of {} points in {bytes}", limits.points);
            // Control characters are what takes most of what the codec writes; others may write more.
            let text = "\u{1}".repeat(limits.text_chars * 2);
            assert!(frame(Content::Note { text }) <= most, "a note in {bytes}");
        }
    }

    #[test]
    fn what_fits_is_as_it_was_set() {
        let limits = config(&[]).board_rules().limits;
        assert_eq!(limits, BoardLimits::DEFAULT);
        let limits = config(&["--board-points", "3584"]).board_rules().limits;
        assert_eq!(limits.points, 3_584, "as many as fit");
        let limits = config(&["--board-points", "3585"]).board_rules().limits;
        assert_eq!(limits.points, 3_584, "one more does not fit");
        let limits = config(&["--board-text-chars", "5377"]).board_rules().limits;
        assert_eq!(limits.text_chars, 5_376);
    }
}
