//! How much of its rates a request has used up, in the headers of its answer: `RateLimit` and
//! `RateLimit-Policy` as draft-ietf-httpapi-ratelimit-headers has them, and the three of its earlier
//! versions, which more programs read, for whatever is nearest to its end.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::answer;
use crate::app::App;
use crate::http::caller::Caller;
use crate::rates::{self, Spent};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Around every request, which is counted by its address before anybody looks at it.
pub(super) async fn guard(
    State(app): State<App>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    let (mut response, spent) = rates::noting(async {
        match app.rates.request(caller.household()) {
            Ok(()) => next.run(request).await,
            Err(refusal) => answer::problem(&refusal),
        }
    })
    .await;
    let headers = response.headers_mut();
    for (name, value) in said(&spent) {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}

fn said(spent: &[Spent]) -> Vec<(HeaderName, String)> {
    let list = |one: fn(&Spent) -> String| spent.iter().map(one).collect::<Vec<_>>().join(", ");
    let mut said = vec![
        (POLICY, list(|it| format!("{:?};q={};w={}", it.name, it.most, seconds(it.window)))),
        (STATE, list(|it| format!("{:?};r={};t={}", it.name, it.left, seconds(it.until)))),
    ];
    // What is left as a share of what there may be, without dividing.
    let share = |it: &&Spent| u64::from(it.left) * u64::from(u32::MAX) / u64::from(it.most.max(1));
    if let Some(nearest) = spent.iter().min_by_key(share) {
        said.extend([
            (LIMIT, nearest.most.to_string()),
            (REMAINING, nearest.left.to_string()),
            (RESET, seconds(nearest.until).to_string()),
        ]);
    }
    said
}

fn seconds(time: std::time::Duration) -> u64 {
    time.as_secs_f64().ceil() as u64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn all_rates_are_told_and_the_nearest_to_its_end_in_the_old_way() {
        let spent = |name, most, left, until| Spent {
            name,
            most,
            window: Duration::from_secs(60),
            left,
            until: Duration::from_millis(until),
        };
        let said = said(&[spent("requests", 1_200, 600, 30_000), spent("messages", 20, 1, 11_001)]);
        let said: Vec<(&str, &str)> =
            said.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            said,
            [
                ("ratelimit-policy", "\"requests\";q=1200;w=60, \"messages\";q=20;w=60"),
                ("ratelimit", "\"requests\";r=600;t=30, \"messages\";r=1;t=12"),
                ("ratelimit-limit", "20"),
                ("ratelimit-remaining", "1"),
                ("ratelimit-reset", "12"),
            ]
        );
    }
}
