//! The bytes of a Socket.IO client's WebSocket: counted when the system takes them, not read while the client
//! is too fast, and ended when its line is cut. Knows nothing of frames.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::line::Line;

/// A connection that is counted. Whatever it has to keep goes with it.
pub(super) struct Wire<S, K> {
    io: S,
    line: Arc<Line>,
    /// While the line is not readable: that it is again.
    readable: Option<BoxFuture<'static, ()>>,
    ended: BoxFuture<'static, ()>,
    _kept: K,
}

impl<S, K> Wire<S, K> {
    pub(super) fn new(io: S, line: Arc<Line>, ended: BoxFuture<'static, ()>, kept: K) -> Self {
        Self { io, line, readable: None, ended, _kept: kept }
    }
}

impl<S: AsyncRead + Unpin, K: Unpin> AsyncRead for Wire<S, K> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ended.poll_unpin(cx).is_ready() {
            // As if the client had gone.
            self.ended = async {}.boxed();
            return Poll::Ready(Ok(()));
        }
        if self.readable.is_none() && !self.line.is_readable() {
            let line = Arc::clone(&self.line);
            self.readable = Some(async move { line.readable().await }.boxed());
        }
        if let Some(readable) = &mut self.readable {
            ready!(readable.poll_unpin(cx));
            self.readable = None;
        }
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin, K: Unpin> Wire<S, K> {
    fn count(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &written {
            self.line.take(*bytes);
        }
        written
    }
}

impl<S: AsyncWrite + Unpin, K: Unpin> AsyncWrite for Wire<S, K> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.count(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::gateway::line::tests::line;

    #[tokio::test]
    async fn it_counts_waits_and_ends() {
        let (io, mut client) = tokio::io::duplex(64);
        let line = line();
        let token = line.token();
        let ended = token.cancelled_owned().boxed();
        let mut wire = Wire::new(io, Arc::clone(&line), ended, ());
        line.send(10);
        wire.write_all(&[0; 6]).await.unwrap();
        assert_eq!(line.waiting(), 4);
        let full = line.fill();
        client.write_all(b"ab").await.unwrap();
        let mut read = [0; 2];
        assert!(wire.read_exact(&mut read).now_or_never().is_none(), "it was read all the same");
        drop(full);
        wire.read_exact(&mut read).await.unwrap();
        client.write_all(b"cd").await.unwrap();
        line.cut();
        assert_eq!(wire.read(&mut read).await.unwrap(), 0);
    }
}
