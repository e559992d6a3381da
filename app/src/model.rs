//! What the page of a room knows, in one place: the signals that components read, and the wishes
//! they send. Components know nothing of connections; `live` fills this in the browser.

use std::rc::Rc;

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use starling_client::Obstacle;
use starling_protocol::{
    Action, Direct, DisplayName, Emoji, ErrorCode, Limits, Measure, MessageBody, MessageId, Person,
    Rights, Role, Seq, User, UserId,
};

use crate::keyed::Keyed;
use crate::lines::{Line, LineKey, Reader, lay_out};
use crate::page::{Clock, RoomView};
use crate::time::WallTime;

/// The page of a room. Copies are handles to the same one.
#[derive(Clone, Copy)]
pub(crate) struct RoomModel {
    /// What the server accepts.
    pub(crate) limits: Limits,
    /// Who looks at it.
    pub(crate) viewer: RwSignal<Option<User>>,
    /// What the viewer may do here, and what the room is.
    pub(crate) rights: RwSignal<Rights>,
    /// The log.
    pub(crate) lines: Keyed<LineKey, Line>,
    /// Whether there are older messages than the first line.
    pub(crate) has_older: RwSignal<bool>,
    /// Whether they are on their way.
    pub(crate) loading_older: RwSignal<bool>,
    /// Why older messages cannot be read, if they were refused.
    pub(crate) older_refused: RwSignal<Option<String>>,
    /// Whether a message of the viewer's is on its way or was refused.
    pub(crate) has_pending: RwSignal<bool>,
    /// How many messages of others have come that the viewer has not seen.
    pub(crate) unread: RwSignal<usize>,
    /// Whether the log shows its end.
    pub(crate) at_end: RwSignal<bool>,
    /// Whether the window is narrow, and shows one part of the room at a time.
    pub(crate) narrow: RwSignal<bool>,
    /// Which part that is.
    pub(crate) tab: RwSignal<Tab>,
    /// What time it is for the reader, once that is known; told every half a minute.
    pub(crate) now: RwSignal<Option<WallTime>>,
    /// Who is here, the viewer first.
    pub(crate) people: Keyed<UserId, Person>,
    /// The viewer's conversations with one other person each, the latest first.
    pub(crate) directs: RwSignal<Vec<Direct>>,
    /// Who said something in a conversation of the viewer's since the page was opened, and where.
    pub(crate) addressed: RwSignal<Option<Direct>>,
    /// Which message the viewer is editing.
    pub(crate) editing: RwSignal<Option<Seq>>,
    /// Who is writing, without the viewer.
    pub(crate) writers: RwSignal<Writers>,
    /// Whether the board lives.
    pub(crate) board: RwSignal<BoardState>,
    /// What the board says to those who do not see it.
    pub(crate) board_says: RwSignal<String>,
    /// Whose view the viewer follows.
    pub(crate) following: RwSignal<Option<UserId>>,
    /// How the connection is.
    pub(crate) reach: RwSignal<Reach>,
    /// Why no connection comes about, once several tries have failed.
    pub(crate) obstacle: RwSignal<Option<Obstacle>>,
    /// Why the viewer is not in the room, for programs and for people.
    pub(crate) problem: RwSignal<Option<(ErrorCode, String)>>,
    /// Why the last new name was refused.
    pub(crate) name_refused: RwSignal<Option<String>>,
    /// Why the last message was not deleted, or the room not locked.
    pub(crate) refused: RwSignal<Option<String>>,
    /// What came of the last thing that was to be done about somebody.
    pub(crate) measured: RwSignal<Option<Result<(), String>>>,
    /// Who of those who are here is as much as the viewer, or more.
    pub(crate) peers: RwSignal<Vec<UserId>>,
    /// Whether the viewer has said something on this page, and not in another tab, that the log has
    /// not shown yet.
    pub(crate) spoke_here: StoredValue<bool>,
    /// Told when what had the focus is gone, and the composer should have it.
    pub(crate) wants_focus: Trigger,
    /// Whether the viewer is changing their name.
    pub(crate) renaming: RwSignal<bool>,
    /// About whom the viewer is doing something.
    pub(crate) managing: RwSignal<Option<UserId>>,
    /// What stands in the composer.
    pub(crate) draft: RwSignal<String>,
    browser: StoredValue<Option<SendWrapper<Browser>>>,
}

/// The parts of a room that a narrow window shows one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Where people point.
    Board,
    /// What is said.
    Chat,
    /// Who is here.
    People,
}

/// What only the hydrated page has.
pub(crate) struct Browser {
    /// Grants wishes.
    pub(crate) grant: Rc<dyn Fn(Wish)>,
}

/// What a person wants done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    /// To say this.
    Post { body: MessageBody },
    /// To send a refused message again.
    Retry { id: MessageId },
    /// To give a refused message up.
    Discard { id: MessageId },
    /// To be shown as writing, or not any more.
    Typing { active: bool },
    /// To be called so.
    Rename { name: DisplayName },
    /// To see older messages.
    LoadOlder,
    /// To try to connect now, and not later.
    Reconnect,
    /// To be in the room again, after having been sent out.
    ComeBack,
    /// To delete a message.
    Delete { message: Seq },
    /// To change what a message says.
    Edit { message: Seq, body: MessageBody },
    /// To react to a message, or to take that back.
    React { message: Seq, emoji: Emoji, active: bool },
    /// To talk with somebody alone.
    Direct { user: UserId },
    /// To do something about somebody.
    Moderate { user: UserId, measure: Measure, reason: String, seconds: Option<u64> },
    /// To lock the room, or to unlock it.
    Lock { locked: bool },
    /// To see what somebody sees, or nobody any more.
    Follow { user: Option<UserId> },
    /// To have the board loaded, after that has failed.
    LoadBoard,
}

