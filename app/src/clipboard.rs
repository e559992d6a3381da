//! Puts a text on the clipboard, on pages that browsers trust less, too.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Clipboard, HtmlDocument, HtmlTextAreaElement};

/// Whether it is there now.
pub(crate) async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    // A page on plain http has no such property, which the binding does not know.
    let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if let Some(clipboard) = clipboard.ok().filter(JsValue::is_object)
        && JsFuture::from(clipboard.unchecked_into::<Clipboard>().write_text(text)).await.is_ok()
    {
        return true;
    }
    copy_selection(text).unwrap_or(false)
}

/// The old way: selects the text and has the browser copy what is selected.
fn copy_selection(text: &str) -> Result<bool, JsValue> {
    let focused = document().active_element();
    let field: HtmlTextAreaElement = document().create_element("textarea")?.dyn_into()?;
    field.set_value(text);
    field.set_class_name("visually-hidden");
    document().body().ok_or(JsValue::NULL)?.append_child(&field)?;
    field.select();
    let copied = document().dyn_ref::<HtmlDocument>().map(|it| it.exec_command("copy"));
    field.remove();
    if let Some(focused) = focused.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = focused.focus();
    }
    copied.unwrap_or(Ok(false))
}
