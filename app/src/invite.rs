//! The page of an invitation. Its code comes in the link's fragment; once the page lives, it asks where
//! the code leads. Without JavaScript people paste it.

use leptos::prelude::*;

use crate::code_field::CodeField;
use crate::join_form::Door;
use crate::page::invite::{Invitation, InviteView};

/// The page at `/invite`.
#[component]
pub(crate) fn Invite(
    /// As the server renders it.
    view: InviteView,
    /// Who may come in, and whether the viewer is somebody already.
    door: Door,
) -> impl IntoView {
    let InviteView { name, code, refused, name_refused } = view;
    let error = RwSignal::new(refused.unwrap_or_default());
    let invitation = RwSignal::new(None::<Invitation>);
    let on_code = Callback::new(move |code: String| {
        #[cfg(feature = "hydrate")]
        leptos::task::spawn_local(async move {
            match asking::look(code).await {
                Some(Ok(found)) => {
                    error.set(String::new());
                    invitation.set(Some(found));
                }
                Some(Err(sentence)) => {
                    invitation.set(None);
                    error.set(sentence);
                }
                // The form says more when it is sent.
                None => {}
            }
        });
        #[cfg(not(feature = "hydrate"))]
        drop(code);
    });
    let room = move || {
        invitation.get().map(|invitation| view! { <bdi>{invitation.room.to_string()}</bdi> })
    };
    let sign_in = (!door.is_known).then(|| {
        let words = if door.is_open {
            "You have an account? "
        } else {
            "Only people with an account come in here. "
        };
        view! {
            <p class="hint">
                {words} <a href="/sign-in?next=/invite">"Sign in"</a>
                " first, then open your link again."
            </p>
        }
    });
    let wrong_name = name_refused.is_some().then_some("true");
    view! {
        <main class="front">
            <header class="front-head">
                <a class="wordmark" href="/">"Starling"</a>
                <h1>"You are invited"</h1>
                <p class="lead">"Whoever invited you has made you welcome as a member of their room."</p>
            </header>
            <section class="panel" aria-label="Accept the invitation">
                <form class="join" method="post" action="/invite">
                    // One takes the place of the other, so that nothing moves.
                    <div class="invite-slot" data-known=move || invitation.read().is_some().to_string()>
                        <CodeField
                            label="Code: what follows the “#” of your link"
                            value=code
                            error
                            on_code
                        />
                        <p class="invited-to" role="status">{room}</p>
                    </div>
                    <div class="field">
                        <label for="name">"Your name"</label>
                        <input
                            id="name"
                            name="name"
                            type="text"
                            autocomplete="nickname"
                            value=name
                            aria-describedby="name-error"
                            aria-invalid=wrong_name
                        />
                        <p class="error" id="name-error">{name_refused}</p>
                    </div>
                    <button class="primary" type="submit">"Join"</button>
                    {sign_in}
                </form>
            </section>
        </main>
    }
}

#[cfg(feature = "hydrate")]
mod asking {
    use gloo_net::http::Request;
    use serde::Deserialize;

    use crate::page::invite::{Invitation, InviteQuestion};

    #[derive(Deserialize)]
    struct Refused {
        message: String,
    }

    /// Where a code leads, or why nowhere; `None` if nobody answers.
    pub(super) async fn look(code: String) -> Option<Result<Invitation, String>> {
        let question = Request::post("/invite/look").json(&InviteQuestion { code }).ok()?;
        let answer = question.send().await.ok()?;
        if answer.ok() {
            return answer.json().await.ok().map(Ok);
        }
        let refused: Refused = answer.json().await.ok()?;
        Some(Err(refused.message))
    }
}
