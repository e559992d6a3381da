//! Every setting and every limit, from flags or `STARLING_*` environment variables.
//!
//! README tells them in tables made from what stands here (`readme.rs`). A range is written where
//! people read it, in the name of the value; a test tries both of its ends.

mod access;
mod api;
mod boards;
mod cursors;
mod files;
mod gateway;
mod parse;
mod protection;
#[cfg(test)]
mod readme;
mod tokens;

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::TypedValueParser;
use starling_protocol::Limits;

use crate::store::{BoardRules, ReactionLimits};

pub use access::{Access, SmtpUrl, Switch};
pub use api::Api;
pub use boards::Boards;
pub use cursors::CursorSettings;
pub use files::FileSettings;
pub use gateway::Gateway;
use parse::{count, origin, seconds};
pub use protection::Protection;

pub use tokens::{JwtAlgorithm, Tokens};

/// The most bytes of a character in JSON: two escapes of a surrogate pair.
const JSON_CHAR: usize = 12;
/// The bytes of a `post` around its body, generously.
const JSON_FRAME: usize = 1_024;

const SERVING: &str = "Serving";
const LIMITS: &str = "Limits";
const RATES: &str = "Rates";
const TIMES: &str = "Times";
const MEMORY: &str = "Memory and disk";

/// Where the data are.
#[derive(Args, Clone, Debug)]
pub struct DataDir {
    /// The folder of the database. Made if it is missing; one server at a time uses it.
    #[arg(long = "data-dir", env = "STARLING_DATA_DIR", default_value = "./data",
        value_name = "folder", global = true, help_heading = SERVING)]
    pub folder: PathBuf,
}

