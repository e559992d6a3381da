//! A secret that a link carries in its fragment, which browsers send to nobody: no server and no proxy
//! writes it into a log. Once the page lives, the field takes it out of the address.

use leptos::html;
use leptos::prelude::*;

/// The input `code` of a form. Without JavaScript, people type or paste what follows the "#" of
/// their link.
#[component]
pub(crate) fn CodeField(
    /// What the code is, for people.
    label: &'static str,
    /// As it was sent, if it was.
    #[prop(optional, into)]
    value: String,
    /// What was wrong with it.
    #[prop(optional, into)]
    error: Signal<String>,
    /// Told the code of the link.
    #[prop(optional, into)]
    on_code: Option<Callback<String>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        let Some(input) = input.get() else { return };
        let take = move || {
            if let Some(code) = take_fragment() {
                input.set_value(&code);
            }
            let code = input.value();
            if let Some(on_code) = on_code
                && !code.is_empty()
            {
                on_code.run(code);
            }
        };
        take();
        // Another link in the same tab loads nothing.
        window_event_listener(leptos::ev::hashchange, move |_| take());
    });
    view! {
        <div class="field">
            <label for="code">{label}</label>
            <input
                id="code"
                name="code"
                type="text"
                autocomplete="off"
                spellcheck="false"
                value=value
                node_ref=input
                aria-describedby="code-error"
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
            />
            <p class="error" id="code-error">{error}</p>
        </div>
    }
}

/// What follows the "#" of the page's address. From then on nothing does.
fn take_fragment() -> Option<String> {
    let location = window().location();
    let code = location.hash().ok()?.strip_prefix('#')?.to_owned();
    let path = location.pathname().ok()?;
    // The page works as well with the code still in its address.
    let _ = window()
        .history()
        .and_then(|it| it.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path)));
    Some(code)
}
