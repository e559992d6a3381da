//! The live room: owns the client and turns what it reports into the model's signals, and the
//! model's wishes into what the client does. The only module that knows of a connection.

mod board;
mod directs;
mod editing;
mod granting;
mod network;
mod other_tabs;
mod outdated;
mod sending;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use starling_client::web::{WebClient, now};
use starling_client::{Act, Change, Client, Connection, RoomState};
use starling_protocol::{Slot, Slug, UserId};

use crate::activity;
use crate::board_port::LiveBoard;
use crate::browser::{lower_case, offset_minutes, random_seed, remember_zone, server, wall_now};
use crate::lines::{Reader, lay_out};
use crate::model::{Browser, Reach, RoomModel, Tab, Writers};
use crate::page::RoomView;
use crate::reading::Reading;
use crate::saved::{SavedDraft, SavedOutbox};
use crate::viewport;

use directs::go_to;

/// How often times such as "5 min ago" are looked at again.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(30);
/// With more messages than this on the page, and its reader at the end, only the newest stay.
const MOST_LINES: usize = 1_000;
const KEPT_LINES: usize = 500;
/// A mark on the browser's timeline, for whoever measures: from here on the page is live.
const LIVE_MARK: &str = "starling-live";

/// Brings a room's page to life. `build` names the frontend that the page loaded.
pub(crate) fn start(room: RoomModel, view: &RoomView, build: &str) {
    remember_zone();
    viewport::follow();
    let reader = Reader { viewer: None, first_new: None, offset_minutes };
    room.lines.replace(lay_out(view.messages.iter(), [].iter(), &reader));
    let tell_time = move || room.now.set(Some(wall_now()));
    tell_time();
    set_interval(tell_time, LOOK_AT_CLOCK);
    network::on_waking(tell_time);
    let Some(viewer) = room.viewer.get_untracked().filter(|_| view.joined) else { return };

    let live = Rc::new(Live {
        room,
        slug: view.slug.clone(),
        build: build.to_owned(),
        outbox: SavedOutbox::new(viewer.id, &view.slug),
        reading: RefCell::new(Reading::new(view.position.seq)),
        client: OnceCell::new(),
        stale: Cell::default(),
        countdown: Cell::default(),
        outdated: RwSignal::new(None),
        board: RefCell::default(),
        board_seat: Cell::default(),
        tries: Cell::default(),
    });
    let on_change = {
        let live = live.clone();
        move |change: &Change| live.changed(change)
    };
    let client = WebClient::new(server(), random_seed(), on_change);
    // Set here and nowhere else.
    let _ = live.client.set(client.clone());

    let granting = live.clone();
    room.enliven(Browser { grant: Rc::new(move |wish| granting.grant(wish)) });

    keep_draft(room, SavedDraft::new(viewer.id, &view.slug));
    show_unread_in_title(room);
    live.look_again();
    live.heed_other_tabs();
    live.say_files();
    network::watch(&client);
    let telling = client.clone();
    activity::watch(move |status| telling.act(|core, _| core.set_status(status)));
    live.reload_when_nothing_is_lost();
    let (position, messages, more) = (view.position, view.messages.clone(), view.more);
    client.act(|core, now| {
        core.join_from(now, &view.slug, position, messages, more);
        for pending in live.outbox.load() {
            core.take_over(now, &view.slug, pending);
        }
        core.start(now);
    });
    // Only a browser without a timeline could refuse.
    let _ = window().performance().map(|timeline| timeline.mark(LIVE_MARK));
    live.load_board();
}

/// What stood in the composer before a reload stands there again, unless more was typed meanwhile.
fn keep_draft(room: RoomModel, saved: SavedDraft) {
    if room.draft.with_untracked(String::is_empty)
        && let Some(text) = saved.load()
    {
        room.draft.set(text);
    }
    Effect::new(move |_| room.draft.with(|text| saved.save(text)));
}

fn show_unread_in_title(room: RoomModel) {
    Effect::new(move |_| {
        let title = room.rights.with(|rights| format!("{} · Starling", rights.title()));
        document().set_title(&match room.unread.get() {
            0 => title,
            unread => format!("({unread}) {title}"),
        });
    });
}

