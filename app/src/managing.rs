//! What moderators and owners do about somebody: mute, kick, ban, and end a mute. Whoever is less
//! than they are has a button that opens it; what came of it is said where it was asked for.

use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{Action, Measure, Role, UserId};

use crate::keeping::focus_when_there;
use crate::model::{NO_CONNECTION, Reach, RoomModel, Wish};

/// For how long somebody can be muted or banned, as offered; `None` is for ever.
const LASTS: [(&str, Option<u64>); 5] = [
    ("10 minutes", Some(600)),
    ("1 hour", Some(3_600)),
    ("1 day", Some(86_400)),
    ("1 week", Some(604_800)),
    ("ever", None),
];

/// How far it got.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// They choose what to do.
    Choosing,
    /// They chose to ban, and are asked once more.
    Confirming,
    /// The server was asked; this will be said when it was done.
    Asked { sentence: String },
    /// It was done.
    Done { sentence: String },
}

/// Opens what can be done about somebody, and has the focus again when that was closed.
#[component]
pub(crate) fn ManageOpener(
    /// Where they are.
    room: RoomModel,
    /// Who.
    user: UserId,
    /// What they are called.
    name: Signal<String>,
    /// What they are in the room.
    role: Signal<Role>,
) -> impl IntoView {
    let opener = NodeRef::<html::Button>::new();
    let offered = move || room.may_to(Action::Mute, role.get());
    let words = move || format!("Manage {}", name.get());
    let opened = move || room.managing.get() == Some(user);
    Effect::new(move |was_opened| {
        let opened = opened();
        if was_opened == Some(true)
            && room.managing.get_untracked().is_none()
            && let Some(opener) = opener.get_untracked()
        {
            let _ = opener.focus();
        }
        opened
    });
    view! {
        <Show when=offered>
            <button
                type="button"
                class="icon"
                title=words
                node_ref=opener
                aria-haspopup="dialog"
                aria-expanded=move || opened().to_string()
                on:click=move |_| {
                    room.managing.update(|who| *who = (*who != Some(user)).then_some(user));
                }
            >
                <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                    <circle cx="3" cy="8" r="1.4" fill="currentColor"/>
                    <circle cx="8" cy="8" r="1.4" fill="currentColor"/>
                    <circle cx="13" cy="8" r="1.4" fill="currentColor"/>
                </svg>
                <span class="visually-hidden">{words}</span>
            </button>
        </Show>
    }
}

