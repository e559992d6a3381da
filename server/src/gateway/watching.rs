//! `/admin`: what an administrator watches, once a second, and the log's lines as they come.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use crate::app::App;
use crate::logs::{self, LogLine};
use crate::store::RoomRecord;

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
    /// When so many were counted.
    counted_at: Instant,
}

impl Watching {
    pub(super) fn new(app: &App) -> Self {
        let mut interval = interval(EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (lines, messages) = (logs::listen(), app.news.messages());
        Self { app: app.clone(), interval, lines, messages, counted_at: Instant::now() }
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
        let (messages, now) = (app.news.messages(), Instant::now());
        let rates = json!({
            "messagesPerSecond": per_second(messages - self.messages, now - self.counted_at),
            "messages": messages,
        });
        // One that was deleted meanwhile is not told of, nor is a conversation of two, of which an
        // administrator knows nothing.
        let turn = app.turns.next().await;
        let rooms = app.store.these_rooms(&app.hub.fullest(MOST_ROOMS)).await.unwrap_or_default();
        drop(turn);
        let mut rooms: Vec<(usize, RoomRecord)> =
            rooms.into_iter().map(|room| (app.hub.people(room.id), room)).collect();
        rooms.sort_by_key(|(people, room)| (Reverse(*people), room.id));
        let rooms: Vec<Value> = rooms
            .into_iter()
            .map(|(people, room)| {
                json!({ "roomId": room.slug, "name": room.name.as_str(), "people": people })
            })
            .collect();
        // Whoever waited no longer is told of the whole time next.
        (self.messages, self.counted_at) = (messages, now);
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

/// How many they were in a second, to a tenth. What is counted sooner is counted as if a second had passed.
fn per_second(messages: u64, passed: Duration) -> f64 {
    (messages as f64 / passed.max(EVERY).as_secs_f64() * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_that_of_the_time_that_has_passed() {
        for (messages, milliseconds, rate) in
            [(0, 1_000, 0.0), (7, 1_000, 7.0), (7, 0, 7.0), (30, 4_000, 7.5), (1, 3_000, 0.3)]
        {
            assert_eq!(per_second(messages, Duration::from_millis(milliseconds)), rate);
        }
    }
}
