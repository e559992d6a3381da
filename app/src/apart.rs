//! The frontend as a site of its own, hosted apart from the server: it asks for a token and a room, and shows
//! the room as the server tells it. The page names its server (`<meta name="starling-server">`).

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use starling_client::web::{Server, WebClient};
use starling_client::{Client, Connection};
use starling_protocol::Slug;

use crate::App;
use crate::browser::{new_message_id, random_seed};
use crate::field::TextField;
use crate::page::{Access, JoinForm, Page, PostForm, RoomView, View};
use crate::saved::{browser_storage, write};

/// Where the browser keeps the token.
const TOKEN: &str = "starling-token";

/// Shows the site.
pub fn mount() {
    // What leads to other pages leads to the server's.
    if let (Some(head), Some(server)) = (document().head(), address())
        && let Ok(base) = document().create_element("base")
    {
        let _ = base.set_attribute("href", &server);
        let _ = head.append_child(&base);
    }
    leptos::mount::mount_to_body(Apart);
}

/// The server that the page names, and who its reader is there.
pub(crate) fn server() -> Server {
    Server { address: address().unwrap_or_default(), token: Some(token()) }
}

fn address() -> Option<String> {
    let named = document().query_selector("meta[name=starling-server]").ok().flatten()?;
    Some(named.get_attribute("content")?.trim_end_matches('/').to_owned())
}

fn token() -> String {
    browser_storage().and_then(|it| it.get_item(TOKEN).ok().flatten()).unwrap_or_default()
}

/// The room in the page's address, behind the `#`.
fn room() -> String {
    let hash = window().location().hash().unwrap_or_default();
    let room = js_sys::decode_uri_component(hash.trim_start_matches('#'));
    room.map(String::from).unwrap_or_default()
}

/// The address of the room on its server. What leads to places of it leads there for those who open it in
/// another tab; here the board takes them (`stage/pointing.rs` of the board).
pub(crate) fn room_path() -> String {
    Slug::new(room()).path()
}

/// A form, and then the room.
#[component]
fn Apart() -> impl IntoView {
    let page = RwSignal::new(None::<Page>);
    let (fault, waits) = (RwSignal::new(String::new()), RwSignal::new(false));
    let enter = move || {
        waits.set(true);
        ask(&Slug::new(room()), move |answer| {
            waits.set(false);
            match answer {
                Ok(answer) => page.set(Some(answer)),
                Err(why) => fault.set(why),
            }
        });
    };
    if !token().is_empty() && !room().is_empty() {
        enter();
    }
    move || match page.get() {
        Some(page) => {
            provide_context(page);
            view! { <App/> }.into_any()
        }
        None => view! { <Door fault waits enter/> }.into_any(),
    }
}

/// Asks for a token and a room.
#[component]
fn Door(
    /// Why it did not open.
    fault: RwSignal<String>,
    /// Whether the server was asked and has not answered.
    waits: RwSignal<bool>,
    /// Tries what was typed.
    enter: impl Fn() + 'static,
) -> impl IntoView {
    let (token_field, room_field) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = |field: NodeRef<html::Input>| {
            field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default()
        };
        fault.set(String::new());
        write(browser_storage(), TOKEN, Some(&typed(token_field)));
        // What stands in the address is there after a reload, and can be handed on.
        let hash = js_sys::encode_uri_component(&typed(room_field));
        let _ = window().location().set_hash(&String::from(hash));
        enter();
    };
    view! {
        <main class="front">
            <header class="front-head">
                <h1>"Starling"</h1>
                <p class="lead">"A room on " {address()}</p>
            </header>
            <section class="panel" aria-label="Enter a room">
                <form on:submit=submit>
                    <TextField
                        label="Token"
                        name="token"
                        value=token()
                        hint="From the server’s page “Tokens for programs”, or from your own site."
                        error=fault
                        input=token_field
                    />
                    <TextField
                        label="Room"
                        name="room"
                        value=room()
                        hint="The end of its address there, such as team-lunch."
                        error=Signal::stored(String::new())
                        input=room_field
                    />
                    <button type="submit" disabled=waits>"Enter"</button>
                </form>
            </section>
        </main>
    }
}

/// Asks the server for a room, and tells the page that it makes, or why there is none.
fn ask(slug: &Slug, tell: impl Fn(Result<Page, String>) + 'static) {
    let client = Rc::new(OnceCell::<WebClient>::new());
    let told = Cell::new(false);
    let on_change = {
        let (client, slug) = (client.clone(), slug.clone());
        move |_: &_| {
            let Some(client) = client.get() else { return };
            let Some(answer) = client.read(|core| answer(core, &slug)) else { return };
            if !told.replace(true) {
                // The room's own connection takes its place.
                client.act(|core, _| core.stop());
                tell(answer);
            }
        }
    };
    let made = WebClient::new(server(), random_seed(), on_change);
    // Set here and nowhere else.
    let _ = client.set(made.clone());
    made.act(|core, now| {
        core.join(now, slug);
        core.start(now);
    });
}

/// What the client knows by now, if that is enough.
fn answer(core: &Client, slug: &Slug) -> Option<Result<Page, String>> {
    if let Connection::Ended { reason } = core.connection() {
        return Some(Err(reason.meaning().to_owned()));
    }
    let room = core.room(slug)?;
    if let Some((_, why)) = room.problem() {
        return Some(Err(why.to_owned()));
    }
    let (rights, position) = (room.rights()?.clone(), room.position()?);
    let view = RoomView {
        slug: slug.clone(),
        rights,
        joined: true,
        position,
        messages: room.messages().cloned().collect(),
        more: room.has_older(),
        own: Vec::new(),
        directs: core.directs().to_vec(),
        form: JoinForm::default(),
        post: PostForm { id: new_message_id(), body: String::new(), error: None },
    };
    Some(Ok(Page {
        build: core.build()?.to_owned(),
        limits: core.limits(),
        viewer: Some(core.user()?.clone()),
        clock: None,
        access: Access { guests: false, sign_up: false, mail: false },
        view: View::Room(view),
    }))
}
