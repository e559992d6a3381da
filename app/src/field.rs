//! A labelled field of a form, and what was wrong with it.

use leptos::html;
use leptos::prelude::*;

use crate::page::{Field, FormError};

/// What is typed into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "what pages about accounts alone ask"))]
pub(crate) enum Kind {
    /// Words.
    Text,
    /// An address for mail.
    Email,
    /// A password. It never comes filled in.
    Password,
}

/// A labelled input with its hint and its error.
#[component]
pub(crate) fn TextField(
    /// What to type.
    label: &'static str,
    /// The field's name in the form, and its id.
    name: &'static str,
    /// What is typed.
    #[prop(default = Kind::Text)]
    kind: Kind,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// What browsers and password managers may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// More about what to type.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<String>,
    /// The input itself.
    #[prop(optional)]
    input: NodeRef<html::Input>,
) -> impl IntoView {
    let error_id = format!("{name}-error");
    let hint_id = format!("{name}-hint");
    let described_by = match hint {
        Some(_) => format!("{error_id} {hint_id}"),
        None => error_id.clone(),
    };
    let hint = hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> });
    let value = (kind != Kind::Password).then_some(value);
    // Capitals are not wanted in what is looked up.
    let plain = (autocomplete == "username" || kind != Kind::Text).then_some("none");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=input_type(kind)
                autocomplete=autocomplete
                autocapitalize=plain
                spellcheck=plain.map(|_| "false")
                value=value
                node_ref=input
                aria-describedby=described_by
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
            />
            {hint}
            <p class="error" id=error_id>{error}</p>
        </div>
    }
}

fn input_type(kind: Kind) -> &'static str {
    match kind {
        // Addresses are checked by the server's own rule, and said so in its words.
        Kind::Text | Kind::Email => "text",
        Kind::Password => "password",
    }
}

/// What an answer says of that field.
pub(crate) fn said_of(error: Option<&FormError>, field: Field) -> String {
    match error {
        Some(error) if error.field == field => error.message.clone(),
        _ => String::new(),
    }
}
