//! Tells the style sheet how much of the window a soft keyboard leaves. Most browsers make the page
//! smaller by themselves; those on iOS lay the keyboard over it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, VisualViewport};

use crate::maths::fixed;

/// Keeps `--seen-height` and `--seen-top` of the document true.
pub(crate) fn follow() {
    let Some(seen) = window().visual_viewport() else { return };
    tell(&seen);
    let follow = {
        let seen = seen.clone();
        Closure::<dyn Fn()>::new(move || tell(&seen))
    };
    for event in ["resize", "scroll"] {
        // Only an object of another page could refuse.
        let _ = seen.add_event_listener_with_callback(event, follow.as_ref().unchecked_ref());
    }
    follow.forget();
}

fn tell(seen: &VisualViewport) {
    let root = document().document_element().and_then(|it| it.dyn_into::<HtmlElement>().ok());
    let Some(style) = root.map(|root| root.style()) else { return };
    // Somebody who zooms in wants to look around in the page as it is.
    let zoomed = seen.scale() > 1.01;
    for (name, value) in [("--seen-height", seen.height()), ("--seen-top", seen.offset_top())] {
        let _ = if zoomed {
            style.remove_property(name).map(drop)
        } else {
            style.set_property(name, &format!("{}px", fixed(value, 2)))
        };
    }
}
