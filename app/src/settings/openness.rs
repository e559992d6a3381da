//! Whether the room is locked or archived, and its end.

use leptos::prelude::*;
use starling_protocol::{Action, Rights, RoomName};

use super::part::{TextForm, alert};
use crate::page::settings::RefusedForm;

/// The part "Open or closed".
pub(super) fn openness(
    base: &str,
    rights: &Rights,
    refused: Option<RefusedForm>,
) -> impl IntoView + use<> {
    let lock = rights.include(Action::Lock).then(|| {
        let (words, button) = match rights.locked {
            true => ("The room is locked: only its moderators and its owner talk.", "Unlock"),
            false => ("In a locked room only its moderators and its owner talk.", "Lock"),
        };
        let action = format!("{base}/lock");
        view! { <Switch action name="locked" on=rights.locked words button/> }
    });
    let archive = rights.include(Action::Archive).then(|| {
        let (words, button) = match rights.archived {
            true => {
                ("The room is archived: what was said can be read, and that is all.", "Open again")
            }
            false => {
                ("An archived room can be read, and that is all. It leaves the lobby.", "Archive")
            }
        };
        let action = format!("{base}/archive");
        view! { <Switch action name="archived" on=rights.archived words button/> }
    });
    view! {
        {alert(refused)}
        {lock}
        {archive}
    }
}

#[component]
fn Switch(
    action: String,
    name: &'static str,
    on: bool,
    words: &'static str,
    button: &'static str,
) -> impl IntoView {
    view! {
        <form class="split" method="post" action=action>
            <p>{words}</p>
            <input type="hidden" name=name value=(!on).to_string()/>
            <button type="submit">{button}</button>
        </form>
    }
}

/// The part "Delete".
pub(super) fn delete(
    base: &str,
    room: &RoomName,
    refused: Option<RefusedForm>,
) -> impl IntoView + use<> {
    let label =
        view! { "To delete the room, type its name: " <bdi class="plain">{room.to_string()}</bdi> };
    let action = format!("{base}/delete");
    view! {
        <p class="hint">
            "All that was said in it goes with it, for everyone and for good. An archived room can be opened again."
        </p>
        <TextForm action label=label.into_any() name="confirm" button="Delete" class="grave" refused/>
    }
}
