//! The HTML document around a page.

use html_escape::encode_text;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::App;
use crate::account;
use crate::page::{Page, View};

/// Where the page's assets are.
#[derive(Clone, Debug, PartialEq)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The JavaScript module that loads the WebAssembly.
    pub js: String,
    /// The WebAssembly.
    pub wasm: String,
    /// The JavaScript module that loads the board, which rooms have.
    pub board: String,
}

/// Takes the place of the browser's `FinalizationRegistry`, by which the frontend's bindings learn
/// which closures nobody can call any more. The browser's calls back whenever garbage is collected,
/// even in a page that was left and is kept for the way back, and Chromium then lets go of the page,
/// since scripts must not run in it. This one looks now and then, by a timer, which rests as long
/// as the page does.
const RELEASE_UNUSED_CLOSURES: &str = include_str!("unused_closures.js");

/// Sends files. Only where the composer is has it anything to do.
const SEND_FILES: &str = include_str!("send_files.js");

/// What plain pages have instead of the frontend.
const CODE_FROM_LINK: &str = include_str!("code_from_link.js");

/// The whole document. The page must also be provided as context.
#[must_use]
pub fn shell(page: &Page, assets: &Assets) -> impl IntoView + use<> {
    let css = assets.css.clone();
    // A room that is painted in the middle of its messages moves when the rest of the document comes.
    let is_room = matches!(page.view, View::Room(_));
    let scripts = match page.view.is_plain() {
        true => view! { <script nonce=use_nonce() inner_html=CODE_FROM_LINK></script> }.into_any(),
        false => frontend(assets, is_room).into_any(),
    };
    let robots =
        (!page.view.may_be_found()).then(|| view! { <meta name="robots" content="noindex"/> });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark"/>
                <meta
                    name="description"
                    content="Rooms where people chat, see who is there, and point at things together."
                />
                {robots}
                // Text and nothing but text: leptos would mark where it ends.
                <title inner_html=encode_text(&title(&page.view)).into_owned()></title>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="stylesheet" href=css/>
                {is_room.then(|| view! { <link rel="expect" href="#parts" blocking="render"/> })}
                {scripts}
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// What brings a page to life.
fn frontend(assets: &Assets, is_room: bool) -> impl IntoView + use<> {
    let Assets { js, wasm, board, .. } = assets.clone();
    // A module runs once the whole document is there, and with it the page's data at its end.
    let mut start = format!(
        "import init, {{ hydrate }} from '{js}';\
         init({{ module_or_path: '{wasm}' }}).then(hydrate);"
    );
    if is_room {
        // Browsers remember that an address could not be imported.
        start += &format!(
            "window.starlingBoard = async (tries) => {{\
               const board = await import('{board}' + (tries ? '?' + tries : ''));\
               await board.default();\
               return board;\
             }};"
        );
    }
    view! {
        <link rel="modulepreload" href=js/>
        <link rel="preload" r#as="fetch" r#type="application/wasm" crossorigin="" href=wasm/>
        <script nonce=use_nonce() inner_html=RELEASE_UNUSED_CLOSURES></script>
        {is_room.then(|| view! { <script nonce=use_nonce() inner_html=SEND_FILES></script> })}
        <script type="module" nonce=use_nonce() inner_html=start></script>
    }
}

fn title(view: &View) -> String {
    match view {
        View::Lobby(_) => "Starling".to_owned(),
        View::Room(room) => format!("{} · Starling", room.rights.title()),
        View::RoomSettings(settings) => format!("Settings of {} · Starling", settings.rights.name),
        View::Invite(_) => "You are invited · Starling".to_owned(),
        View::NoSuchRoom { .. } => "No such room · Starling".to_owned(),
        View::Account(view) => format!("{} · Starling", account::title(view)),
        View::AccountTokens(_) => "Tokens for programs · Starling".to_owned(),
        View::Problem { .. } => "Problem · Starling".to_owned(),
    }
}
