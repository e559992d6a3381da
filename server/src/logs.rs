//! A tap on the log, for administrators who watch it live. While nobody watches it costs next to nothing,
//! and whoever watches too slowly misses lines.

use std::fmt::{self, Write};
use std::sync::{Arc, LazyLock};

use tokio::sync::broadcast;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// So many lines wait for whoever is slow.
const KEPT: usize = 256;
/// The longest line, in bytes; the rest is cut off.
const LONGEST: usize = 2_000;

/// As there is one log in a process.
static LINES: LazyLock<broadcast::Sender<Arc<LogLine>>> =
    LazyLock::new(|| broadcast::Sender::new(KEPT));

/// A line of the log.
#[derive(Debug)]
pub(crate) struct LogLine {
    pub(crate) level: &'static str,
    pub(crate) target: String,
    pub(crate) text: String,
}

/// All lines from now on.
pub(crate) fn listen() -> broadcast::Receiver<Arc<LogLine>> {
    LINES.subscribe()
}

/// What hands the log's lines to those who watch it.
#[derive(Debug, Default)]
pub struct Tap;

impl<S: Subscriber> Layer<S> for Tap {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if LINES.receiver_count() == 0 {
            return;
        }
        let mut text = Text::default();
        event.record(&mut text);
        let metadata = event.metadata();
        let line = LogLine {
            level: metadata.level().as_str(),
            target: metadata.target().to_owned(),
            text: text.0,
        };
        // The last one may have stopped watching meanwhile.
        let _ = LINES.send(Arc::new(line));
    }
}

/// The message first, then the fields.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut piece = String::new();
        // Writing into a string cannot fail.
        let _ = match field.name() {
            "message" => write!(piece, "{value:?}"),
            name => write!(piece, "{name}={value:?}"),
        };
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(&piece);
        if self.0.len() > LONGEST {
            let end = self.0.floor_char_boundary(LONGEST);
            self.0.truncate(end);
        }
    }
}
