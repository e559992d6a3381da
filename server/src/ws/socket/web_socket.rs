//! A session's WebSocket.
//!
//! Reading, pongs and the closing handshake are tungstenite's. What the server says goes past its
//! buffer: frames are shared by all who receive them and handed to the system as they are. Copied
//! into a buffer of each connection, they would leave every one of them as large as the most that
//! was ever sent at once. Knows nothing of events.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::{SinkExt, StreamExt};
use starling_protocol::CloseReason;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::SendError;

/// Read at once from a socket. Every connection holds a buffer of this size, which grows when a larger
/// frame arrives.
const READ_BUFFER: usize = 1024;
/// For pongs and close frames, which are all that is written through tungstenite.
const CONTROL_BUFFER: usize = 4 * 1024;
/// Of a frame from a server, which are not masked.
const LONGEST_HEADER: usize = 10;
/// So many pieces are handed to the system at once.
const PIECES: usize = 64;
/// Room for so many pieces is kept while nothing is sent.
const PIECES_KEPT: usize = 8;

pub(crate) struct WebSocket<S> {
    inner: WebSocketStream<Outbound<S>>,
    /// What is queued while tungstenite may be in the middle of a pong.
    queued: VecDeque<Bytes>,
    queued_bytes: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> WebSocket<S> {
    /// Over a connection whose handshake is done.
    pub(crate) async fn new(io: S, largest_frame: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(CONTROL_BUFFER)
            .max_message_size(Some(largest_frame))
            .max_frame_size(Some(largest_frame));
        let outbound = Outbound { io, pieces: VecDeque::new() };
        let inner = WebSocketStream::from_raw_socket(outbound, Role::Server, Some(config)).await;
        Self { inner, queued: VecDeque::new(), queued_bytes: 0 }
    }

    /// The next frame; `None` when the connection has ended.
    pub(super) async fn recv(&mut self) -> Option<Result<Message, Error>> {
        self.inner.next().await
    }

    pub(super) fn queue_text(&mut self, text: Bytes) {
        self.queue(OpCode::Data(Data::Text), text);
    }

    pub(super) fn queue_binary(&mut self, bytes: Bytes) {
        self.queue(OpCode::Data(Data::Binary), bytes);
    }

    pub(super) fn queue_ping(&mut self) {
        self.queue(OpCode::Control(Control::Ping), Bytes::new());
    }

    pub(super) fn has_queued(&self) -> bool {
        !self.queued.is_empty()
    }

    /// How much waits for the next flush.
    pub(super) fn queued_bytes(&self) -> usize {
        self.queued_bytes
    }

    /// Sends all that is queued. A slow client takes something now and then; only one that takes
    /// nothing for so long is stalled.
    pub(super) async fn flush(&mut self, stall_after: Duration) -> Result<(), SendError> {
        in_time(stall_after, self.inner.flush()).await?;
        let outbound = self.inner.get_mut();
        outbound.pieces.append(&mut self.queued);
        self.queued_bytes = 0;
        while !outbound.pieces.is_empty() {
            in_time(stall_after, poll_fn(|cx| outbound.poll_some(cx))).await?;
        }
        outbound.pieces.shrink_to(PIECES_KEPT);
        self.queued.shrink_to(PIECES_KEPT);
        Ok(())
    }

    /// Says why, after what is still under way.
    pub(super) async fn send_close(&mut self, reason: CloseReason) -> Result<(), Error> {
        let frame = CloseFrame { code: reason.code().into(), reason: reason.text().into() };
        self.inner.send(Message::Close(Some(frame))).await
    }

    fn queue(&mut self, opcode: OpCode, payload: Bytes) {
        let header = FrameHeader { opcode, ..FrameHeader::default() };
        let mut bytes = [0; LONGEST_HEADER];
        let mut rest = bytes.as_mut_slice();
        // It fits, so this cannot fail.
        let _ = header.format(payload.len() as u64, &mut rest);
        let length = LONGEST_HEADER - rest.len();
        self.queued_bytes += length + payload.len();
        self.queued.push_back(Bytes::copy_from_slice(&bytes[..length]));
        if !payload.is_empty() {
            self.queued.push_back(payload);
        }
    }
}

async fn in_time<E>(
    stall_after: Duration,
    sending: impl Future<Output = Result<(), E>>,
) -> Result<(), SendError> {
    match timeout(stall_after, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(SendError::Gone),
        Err(_) => Err(SendError::Stalled),
    }
}

/// A connection, and pieces of frames that go out before anything else is written to it.
struct Outbound<S> {
    io: S,
    pieces: VecDeque<Bytes>,
}

impl<S: AsyncWrite + Unpin> Outbound<S> {
    /// Writes as much as the system takes at once, at least something.
    fn poll_some(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut slices = [IoSlice::new(&[]); PIECES];
        let mut count = 0;
        for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
            *slice = IoSlice::new(piece);
            count += 1;
        }
        let io = Pin::new(&mut self.io);
        let mut written = ready!(io.poll_write_vectored(cx, &slices[..count]))?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        while let Some(piece) = self.pieces.front_mut() {
            if written < piece.len() {
                piece.advance(written);
                break;
            }
            written -= piece.len();
            self.pieces.pop_front();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_all(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pieces.is_empty() {
            ready!(self.poll_some(cx))?;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Outbound<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Outbound<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_all(cx))?;
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_all(cx))?;
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_all(cx))?;
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::DuplexStream;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A server's socket and a client's, with so many bytes between them.
    async fn pair(between: usize) -> (WebSocket<DuplexStream>, WebSocketStream<DuplexStream>) {
        let (server, client) = tokio::io::duplex(between);
        let client = WebSocketStream::from_raw_socket(client, Role::Client, None).await;
        (WebSocket::new(server, 1024).await, client)
    }

