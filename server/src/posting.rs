//! Saying something in a room: the one way, whoever asks.

use starling_protocol::{FileId, MessageBody, MessageId, TextError};

use crate::app::App;
use crate::permission;
use crate::refusal::Refusal;
use crate::store::{Actor, NewMessage, Posted, RoomId};

/// Checks a message and hands it to the store, in the order of calls. The future waits until it is
/// stored; dropping it changes nothing.
pub(crate) fn post_message(
    app: &App,
    author: Actor,
    room: RoomId,
    id: MessageId,
    body: &str,
) -> Result<impl Future<Output = Result<Posted, Refusal>> + Send + use<>, Refusal> {
    post_with_file(app, author, room, id, body, None)
}

/// The same, with a file if there is one. Then it may say nothing.
pub(crate) fn post_with_file(
    app: &App,
    author: Actor,
    room: RoomId,
    id: MessageId,
    body: &str,
    file: Option<FileId>,
) -> Result<impl Future<Output = Result<Posted, Refusal>> + Send + use<>, Refusal> {
    let body = match MessageBody::parse(body, &app.limits) {
        Err(TextError::MessageEmpty { .. }) if file.is_some() => MessageBody::nothing(),
        body => body?,
    };
    if let Some(user) = author.user() {
        app.rates.message(user)?;
    }
    let stored = app.store.post(NewMessage { room, id, author, body, file });
    let app = app.clone();
    Ok(async move {
        match stored.await {
            Ok(posted) => Ok(posted),
            Err(error) => Err(permission::refused(&app, author, room, error).await),
        }
    })
}