struct Live {
    room: RoomModel,
    slug: Slug,
    build: String,
    outbox: SavedOutbox,
    reading: RefCell<Reading>,
    client: OnceCell<WebClient>,
    stale: Cell<Stale>,
    countdown: Cell<Option<TimeoutHandle>>,
    /// The build of the server, if it is another one than the page's.
    outdated: RwSignal<Option<String>>,
    /// The board, once its module is there, and which participant it knows the connection to be.
    board: RefCell<Option<LiveBoard>>,
    board_seat: Cell<Option<Slot>>,
    /// How often the module was asked for.
    tries: Cell<u32>,
}

/// What the signals do not show yet. They are set once a frame, however much arrives.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Stale {
    connection: bool,
    directs: bool,
    messages: bool,
    people: bool,
    rights: bool,
    typing: bool,
    viewer: bool,
}

impl Live {
    fn client(&self) -> &WebClient {
        self.client.get().expect("`start` sets the client before anything can change")
    }

    fn changed(self: &Rc<Self>, change: &Change) {
        self.tell_board(change);
        let before = self.stale.get();
        let mut stale = before;
        match change {
            Change::Connection => stale.connection = true,
            Change::User => stale.viewer = true,
            // Names of writers and of cursors are people's names.
            Change::People { .. } => (stale.people, stale.typing) = (true, true),
            Change::Messages { .. } | Change::Problem { .. } => stale.messages = true,
            // Whom the viewer may do something about depends on what they are themselves.
            Change::Rights { .. } => (stale.rights, stale.people) = (true, true),
            Change::Done { act: Act::Moderate, .. } => self.room.measured.set(Some(Ok(()))),
            Change::Done { act: Act::Edit { message }, .. } => self.edited(*message),
            Change::Done { .. } => {}
            Change::Refused { act: Act::Moderate, message, .. } => {
                self.room.measured.set(Some(Err(message.clone())));
            }
            Change::Refused { message, .. } => self.room.refused.set(Some(message.clone())),
            Change::Typing { .. } => stale.typing = true,
            // The board's.
            Change::Cursors { .. }
            | Change::CursorsMoved { .. }
            | Change::HandedOn { .. }
            | Change::Viewing { .. }
            | Change::Following { .. }
            | Change::Gathered { .. } => {}
            Change::Build => self.compare_builds(),
            Change::HistoryRefused { message, .. } => {
                self.room.older_refused.set(Some(message.clone()));
            }
            Change::NameRefused { message } => self.room.name_refused.set(Some(message.clone())),
            // Pages stand on a cookie.
            Change::TokenTaken | Change::TokenRefused { .. } => {}
            Change::Directs => stale.directs = true,
            Change::DirectOpened { room, .. } => go_to(&room.path()),
            Change::DirectRefused { message } => self.room.refused.set(Some(message.clone())),
            // Other programs' own.
            Change::Custom { .. } => {}
        }
        self.stale.set(stale);
        if before == Stale::default() && stale != before {
            let live = self.clone();
            // Hidden pages have no frames, but a title to count in.
            if document().hidden() {
                set_timeout(move || live.refresh(), Duration::ZERO);
            } else {
                request_animation_frame(move || live.refresh());
            }
        }
    }

    /// Whoever comes back to the end of the log has seen what is there.
    fn look_again(self: &Rc<Self>) {
        let room = self.room;
        let live = self.clone();
        Effect::new(move |_| {
            room.at_end.track();
            room.tab.track();
            live.read_messages();
        });
        let live = self.clone();
        window_event_listener(ev::visibilitychange, move |_| {
            // The frame that would have come will not.
            live.refresh();
            live.read_messages();
        });
    }

    fn read_messages(&self) {
        self.client().read(|core| {
            if let Some(state) = core.room(&self.slug) {
                self.show_messages(core, state);
            }
        });
    }

    fn is_looking(&self) -> bool {
        let chat_is_shown =
            self.room.tab.get_untracked() == Tab::Chat || !self.room.narrow.get_untracked();
        chat_is_shown && self.room.at_end.get_untracked() && !document().hidden()
    }

    fn refresh(self: &Rc<Self>) {
        let stale = self.stale.take();
        if stale.connection {
            self.show_connection();
        }
        if stale.messages && self.room.at_end.get_untracked() {
            self.forget_older();
        }
        self.client().read(|core| {
            if stale.viewer
                && let Some(user) = core.user()
            {
                self.room.viewer.set(Some(user.clone()));
            }
            if stale.directs {
                self.show_directs(core.directs());
            }
            let Some(state) = core.room(&self.slug) else { return };
            if stale.rights
                && let Some(rights) = state.rights()
            {
                self.room.rights.set(rights.clone());
            }
            if stale.people {
                self.show_people(state);
            }
            if stale.typing {
                self.show_typing(state);
            }
            if stale.messages {
                self.show_messages(core, state);
            }
        });
        // The board may answer at once with something to send.
        if stale.rights {
            self.tell_rights();
        }
        if stale.people {
            self.tell_people();
        }
    }

