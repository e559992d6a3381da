//! One line of the log: who said what, when, and what became of it.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use starling_client::Delivery;
use starling_protocol::{MessageBody, MessageId, Seq};

use crate::attachment::markup;
use crate::deeds::Deeds;
use crate::editor::Editor;
use crate::keyed::Entry;
use crate::lines::{Line, LineKey};
use crate::links::{Piece, pieces};
use crate::model::{Reach, RoomModel, Wish};
use crate::reactions::ReactionList;
use crate::time::{WallTime, day_name};

/// A message, with what opens above it: a day, what is new, its author's name.
#[component]
pub(crate) fn LogLine(
    /// Where it stands.
    room: RoomModel,
    /// What it says.
    entry: Entry<LineKey, Line>,
) -> impl IntoView {
    let Entry { key, value: line } = entry;
    let body = {
        let line = line.clone();
        let tombstone = {
            let line = line.clone();
            move || line.with(tombstone)
        };
        let shows = {
            let line = line.clone();
            Memo::new(move |_| {
                line.with(|line| match &line.body {
                    None => Shows::Tombstone,
                    Some(body) => match line.seq {
                        // What is being written stays when another tab changes the message.
                        Some(seq) if room.editing.get() == Some(seq) => Shows::Editor(seq),
                        _ => Shows::Words(body.clone()),
                    },
                })
            })
        };
        move || match shows.get() {
            Shows::Editor(message) => {
                let body = line.with_untracked(|line| line.body.clone().map(String::from));
                EitherOf3::A(view! { <Editor room message body=body.unwrap_or_default()/> })
            }
            Shows::Words(body) => EitherOf3::B(body_view(body.as_str())),
            Shows::Tombstone => {
                EitherOf3::C(view! { <em class="deleted">{tombstone.clone()}</em> })
            }
        }
    };
    let edited = {
        let line = line.clone();
        move || {
            line.with(|line| line.edited && line.body.is_some())
                .then(|| view! { <span class="edited">"(edited)"</span> })
        }
    };
    let classes = {
        let line = line.clone();
        move || line.with(line_classes)
    };
    let day = {
        let line = line.clone();
        move || {
            let day = line.with(|line| line.opens_day.then(|| line.time.date()))?;
            let today = room.now.get().map(WallTime::date);
            Some(view! { <h2 class="day">{day_name(day, today)}</h2> })
        }
    };
    let new = {
        let line = line.clone();
        move || {
            line.with(|line| line.opens_new).then(|| {
                view! {
                    <p class="new-mark" role="separator" aria-label="New messages">
                        "New messages"
                    </p>
                }
            })
        }
    };
    let head = {
        let line = line.clone();
        move || {
            line.with(|line| {
                let time = line.time;
                let name = line.opens_group.then(|| {
                    let hue = line.author.hue.0;
                    view! { <bdi class="author" data-hue=hue>{line.author.name.to_string()}</bdi> }
                });
                view! {
                    <div class="line-head">
                        {name}
                        <time datetime=time.machine() title=time.exact()>
                            {move || time.near(room.now.get())}
                        </time>
                    </div>
                }
            })
        }
    };
    let deeds = {
        let line = line.clone();
        let stored = Memo::new(move |_| line.with(|line| line.seq.zip(line.words())));
        move || {
            let (message, text) = stored.get()?;
            Some(view! { <Deeds room author=key.author message text/> })
        }
    };
    let file = {
        let line = line.clone();
        move || line.with(|line| line.file.as_deref().map(markup).unwrap_or_default())
    };
    let reactions = view! { <ReactionList room line=line.clone()/> };
    let delivery = move || line.with(|line| line.delivery.clone());
    view! {
        <div class=classes data-message=key.id.to_string()>
            {day}
            {new}
            {head}
            <div class="body" dir="auto">{body}</div>
            {edited}
            <div class="file" inner_html=file></div>
            {reactions}
            {deeds}
            {move || delivery().map(|delivery| view! { <Fate room id=key.id delivery/> })}
        </div>
    }
}

/// What stands where the words of a message are.
#[derive(Clone, PartialEq)]
enum Shows {
    Words(MessageBody),
    Editor(Seq),
    Tombstone,
}

/// The text, and the addresses in it to open. They lead out of the room, and tell nobody where from.
fn body_view(body: &str) -> impl IntoView + use<> {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Text(text) => EitherOf3::A(text.to_owned()),
        Piece::Link(address) => {
            let (href, text) = (address.to_owned(), address.to_owned());
            EitherOf3::B(view! {
                <a href=href target="_blank" rel="noopener noreferrer nofollow ugc">{text}</a>
            })
        }
        Piece::Place(place) => {
            #[cfg(not(feature = "mount"))]
            let href = place.to_owned();
            #[cfg(feature = "mount")]
            let href = crate::apart::room_path() + place;
            EitherOf3::C(view! { <a class="place" href=href>"on the board"</a> })
        }
    };
    pieces(body).into_iter().map(piece).collect_view()
}

/// What stands where something was said.
fn tombstone(line: &Line) -> &'static str {
    match line.deleted_by {
        Some(by) if by == line.author.id => "Deleted by its author.",
        Some(_) => "Deleted by a moderator.",
        None => "Deleted by whoever runs the server.",
    }
}

fn line_classes(line: &Line) -> &'static str {
    match (&line.delivery, line.opens_group) {
        (None, true) => "line opens",
        (None, false) => "line",
        (Some(Delivery::Failed { .. }), true) => "line opens failed",
        (Some(Delivery::Failed { .. }), false) => "line failed",
        (Some(_), true) => "line opens pending",
        (Some(_), false) => "line pending",
    }
}

/// What became of a message that is not in the stream yet.
#[component]
fn Fate(
    /// Whose message.
    room: RoomModel,
    /// Which message.
    id: MessageId,
    /// How far it got.
    delivery: Delivery,
) -> impl IntoView {
    let Delivery::Failed { message, .. } = delivery else {
        let word = move || match room.reach.get() {
            Reach::Online => "Sending…",
            _ => "Waits for the connection…",
        };
        // The style sheet shows it after a second: most messages are stored before.
        return Either::Left(view! { <p class="fate" aria-hidden="true">{word}</p> });
    };
    let decide = move |wish| {
        room.wish(wish);
        // The button goes, and with it the focus.
        room.wants_focus.notify();
    };
    Either::Right(view! {
        <p class="fate" role="alert">
            "Not sent: " {message} " "
            <span class="ways">
                <button type="button" on:click=move |_| decide(Wish::Retry { id })>"Retry"</button>
                <button type="button" on:click=move |_| decide(Wish::Discard { id })>"Discard"</button>
            </span>
        </p>
    })
}
