//! The upgrade of a request to a WebSocket.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use axum::response::Response;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use starling_protocol::SUBPROTOCOL;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;

/// What a session reads from and writes to.
pub(crate) type Connection = TokioIo<Upgraded>;

/// The answer to a good request for a WebSocket, and what becomes the connection once that is sent.
pub(crate) fn accept(request: &mut Request) -> Result<(Response, OnUpgrade), Error> {
    let mut response = create_response_with_body(request, Body::empty)?;
    let asked = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL);
    let mut asked = asked.iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(','));
    if asked.any(|protocol| protocol.trim() == SUBPROTOCOL) {
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    Ok((response, hyper::upgrade::on(request)))
}