/// What can be done about the person that was chosen.
#[component]
pub(crate) fn Manage(
    /// Where they are.
    room: RoomModel,
    /// About whom.
    user: UserId,
) -> impl IntoView {
    let dialog = NodeRef::<html::Div>::new();
    let (reason, lasts) = (NodeRef::<html::Input>::new(), NodeRef::<html::Select>::new());
    let stage = RwSignal::new(Stage::Choosing);
    let error = RwSignal::new(None::<String>);
    // Who was sent out is called what they were called.
    let name = Memo::new(move |before: Option<&String>| {
        let person = room.people.get().into_iter().find(|entry| entry.key == user);
        let name = person.map(|entry| entry.value.with(|person| person.name.to_string()));
        name.or_else(|| before.cloned()).unwrap_or_default()
    });
    let close = move || room.managing.set(None);
    let take_focus = move || {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.focus();
        }
    };

    room.measured.set(None);
    // The dialog itself: on a phone a field would bring up the keyboard.
    dialog.on_load(|dialog| {
        let _ = dialog.focus();
    });
    Effect::new(move |_| {
        let Some(outcome) = room.measured.get() else { return };
        let Stage::Asked { sentence } = stage.get_untracked() else { return };
        match outcome {
            Ok(()) => stage.set(Stage::Done { sentence }),
            Err(refused) => {
                error.set(Some(refused));
                stage.set(Stage::Choosing);
            }
        }
        // The button that was pressed is gone.
        take_focus();
    });
    Effect::new(move |_| {
        let broken = room.reach.with(|reach| *reach != Reach::Online);
        if broken && matches!(stage.get_untracked(), Stage::Asked { .. }) {
            error.set(Some(UNANSWERED.to_owned()));
            stage.set(Stage::Choosing);
            take_focus();
        }
    });
    Effect::new(move |_| {
        // Whoever is a moderator no more is offered nothing.
        if !room.may(Action::Mute) {
            close();
        }
    });

    let act = move |measure: Measure| {
        if matches!(stage.get_untracked(), Stage::Asked { .. }) {
            return;
        }
        if room.reach.get_untracked() != Reach::Online {
            error.set(Some(NO_CONNECTION.to_owned()));
            stage.set(Stage::Choosing);
            return take_focus();
        }
        let reason = reason.get_untracked().map(|field| field.value()).unwrap_or_default();
        let (words, seconds) = chosen(lasts.get_untracked());
        let sentence = sentence(measure, &name.get_untracked(), words);
        error.set(None);
        room.measured.set(None);
        stage.set(Stage::Asked { sentence });
        room.wish(Wish::Moderate { user, measure, reason, seconds });
    };
    let confirm = move |_| {
        error.set(None);
        stage.set(Stage::Confirming);
    };
    let go_back = move |_| {
        stage.set(Stage::Choosing);
        take_focus();
    };
    let (keep, finish) = (NodeRef::<html::Button>::new(), NodeRef::<html::Button>::new());
    // Of the two the one that does no harm: pressed twice, "Ban" bans nobody.
    focus_when_there(keep);
    focus_when_there(finish);
    let question = move || {
        let (words, _) = chosen(lasts.get_untracked());
        format!(
            "Really ban {} for {words}? They are out at once, and cannot read here until it ends.",
            name.get()
        )
    };
    let is_confirming = Memo::new(move |_| stage.with(|stage| *stage == Stage::Confirming));
    let done = Memo::new(move |_| match stage.get() {
        Stage::Done { sentence } => Some(sentence),
        _ => None,
    });
    let ways = move || {
        if done.with(Option::is_some) {
            return None;
        }
        Some(if is_confirming.get() {
            Either::Left(view! {
                <p id="manage-question">{question}</p>
                <div class="ways">
                    <button type="button" class="harm" aria-describedby="manage-question" on:click=move |_| act(Measure::Ban)>
                        "Really ban"
                    </button>
                    <button type="button" node_ref=keep aria-describedby="manage-question" on:click=go_back>"Back"</button>
                </div>
            })
        } else {
            Either::Right(view! {
                <div class="ways">
                    <button type="button" on:click=move |_| act(Measure::Mute)>"Mute"</button>
                    <button type="button" on:click=move |_| act(Measure::Unmute)>"Unmute"</button>
                    <button type="button" on:click=move |_| act(Measure::Kick)>"Kick"</button>
                    <button type="button" class="harm" on:click=confirm>"Ban…"</button>
                </div>
                <p class="hint">
                    "The muted cannot talk or point. The kicked can come back after a minute, the \
                     banned when it ends."
                </p>
            })
        })
    };
    let ending = move || {
        if done.with(Option::is_some) {
            Some(Either::Left(view! {
                <button type="button" class="ending" node_ref=finish on:click=move |_| close()>"Close"</button>
            }))
        } else if is_confirming.get() {
            None
        } else {
            Some(Either::Right(view! {
                <button type="button" class="ending" on:click=move |_| close()>"Cancel"</button>
            }))
        }
    };
    let options = LASTS.map(|(words, _)| view! { <option>{words}</option> }).collect_view();
    view! {
        <div
            class="popover manage"
            role="dialog"
            aria-labelledby="manage-title"
            tabindex="-1"
            node_ref=dialog
            on:keydown=move |event| if event.key() == "Escape" { close() }
        >
            <h2 class="popover-title" id="manage-title">"Manage " <bdi>{name}</bdi></h2>
            <div class="choices" hidden=move || done.with(Option::is_some) || is_confirming.get()>
                <label for="manage-reason">"Reason"</label>
                <input
                    id="manage-reason"
                    type="text"
                    maxlength="200"
                    autocomplete="off"
                    aria-describedby="manage-reason-hint"
                    node_ref=reason
                />
                <p class="hint" id="manage-reason-hint">"They are told it. It can stay empty."</p>
                <label for="manage-lasts">"Mute or ban for"</label>
                <select id="manage-lasts" node_ref=lasts>{options}</select>
            </div>
            <p class="error" role="alert">{move || error.get()}</p>
            <p class="done" role="status" aria-label="What was done">{move || done.get()}</p>
            {ways}
            {ending}
        </div>
    }
}

/// For how long, as chosen: in words and in seconds.
fn chosen(field: Option<web_sys::HtmlSelectElement>) -> (&'static str, Option<u64>) {
    let index = field.map_or(0, |field| field.selected_index());
    let index = usize::try_from(index).unwrap_or_default().min(LASTS.len() - 1);
    LASTS[index]
}

/// What is said when it was done.
fn sentence(measure: Measure, name: &str, lasts: &str) -> String {
    match measure {
        Measure::Mute => format!("{name} is muted for {lasts}."),
        Measure::Unmute => format!("{name} is not muted any more."),
        Measure::Kick => format!("{name} was kicked, and can come back in a minute."),
        Measure::Ban => format!("{name} is banned for {lasts}."),
        Measure::Unban => format!("{name} is not banned any more."),
    }
}

const UNANSWERED: &str =
    "The connection broke before the server answered. Try again when you are online.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_on_offer_reads_as_a_sentence() {
        let sentences = LASTS.map(|(words, _)| sentence(Measure::Mute, "Bob", words));
        assert_eq!(sentences[0], "Bob is muted for 10 minutes.");
        assert_eq!(sentences[4], "Bob is muted for ever.");
        let seconds = LASTS.map(|(_, seconds)| seconds);
        assert!(seconds[..4].is_sorted() && seconds[4].is_none());
    }
}
