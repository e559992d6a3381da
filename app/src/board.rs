//! The board: a square plane as large as fits, and the viewer's own pointer on it, moved by mouse,
//! pen, finger or arrow keys.

use std::cell::Cell;
use std::rc::Rc;

use leptos::either::Either;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{BOARD_UNITS, Point};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::cursors::CursorLayer;
use crate::maths::fixed;
use crate::model::{RoomModel, Tab, Wish};
use crate::plane::Plane;
use crate::tabs::{panel_role, tab_id};

/// How far an arrow key moves the pointer, in shares of the plane; with Shift, and without.
const LEAP: f64 = 0.1;
const STEP: f64 = 0.02;

/// The region "Board".
#[component]
pub(crate) fn Board(
    /// Whose board.
    room: RoomModel,
    /// Whether the viewer is in the room.
    joined: bool,
) -> impl IntoView {
    let plane = NodeRef::<html::Div>::new();
    let by_keys = RwSignal::new(None::<(f64, f64)>);
    if joined {
        Effect::new(move |_| {
            if let Some(plane) = plane.get() {
                follow_pointer(room, &plane, by_keys);
            }
        });
    }
    let alone = move || room.people.len() == 1;
    let key = move |event: KeyboardEvent| {
        let next = match event.key().as_str() {
            "Escape" => None,
            key => match step(key, event.shift_key(), by_keys.get_untracked()) {
                Some(next) => Some(next),
                None => return,
            },
        };
        event.prevent_default();
        point_by_keys(room, by_keys, next);
    };
    let own = move || {
        let (x, y) = by_keys.get()?;
        let [left, top] = [x, y].map(|fraction| format!("{}%", fixed(fraction * 100.0, 2)));
        // One by one, as the page's policy allows no attribute with styles.
        Some(view! {
            <div class="own-pointer" aria-hidden="true" style:left=left style:top=top></div>
        })
    };
    let hint = if joined {
        Either::Left(view! {
            <Show when=alone>
                <p class="board-hint">
                    "Nobody else is here yet. Copy the link and send it to them."
                </p>
            </Show>
        })
    } else {
        Either::Right(view! { <p class="board-hint">"Join to see where the others point."</p> })
    };
    view! {
        <section
            class="board"
            id=tab_id(Tab::Board)
            role=move || panel_role(room)
            aria-label="Board"
        >
            <div
                class="plane"
                data-plane
                node_ref=plane
                role=joined.then_some("application")
                aria-label=joined.then_some("Your pointer: arrow keys move it, Escape takes it away")
                tabindex=joined.then_some("0")
                on:keydown=key
                on:blur=move |_| point_by_keys(room, by_keys, None)
            >
                {joined.then(|| view! { <CursorLayer room plane/> })}
                {own}
            </div>
            {hint}
        </section>
    }
}

/// Where an arrow key leads from there, in shares of the plane; it starts in the middle.
fn step(key: &str, leap: bool, from: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let length = if leap { LEAP } else { STEP };
    let (right, down) = match key {
        "ArrowLeft" => (-length, 0.0),
        "ArrowRight" => (length, 0.0),
        "ArrowUp" => (0.0, -length),
        "ArrowDown" => (0.0, length),
        _ => return None,
    };
    let Some((x, y)) = from else { return Some((0.5, 0.5)) };
    Some(((x + right).clamp(0.0, 1.0), (y + down).clamp(0.0, 1.0)))
}

fn point_by_keys(room: RoomModel, by_keys: RwSignal<Option<(f64, f64)>>, next: Option<(f64, f64)>) {
    if by_keys.get_untracked() == next {
        return;
    }
    by_keys.set(next);
    let point = next.and_then(|(x, y)| Point::from_units(x * BOARD_UNITS, y * BOARD_UNITS));
    room.wish(Wish::Point { point });
}

/// Tells the room where the pointer is, once a frame at most. A finger that is lifted leaves its
/// cursor where it pointed; a mouse that goes elsewhere takes it along. While it touches the
/// plane, a finger is captured by it without being asked for. What keys pointed at is over then.
fn follow_pointer(room: RoomModel, plane: &HtmlElement, by_keys: RwSignal<Option<(f64, f64)>>) {
    let latest: Rc<Cell<Option<(f64, f64)>>> = Rc::default();
    let listen = |event: &str, callback: Box<dyn Fn(PointerEvent)>| {
        let callback = wasm_bindgen::closure::Closure::wrap(callback);
        // Only an element of another page could refuse.
        let _ = plane.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
        callback.forget();
    };
    let moved = {
        let (latest, plane) = (latest.clone(), plane.clone());
        move |event: PointerEvent| {
            let position = (f64::from(event.client_x()), f64::from(event.client_y()));
            if latest.replace(Some(position)).is_none() {
                let (latest, plane) = (latest.clone(), plane.clone());
                request_animation_frame(move || {
                    let Some((x, y)) = latest.take() else { return };
                    let point = plane_of(&plane).point_at(x, y);
                    if point.is_some() {
                        if by_keys.get_untracked().is_some() {
                            by_keys.set(None);
                        }
                        room.wish(Wish::Point { point });
                    }
                });
            }
        }
    };
    listen("pointermove", Box::new(moved.clone()));
    listen("pointerdown", Box::new(moved));
    listen(
        "pointerleave",
        Box::new(move |event| {
            if event.pointer_type() != "touch" {
                latest.take();
                room.wish(Wish::Point { point: None });
            }
        }),
    );
}

fn plane_of(element: &HtmlElement) -> Plane {
    let place = element.get_bounding_client_rect();
    Plane { left: place.left(), top: place.top(), side: place.width() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_stay_on_the_plane() {
        assert_eq!(step("ArrowUp", false, None), Some((0.5, 0.5)));
        assert_eq!(step("ArrowLeft", true, Some((0.05, 0.3))), Some((0.0, 0.3)));
        assert_eq!(step("ArrowDown", true, Some((0.5, 0.95))), Some((0.5, 1.0)));
        assert_eq!(step("a", false, Some((0.5, 0.5))), None);
    }
}
