//! What the page of somebody's tokens for programs shows.

use serde::{Deserialize, Serialize};
use starling_protocol::DisplayName;

use super::FormError;

/// Somebody's tokens for programs. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountTokensView {
    /// The token that was made just now, told this once.
    pub made: Option<String>,
    /// All of them, the newest first.
    pub tokens: Vec<TokenLine>,
    /// To make one.
    pub form: TokenForm,
}

impl AccountTokensView {
    /// All times on the page.
    pub fn times(&self) -> impl Iterator<Item = i64> + use<'_> {
        self.tokens.iter().flat_map(|token| {
            [Some(token.created_at), token.expires_at, token.used_at].into_iter().flatten()
        })
    }
}

/// A token in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenLine {
    /// Its number.
    pub id: i64,
    /// What its owner calls it.
    pub name: DisplayName,
    /// What it allows, in words.
    pub scopes: String,
    /// When it was made.
    pub created_at: i64,
    /// When it ends; `None`: not by itself.
    pub expires_at: Option<i64>,
    /// When it was last used, to the hour.
    pub used_at: Option<i64>,
}

/// How long a token lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lasts {
    /// 30 days.
    Month,
    /// 90 days.
    #[default]
    Quarter,
    /// 365 days.
    Year,
    /// Until it is ended.
    Forever,
}

impl Lasts {
    /// Every length, with its value in the form and its name.
    pub const ALL: [(Self, &str, &str); 4] = [
        (Self::Month, "month", "30 days"),
        (Self::Quarter, "quarter", "90 days"),
        (Self::Year, "year", "1 year"),
        (Self::Forever, "forever", "Until you end it"),
    ];
}

/// The form that makes a token, `POST /account/tokens`, as it is filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenForm {
    /// What the person calls it.
    pub name: String,
    /// The tick of reading.
    pub read: bool,
    /// The tick of writing.
    pub write: bool,
    /// The tick of all else.
    pub manage: bool,
    /// For how long.
    pub lasts: Lasts,
    /// What was wrong with it, if it was sent.
    pub error: Option<FormError>,
}

impl Default for TokenForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            read: true,
            write: true,
            manage: false,
            lasts: Lasts::default(),
            error: None,
        }
    }
}
