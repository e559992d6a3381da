//! A proxy that from some moment on swallows everything, and tells nobody: neither side sees an end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

const BUFFER: usize = 4 * 1024;

pub(crate) struct BlackHole {
    /// Where it listens, as host and port.
    pub(crate) address: String,
    swallows: Arc<AtomicBool>,
    _serving: AbortOnDropHandle<()>,
}

impl BlackHole {
    /// Passes on what is said, to the server at that address and back.
    pub(crate) async fn before(server: String) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let swallows = Arc::new(AtomicBool::new(false));
        let serving = tokio::spawn(serve(listener, server, Arc::clone(&swallows)));
        Ok(Self { address, swallows, _serving: AbortOnDropHandle::new(serving) })
    }

    /// From now on.
    pub(crate) fn swallow(&self) {
        self.swallows.store(true, Ordering::Relaxed);
    }
}

async fn serve(listener: TcpListener, server: String, swallows: Arc<AtomicBool>) {
    while let Ok((client, _)) = listener.accept().await {
        let (server, swallows) = (server.clone(), Arc::clone(&swallows));
        tokio::spawn(async move {
            let Ok(server) = TcpStream::connect(server).await else { return };
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::join!(
                pass(from_client, to_server, &swallows),
                pass(from_server, to_client, &swallows)
            );
        });
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    swallows: &AtomicBool,
) {
    let mut buffer = [0; BUFFER];
    loop {
        let read = from.read(&mut buffer).await;
        let swallows = swallows.load(Ordering::Relaxed);
        match read {
            Ok(bytes) if bytes > 0 => {
                if !swallows && to.write_all(&buffer[..bytes]).await.is_err() {
                    return;
                }
            }
            // Not even the end of one side is told to the other.
            _ if swallows => std::future::pending().await,
            _ => return,
        }
    }
}
