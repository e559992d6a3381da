//! What people do without JavaScript.

use starling_protocol::{Action, Denial};
use uuid::Uuid;

use super::{Case, Way};
use crate::support::Server;

/// A browser without JavaScript.
pub(super) struct ByForm;

impl Way for ByForm {
    const ACTIONS: &[Action] = &[Action::Read, Action::Post];

    async fn open(_server: &Server, _case: &Case) -> Self {
        Self
    }

    async fn tries(&mut self, server: &Server, case: &mut Case, action: Action) -> String {
        let answer = match action {
            Action::Read => server.get_as(&case.actor, &case.slug.path()).await,
            Action::Post => {
                let id = Uuid::now_v7().to_string();
                let form = [("id", id.as_str()), ("body", "by form")];
                server.post_message(&server.url(""), &case.actor, &form).await
            }
            action => panic!("there is no form for {action:?}"),
        };
        match answer.status().as_u16() {
            200 | 303 => "done".to_owned(),
            status => status.to_string(),
        }
    }

    fn refused(denial: Denial) -> String {
        if denial == Denial::Hidden { "404" } else { "403" }.to_owned()
    }
}
