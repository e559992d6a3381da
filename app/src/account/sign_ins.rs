//! Where somebody is signed in, and how to end it.

use leptos::prelude::*;

use crate::page::SignInLine;

/// The list of one's own sign-ins.
#[component]
pub(crate) fn SignIns(
    /// The latest first.
    sign_ins: Vec<SignInLine>,
) -> impl IntoView {
    let lines = sign_ins.into_iter().map(|sign_in| view! { <Line sign_in/> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="sign-ins-heading">
            <h2 id="sign-ins-heading">"Where you are signed in"</h2>
            <ul class="sign-ins" aria-labelledby="sign-ins-heading">{lines}</ul>
            <div class="ways-on">
                <form method="post" action="/sign-out">
                    <button type="submit">"Sign out"</button>
                </form>
                <form method="post" action="/account/sign-out-everywhere">
                    <button type="submit">"Sign out everywhere"</button>
                </form>
            </div>
        </section>
    }
}

#[component]
fn Line(
    /// Which one.
    sign_in: SignInLine,
) -> impl IntoView {
    let SignInLine { id, browser, address, times, is_this_one } = sign_in;
    let from = if address.is_empty() { times } else { format!("{address}, {times}") };
    let end = (!is_this_one).then(|| {
        let label = format!("End {browser}");
        view! {
            <form method="post" action="/account/sign-ins">
                <input type="hidden" name="id" value=id.to_string()/>
                <button class="quiet" type="submit" aria-label=label>"End"</button>
            </form>
        }
    });
    let this_one = is_this_one.then(|| view! { <span class="rank">"this one"</span> });
    view! {
        <li class="sign-in">
            <div>
                <p class="sign-in-browser"><bdi>{browser}</bdi> {this_one}</p>
                <p class="hint">{from}</p>
            </div>
            {end}
        </li>
    }
}
