//! The form that replaces a forgotten password.

use leptos::prelude::*;

use super::{FormProblem, Front, said};
use crate::code_field::CodeField;
use crate::field::{Kind, TextField};
use crate::page::{Field, ResetForm};

/// The page at `/reset`.
#[component]
pub(crate) fn Reset(
    /// As it was filled in.
    form: ResetForm,
) -> impl IntoView {
    let ResetForm { code, error } = form;
    let error = Signal::stored(error);
    view! {
        <Front heading="Choose another password" lead="Everywhere you are signed in now, you will be signed out.">
            <form class="join" method="post" action="/reset" novalidate>
                <CodeField label="The code of your link: what follows the #" value=code error=said(error, Field::Code)/>
                <TextField
                    label="New password"
                    name="password"
                    kind=Kind::Password
                    autocomplete="new-password"
                    hint="At least 8 characters."
                    error=said(error, Field::Password)
                />
                <FormProblem error/>
                <button class="primary" type="submit">"Set the password"</button>
            </form>
        </Front>
    }
}
