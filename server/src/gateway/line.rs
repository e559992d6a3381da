//! A client's connection, over whatever it comes: how much of what was sent it has not taken yet, whether
//! anything more is read from it, and whether it has been cut.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::http::caller::Caller;
use crate::http::identity::Credential;
use crate::places::Place;
use crate::stopping::Farewell;

/// The lines of clients that poll, by the id that each of their requests carries; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Lines {
    polling: Arc<Mutex<HashMap<String, Weak<Line>>>>,
}

impl Lines {
    pub(super) fn add(&self, sid: &str, line: &Arc<Line>) {
        let _ = line.registered.set((self.clone(), sid.to_owned()));
        self.polling.lock().insert(sid.to_owned(), Arc::downgrade(line));
    }

    pub(super) fn get(&self, sid: &str) -> Option<Arc<Line>> {
        self.polling.lock().get(sid)?.upgrade()
    }
}

/// How many bytes were sent, and how many of them the client has taken.
#[derive(Clone, Copy, Debug, Default)]
struct Flow {
    sent: u64,
    taken: u64,
}

/// What the client said and is not done with.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    /// How many sessions have more to do than they should.
    full: usize,
    /// Of all sessions.
    bytes: usize,
}

/// One client's connection. It lives as long as socketioxide's session.
pub(super) struct Line {
    pub(super) caller: Caller,
    /// Whether a cookie that came with it may count.
    pub(super) from_own_page: bool,
    flow: watch::Sender<Flow>,
    load: watch::Sender<Load>,
    /// So many bytes of what the client said may be here; then it is not read.
    most: usize,
    /// Whoever posts for a client that polls: one at a time, as the protocol has it.
    posting: tokio::sync::Mutex<()>,
    cut: CancellationToken,
    sessions: AtomicUsize,
    goodbye: OnceLock<Instant>,
    /// The guest that was made of whoever connected without a token: one for all namespaces.
    pub(super) guest: tokio::sync::Mutex<Option<Credential>>,
    registered: OnceLock<(Lines, String)>,
    _place: Place<IpAddr>,
}

impl Line {
    pub(super) fn new(
        caller: Caller,
        from_own_page: bool,
        place: Place<IpAddr>,
        most: usize,
    ) -> Self {
        Self {
            caller,
            from_own_page,
            flow: watch::Sender::default(),
            load: watch::Sender::default(),
            most,
            posting: tokio::sync::Mutex::default(),
            cut: CancellationToken::new(),
            sessions: AtomicUsize::new(0),
            goodbye: OnceLock::new(),
            guest: tokio::sync::Mutex::default(),
            registered: OnceLock::new(),
            _place: place,
        }
    }

    /// Counts what is sent; says which mark [`Self::taken`] has to reach until it has been taken.
    pub(super) fn send(&self, bytes: usize) -> u64 {
        let mut mark = 0;
        self.flow.send_if_modified(|flow| {
            flow.sent += bytes as u64;
            mark = flow.sent;
            false
        });
        mark
    }

    /// Counts what the client, or at least the system on its way, has taken. That is a little more than was
    /// sent, as frames have heads; so much is forgotten whenever nothing waits.
    pub(super) fn take(&self, bytes: usize) {
        self.flow.send_modify(|flow| flow.taken = (flow.taken + bytes as u64).min(flow.sent));
    }

    /// How far the client has taken what was sent.
    pub(super) fn taken(&self) -> u64 {
        self.flow.borrow().taken
    }

    /// How many bytes wait to be taken.
    pub(super) fn waiting(&self) -> u64 {
        let flow = self.flow.borrow();
        flow.sent - flow.taken
    }

    /// Tells when something was taken.
    pub(super) fn progress(&self) -> Progress {
        Progress { flow: self.flow.subscribe() }
    }

    /// One of its sessions has more to do than it should, until what is returned goes.
    pub(super) fn fill(self: &Arc<Self>) -> Full {
        self.load.send_modify(|load| load.full += 1);
        Full { line: Arc::clone(self) }
    }

    /// So many bytes that the client sent are here until what is returned goes.
    pub(super) fn hold(self: &Arc<Self>, bytes: usize) -> Held {
        self.load.send_modify(|load| load.bytes += bytes);
        Held { line: Arc::clone(self), bytes }
    }

