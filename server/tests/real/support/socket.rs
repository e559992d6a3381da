//! A socket without a client behind it.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use starling_protocol::Slug;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::PATIENCE;

/// Opens a socket to whoever listens there.
pub(crate) async fn open(
    address: SocketAddr,
    origin: &str,
    cookie: &str,
) -> Result<RawSocket, tokio_tungstenite::tungstenite::Error> {
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    if !origin.is_empty() {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    let (socket, _) = tokio_tungstenite::connect_async(request).await?;
    Ok(RawSocket { socket })
}

/// A socket that says what the test wants said.
pub(crate) struct RawSocket {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl RawSocket {
    pub(crate) async fn send(&mut self, event: &Value) {
        self.send_frame(Message::text(event.to_string())).await;
    }

    pub(crate) async fn send_frame(&mut self, frame: Message) {
        self.socket.send(frame).await.unwrap();
    }

    /// The next frame but pings, which would be news for ever.
    pub(crate) async fn frame(&mut self) -> Message {
        let frame = async {
            loop {
                match self.socket.next().await.expect("the socket ended") {
                    Ok(Message::Ping(_)) => {}
                    frame => return frame.expect("the socket broke"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, frame).await.expect("nothing comes")
    }

    /// The next event, whatever it is.
    pub(crate) async fn event(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.frame().await {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The next event of that type; others are passed over.
    pub(crate) async fn event_of(&mut self, kind: &str) -> Value {
        loop {
            let event = self.event().await;
            if event["type"] == kind {
                return event;
            }
        }
    }

    /// The first event, or the code with which the server closes instead.
    pub(crate) async fn frame_or_close(&mut self) -> Result<Value, u16> {
        match self.frame().await {
            Message::Text(text) => Ok(serde_json::from_str(&text).unwrap()),
            Message::Close(Some(frame)) => Err(frame.code.into()),
            other => panic!("neither an event nor a close but {other:?}"),
        }
    }

    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("no close") {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                other => panic!("no close frame but {other:?}"),
            }
        }
    }

    /// Leaves a room and enters it again, with everything as it is now.
    pub(crate) async fn rejoin(&mut self, room: &Slug) -> Value {
        self.send(&json!({"type": "leave", "ref": 1, "room": room})).await;
        self.join(room).await
    }

    pub(crate) async fn join(&mut self, room: &Slug) -> Value {
        self.send(&json!({"type": "join", "ref": 1, "room": room})).await;
        self.event_of("joined").await
    }
}
