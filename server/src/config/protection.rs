//! Settings that keep one visitor from taking what is there for all: times, sizes and numbers, and who
//! may show pages inside their own.

use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;
use clap::builder::TypedValueParser;

use super::parse::{count, origin, seconds};

const PROTECTION: &str = "Protection";

/// The most bytes of a character in a form: four of UTF-8, each as `%F0`.
const FORM_CHAR: usize = 12;
/// The bytes of a form around a message, generously.
const FORM: usize = 1_024;

/// What keeps one visitor from taking everything.
#[derive(Args, Clone, Debug)]
pub struct Protection {
    /// How long the head of a request may take, from the connection or the answer before on. Trusted
    /// proxies may keep a connection for as long as they like.
    #[arg(long, env = "STARLING_HEADER_SECONDS", default_value = "10",
        value_name = "0.1 to 3,600 seconds", value_parser = seconds(0.1, 3_600.0),
        help_heading = PROTECTION)]
    pub header_seconds: Duration,

    /// How long the body of a request may take.
    #[arg(long, env = "STARLING_BODY_SECONDS", default_value = "30",
        value_name = "0.1 to 3,600 seconds", value_parser = seconds(0.1, 3_600.0),
        help_heading = PROTECTION)]
    pub body_seconds: Duration,

    /// The largest body of a request. A message in a form takes up to 12 bytes for each character of
    /// --message-chars, and 1,024 bytes go around it.
    #[arg(long, env = "STARLING_BODY_BYTES", default_value_t = 131_072,
        value_name = "2,048 to 4,194,304 bytes", value_parser = count::<usize>(2_048, 4_194_304),
        help_heading = PROTECTION)]
    pub body_bytes: usize,

    /// How many connections one address may have. Those of trusted proxies are not counted.
    #[arg(long, env = "STARLING_CONNECTIONS_PER_ADDRESS", default_value = "1000",
        value_name = "1 to 1,000,000 connections", value_parser = count::<u32>(1, 1_000_000),
        help_heading = PROTECTION)]
    pub connections_per_address: u32,

    /// How many WebSockets one address may have.
    #[arg(long, env = "STARLING_SOCKETS_PER_ADDRESS", default_value = "500",
        value_name = "1 to 1,000,000 WebSockets", value_parser = count::<u32>(1, 1_000_000),
        help_heading = PROTECTION)]
    pub sockets_per_address: u32,

    /// How many WebSockets one person may have.
    #[arg(long, env = "STARLING_SOCKETS_PER_USER", default_value = "50",
        value_name = "1 to 1,000,000 WebSockets", value_parser = count::<u32>(1, 1_000_000),
        help_heading = PROTECTION)]
    pub sockets_per_user: u32,

    /// How many times a minute one person may enter rooms, all at once if they like.
    #[arg(long, env = "STARLING_JOINS_PER_MINUTE", default_value = "300",
        value_name = "1 to 1,000,000 joins",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = PROTECTION)]
    pub joins_per_minute: NonZeroU32,

    /// How many new guests an hour may come from one address, all at once if they like.
    #[arg(long, env = "STARLING_NEWCOMERS_PER_ADDRESS", default_value = "1000",
        value_name = "1 to 1,000,000 guests",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = PROTECTION)]
    pub newcomers_per_address: NonZeroU32,

    /// How many times an hour somebody may try to sign in from one address, all at once if they like. As
    /// often they may look where invitations lead.
    #[arg(long, env = "STARLING_SIGN_INS_PER_ADDRESS", default_value = "200",
        value_name = "1 to 1,000,000 tries",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = PROTECTION)]
    pub sign_ins_per_address: NonZeroU32,

    /// How many times an hour somebody may try to sign in under one handle or email address from one
    /// address; from all addresses together it is ten times as many. As often one may ask for a link for a
    /// forgotten password, and try to change one's own.
    #[arg(long, env = "STARLING_SIGN_INS_PER_LOGIN", default_value = "30",
        value_name = "1 to 1,000,000 tries",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = PROTECTION)]
    pub sign_ins_per_login: NonZeroU32,

    /// How many accounts an hour may be made from one address, all at once if they like.
    #[arg(long, env = "STARLING_SIGN_UPS_PER_ADDRESS", default_value = "100",
        value_name = "1 to 1,000,000 accounts",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = PROTECTION)]
    pub sign_ups_per_address: NonZeroU32,

    /// After how many frames within a minute that were unreadable or answered with "Slow down" a
    /// WebSocket is closed.
    #[arg(long, env = "STARLING_REFUSALS_PER_MINUTE", default_value = "100",
        value_name = "1 to 1,000,000 frames",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = PROTECTION)]
    pub refusals_per_minute: NonZeroU32,

    /// Sites that may show Starling's pages inside their own, such as https://example.org; several are
    /// separated by commas. Without it, none may.
    #[arg(long, env = "STARLING_ALLOW_EMBEDDING", value_name = "origins", value_parser = origin,
        value_delimiter = ',', help_heading = PROTECTION)]
    pub allow_embedding: Vec<String>,
}

impl Protection {
    /// Refuses what does not go together with the longest message.
    pub(super) fn check(&self, message_chars: usize) -> Result<(), String> {
        let longest = message_chars.saturating_mul(FORM_CHAR).saturating_add(FORM);
        if longest > self.body_bytes {
            return Err(format!(
                "a message of {message_chars} characters can need a form of {longest} bytes, \
                 but --body-bytes allows {}",
                self.body_bytes
            ));
        }
        Ok(())
    }
}