    /// The right to post for the client; `None` while somebody has it.
    pub(super) fn post(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        self.posting.try_lock().ok()
    }

    /// Waits until more may be read from the client.
    pub(super) async fn readable(&self) {
        // Its sender is here, so that this cannot fail.
        let _ = self.load.subscribe().wait_for(|load| self.takes(*load)).await;
    }

    pub(super) fn is_readable(&self) -> bool {
        self.takes(*self.load.borrow())
    }

    fn takes(&self, load: Load) -> bool {
        load.full == 0 && load.bytes <= self.most
    }

    /// Ends the connection in a way that lets the client come back by itself.
    pub(super) fn cut(&self) {
        self.cut.cancel();
    }

    /// What tells that it was cut. It does not keep the line.
    pub(super) fn token(&self) -> CancellationToken {
        self.cut.clone()
    }

    pub(super) fn enter(&self) {
        self.sessions.fetch_add(1, Ordering::AcqRel);
    }

    /// One session less; true if it was the last one.
    pub(super) fn leave(&self) -> bool {
        self.sessions.fetch_sub(1, Ordering::AcqRel) == 1
    }

    pub(super) fn has_sessions(&self) -> bool {
        self.sessions.load(Ordering::Acquire) > 0
    }

    /// When it says goodbye: all its sessions at once.
    pub(super) fn moment(&self, farewell: Farewell) -> Instant {
        *self.goodbye.get_or_init(|| farewell.moment())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // For those who wait to cut it.
        self.cut.cancel();
        if let Some((lines, sid)) = self.registered.get() {
            lines.polling.lock().remove(sid);
        }
    }
}

/// Says when something was taken.
pub(super) struct Progress {
    flow: watch::Receiver<Flow>,
}

impl Progress {
    /// Waits until something was taken since it was last asked.
    pub(super) async fn made(&mut self) {
        if self.flow.changed().await.is_err() {
            std::future::pending().await
        }
    }
}

/// Keeps a line from being read.
pub(super) struct Full {
    line: Arc<Line>,
}

impl Drop for Full {
    fn drop(&mut self) {
        self.line.load.send_modify(|load| load.full -= 1);
    }
}

/// What a client sent and is still here.
pub(super) struct Held {
    line: Arc<Line>,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.line.load.send_modify(|load| load.bytes -= self.bytes);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::places::Places;

    pub(in crate::gateway) fn line() -> Arc<Line> {
        let address = IpAddr::from([10, 0, 0, 1]);
        let place = Places::new(1).take(address).unwrap();
        Arc::new(Line::new(Caller { address, agent: String::new() }, false, place, 100))
    }

    #[test]
    fn what_is_taken_is_counted_and_heads_do_not_add_up() {
        let line = line();
        let mut progress = line.progress();
        let first = line.send(100);
        let second = line.send(50);
        assert_eq!((first, second, line.waiting()), (100, 150, 150));
        assert!(progress.made().now_or_never().is_none());
        line.take(104);
        assert!(progress.made().now_or_never().is_some());
        assert!(line.taken() >= first && line.taken() < second);
        line.take(1_000);
        assert_eq!(line.waiting(), 0);
        line.send(7);
        assert_eq!(line.waiting(), 7, "what was taken before is not taken again");
    }

    #[tokio::test]
    async fn it_is_read_again_when_the_last_one_has_room() {
        let line = line();
        let (first, second) = (line.fill(), line.fill());
        drop(first);
        assert!(!line.is_readable() && line.readable().now_or_never().is_none());
        drop(second);
        line.readable().await;
    }

    #[tokio::test]
    async fn it_is_not_read_while_too_much_of_what_was_said_is_here() {
        let line = line();
        let (first, second) = (line.hold(60), line.hold(60));
        assert!(!line.is_readable() && line.readable().now_or_never().is_none());
        drop(first);
        line.readable().await;
        drop(second);
        assert!(line.is_readable());
    }

    #[test]
    fn one_posts_at_a_time() {
        let line = line();
        let first = line.post();
        assert!(first.is_some() && line.post().is_none());
        drop(first);
        assert!(line.post().is_some());
    }
}
