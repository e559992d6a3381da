//! The others' cursors: an element each. What moves them is [`Motion`](crate::motion::Motion).

use leptos::html;
use leptos::prelude::*;
use starling_protocol::Slot;

use crate::keyed::Entry;
use crate::model::{CursorLabel, RoomModel};

/// Everyone's cursor but the viewer's own.
#[component]
pub(crate) fn CursorLayer(
    /// Whose cursors.
    room: RoomModel,
    /// What they move on.
    plane: NodeRef<html::Div>,
) -> impl IntoView {
    Effect::new(move |_| {
        if let (Some(plane), Some(motion)) = (plane.get(), room.motion()) {
            motion.set_plane(plane.into());
        }
    });
    view! {
        <div class="cursors" aria-hidden="true">
            <For each=move || room.cursors.get() key=|entry| entry.key let(entry)>
                <Cursor room entry/>
            </For>
        </div>
    }
}

#[component]
fn Cursor(
    /// Where it is.
    room: RoomModel,
    /// Whose it is.
    entry: Entry<Slot, CursorLabel>,
) -> impl IntoView {
    let Entry { key: slot, value: label } = entry;
    let element = NodeRef::<html::Div>::new();
    element.on_load(move |element| {
        if let Some(motion) = room.motion() {
            motion.add(slot, element.into());
        }
    });
    on_cleanup(move || {
        if let Some(motion) = room.motion() {
            motion.remove(slot);
        }
    });
    let hue = {
        let label = label.clone();
        move || label.with(|label| label.hue.0)
    };
    view! {
        <div class="cursor" data-cursor=slot.0 data-hue=hue node_ref=element>
            <svg viewBox="0 0 20 20" width="24" height="24">
                <path d="M0.8 0.8 L18.5 8 L10.6 10.6 L8 18.5 Z"/>
            </svg>
            <bdi class="cursor-name">{move || label.with(|label| label.name.to_string())}</bdi>
        </div>
    }
}
