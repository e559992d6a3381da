//! What stands in the way right now, in a sentence over what the window shows. Nothing moves when it comes or
//! goes.

use leptos::either::Either;
use leptos::prelude::*;
use starling_client::Obstacle;
use starling_protocol::ErrorCode;

use crate::model::{Reach, RoomModel, Wish};
use crate::time::WallTime;

/// Why nothing can be read or said, or why what is said has to wait.
#[component]
pub(crate) fn Notice(
    /// In which room.
    room: RoomModel,
    /// Where one signs in and comes back.
    sign_in: String,
) -> impl IntoView {
    let waits = move || room.reach.with(|reach| waiting(reach, room.obstacle.get()));
    let try_now = move || {
        waits().is_some().then(|| {
            view! {
                <button type="button" on:click=move |_| room.wish(Wish::Reconnect)>"Try now"</button>
            }
        })
    };
    let way_on = move || {
        let gone = room.problem.with(|problem| {
            problem
                .as_ref()
                .map(|(code, _)| matches!(code, ErrorCode::RoomDeleted | ErrorCode::NoSuchRoom))
        })?;
        if gone {
            return Some(Either::Left(view! { <a href="/">"Go to the lobby"</a> }));
        }
        (room.reach.get() == Reach::Online).then(|| {
            Either::Right(view! {
                <button type="button" on:click=move |_| room.wish(Wish::ComeBack)>"Come back"</button>
            })
        })
    };
    let dismiss = move || {
        room.refused.with(Option::is_some).then(|| {
            view! {
                <button type="button" on:click=move |_| {
                    room.refused.set(None);
                    // The button goes, and with it the focus.
                    room.wants_focus.notify();
                }>"Close"</button>
            }
        })
    };
    let silenced = move || {
        // Who is not in the room has another worry.
        let within = room.problem.with(Option::is_none);
        let (sentence, until) =
            room.rights.with(|rights| (rights.silenced.clone(), rights.silenced_until));
        let sentence = sentence.filter(|_| within)?;
        let until = until.map(|until| {
            view! { <span class="until">{move || ends(until, room.now.get())}</span> }
        });
        Some(view! { {sentence} " " {until} })
    };
    let ended = move || match room.reach.get() {
        Reach::Ended { why, signed_out } => {
            // Who signed in again in another tab is led straight back.
            let sign_in = signed_out.then(|| {
                let sign_in = sign_in.clone();
                view! { <a class="button" href=sign_in>"Sign in"</a> }
            });
            Some(view! {
                <p class="notice with-button" role="alert">
                    {why}
                    <span class="ways">
                        {sign_in}
                        <button type="button" on:click=move |_| reload()>"Reload"</button>
                    </span>
                </p>
            })
        }
        _ => None,
    };
    view! {
        <div class="notices">
            <div class="notice problem with-button">
                <p role="alert">
                    {move || room.problem.get().map(|(_, sentence)| sentence)}
                </p>
                {way_on}
            </div>
            <div class="notice problem with-button">
                <p role="alert" aria-label="What was refused">{move || room.refused.get()}</p>
                {dismiss}
            </div>
            <div class="notice addressed with-button">
                <p role="status" aria-label="Who wrote to you">
                    {move || room.addressed.get().map(|direct| format!("{} wrote to you.", direct.with.name))}
                </p>
                {move || room.addressed.get().map(|direct| view! {
                    <span class="ways">
                        <a class="button" href=direct.room.path()>"Read it"</a>
                        <button type="button" on:click=move |_| {
                            room.addressed.set(None);
                            room.wants_focus.notify();
                        }>"Later"</button>
                    </span>
                })}
            </div>
            <p class="notice silenced" role="status" aria-label="Whether you may talk">{silenced}</p>
            <div class="notice waits with-button">
                <p role="status" aria-label="What holds things up">{waits}</p>
                {try_now}
            </div>
            {ended}
        </div>
    }
}

fn waiting(reach: &Reach, obstacle: Option<Obstacle>) -> Option<&'static str> {
    match reach {
        Reach::Offline => Some(OFFLINE),
        Reach::Connecting | Reach::Reconnecting { .. } => Some(match obstacle? {
            Obstacle::Blocked => BLOCKED,
            Obstacle::Silent => SILENT,
        }),
        Reach::Online | Reach::Ended { .. } => None,
    }
}

/// When a mute ends: on the reader's wall, or, before that is known, in UTC.
fn ends(at: i64, now: Option<WallTime>) -> String {
    #[cfg(feature = "hydrate")]
    let at = WallTime::new(at, if now.is_some() { crate::browser::offset_minutes(at) } else { 0 });
    #[cfg(not(feature = "hydrate"))]
    let at = now.map_or_else(|| WallTime::new(at, 0), |now| now.at_instant(at));
    format!("It ends {}.", at.ahead(now))
}

fn reload() {
    // Only a page inside a sandbox may not load itself again.
    let _ = window().location().reload();
}

const OFFLINE: &str = "You are offline. What you write is kept, and sent when you are back.";
const SILENT: &str =
    "The server does not answer. What you write is kept, and sent when it is back.";
const BLOCKED: &str = "The server answers, but this network seems to block live connections \
     of every kind, as some company networks and proxies do. What you write is kept, and sent as \
     soon as a connection comes about.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_break_needs_no_words() {
        let reconnecting = Reach::Reconnecting { seconds: 3 };
        assert_eq!(waiting(&reconnecting, None), None);
        assert_eq!(waiting(&reconnecting, Some(Obstacle::Blocked)), Some(BLOCKED));
        assert_eq!(waiting(&reconnecting, Some(Obstacle::Silent)), Some(SILENT));
        assert_eq!(waiting(&Reach::Offline, None), Some(OFFLINE));
        assert_eq!(waiting(&Reach::Online, Some(Obstacle::Blocked)), None);
    }
}
