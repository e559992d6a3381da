//! The board: a square plane as large as fits, and the viewer's own pointer on it.

use std::cell::Cell;
use std::rc::Rc;

use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::cursors::CursorLayer;
use crate::model::{RoomModel, Wish};
use crate::plane::Plane;

/// The region "Board".
#[component]
pub(crate) fn Board(
    /// Whose board.
    room: RoomModel,
    /// Whether the viewer is in the room.
    joined: bool,
) -> impl IntoView {
    let plane = NodeRef::<html::Div>::new();
    if joined {
        Effect::new(move |_| {
            if let Some(plane) = plane.get() {
                follow_pointer(room, &plane);
            }
        });
    }
    let hint = move || match (joined, room.people.len()) {
        (false, _) => Some("Join to see where the others point."),
        (true, 1) => Some("Nobody else is here. Send them this page's address."),
        (true, _) => None,
    };
    view! {
        <section class="board" aria-label="Board">
            <div class="plane" data-plane node_ref=plane>
                <p class="board-hint">{hint}</p>
                {joined.then(|| view! { <CursorLayer room plane/> })}
            </div>
        </section>
    }
}

/// Tells the room where the pointer is, once a frame at most. A finger that is lifted leaves its
/// cursor where it pointed; a mouse that goes elsewhere takes it along. While it touches the
/// plane, a finger is captured by it without being asked for.
fn follow_pointer(room: RoomModel, plane: &HtmlElement) {
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
