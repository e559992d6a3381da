//! The WebAssembly entry point: brings the server-rendered page to life.

use wasm_bindgen::prelude::wasm_bindgen;

/// Attaches the app to the page that the server rendered.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(starling_app::App);
}
