//! Making elements and listening to them. Knows nothing of the board.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::convert::FromWasmAbi;
use web_sys::{
    AddEventListenerOptions, CssStyleDeclaration, Document, Element, EventTarget, HtmlElement,
    KeyboardEvent, Window,
};

/// The code of a key that an input method has taken.
const COMPOSING: u32 = 229;

/// The page's window.
pub(crate) fn window() -> Window {
    web_sys::window().expect("this module runs in a page")
}

/// The page's document.
pub(crate) fn document() -> Document {
    window().document().expect("a page has a document")
}

/// A number that nobody can foresee.
pub(crate) fn random_seed() -> u64 {
    let mut bytes = [0; 8];
    let crypto = window().crypto().expect("every browser has a source of randomness");
    crypto.get_random_values_with_u8_array(&mut bytes).expect("eight bytes are within its quota");
    // Random either way round.
    u64::from_ne_bytes(bytes)
}

/// Milliseconds since the page was opened.
pub(crate) fn now() -> f64 {
    window().performance().map_or(0.0, |it| it.now())
}

/// A new element with that class, at the end of `parent`.
pub(crate) fn child(parent: &Element, tag: &str, class: &str) -> HtmlElement {
    let element = document().create_element(tag).expect("the tag is one of HTML's");
    element.set_class_name(class);
    // Only an element that contains its parent could be refused.
    let _ = parent.append_child(&element);
    element.unchecked_into()
}

/// A button that says its name to those who do not see its markup.
pub(crate) fn button(parent: &Element, class: &str, name: &str, markup: &str) -> HtmlElement {
    let button = child(parent, "button", class);
    set(&button, "type", "button");
    set(&button, "aria-label", name);
    set(&button, "title", name);
    button.set_inner_html(markup);
    button
}

/// Sets an attribute.
pub(crate) fn set(element: &Element, name: &str, value: &str) {
    // Only a name that HTML does not allow could fail.
    let _ = element.set_attribute(name, value);
}

/// Has an attribute that says no more than that it is there.
pub(crate) fn flag(element: &Element, name: &str, on: bool) {
    let _ = element.toggle_attribute_with_force(name, on);
}

/// Shows that sentence in it, or hides it. What it says already is not said anew to those who listen.
pub(crate) fn say(element: &Element, words: Option<&str>) {
    if element.text_content().as_deref() != Some(words.unwrap_or_default()) {
        element.set_text_content(words);
    }
    flag(element, "hidden", words.is_none());
}

/// Sets a property of its style.
pub(crate) fn style(style: &CssStyleDeclaration, property: &str, value: &str) {
    // Only a property or value that CSS does not know could fail.
    let _ = style.set_property(property, value);
}

/// Pixels for CSS, in hundredths. Rust's own way of writing numbers knows every number there is, and is
/// as large as the rest of this module.
pub(crate) fn px(number: f64) -> String {
    let hundredths = (number * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (hundredths.abs() / 100, hundredths.abs() % 100);
    format!("{sign}{whole}.{rest:02}px")
}

/// Whether the key is an input method's own. The one that ends composing comes after its end in Safari, and
/// has only that code.
pub(crate) fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == COMPOSING
}

/// A listener that listens as long as this lives.
pub(crate) struct Listener {
    target: EventTarget,
    event: &'static str,
    callback: Box<dyn AsRef<wasm_bindgen::JsValue>>,
}

impl Listener {
    /// Calls `heard` for every such event, which it may prevent.
    pub(crate) fn new<E: FromWasmAbi + 'static>(
        target: &EventTarget,
        event: &'static str,
        heard: impl FnMut(E) + 'static,
    ) -> Self {
        let callback = Closure::<dyn FnMut(E)>::new(heard);
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        let function = callback.as_ref().unchecked_ref();
        // Only an object of another page could refuse.
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            event, function, &options,
        );
        Self { target: target.clone(), event, callback: Box::new(callback) }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = (*self.callback).as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.event, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_have_two_digits_after_their_point() {
        for (number, written) in
            [(0.0, "0.00px"), (12.345, "12.35px"), (-0.5, "-0.50px"), (65_536.0, "65536.00px")]
        {
            assert_eq!(px(number), written);
        }
    }
}
