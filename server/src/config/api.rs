//! Settings of the interfaces for programs.

use std::num::NonZeroU32;

use clap::Args;
use clap::builder::TypedValueParser;

use super::parse::count;

const API: &str = "REST API";

/// How much programs may ask for.
#[derive(Args, Clone, Debug)]
pub struct Api {
    /// How many requests a minute to the API may come from one address, all at once if they like.
    #[arg(long = "api-per-minute", env = "STARLING_API_PER_MINUTE", default_value = "1200",
        value_name = "1 to 1,000,000 requests",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = API)]
    pub requests_per_minute: NonZeroU32,

    /// How many searches and statistics a minute one person may ask for, or one address without a
    /// token or a cookie, all at once if they like.
    #[arg(long, env = "STARLING_SEARCHES_PER_MINUTE", default_value = "60",
        value_name = "1 to 1,000,000 searches",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = API)]
    pub searches_per_minute: NonZeroU32,

    /// The largest event, in JSON, that a moderator's program sends to everyone in a room.
    #[arg(long, env = "STARLING_EVENT_BYTES", default_value_t = 16_384,
        value_name = "256 to 65,536 bytes", value_parser = count::<usize>(256, 65_536),
        help_heading = API)]
    pub event_bytes: usize,
}