    /// Who looks at the end does not see what is far above it.
    fn forget_older(&self) {
        let messages =
            |core: &Client| core.room(&self.slug).map_or(0, |room| room.messages().len());
        if self.client().read(messages) > MOST_LINES {
            self.client().act(|core, _| core.forget_older(&self.slug, KEPT_LINES));
        }
    }

    fn show_connection(self: &Rc<Self>) {
        let now = now();
        let connection = self.client().read(Client::connection);
        let reach = network::reach(connection, now);
        let next = match connection {
            Connection::Reconnecting { at } if at > now => {
                let live = self.clone();
                // Just after the second that is shown has passed.
                let wait = Duration::from_millis((at - now - 1) % 1_000 + 1);
                set_timeout_with_handle(move || live.show_connection(), wait).ok()
            }
            _ => None,
        };
        if let Some(before) = self.countdown.replace(next) {
            before.clear();
        }
        if self.room.reach.with_untracked(|before| *before != reach) {
            if reach == Reach::Online {
                self.room.take_back_no_connection();
            }
            self.room.reach.set(reach);
        }
        let obstacle = self.client().read(Client::obstacle);
        set_if_new(self.room.obstacle, obstacle);
    }

    fn show_messages(&self, core: &Client, state: &RoomState) {
        let room = self.room;
        let viewer = core.user().cloned().or_else(|| room.viewer.get_untracked());
        let viewer = viewer.as_ref();
        self.stop_editing_what_is_gone(state);
        let mut reading = self.reading.borrow_mut();
        reading.update(state.messages().rev(), viewer.map(|viewer| viewer.id), self.is_looking());
        let reader = Reader { viewer, first_new: reading.first_new(), offset_minutes };
        room.lines.replace(lay_out(state.messages(), state.pending(), &reader));
        set_if_new(room.unread, reading.unread());
        set_if_new(room.has_older, state.has_older());
        set_if_new(room.loading_older, state.is_loading_older());
        if state.is_loading_older() {
            room.older_refused.set(None);
        }
        set_if_new(room.has_pending, state.pending().next().is_some());
        self.outbox.save(state);
        let problem = state.problem().map(|(code, message)| (code, message.to_owned()));
        if room.problem.with_untracked(|before| *before != problem) {
            room.problem.set(problem);
        }
    }

    fn show_people(&self, state: &RoomState) {
        let mut people: Vec<_> = state.people().cloned().collect();
        people.sort_by_cached_key(|person| {
            (!self.room.is_viewer(person.id), lower_case(person.name.as_str()), person.id)
        });
        let role = self.room.rights.with_untracked(|rights| rights.role);
        let peers = people.iter().filter(|person| person.role >= role).map(|person| person.id);
        let peers: Vec<UserId> = peers.collect();
        if self.room.peers.with_untracked(|before| *before != peers) {
            self.room.peers.set(peers);
        }
        self.room.people.replace(people.into_iter().map(|person| (person.id, person)));
    }

    fn show_typing(&self, state: &RoomState) {
        let typing = state.typing();
        let others: Vec<_> =
            typing.people.iter().filter(|id| !self.room.is_viewer(**id)).copied().collect();
        let viewer_writes = if typing.people.is_empty() {
            // Large rooms tell only how many, and count the viewer too.
            self.room.draft.with_untracked(|draft| !draft.trim().is_empty())
        } else {
            others.len() < typing.people.len()
        };
        let names =
            others.iter().filter_map(|id| state.person(*id)).map(|person| person.name.clone());
        self.room.writers.set(Writers {
            names: names.collect(),
            count: (typing.count as usize).saturating_sub(usize::from(viewer_writes)),
        });
    }

    fn compare_builds(&self) {
        let served = self.client().read(|core| core.build().map(ToOwned::to_owned));
        self.outdated.set(served.filter(|served| *served != self.build));
    }
}

/// A signal that is set tells everybody, also when nothing is new.
fn set_if_new<T: Copy + PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}
