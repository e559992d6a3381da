//! The button that copies the room's address, to hand to others.

#[cfg(feature = "hydrate")]
use std::time::Duration;

use leptos::html;
use leptos::prelude::*;

/// How long the button says that it has done it.
#[cfg(feature = "hydrate")]
const SAID_FOR: Duration = Duration::from_secs(3);

/// The button "Copy link", and what came of it. Where a browser lets no page copy, the address
/// stands there to be copied by hand.
#[component]
pub(crate) fn CopyLink(
    /// The room's, on this server. Not what the browser shows: a form that was refused has another.
    path: String,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<Outcome>);
    let address = StoredValue::new(path);
    let address = move || {
        #[cfg(feature = "mount")]
        let origin = crate::browser::server().address;
        #[cfg(not(feature = "mount"))]
        let origin = window().location().origin().unwrap_or_default();
        address.with_value(|path| format!("{origin}{path}"))
    };
    let opener = NodeRef::<html::Button>::new();
    let close = move || {
        outcome.set(None);
        // What had the focus goes.
        if let Some(opener) = opener.get_untracked() {
            let _ = opener.focus();
        }
    };
    let field = NodeRef::<html::Input>::new();
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        leptos::task::spawn_local(async move {
            let copied = crate::clipboard::copy(&address()).await;
            outcome.set(Some(if copied { Outcome::Copied } else { Outcome::ByHand }));
            if copied {
                set_timeout(move || outcome.set(None), SAID_FOR);
            }
        });
    };
    field.on_load(|field| {
        let _ = field.focus();
        field.select();
    });
    let copied = move || outcome.get() == Some(Outcome::Copied);
    let by_hand = move || outcome.get() == Some(Outcome::ByHand);
    view! {
        <div class="copy-link">
            <button type="button" class="quiet" node_ref=opener on:click=copy>
                {move || if copied() { "Link copied" } else { "Copy link" }}
            </button>
            <span class="visually-hidden" role="status">
                {move || copied().then_some("The link to this room was copied.")}
            </span>
            <Show when=by_hand>
                <form
                    class="popover"
                    on:submit=move |event| event.prevent_default()
                    on:keydown=move |event| if event.key() == "Escape" { close() }
                >
                    <label for="room-address">"This room's address, to copy"</label>
                    <input id="room-address" type="text" readonly value=address() node_ref=field/>
                    <button type="button" on:click=move |_| close()>"Close"</button>
                </form>
            </Show>
        </div>
    }
}

/// What came of copying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Copied,
    ByHand,
}
