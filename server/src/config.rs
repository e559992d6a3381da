//! Every setting and every limit, from flags or `STARLING_*` environment variables.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use starling_protocol::Limits;

/// The most bytes of a character in JSON: two escapes of a surrogate pair.
const JSON_CHAR: usize = 12;
/// The bytes of a `post` around its body, generously.
const JSON_FRAME: usize = 1_024;

/// What `starling serve` can be told.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Where to listen. Port 0 takes a free one and prints it.
    #[arg(long, env = "STARLING_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// The folder of the database. Made if it is missing; one server at a time uses it.
    #[arg(long, env = "STARLING_DATA_DIR", default_value = "./data")]
    pub data_dir: PathBuf,

    /// The address people open, such as https://chat.example.org. Pages of other origins may not
    /// post, join or connect. Without it, the origin must match the request's Host header.
    #[arg(long, env = "STARLING_PUBLIC_URL", value_parser = parse_origin)]
    pub public_url: Option<String>,

    /// Proxies whose X-Forwarded-For header is believed; several are separated by commas.
    #[arg(long, env = "STARLING_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpAddr>,

    /// How logs are written to standard error.
    #[arg(long, env = "STARLING_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// What is logged: a level, or levels by module, such as info,starling_server=debug.
    #[arg(long, env = "STARLING_LOG", default_value = "info")]
    pub log: String,

    /// The longest name of a person, in characters.
    #[arg(long, env = "STARLING_NAME_CHARS", default_value_t = Limits::default().name_chars, value_parser = parse_count)]
    pub name_chars: usize,

    /// The longest name of a room, in characters.
    #[arg(long, env = "STARLING_ROOM_NAME_CHARS", default_value_t = Limits::default().room_name_chars, value_parser = parse_count)]
    pub room_name_chars: usize,

    /// The longest message, in characters.
    #[arg(long, env = "STARLING_MESSAGE_CHARS", default_value_t = Limits::default().message_chars, value_parser = parse_count)]
    pub message_chars: usize,

    /// The largest frame a client may send, in bytes.
    #[arg(long, env = "STARLING_FRAME_BYTES", default_value_t = Limits::default().frame_bytes, value_parser = parse_count)]
    pub frame_bytes: usize,

    /// How many messages a page, a snapshot and a step back in the history have.
    #[arg(long, env = "STARLING_HISTORY_PAGE", default_value_t = Limits::default().history_page, value_parser = parse_count)]
    pub history_page: usize,

    /// How many missed messages a returning client is sent; one that missed more starts over with
    /// the latest ones.
    #[arg(long, env = "STARLING_REPLAY_LIMIT", default_value_t = 1_000)]
    pub replay_limit: u64,

    /// How many rooms one connection may be in.
    #[arg(long, env = "STARLING_ROOMS_PER_CONNECTION", default_value_t = Limits::default().rooms_per_connection, value_parser = parse_count)]
    pub rooms_per_connection: usize,

    /// How many connections one room takes, at most 65,000.
    #[arg(long, env = "STARLING_ROOM_PARTICIPANTS", default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(1..=65_000))]
    pub room_participants: u16,

    /// How many rooms may be made from one address within 24 hours.
    #[arg(long, env = "STARLING_ROOMS_PER_ADDRESS", default_value_t = 50)]
    pub rooms_per_address: u32,

    /// How many rooms the lobby lists.
    #[arg(long, env = "STARLING_LOBBY_ROOMS", default_value_t = 100)]
    pub lobby_rooms: u32,

    /// How many messages a person may send at once.
    #[arg(long, env = "STARLING_CHAT_BURST", default_value = "20")]
    pub chat_burst: std::num::NonZeroU32,

    /// How many messages a minute a person may send in the long run.
    #[arg(long, env = "STARLING_CHAT_PER_MINUTE", default_value = "100")]
    pub chat_per_minute: std::num::NonZeroU32,

    /// How many cursor frames a second one connection may send, in the long run and at once. Of one
    /// that sends more, the server reads no faster.
    #[arg(long, env = "STARLING_CURSORS_PER_SECOND", default_value = "60")]
    pub cursors_per_second: std::num::NonZeroU32,

    /// How many frames a second one connection may send, of all kinds, in the long run and at once.
    /// Of one that sends more, the server reads no faster.
    #[arg(long, env = "STARLING_FRAMES_PER_SECOND", default_value = "200")]
    pub frames_per_second: std::num::NonZeroU32,

    /// Up to how many people typing is told by name; above, only their number.
    #[arg(long, env = "STARLING_TYPING_NAMES", default_value_t = 100)]
    pub typing_names: usize,

    /// How long somebody counts as typing after the last key, in seconds.
    #[arg(long, env = "STARLING_TYPING_SECONDS", default_value = "2", value_parser = parse_seconds)]
    pub typing_seconds: Duration,

    /// How long somebody whose connection broke stays in the list, in seconds, so that a reload is
    /// no goodbye.
    #[arg(long, env = "STARLING_LEAVE_AFTER", default_value = "15", value_parser = parse_seconds)]
    pub leave_after: Duration,

    /// After so many silent seconds a connection is pinged.
    #[arg(long, env = "STARLING_PING_AFTER", default_value = "25", value_parser = parse_seconds)]
    pub ping_after: Duration,

    /// A connection that does not answer a ping within so many seconds is closed.
    #[arg(long, env = "STARLING_PONG_WITHIN", default_value = "8", value_parser = parse_seconds)]
    pub pong_within: Duration,

    /// A connection that takes nothing from its socket for so many seconds is closed.
    #[arg(long, env = "STARLING_STALL_AFTER", default_value = "10", value_parser = parse_seconds)]
    pub stall_after: Duration,

    /// How long stopping may take, in seconds.
    #[arg(long, env = "STARLING_DRAIN_WITHIN", default_value = "30", value_parser = parse_seconds)]
    pub drain_within: Duration,

    /// How many writes may wait for the database; further ones are refused as busy.
    #[arg(long, env = "STARLING_WRITE_QUEUE", default_value_t = 1_024, value_parser = parse_count)]
    pub write_queue: usize,

    /// The largest the database may become, in pages of 4 KiB; without it, as large as the disk.
    #[arg(long, env = "STARLING_MAX_PAGES")]
    pub max_pages: Option<u32>,

    /// How many commands may wait for a room's task. When it is full, sessions wait, and the room
    /// reads new messages from the database.
    #[arg(long, env = "STARLING_ROOM_MAILBOX", default_value_t = 1_024, value_parser = parse_count)]
    pub room_mailbox: usize,

    /// How many of its latest messages a room keeps in memory for its sessions.
    #[arg(long, env = "STARLING_ROOM_RING", default_value_t = 256, value_parser = parse_count)]
    pub room_ring: usize,
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
        }
    }

    /// Refuses settings that do not go together.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn check(&self) -> Result<(), String> {
        let longest = self.message_chars.saturating_mul(JSON_CHAR).saturating_add(JSON_FRAME);
        if longest > self.frame_bytes {
            return Err(format!(
                "a message of {} characters can need a frame of {longest} bytes, \
                 but --frame-bytes allows {}",
                self.message_chars, self.frame_bytes
            ));
        }
        Ok(())
    }

    /// Whether browsers reach the server over TLS, as far as it knows.
    #[must_use]
    pub fn is_served_over_tls(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| format!("{text:?} is not a number of seconds"))
}

