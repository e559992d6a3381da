//! Changing a room's board: the one way, whoever asks.

use starling_protocol::Seq;
use starling_protocol::board::Operation;

use crate::app::App;
use crate::permission;
use crate::refusal::Refusal;
use crate::store::{Actor, RoomId};

/// Checks how long and how often, and puts the operation into the store's queue, now: the order of calls
/// is the order of `seq`. The future waits for the outcome; dropping it changes nothing.
///
/// # Errors
/// A [`Refusal`], at once or when the store has decided.
pub(crate) fn operate(
    app: &App,
    author: Actor,
    room: RoomId,
    operation: Operation,
) -> Result<impl Future<Output = Result<Seq, Refusal>> + Send + use<>, Refusal> {
    app.boards.limits.check(&operation)?;
    if let Some(user) = author.user() {
        app.rates.operation(user)?;
    }
    let stored = app.store.operate(author, room, operation);
    let app = app.clone();
    Ok(async move {
        match stored.await {
            Ok(seq) => Ok(seq),
            Err(error) => Err(permission::refused(&app, author, room, error).await),
        }
    })
}
