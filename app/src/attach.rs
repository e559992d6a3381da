//! Sending files: the button in the composer and the list of what is on its way. What they do, what is
//! dropped on the page or pasted, and how a file travels, is a script of its own (`send_files.js`): as
//! code of the frontend it would be several times as large a download.

use leptos::prelude::*;

use crate::model::RoomModel;

/// Markup and no view: none of it ever changes but the list's entries, and so the download stays small.
const PARTS: &str = "\
    <ul class=\"sending\" id=\"sending\" aria-label=\"Files on their way\"></ul>\
    <input type=\"file\" multiple hidden>\
    <button class=\"attach\" type=\"button\" title=\"Attach a file\">\
    <svg viewBox=\"0 0 16 16\" width=\"18\" height=\"18\" aria-hidden=\"true\"><path d=\"m13.5 7.5-5.6 \
    5.6a3.2 3.2 0 0 1-4.5-4.5l6-6a2.1 2.1 0 0 1 3 3l-6 6a1 1 0 0 1-1.5-1.5l5.1-5.1\"/></svg>\
    <span class=\"visually-hidden\">Attach a file</span></button>\
    <p class=\"drop-here\">Drop to send</p>";

/// The button "Attach a file" and the list "Files on their way". Whoever may not talk has none, nor has
/// anybody where no files are taken.
#[component]
pub(crate) fn Attach(
    /// Where files go.
    room: RoomModel,
) -> impl IntoView {
    let closed = move || room.limits.file_bytes == 0 || room.is_closed();
    view! { <div class="attaching" hidden=closed inner_html=PARTS></div> }
}
