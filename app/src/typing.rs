//! Who is writing right now.

use leptos::prelude::*;
use starling_protocol::DisplayName;

use crate::model::{RoomModel, Writers};

/// The status "Typing". It keeps its height when nobody writes.
#[component]
pub(crate) fn TypingLine(
    /// In which room.
    room: RoomModel,
) -> impl IntoView {
    // Not read aloud: it would interrupt whoever listens to the messages themselves.
    view! {
        <p class="typing" role="status" aria-label="Typing" aria-live="off">
            {move || {
                let Sentence { names, rest } = room.writers.with(sentence);
                let mut names = names.into_iter().map(|name| view! { <bdi>{name.to_string()}</bdi> });
                let one = names.next();
                let two = names.next().map(|name| view! { " and " {name} });
                view! { {one} {two} {rest} }
            }}
        </p>
    }
}

/// Up to two names, and what is said of them.
struct Sentence {
    names: Vec<DisplayName>,
    rest: String,
}

fn sentence(writers: &Writers) -> Sentence {
    let named = |rest: &str| Sentence { names: writers.names.clone(), rest: rest.to_owned() };
    let counted = |rest| Sentence { names: Vec::new(), rest };
    match (writers.names.len(), writers.count) {
        (_, 0) => counted(String::new()),
        (1, 1) => named(" is typing"),
        (2, 2) => named(" are typing"),
        (_, 1) => counted("Somebody is typing".to_owned()),
        (_, count) => counted(format!("{count} people are typing")),
    }
}

#[cfg(test)]
mod tests {
    use starling_protocol::Limits;

    use super::*;

    fn line(names: &[&str], count: usize) -> String {
        let names = names.iter().map(|n| DisplayName::parse(n, &Limits::default()).unwrap());
        let Sentence { names, rest } = sentence(&Writers { names: names.collect(), count });
        let names: Vec<_> = names.iter().map(DisplayName::as_str).collect();
        names.join(" and ") + &rest
    }

    #[test]
    fn two_names_then_a_number() {
        assert_eq!(line(&[], 0), "");
        assert_eq!(line(&["Ada"], 1), "Ada is typing");
        assert_eq!(line(&["Ada", "Bob"], 2), "Ada and Bob are typing");
        assert_eq!(line(&["Ada", "Bob", "Cleo"], 3), "3 people are typing");
        assert_eq!(line(&[], 250), "250 people are typing");
        assert_eq!(line(&[], 1), "Somebody is typing");
    }
}
