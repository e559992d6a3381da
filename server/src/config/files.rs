//! Settings of the files that people send: how large, how many, how much in all.
//!
//! The defaults fit a small disk of 20 GB: all files together take half of it at most, no address fills
//! that in a day, and a film of some minutes from a telephone is one file.

use std::time::Duration;

use clap::Args;
use starling_protocol::Limits;

use super::parse::{count, seconds};

const FILES: &str = "Files";

/// What is taken of the files that people send.
#[derive(Args, Clone, Debug)]
pub struct FileSettings {
    /// The largest file that somebody may send. With 0 nobody sends any; those that are there are still
    /// served.
    #[arg(long, env = "STARLING_FILE_BYTES", default_value_t = Limits::default().file_bytes,
        value_name = "0 to 1,099,511,627,776 bytes", value_parser = count::<u64>(0, 1 << 40),
        help_heading = FILES)]
    pub file_bytes: u64,

    /// How large all files together may become, those under way counted as large as they will be. Further
    /// ones are refused.
    #[arg(long, env = "STARLING_FILES_BYTES", default_value_t = 10 << 30,
        value_name = "0 to 1,125,899,906,842,624 bytes", value_parser = count::<u64>(0, 1 << 50),
        help_heading = FILES)]
    pub files_bytes: u64,

    /// How many uploads of one person may be unfinished at a time.
    #[arg(long, env = "STARLING_UPLOADS_PER_USER", default_value_t = 5,
        value_name = "1 to 1,000 uploads", value_parser = count::<u32>(1, 1_000),
        help_heading = FILES)]
    pub uploads_per_user: u32,

    /// How many bytes of files one person may send in a day of UTC.
    #[arg(long, env = "STARLING_UPLOAD_BYTES_PER_USER", default_value_t = 1 << 30,
        value_name = "0 to 1,125,899,906,842,624 bytes", value_parser = count::<u64>(0, 1 << 50),
        help_heading = FILES)]
    pub upload_bytes_per_user: u64,

    /// How many bytes of files may come from one address in a day of UTC.
    #[arg(long, env = "STARLING_UPLOAD_BYTES_PER_ADDRESS", default_value_t = 4 << 30,
        value_name = "0 to 1,125,899,906,842,624 bytes", value_parser = count::<u64>(0, 1 << 50),
        help_heading = FILES)]
    pub upload_bytes_per_address: u64,

    /// How long an upload may send nothing before its request is ended. What has arrived is kept, and the
    /// upload goes on from there.
    #[arg(long, env = "STARLING_UPLOAD_STALL_AFTER", default_value = "20",
        value_name = "0.1 to 3,600 seconds", value_parser = seconds(0.1, 3_600.0),
        help_heading = FILES)]
    pub upload_stall_after: Duration,

    /// How long an upload that is not finished is kept, and a finished one that no message has and no board
    /// shows, from when it was finished or taken off the board.
    #[arg(long, env = "STARLING_UPLOADS_LAST", default_value = "86400",
        value_name = "1 to 31,536,000 seconds", value_parser = seconds(1.0, 31_536_000.0),
        help_heading = FILES)]
    pub uploads_last: Duration,
}
