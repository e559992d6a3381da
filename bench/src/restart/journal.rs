//! What happened to everyone, and what became of what was said.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;
use starling_protocol::{MessageId, Seq, Slug};
use tokio::time::Instant;

/// Something that happened to a person's connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happened {
    Greeted,
    Entered,
    Goodbye { reconnect_after_ms: u64 },
    Closed { code: Option<u16> },
}

impl Happened {
    pub(crate) fn is_greeted(&self) -> bool {
        matches!(self, Self::Greeted)
    }

    pub(crate) fn is_entered(&self) -> bool {
        matches!(self, Self::Entered)
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self, Self::Closed { .. })
    }
}

struct Said {
    room: Slug,
    acked: Option<(Instant, Seq)>,
}

/// What a room's log has, in order.
pub(crate) struct Stored {
    pub(crate) room: Slug,
    pub(crate) messages: Vec<(Seq, MessageId)>,
}

#[derive(Default)]
pub(crate) struct Journal {
    happened: Mutex<Vec<(Instant, Happened)>>,
    said: Mutex<HashMap<MessageId, Said>>,
    present: AtomicUsize,
    silent: AtomicBool,
}

impl Journal {
    pub(crate) fn note(&self, happened: Happened) {
        self.happened.lock().push((Instant::now(), happened));
    }

    pub(crate) fn came(&self) {
        self.note(Happened::Entered);
        self.present.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn went(&self) {
        self.present.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many are in their rooms.
    pub(crate) fn present(&self) -> usize {
        self.present.load(Ordering::Relaxed)
    }

    pub(crate) fn stop_posting(&self) {
        self.silent.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.silent.load(Ordering::Relaxed)
    }

    pub(crate) fn posted(&self, room: &Slug, id: MessageId) {
        self.said.lock().insert(id, Said { room: room.clone(), acked: None });
    }

    pub(crate) fn acked(&self, id: MessageId, seq: Seq) {
        if let Some(said) = self.said.lock().get_mut(&id) {
            said.acked = Some((Instant::now(), seq));
        }
    }

    /// How many messages have not been acked.
    pub(crate) fn waiting(&self) -> usize {
        self.said.lock().values().filter(|said| said.acked.is_none()).count()
    }

    /// When such a thing happened since then.
    pub(crate) fn times(&self, since: Instant, which: fn(&Happened) -> bool) -> Vec<Instant> {
        let happened = self.happened.lock();
        let which = happened.iter().filter(|(at, happened)| *at >= since && which(happened));
        which.map(|(at, _)| *at).collect()
    }

    /// How connections ended.
    pub(crate) fn farewells(&self) -> String {
        let mut codes: BTreeMap<Option<u16>, usize> = BTreeMap::new();
        let mut delays = Vec::new();
        for (_, happened) in self.happened.lock().iter() {
            match happened {
                Happened::Closed { code } => *codes.entry(*code).or_default() += 1,
                Happened::Goodbye { reconnect_after_ms } => delays.push(*reconnect_after_ms),
                _ => {}
            }
        }
        let mut text = format!("goodbye: {}", delays.len());
        if let (Some(least), Some(most)) = (delays.iter().min(), delays.iter().max()) {
            let _ = write!(text, ", back after {least} to {most} ms");
        }
        for (code, count) in codes {
            let _ = match code {
                Some(code) => write!(text, "; closed with {code}: {count}"),
                None => write!(text, "; closed without a code: {count}"),
            };
        }
        text
    }

    /// Whether all that was acked is stored, once and under its number, and the rest as well. The
    /// server was told to stop, and ended, at these times.
    pub(crate) fn compare(
        &self,
        stored: &[Stored],
        stopped: Instant,
        ended: Instant,
    ) -> (String, bool) {
        let said = self.said.lock();
        let mut found: HashMap<MessageId, Vec<(&Slug, Seq)>> = HashMap::new();
        let mut gaps = 0;
        for Stored { room, messages } in stored {
            for (seq, id) in messages {
                found.entry(*id).or_default().push((room, *seq));
            }
            gaps += messages.windows(2).filter(|pair| pair[1].0 != pair[0].0.next()).count();
        }
        let (mut before, mut during, mut after) = (0, 0, 0);
        let (mut missing, mut twice, mut elsewhere) = (0, 0, 0);
        for (id, said) in said.iter() {
            match said.acked {
                Some((at, _)) if at < stopped => before += 1,
                Some((at, _)) if at < ended => during += 1,
                Some(_) => after += 1,
                None => {}
            }
            match found.get(id).map(Vec::as_slice) {
                None => missing += 1,
                Some([(room, seq)]) => {
                    let acked = said.acked.map(|(_, acked)| acked);
                    let right = **room == said.room && acked.is_none_or(|acked| acked == *seq);
                    elsewhere += usize::from(!right);
                }
                Some(_) => twice += 1,
            }
        }
        let strange = found.keys().filter(|id| !said.contains_key(id)).count();
        let text = format!(
            "{} messages: {before} acked before the stop, {during} until the process had ended, \
             {after} after; in the logs read anew {missing} missing, {twice} twice, {elsewhere} under \
             another number, {strange} that nobody said, {gaps} gaps",
            said.len()
        );
        (text, missing + twice + elsewhere + strange + gaps == 0)
    }
}