/// How the board is, whose module comes after the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BoardState {
    /// It is on its way.
    Loading,
    /// It lives.
    Live,
    /// It could not be loaded.
    Missing,
}

/// How the connection is, in the words of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The first try.
    Connecting,
    /// All is well.
    Online,
    /// The next try comes in so many seconds; with 0 it is under way.
    Reconnecting { seconds: u64 },
    /// The machine has no network.
    Offline,
    /// The server does not want this page back until it is loaded again.
    Ended {
        /// In a sentence.
        why: String,
        /// Whether the server does not know the viewer any more.
        signed_out: bool,
    },
}

/// Why what cannot wait is not done.
pub(crate) const NO_CONNECTION: &str =
    "There is no connection right now. Try again when you are online.";

/// Who is writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Writers {
    /// Those whose names are known.
    pub(crate) names: Vec<DisplayName>,
    /// How many in all.
    pub(crate) count: usize,
}

impl RoomModel {
    /// The page as the server rendered it: with the clock that the server knew, and UTC without.
    pub(crate) fn new(
        view: &RoomView,
        viewer: Option<User>,
        clock: Option<Clock>,
        limits: Limits,
    ) -> Self {
        let now = clock.as_ref().map(|it| WallTime::new(it.now, it.minutes_at(it.now)));
        let clock = clock.unwrap_or_default();
        let offset_minutes = |at| clock.minutes_at(at);
        let reader = Reader { viewer: None, first_new: None, offset_minutes };
        let lines = lay_out(view.messages.iter(), [].iter(), &reader);
        Self {
            limits,
            viewer: RwSignal::new(viewer),
            rights: RwSignal::new(view.rights.clone()),
            lines: Keyed::new(lines),
            has_older: RwSignal::new(view.more),
            loading_older: RwSignal::new(false),
            older_refused: RwSignal::new(None),
            has_pending: RwSignal::new(false),
            unread: RwSignal::new(0),
            at_end: RwSignal::new(true),
            narrow: RwSignal::new(false),
            tab: RwSignal::new(Tab::Chat),
            now: RwSignal::new(now),
            people: Keyed::new([]),
            directs: RwSignal::new(view.directs.clone()),
            addressed: RwSignal::new(None),
            editing: RwSignal::new(None),
            writers: RwSignal::new(Writers::default()),
            board: RwSignal::new(BoardState::Loading),
            board_says: RwSignal::new(String::new()),
            following: RwSignal::new(None),
            reach: RwSignal::new(Reach::Connecting),
            obstacle: RwSignal::new(None),
            problem: RwSignal::new(None),
            name_refused: RwSignal::new(None),
            refused: RwSignal::new(None),
            measured: RwSignal::new(None),
            peers: RwSignal::new(Vec::new()),
            spoke_here: StoredValue::new(false),
            wants_focus: Trigger::new(),
            renaming: RwSignal::new(false),
            managing: RwSignal::new(None),
            draft: RwSignal::new(String::new()),
            browser: StoredValue::new(None),
        }
    }

    /// Gives the page what only a browser has.
    pub(crate) fn enliven(self, browser: Browser) {
        self.browser.set_value(Some(SendWrapper::new(browser)));
    }

    /// Has a wish granted. Before the page is live there is nobody to grant it.
    pub(crate) fn wish(self, wish: Wish) {
        let grant = self.browser.with_value(|browser| browser.as_ref().map(|b| b.grant.clone()));
        if let Some(grant) = grant {
            grant(wish);
        }
    }

    /// Whether nothing can be said here: the room does not let the viewer in, or the server does not
    /// want this page back.
    pub(crate) fn is_closed(self) -> bool {
        self.problem.with(Option::is_some)
            || self.rights.with(|rights| !rights.include(Action::Post))
            || self.reach.with(|reach| matches!(reach, Reach::Ended { .. }))
    }

    /// Whether the viewer may do that here. Nothing before the page lives, as nobody could do it;
    /// while the connection is broken it is still theirs to do, and they are told.
    pub(crate) fn may(self, action: Action) -> bool {
        self.rights.with(|rights| rights.include(action))
            && self.problem.with(Option::is_none)
            && self.reach.with(|it| !matches!(it, Reach::Connecting | Reach::Ended { .. }))
    }

    /// Whether the viewer may delete what that person said, as far as this page can tell: of those
    /// who are not here it does not know what they are.
    pub(crate) fn may_delete(self, author: UserId) -> bool {
        if self.is_viewer(author) {
            self.may(Action::DeleteOwn)
        } else {
            self.may(Action::DeleteAny) && self.peers.with(|peers| !peers.contains(&author))
        }
    }

    /// Has something done that not everyone may do, or says that it cannot be done now.
    pub(crate) fn act(self, wish: Wish) {
        if self.reach.get_untracked() == Reach::Online {
            self.refused.set(None);
            self.wish(wish);
        } else {
            self.refused.set(Some(NO_CONNECTION.to_owned()));
        }
    }

    /// There is a connection again, and nothing to be said about one.
    pub(crate) fn take_back_no_connection(self) {
        if self.refused.with_untracked(|refused| refused.as_deref() == Some(NO_CONNECTION)) {
            self.refused.set(None);
        }
    }

    /// Whether the viewer may do that to somebody who is that here.
    pub(crate) fn may_to(self, action: Action, other: Role) -> bool {
        self.may(action) && self.rights.with(|rights| rights.role > other)
    }

    /// Whether that is the viewer.
    pub(crate) fn is_viewer(self, id: UserId) -> bool {
        self.viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.id == id))
    }
}
