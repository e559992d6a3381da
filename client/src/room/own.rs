//! What the client tells of its own person: typing, pointing and looking, no more often than it counts.

use starling_protocol::{Channel, Point, UserId, View};

use super::RoomState;
use crate::Millis;

/// Typing is told at most once a second.
const TYPING_EVERY: Millis = 1_000;

/// What the person sees is told at most five times a second.
const VIEW_EVERY: Millis = 200;

/// What the person sees of the board, throttled. It outlives the connection.
#[derive(Debug, Default)]
pub(super) struct OwnView {
    view: Option<View>,
    is_unsent: bool,
    sent: Option<Millis>,
}

impl OwnView {
    /// The next connection has to be told, too.
    pub(super) fn disconnected(&mut self) {
        self.is_unsent = self.view.is_some();
        self.sent = None;
    }
}

/// The client's own cursor, throttled.
#[derive(Debug, Default)]
pub(super) struct OwnCursor {
    unsent: Option<Option<Point>>,
    sent: Option<Millis>,
}

impl RoomState {
    /// Notes that the person writes or stopped; true if the server should be told.
    pub(crate) fn note_typing(&mut self, now: Millis, active: bool) -> bool {
        if self.seat.is_none() {
            return false;
        }
        let tell = match (self.typing_told, active) {
            (Some(told), true) => now >= told + TYPING_EVERY,
            (told, active) => active || told.is_some(),
        };
        if tell {
            self.typing_told = active.then_some(now);
        }
        self.typing_untold = active && !tell;
        tell
    }

    /// When to tell that the person went on typing, so that the last key counts and not only the
    /// first.
    pub(crate) fn typing_due(&self) -> Option<Millis> {
        self.typing_told.filter(|_| self.typing_untold).map(|told| told + TYPING_EVERY)
    }

    /// The server ends typing by itself when a message comes.
    pub(crate) fn forget_typing(&mut self) {
        self.typing_told = None;
        self.typing_untold = false;
    }

    pub(crate) fn point(&mut self, point: Option<Point>) {
        if self.seat.is_some() {
            self.own_cursor.unsent = Some(point);
        }
    }

    pub(crate) fn look_at(&mut self, view: View) {
        let own = &mut self.own_view;
        own.is_unsent |= own.view != Some(view);
        own.view = Some(view);
    }

    /// When what the person sees may be sent next, if it was not.
    pub(crate) fn view_due(&self) -> Option<Millis> {
        let due = self.own_view.sent.map_or(0, |sent| sent + VIEW_EVERY);
        (self.own_view.is_unsent && self.seat.is_some()).then_some(due)
    }

    /// Takes what the person sees, if it is to be sent now.
    pub(crate) fn take_view(&mut self, now: Millis) -> Option<(Channel, View)> {
        let told = self
            .channel()
            .zip(self.own_view.view)
            .filter(|_| self.view_due().is_some_and(|due| due <= now))?;
        self.own_view.is_unsent = false;
        self.own_view.sent = Some(now);
        Some(told)
    }

    /// Whom the person follows from now on; false if they do already.
    pub(crate) fn follow(&mut self, user: Option<UserId>) -> bool {
        std::mem::replace(&mut self.following, user) != user
    }

    /// When the own cursor may be sent next, if there is something to send.
    pub(crate) fn cursor_due(&self) -> Option<Millis> {
        self.own_cursor.unsent?;
        Some(self.own_cursor.sent.map_or(0, |sent| sent + self.cursor_interval()))
    }

    /// Rounded up: the server counts, and a little too fast is too fast.
    pub(super) fn cursor_interval(&self) -> Millis {
        1_000_u64.div_ceil(self.cursor_hz.max(1).into())
    }

    /// Takes what is to be sent of the own cursor now.
    pub(crate) fn take_cursor(&mut self, now: Millis) -> Option<(Channel, Option<Point>)> {
        if now < self.cursor_due()? {
            return None;
        }
        let channel = self.channel()?;
        self.own_cursor.sent = Some(now);
        self.own_cursor.unsent.take().map(|point| (channel, point))
    }
}
