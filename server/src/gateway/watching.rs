//! `/admin`: what an administrator watches, once a second, and the log's lines as they come.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::app::App;
use crate::logs::{self, LogLine};

const EVERY: Duration = Duration::from_secs(1);
/// So many rooms are told of, those with most people.
const MOST_ROOMS: usize = 100;
/// So many lines at most are told at once.
const MOST_LINES: usize = 64;

/// One administrator's watch.
pub(super) struct Watching {
    app: App,
    interval: Interval,
    lines: broadcast::Receiver<Arc<LogLine>>,
    messages: u64,
}

impl Watching {
    pub(super) fn new(app: &App) -> Self {
        let mut interval = interval(EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { app: app.clone(), interval, lines: logs::listen(), messages: app.news.messages() }
    }

    /// What there is to tell next; nothing ever, if nobody watches.
    pub(super) async fn next(watching: &mut Option<Self>) -> Vec<(&'static str, Value)> {
        let Some(watching) = watching else { return std::future::pending().await };
        tokio::select! {
            _ = watching.interval.tick() => {}
            line = watching.lines.recv() => return watching.lines_from(line),
        }
        watching.figures().await
    }

    async fn figures(&mut self) -> Vec<(&'static str, Value)> {
        let app = &self.app;
        let connections = json!({
            "people": app.online.people(),
            "sessions": app.sessions.len(),
        });
        let messages = app.news.messages();
        let rates = json!({
            "messagesPerSecond": messages - self.messages,
            "messages": messages,
        });
        self.messages = messages;
        let mut rooms = Vec::new();
        for id in app.hub.fullest(MOST_ROOMS) {
            // One that was deleted meanwhile is not told of, nor is a conversation of two, of which an
            // administrator knows nothing.
            if let Ok(room) = app.store.room_of(id).await
                && !room.direct
            {
                rooms.push(json!({
                    "roomId": room.slug,
                    "name": room.name.as_str(),
                    "people": app.hub.people(id),
                }));
            }
        }
        vec![("connections", connections), ("rates", rates), ("rooms", Value::from(rooms))]
    }

    fn lines_from(&mut self, line: Result<Arc<LogLine>, RecvError>) -> Vec<(&'static str, Value)> {
        let mut told = Vec::new();
        let mut line = Some(line);
        while let Some(Ok(next)) = line {
            let told_line =
                json!({ "level": next.level, "target": next.target, "message": next.text });
            told.push(("log", told_line));
            if told.len() == MOST_LINES {
                break;
            }
            line = self.lines.try_recv().ok().map(Ok);
        }
        told
    }
}
