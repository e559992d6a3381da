//! How somebody appears to others: their name, colour and avatar.

use leptos::prelude::*;
use starling_protocol::HUES;

use super::{FormProblem, said};
use crate::field::TextField;
use crate::page::{Field, ProfileForm};

/// What the hues are called, by their number.
const HUE_NAMES: [&str; HUES as usize] = [
    "Red", "Orange", "Amber", "Olive", "Green", "Emerald", "Teal", "Cyan", "Blue", "Indigo",
    "Purple", "Pink",
];

/// The form "How others see you".
#[component]
pub(crate) fn Profile(
    /// As it was filled in.
    form: ProfileForm,
) -> impl IntoView {
    let ProfileForm { whose, name, hue, avatar, error } = form;
    let error = Signal::stored(error);
    let swatches = (0..HUES)
        .zip(HUE_NAMES)
        .map(|(number, name)| {
            view! {
                <label class="swatch" data-hue=number title=name>
                    <input type="radio" name="hue" value=number.to_string() checked=number == hue/>
                    <span class="visually-hidden">{name}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="profile-heading">
            <h2 id="profile-heading">"How others see you"</h2>
            <form class="join" method="post" action="/account/profile" novalidate>
                <input type="hidden" name="whose" value=whose/>
                <TextField
                    label="Your name"
                    name="name"
                    value=name
                    autocomplete="nickname"
                    error=said(error, Field::Name)
                />
                <fieldset class="swatches">
                    <legend>"Colour"</legend>
                    {swatches}
                </fieldset>
                <TextField
                    label="Avatar"
                    name="avatar"
                    value=avatar
                    hint="One letter, sign or emoji. Without one, your initial."
                    error=said(error, Field::Avatar)
                />
                <FormProblem error/>
                <button class="primary" type="submit">"Save"</button>
            </form>
        </section>
    }
}