    #[tokio::test]
    async fn frames_of_every_size_arrive_whole_and_in_order() {
        let (mut server, mut client) = pair(61).await;
        let long = "x".repeat(70_000);
        let texts = ["", "a", &long[..125], &long[..126], &long[..65_535], &long];
        for text in texts {
            server.queue_text(Bytes::from(text.to_owned()));
        }
        for byte in 0..PIECES as u8 {
            server.queue_binary(Bytes::from(vec![byte]));
        }
        let sending = async {
            server.flush(SECOND).await.unwrap();
            assert!(!server.has_queued());
            server.send_close(CloseReason::Silent).await.unwrap();
        };
        let receiving = async {
            for text in texts {
                assert_eq!(client.next().await.unwrap().unwrap(), Message::text(text));
            }
            for byte in 0..PIECES as u8 {
                assert_eq!(client.next().await.unwrap().unwrap(), Message::binary(vec![byte]));
            }
            let Message::Close(Some(frame)) = client.next().await.unwrap().unwrap() else {
                panic!("not closed")
            };
            assert_eq!(u16::from(frame.code), CloseReason::Silent.code());
        };
        tokio::join!(sending, receiving);
    }

    #[tokio::test(start_paused = true)]
    async fn a_close_after_a_stall_comes_behind_the_frame_that_was_under_way() {
        let (mut server, mut client) = pair(16).await;
        server.queue_text(Bytes::from("x".repeat(100)));
        assert_eq!(server.flush(SECOND).await, Err(SendError::Stalled));
        let (closed, _) = tokio::join!(server.send_close(CloseReason::Stalled), async {
            let first = client.next().await.unwrap().unwrap();
            assert_eq!(first, Message::text("x".repeat(100)));
            assert!(matches!(client.next().await, Some(Ok(Message::Close(Some(_))))));
        });
        closed.unwrap();
    }

    #[tokio::test]
    async fn a_pong_that_is_half_sent_is_finished_first() {
        let (mut server, mut client) = pair(16).await;
        let ping = Bytes::from_static(b"longer than the sixteen bytes between");
        let asking = async { client.send(Message::Ping(ping.clone())).await.unwrap() };
        let reading = async { server.recv().await.unwrap().unwrap() };
        let ((), asked) = tokio::join!(asking, reading);
        assert_eq!(asked, Message::Ping(ping.clone()));
        // Reading on writes what fits of the pong.
        tokio::select! {
            biased;
            _ = server.recv() => panic!("nothing was sent"),
            () = std::future::ready(()) => {}
        }
        server.queue_text(Bytes::from_static(b"after it"));
        let (sent, ()) = tokio::join!(server.flush(SECOND), async {
            assert_eq!(client.next().await.unwrap().unwrap(), Message::Pong(ping));
            assert_eq!(client.next().await.unwrap().unwrap(), Message::text("after it"));
        });
        sent.unwrap();
    }
}
