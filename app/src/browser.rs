//! What only a browser can tell: the time, the time zone, randomness, its storage's cookie.

use leptos::prelude::{document, window};
#[cfg(not(feature = "mount"))]
use starling_client::web::Server;
use starling_protocol::MessageId;
use uuid::Builder;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlDocument, HtmlElement};

use crate::page::ZONE_COOKIE;
use crate::time::WallTime;

/// Half a year: browsers keep some cookies no longer.
const ZONE_COOKIE_SECONDS: u32 = 180 * 24 * 60 * 60;

/// The server that the page belongs to: whichever sent it or, on a site of its own, the one that it names.
#[cfg(feature = "mount")]
pub(crate) use crate::apart::server;

/// The server that the page belongs to, which sent it.
#[cfg(not(feature = "mount"))]
pub(crate) fn server() -> Server {
    Server { address: window().location().origin().unwrap_or_default(), token: None }
}

/// What time it is for the reader.
pub(crate) fn wall_now() -> WallTime {
    let now = js_sys::Date::now() as i64;
    WallTime::new(now, offset_minutes(now))
}

/// The minutes that the reader's wall was, or will be, ahead of UTC at an instant.
pub(crate) fn offset_minutes(at: i64) -> i32 {
    -js_sys::Date::new(&(at as f64).into()).get_timezone_offset() as i32
}

/// Tells the server the reader's time zone with the next page, so that it comes with their times.
pub(crate) fn remember_zone() {
    let options = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new())
        .resolved_options();
    let zone = js_sys::Reflect::get(&options, &JsValue::from_str("timeZone"));
    // A browser that does not know its zone, or keeps no cookies, is shown UTC at first.
    let Some(zone) = zone.ok().and_then(|zone| zone.as_string()) else { return };
    if let Some(document) = document().dyn_ref::<HtmlDocument>() {
        let rules = format!("path=/; max-age={ZONE_COOKIE_SECONDS}; samesite=lax");
        let _ = document.set_cookie(&format!("{ZONE_COOKIE}={zone}; {rules}"));
    }
}

/// A UUID v7. Not `crypto.randomUUID`, which a page on plain http does not have.
pub(crate) fn new_message_id() -> MessageId {
    let millis = js_sys::Date::now() as u64;
    MessageId::new(Builder::from_unix_timestamp_millis(millis, &random_bytes()).into_uuid())
}

/// Ten bytes that nobody can foresee.
fn random_bytes() -> [u8; 10] {
    let mut bytes = [0; 10];
    let crypto = window().crypto().expect("every browser has a source of randomness");
    crypto.get_random_values_with_u8_array(&mut bytes).expect("ten bytes are within its quota");
    bytes
}

/// A number that nobody can foresee.
pub(crate) fn random_seed() -> u64 {
    random_bytes().into_iter().fold(0, |seed, byte| (seed << 8) | u64::from(byte))
}

/// A text in small letters. Beyond ASCII the browser knows them: the tables of `str::to_lowercase` would be
/// more to load.
pub(crate) fn lower_case(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        js_sys::JsString::from(text).to_lower_case().into()
    }
}

/// Gives a field the focus if nothing has it, so that one can write at once. Not where a finger
/// points: there a soft keyboard would come up unasked.
pub(crate) fn take_free_focus(field: &HtmlElement) {
    let fine = window().match_media("(pointer: fine)").ok().flatten();
    let free = document().active_element().is_none_or(|focused| focused.tag_name() == "BODY");
    if free && fine.is_some_and(|query| query.matches()) {
        // Only a field that is not on the page cannot take the focus.
        let _ = field.focus();
    }
}
