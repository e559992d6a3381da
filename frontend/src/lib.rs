//! The WebAssembly entry point: brings the server-rendered page to life or, on a site of its own, makes it.

use wasm_bindgen::prelude::wasm_bindgen;

/// Attaches the app to the page that the server rendered.
#[cfg(not(feature = "mount"))]
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(starling_app::App);
}

/// Shows the app on a page that no server rendered.
#[cfg(feature = "mount")]
#[wasm_bindgen(start)]
pub fn mount() {
    starling_app::mount();
}
