//! The page that keeps a room: its parts, each for those who may do what stands in it. Only the server
//! has it: it is plain HTML with forms, and loads no script.

mod general;
mod invites;
mod log;
mod measures;
mod members;
mod openness;
mod part;

use leptos::prelude::*;
use starling_protocol::Action;

use crate::page::Clock;
use crate::page::settings::{RefusedForm, SettingsForm, SettingsView};

use part::Times;

/// The page at `/r/{slug}/settings`.
#[component]
pub(crate) fn Settings(
    /// As the server renders it.
    view: SettingsView,
    /// The clock on the viewer's wall.
    clock: Option<Clock>,
) -> impl IntoView {
    let SettingsView { slug, rights, visitors_talk, refused, members, measures, invites, log } =
        view;
    let times = Times::new(clock);
    let path = slug.path();
    let base = format!("{path}/settings");
    let may = |action| rights.include(action);
    let at = |form| refused.clone().filter(|refused| refused.form == form);
    let may_access = may(Action::Rename) || may(Action::SetVisibility);
    let may_openness = may(Action::Lock) || may(Action::Archive);

    let mut parts = Vec::new();
    let mut shown = Vec::new();
    let mut add = |heading: &'static str, forms: &[SettingsForm], part: AnyView| {
        shown.extend_from_slice(forms);
        parts.push((forms.first().map_or("log", |form| form.anchor()), heading, part));
    };
    if may_access {
        let forms = [SettingsForm::Name, SettingsForm::Access];
        let [name, access] = forms.map(at);
        let part = general::general(&base, &rights, visitors_talk, name, access);
        add("General", &forms, part.into_any());
    }
    if let Some(view) = members {
        let refused = at(SettingsForm::Members);
        let part = members::members(&base, &rights.name, view, refused);
        add("Members", &[SettingsForm::Members], part.into_any());
    }
    if let Some(measures) = measures {
        let refused = at(SettingsForm::Measures);
        let part = measures::measures(&base, measures, &times, refused);
        add("Bans and mutes", &[SettingsForm::Measures], part.into_any());
    }
    if let Some(view) = invites {
        let refused = at(SettingsForm::Invites);
        let part = invites::invites(&base, view, &times, refused);
        add("Invitations", &[SettingsForm::Invites], part.into_any());
    }
    if let Some(view) = log {
        add("Log", &[], log::log(&base, view, &times).into_any());
    }
    if may_openness {
        let refused = at(SettingsForm::Openness);
        let part = openness::openness(&base, &rights, refused);
        add("Open or closed", &[SettingsForm::Openness], part.into_any());
    }
    if may(Action::DeleteRoom) {
        let refused = at(SettingsForm::Delete);
        let part = openness::delete(&base, &rights.name, refused);
        add("Delete", &[SettingsForm::Delete], part.into_any());
    }
    // What is not offered has no place of its own.
    let elsewhere = refused.filter(|refused| !shown.contains(&refused.form));
    let elsewhere = elsewhere.map(|RefusedForm { message, .. }| {
        view! { <p class="error" role="alert">{message}</p> }
    });
    let links = parts
        .iter()
        .map(|(anchor, heading, _)| view! { <li><a href=format!("#{anchor}")>{*heading}</a></li> })
        .collect_view();
    let parts = parts
        .into_iter()
        .map(|(anchor, heading, part)| {
            let heading_id = format!("{anchor}-heading");
            let label = heading_id.clone();
            view! {
                <section class="panel" id=anchor aria-labelledby=label>
                    <h2 id=heading_id>{heading}</h2>
                    {part}
                </section>
            }
        })
        .collect_view();
    view! {
        <main class="front settings">
            <header class="front-head">
                <a class="wordmark" href="/">"Starling"</a>
                <h1>"Settings of " <bdi>{rights.name.to_string()}</bdi></h1>
                <p><a href=path>"Back to the room"</a></p>
                {elsewhere}
            </header>
            <nav aria-label="Settings">
                <ul class="parts">{links}</ul>
            </nav>
            {parts}
        </main>
    }
}
