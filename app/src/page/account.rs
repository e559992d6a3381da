//! What the pages about accounts show: forms as they were filled in, never with a password.

use serde::{Deserialize, Serialize};

use super::FormError;

/// A page about accounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AccountView {
    /// `/sign-up`.
    SignUp(SignUpForm),
    /// `/sign-in`.
    SignIn(SignInForm),
    /// `/account`.
    Settings(SettingsView),
    /// `/forgot`.
    Forgot(ForgotForm),
    /// `/reset`.
    Reset(ResetForm),
    /// `/setup`.
    Setup(SetupForm),
    /// `/admin/people`.
    People(PeopleView),
}

/// The form that makes an account, as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignUpForm {
    /// What they call themselves.
    pub name: String,
    /// Under which name they will sign in.
    pub handle: String,
    /// Their address; may be empty.
    pub email: String,
    /// Where they go then: a path.
    pub next: String,
    /// Whether they are a guest, whose messages and rooms the account will have.
    pub guest: bool,
    /// What was wrong with it, if it was sent.
    pub error: Option<FormError>,
}

/// The form that signs in, as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignInForm {
    /// Their handle or address.
    pub login: String,
    /// Where they go then: a path.
    pub next: String,
    /// What has just been done.
    pub done: Option<String>,
    /// What was wrong with it, if it was sent.
    pub error: Option<FormError>,
}

/// One's own settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsView {
    /// `None` for a guest.
    pub account: Option<OwnAccount>,
    /// How they appear.
    pub profile: ProfileForm,
    /// What was wrong with the form for another password, if it was sent.
    pub password_error: Option<FormError>,
    /// Where they are signed in.
    pub sign_ins: Vec<SignInLine>,
    /// What has just been done.
    pub done: Option<String>,
}

/// An account, as its person sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// Under which name they sign in.
    pub handle: String,
    /// Under which address they may, too.
    pub email: Option<String>,
    /// Whether they operate the server.
    pub operator: bool,
}

/// The form that changes how a person appears, as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProfileForm {
    /// Whose it is, by their id: a page can be older than who is signed in.
    pub whose: String,
    /// What they call themselves.
    pub name: String,
    /// The number of their colour.
    pub hue: u8,
    /// What stands in their circle; empty for their initial.
    pub avatar: String,
    /// What was wrong with it, if it was sent.
    pub error: Option<FormError>,
}

/// A sign-in in the list of one's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignInLine {
    /// By which it is ended.
    pub id: i64,
    /// The browser and its system, such as "Firefox on Linux".
    pub browser: String,
    /// From which address.
    pub address: String,
    /// Since when and until when it was used, in words.
    pub times: String,
    /// Whether it is the one by which this page was loaded.
    pub is_this_one: bool,
}

/// The form of somebody who forgot their password, as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ForgotForm {
    /// Their handle or address.
    pub login: String,
    /// Whether it was sent and taken.
    pub sent: bool,
    /// What was wrong with it, if it was sent.
    pub error: Option<FormError>,
}

/// The form that replaces a forgotten password, as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResetForm {
    /// The code of the link.
    pub code: String,
    /// What was wrong with it, if it was sent.
    pub error: Option<FormError>,
}

/// The form that makes the first administrator, as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SetupForm {
    /// Whether there is no administrator yet.
    pub open: bool,
    /// The handle of whoever is signed in: they need no other account.
    pub account: Option<String>,
    /// The code of the link.
    pub code: String,
    /// What they call themselves.
    pub name: String,
    /// Under which name they will sign in.
    pub handle: String,
    /// What was wrong with it, if it was sent.
    pub error: Option<FormError>,
}

/// What administrators do about people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PeopleView {
    /// Whose password is to be replaced, as it was typed.
    pub login: String,
    /// The link that was made, shown this once.
    pub link: Option<String>,
    /// What was wrong with the form, if it was sent.
    pub error: Option<FormError>,
}
