//! What the parts of the settings have in common: times, people, and what was wrong with a form.

use leptos::prelude::*;
use starling_protocol::User;

use crate::page::Clock;
use crate::page::settings::RefusedForm;
use crate::time::WallTime;

/// Times as the clock on the viewer's wall shows them; in UTC where that is not known.
#[derive(Clone)]
pub(super) struct Times(Clock);

impl Times {
    pub(super) fn new(clock: Option<Clock>) -> Self {
        Self(clock.unwrap_or_default())
    }

    /// An instant, to the minute.
    pub(super) fn show(&self, at: i64) -> impl IntoView + use<> {
        let time = WallTime::new(at, self.0.minutes_at(at));
        view! { <time datetime=time.machine() title=time.exact()>{time.to_the_minute()}</time> }
    }
}

/// What was wrong with a form that has no text to mend.
pub(super) fn alert(refused: Option<RefusedForm>) -> impl IntoView {
    refused.map(|refused| view! { <p class="error" role="alert">{refused.message}</p> })
}

/// A field, with what was wrong with it, and a button that sends its form.
#[component]
pub(super) fn TextForm(
    /// Where it goes.
    action: String,
    /// What to type.
    label: AnyView,
    /// The field's name in the form, and its id.
    name: &'static str,
    /// What stands in it at first.
    #[prop(optional)]
    value: String,
    /// What the button does.
    button: &'static str,
    /// How the button looks.
    #[prop(optional)]
    class: &'static str,
    /// What was wrong with it.
    refused: Option<RefusedForm>,
) -> impl IntoView {
    let about_text = refused.as_ref().is_some_and(|refused| refused.about_text);
    let (value, message) = match refused {
        Some(refused) => (refused.typed, refused.message),
        None => (value, String::new()),
    };
    let error_id = format!("{name}-error");
    view! {
        <form class="one-field" method="post" action=action>
            <div class="field">
                <label for=name>{label}</label>
                <input
                    id=name
                    name=name
                    type="text"
                    autocomplete="off"
                    value=value
                    aria-describedby=error_id.clone()
                    aria-invalid=about_text.then_some("true")
                />
            </div>
            <button type="submit" class=class>{button}</button>
            <p class="error" id=error_id>{message}</p>
        </form>
    }
}

/// The circle that stands for somebody.
pub(super) fn face(user: &User) -> impl IntoView + use<> {
    let shown = match &user.avatar {
        Some(avatar) => avatar.to_string(),
        None => user.name.as_str().chars().take(1).flat_map(char::to_uppercase).collect(),
    };
    view! { <span class="face" aria-hidden="true" data-hue=user.hue.0>{shown}</span> }
}

/// For how long something can hold: the value that is sent, and the words.
pub(crate) const LASTS: [(&str, &str); 5] = [
    ("hour", "1 hour"),
    ("day", "1 day"),
    ("week", "1 week"),
    ("month", "30 days"),
    ("ever", "until it is ended"),
];

/// The choice among [`LASTS`].
#[component]
pub(super) fn Lasts(
    /// What is chosen at first.
    chosen: &'static str,
) -> impl IntoView {
    let options = LASTS
        .map(|(value, words)| {
            view! { <option value=value selected=value == chosen>{words}</option> }
        })
        .collect_view();
    view! { <select name="lasts">{options}</select> }
}