/// What `starling serve` can be told.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Where to listen. Port 0 takes a free one and prints it.
    #[arg(long, env = "STARLING_ADDR", default_value = "127.0.0.1:3000",
        value_name = "address:port", help_heading = SERVING)]
    pub addr: SocketAddr,

    /// Where the data are.
    #[command(flatten)]
    pub data: DataDir,

    /// The address people open, such as https://chat.example.org. Pages of other origins may not
    /// post, join or connect. Without it, the origin must match the request's Host header.
    #[arg(long, env = "STARLING_PUBLIC_URL", value_name = "URL", value_parser = origin,
        help_heading = SERVING)]
    pub public_url: Option<String>,

    /// Proxies whose X-Forwarded-For header is believed; several are separated by commas.
    #[arg(long, env = "STARLING_TRUSTED_PROXIES", value_name = "IP addresses",
        value_delimiter = ',', help_heading = SERVING)]
    pub trusted_proxies: Vec<IpAddr>,

    /// How logs are written to standard error.
    #[arg(long, env = "STARLING_LOG_FORMAT", default_value_t = LogFormat::Text, value_enum,
        help_heading = SERVING)]
    pub log_format: LogFormat,

    /// What is logged: a level, or levels by module, such as info,starling_server=debug.
    #[arg(long, env = "STARLING_LOG", default_value = "info", value_name = "levels",
        help_heading = SERVING)]
    pub log: String,

    /// Who may come in.
    #[command(flatten)]
    pub access: Access,

    /// Which tokens count.
    #[command(flatten)]
    pub tokens: Tokens,

    /// The longest name of a person.
    #[arg(long, env = "STARLING_NAME_CHARS", default_value_t = Limits::default().name_chars,
        value_name = "1 to 200 characters", value_parser = count::<usize>(1, 200),
        help_heading = LIMITS)]
    pub name_chars: usize,

    /// The longest name of a room.
    #[arg(long, env = "STARLING_ROOM_NAME_CHARS",
        default_value_t = Limits::default().room_name_chars, value_name = "1 to 500 characters",
        value_parser = count::<usize>(1, 500), help_heading = LIMITS)]
    pub room_name_chars: usize,

    /// The longest message. Each character takes up to 12 bytes of a frame, and 1,024 bytes go
    /// around it: --frame-bytes must be that large.
    #[arg(long, env = "STARLING_MESSAGE_CHARS", default_value_t = Limits::default().message_chars,
        value_name = "1 to 100,000 characters", value_parser = count::<usize>(1, 100_000),
        help_heading = LIMITS)]
    pub message_chars: usize,

    /// With how many different signs people may react to one message.
    #[arg(long, env = "STARLING_SIGNS_PER_MESSAGE", default_value_t = ReactionLimits::DEFAULT.signs,
        value_name = "1 to 100 signs", value_parser = count::<u32>(1, 100), help_heading = LIMITS)]
    pub signs_per_message: u32,

    /// How often people may react to one message in all.
    #[arg(long, env = "STARLING_REACTIONS_PER_MESSAGE",
        default_value_t = ReactionLimits::DEFAULT.reactions,
        value_name = "1 to 10,000 reactions", value_parser = count::<u32>(1, 10_000),
        help_heading = LIMITS)]
    pub reactions_per_message: u32,

    /// The largest frame a client may send.
    #[arg(long, env = "STARLING_FRAME_BYTES", default_value_t = Limits::default().frame_bytes,
        value_name = "2,048 to 4,194,304 bytes", value_parser = count::<usize>(2_048, 4_194_304),
        help_heading = LIMITS)]
    pub frame_bytes: usize,

    /// How many messages a page, a snapshot and a step back in the history have.
    #[arg(long, env = "STARLING_HISTORY_PAGE", default_value_t = Limits::default().history_page,
        value_name = "1 to 1,000 messages", value_parser = count::<usize>(1, 1_000),
        help_heading = LIMITS)]
    pub history_page: usize,

    /// How many missed messages, and missed changes of a board, a returning client is sent; one that
    /// missed more starts over with the latest messages, or the board as it is.
    #[arg(long, env = "STARLING_REPLAY_LIMIT", default_value_t = 1_000,
        value_name = "0 to 100,000 messages", value_parser = count::<u64>(0, 100_000),
        help_heading = LIMITS)]
    pub replay_limit: u64,

    /// How many rooms one connection may be in.
    #[arg(long, env = "STARLING_ROOMS_PER_CONNECTION",
        default_value_t = Limits::default().rooms_per_connection, value_name = "1 to 1,000 rooms",
        value_parser = count::<usize>(1, 1_000), help_heading = LIMITS)]
    pub rooms_per_connection: usize,

    /// How many connections one room takes.
    #[arg(long, env = "STARLING_ROOM_PARTICIPANTS", default_value_t = 10_000,
        value_name = "1 to 65,000 connections", value_parser = count::<u16>(1, 65_000),
        help_heading = LIMITS)]
    pub room_participants: u16,

    /// How many rooms may be made from one address within 24 hours.
    #[arg(long, env = "STARLING_ROOMS_PER_ADDRESS", default_value_t = 50,
        value_name = "0 to 1,000,000 rooms", value_parser = count::<u32>(0, 1_000_000),
        help_heading = LIMITS)]
    pub rooms_per_address: u32,

    /// How many rooms the lobby lists.
    #[arg(long, env = "STARLING_LOBBY_ROOMS", default_value_t = 100,
        value_name = "0 to 1,000 rooms", value_parser = count::<u32>(0, 1_000),
        help_heading = LIMITS)]
    pub lobby_rooms: u32,

    /// Up to how many people typing is told by name; above, only their number.
    #[arg(long, env = "STARLING_TYPING_NAMES", default_value_t = 100,
        value_name = "0 to 65,000 people", value_parser = count::<usize>(0, 65_000),
        help_heading = LIMITS)]
    pub typing_names: usize,

    /// How many messages a person may send at once.
    #[arg(long, env = "STARLING_CHAT_BURST", default_value = "20",
        value_name = "1 to 1,000,000 messages",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = RATES)]
    pub chat_burst: NonZeroU32,

    /// How many messages a minute a person may send in the long run.
    #[arg(long, env = "STARLING_CHAT_PER_MINUTE", default_value = "100",
        value_name = "1 to 1,000,000 messages",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = RATES)]
    pub chat_per_minute: NonZeroU32,

    /// How many cursor frames a second one connection may send, in the long run and at once. Of one
    /// that sends more, the server reads no faster.
    #[arg(long, env = "STARLING_CURSORS_PER_SECOND", default_value = "60",
        value_name = "1 to 1,000,000 frames",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = RATES)]
    pub cursors_per_second: NonZeroU32,

    /// How many frames a second one connection may send, of all kinds, in the long run and at once.
    /// Of one that sends more, the server reads no faster.
    #[arg(long, env = "STARLING_FRAMES_PER_SECOND", default_value = "200",
        value_name = "1 to 1,000,000 frames",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = RATES)]
    pub frames_per_second: NonZeroU32,

    /// How many connections a second a stopping server closes. Their clients come back at the same
    /// pace.
    #[arg(long, env = "STARLING_CLOSES_PER_SECOND", default_value = "500",
        value_name = "1 to 1,000,000 connections",
        value_parser = count::<u32>(1, 1_000_000).try_map(NonZeroU32::try_from),
        help_heading = RATES)]
    pub closes_per_second: NonZeroU32,

    /// How long somebody counts as typing after the last key.
    #[arg(long, env = "STARLING_TYPING_SECONDS", default_value = "2",
        value_name = "0.1 to 60 seconds", value_parser = seconds(0.1, 60.0), help_heading = TIMES)]
    pub typing_seconds: Duration,

    /// How long somebody whose connection broke stays in the list, so that a reload is no goodbye.
    #[arg(long, env = "STARLING_LEAVE_AFTER", default_value = "15",
        value_name = "0 to 3,600 seconds", value_parser = seconds(0.0, 3_600.0),
        help_heading = TIMES)]
    pub leave_after: Duration,

    /// After how long a silence a connection is pinged.
    #[arg(long, env = "STARLING_PING_AFTER", default_value = "25",
        value_name = "0.1 to 3,600 seconds", value_parser = seconds(0.1, 3_600.0),
        help_heading = TIMES)]
    pub ping_after: Duration,

    /// How long a connection may take to answer a ping before it is closed.
    #[arg(long, env = "STARLING_PONG_WITHIN", default_value = "8",
        value_name = "0.1 to 3,600 seconds", value_parser = seconds(0.1, 3_600.0),
        help_heading = TIMES)]
    pub pong_within: Duration,

    /// How long a connection may take nothing from its socket before it is closed.
    #[arg(long, env = "STARLING_STALL_AFTER", default_value = "10",
        value_name = "0.1 to 3,600 seconds", value_parser = seconds(0.1, 3_600.0),
        help_heading = TIMES)]
    pub stall_after: Duration,

    /// How long stopping may take; at the end of this time connections are cut.
    #[arg(long, env = "STARLING_DRAIN_WITHIN", default_value = "30",
        value_name = "0 to 3,600 seconds", value_parser = seconds(0.0, 3_600.0),
        help_heading = TIMES)]
    pub drain_within: Duration,

    /// How many writes may wait for the database; further ones are refused as busy.
    #[arg(long, env = "STARLING_WRITE_QUEUE", default_value_t = 1_024,
        value_name = "1 to 1,000,000 writes", value_parser = count::<usize>(1, 1_000_000),
        help_heading = MEMORY)]
    pub write_queue: usize,

    /// The largest the database may become, in pages of 4 KiB; without it, as large as the disk.
    #[arg(long, env = "STARLING_MAX_PAGES", value_name = "1 to 4,294,967,294 pages",
        value_parser = count::<u32>(1, 4_294_967_294), help_heading = MEMORY)]
    pub max_pages: Option<u32>,

    /// How many commands may wait for a room's task. When it is full, sessions wait, and the room
    /// reads new messages from the database.
    #[arg(long, env = "STARLING_ROOM_MAILBOX", default_value_t = 1_024,
        value_name = "1 to 1,000,000 commands", value_parser = count::<usize>(1, 1_000_000),
        help_heading = MEMORY)]
    pub room_mailbox: usize,

    /// How many of its latest messages, and of its board's latest changes, a room keeps in memory for its
    /// sessions; 4 MiB of each at most.
    #[arg(long, env = "STARLING_ROOM_RING", default_value_t = 256,
        value_name = "1 to 1,000,000 messages", value_parser = count::<usize>(1, 1_000_000),
        help_heading = MEMORY)]
    pub room_ring: usize,

    /// What people are sent of each other's cursors.
    #[command(flatten)]
    pub cursors: CursorSettings,

    /// What keeps one visitor from taking everything.
    #[command(flatten)]
    pub protection: Protection,

    /// How much programs may ask for.
    #[command(flatten)]
    pub api: Api,
    /// How Socket.IO clients are served.
    #[command(flatten)]
    pub gateway: Gateway,

    /// What is taken of the files that people send.
    #[command(flatten)]
    pub files: FileSettings,

    /// What boards take.
    #[command(flatten)]
    pub boards: Boards,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// How much people may react to one message.
    pub(crate) fn reactions(&self) -> ReactionLimits {
        ReactionLimits { signs: self.signs_per_message, reactions: self.reactions_per_message }
    }

    /// What boards take, as far as it fits into a frame, and how much of their past is kept.
    pub(crate) fn board_rules(&self) -> BoardRules {
        self.boards.rules(self.frame_bytes)
    }

    /// The part of the limits that clients are told.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            name_chars: self.name_chars,
            room_name_chars: self.room_name_chars,
            message_chars: self.message_chars,
            frame_bytes: self.frame_bytes,
            history_page: self.history_page,
            rooms_per_connection: self.rooms_per_connection,
            file_bytes: self.files.file_bytes,
        }
    }

    /// Refuses settings that do not go together.
    ///
    /// # Errors A sentence for the operator.
    pub fn check(&self) -> Result<(), String> {
        self.access.check(self.public_url.as_deref())?;
        let longest = self.message_chars.saturating_mul(JSON_CHAR).saturating_add(JSON_FRAME);
        if longest > self.frame_bytes {
            return Err(format!(
                "a message of {} characters can need a frame of {longest} bytes, \
                 but --frame-bytes allows {}",
                self.message_chars, self.frame_bytes
            ));
        }
        self.tokens.check()?;
        self.protection.check(self.message_chars)
    }

    /// Whether browsers reach the server over TLS, as far as it knows.
    #[must_use]
    pub fn is_served_over_tls(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_message_must_fit_into_a_frame() {
        #[derive(clap::Parser)]
        struct Cli {
            #[command(flatten)]
            config: Config,
        }
        let check = |flags: &[&str]| {
            <Cli as clap::Parser>::parse_from([&["starling"], flags].concat()).config.check()
        };
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&["--message-chars", "5376"]), Ok(()));
        assert!(check(&["--message-chars", "5377"]).is_err());
    }
}