/// A number of things, of which none would make no sense.
fn parse_count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err(format!("{text:?} is not a number from 1 up")),
        Ok(count) => Ok(count),
    }
}

/// Reduces an address to its origin: scheme, host and port, as browsers write it.
fn parse_origin(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} is not like https://chat.example.org");
    let uri: axum::http::Uri = text.parse().map_err(|_| wrong())?;
    let scheme = uri.scheme_str().filter(|s| matches!(*s, "http" | "https")).ok_or_else(wrong)?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?.to_ascii_lowercase();
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err(format!("{text:?} has a path; Starling is served from the top of its host"));
    }
    Ok(match (scheme, uri.port_u16()) {
        (_, None) | ("http", Some(80)) | ("https", Some(443)) => format!("{scheme}://{host}"),
        (_, Some(port)) => format!("{scheme}://{host}:{port}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(parse_origin("https://Chat.Example.org/").unwrap(), "https://chat.example.org");
        assert_eq!(parse_origin("https://a.b:443").unwrap(), "https://a.b");
        assert_eq!(parse_origin("http://a.b:8080").unwrap(), "http://a.b:8080");
        for wrong in ["", "chat.example.org", "ftp://a.b", "https://a.b/path", "https://a.b/?x"] {
            assert!(parse_origin(wrong).is_err(), "{wrong}");
        }
    }

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

    #[test]
    fn a_count_is_at_least_one() {
        assert_eq!(parse_count("1"), Ok(1));
        for wrong in ["0", "-1", "many", ""] {
            assert!(parse_count(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn seconds_may_have_a_fraction_and_no_sign() {
        assert_eq!(parse_seconds("0.5").unwrap(), Duration::from_millis(500));
        for wrong in ["-1", "x", "NaN", "inf"] {
            assert!(parse_seconds(wrong).is_err(), "{wrong}");
        }
    }
}
