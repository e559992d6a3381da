//! `/lesson`: a plain WebSocket, as first lessons have it. `{"event": "message", "data": "Hello"}` is answered
//! with `{"event": "message", "data": "Received: Hello"}`, and there is nothing else.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use starling_protocol::CloseReason;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::lesson::received;
use crate::app::App;
use crate::http::origin::{self, Shown};
use crate::listener::{client_address, household};
use crate::serving::ConnectionPlace;
use crate::ws::{self, Socket, WebSocket};

pub(super) async fn upgrade(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    if let Err(refusal) = origin::check(&app.config, request.headers(), Shown::Token) {
        return refusal.plain();
    }
    let (response, upgraded) = match ws::accept(&mut request) {
        Ok(accepted) => accepted,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let address = household(client_address(peer, &app.config.trusted_proxies, request.headers()));
    let connection = request.extensions_mut().remove::<ConnectionPlace>();
    // From now on stopping waits for it.
    let running = app.sessions.token();
    tokio::spawn(async move {
        let _running = running;
        let _connection = connection;
        let in_time = timeout(app.config.protection.header_seconds, upgraded);
        let Ok(Ok(upgraded)) = in_time.await else { return };
        let largest = app.limits.frame_bytes;
        let socket = WebSocket::new(TokioIo::new(upgraded), largest).await;
        let mut socket = Socket::Web(socket);
        let reason = match app.sockets.take_address(address) {
            Some(_place) => serve(&app, &mut socket).await,
            None => Some(CloseReason::TooMuch),
        };
        if let Some(reason) = reason {
            socket.close(reason).await;
        }
    });
    response
}

/// Answers until the client has gone (`None`), or says why it is closed.
async fn serve(app: &App, socket: &mut Socket) -> Option<CloseReason> {
    let rate = DefaultDirectRateLimiter::direct(Quota::per_second(app.config.frames_per_second));
    let clock = DefaultClock::default();
    let mut pinged = false;
    loop {
        let silent = if pinged { app.config.pong_within } else { app.config.ping_after };
        let frame = tokio::select! {
            frame = socket.recv() => frame,
            farewell = app.stopping.begun() => {
                sleep_until(farewell.moment()).await;
                return Some(CloseReason::ServiceRestart);
            }
            () = sleep(silent) => {
                if pinged {
                    return Some(CloseReason::Silent);
                }
                pinged = true;
                socket.queue_ping();
                if socket.flush(app.config.stall_after).await.is_err() {
                    return Some(CloseReason::Stalled);
                }
                continue;
            }
        };
        pinged = false;
        match frame? {
            Ok(Message::Text(text)) => {
                if let Some(answer) = answer(&text) {
                    socket.queue_text(Bytes::from(answer.to_string()));
                    if socket.flush(app.config.stall_after).await.is_err() {
                        return Some(CloseReason::Stalled);
                    }
                }
                if let Err(not_until) = rate.check() {
                    sleep_until(Instant::now() + not_until.wait_time_from(clock.now())).await;
                }
            }
            Ok(Message::Close(_)) => {
                // The answer to it is sent by reading on.
                while let Some(Ok(_)) = socket.recv().await {}
                return None;
            }
            Ok(_) => {}
            Err(Error::Capacity(_)) => return Some(CloseReason::TooBig),
            Err(_) => return None,
        }
    }
}

/// `None` for what is no event here, which is not answered.
fn answer(text: &str) -> Option<Value> {
    let said: Value = serde_json::from_str(text).ok()?;
    let event = said.get("event")?.as_str()?;
    let data = said.get("data")?.as_str()?;
    (event == "message").then(|| json!({ "event": "message", "data": received(data) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_message_with_text_is_answered() {
        let said = r#"{"event":"message","data":"Hello"}"#;
        let answered = json!({ "event": "message", "data": "Received: Hello" });
        assert_eq!(answer(said), Some(answered));
        for other in ["", "x", "[]", "{}", r#"{"event":"message"}"#, r#"{"event":"x","data":"y"}"#]
        {
            assert_eq!(answer(other), None, "{other}");
        }
    }
}
