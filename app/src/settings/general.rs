//! The room's name, who finds it, and what visitors may.

use leptos::prelude::*;
use starling_protocol::{Action, Rights, Visibility};

use super::part::{TextForm, alert};
use crate::page::settings::RefusedForm;

const ACCESS: [(Visibility, &str, &str); 3] = [
    (Visibility::Public, "Public", "The lobby lists it, and everyone may come."),
    (Visibility::Unlisted, "By link", "Whoever has its link may come. It is listed nowhere."),
    (Visibility::Private, "Private", "Only members may come. For anyone else it does not exist."),
];

/// The part "General".
pub(super) fn general(
    base: &str,
    rights: &Rights,
    visitors_talk: bool,
    name: Option<RefusedForm>,
    access: Option<RefusedForm>,
) -> impl IntoView + use<> {
    let rename = rights.include(Action::Rename).then(|| {
        let action = format!("{base}/name");
        let label = "Name".into_any();
        let value = rights.name.to_string();
        view! { <TextForm action label name="name" value button="Rename" refused=name/> }
    });
    let who = rights.include(Action::SetVisibility).then(|| {
        let choices = ACCESS
            .map(|(visibility, word, meaning)| {
                let id = format!("access-{}", visibility.name());
                view! {
                    <label class="choice">
                        <input
                            type="radio"
                            name="visibility"
                            value=visibility.name()
                            checked=visibility == rights.visibility
                            aria-describedby=id.clone()
                        />
                        <span>{word}</span>
                        <span class="hint" id=id>{meaning}</span>
                    </label>
                }
            })
            .collect_view();
        view! {
            <form method="post" action=format!("{base}/access")>
                <fieldset class="choices">
                    <legend>"Who finds it"</legend>
                    {choices}
                </fieldset>
                <label class="choice">
                    <input
                        type="checkbox"
                        name="visitors_talk"
                        value="true"
                        checked=visitors_talk
                        aria-describedby="visitors-hint"
                    />
                    <span>"Visitors may talk"</span>
                    <span class="hint" id="visitors-hint">
                        "Otherwise those who are no members can only read."
                    </span>
                </label>
                {alert(access)}
                <button type="submit">"Save"</button>
            </form>
        }
    });
    view! {
        {rename}
        {who}
    }
}
