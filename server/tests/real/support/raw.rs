//! HTTP as bytes on a socket, for what no client would send or read so.

use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::PATIENCE;

/// A connection from one of this machine's own addresses.
pub(crate) async fn connect_from(from: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(IpAddr::from(from), 0)).unwrap();
    socket.connect(to).await.unwrap()
}

/// Sends these bytes, and returns all that comes until the connection ends.
pub(crate) async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    rest(&mut stream).await
}

/// All that still comes, until the connection ends, if need be by a reset.
pub(crate) async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = stream.read_to_end(&mut bytes);
    let _ = tokio::time::timeout(PATIENCE, reading).await.expect("the connection stays open");
    String::from_utf8(bytes).unwrap()
}

/// Asks whether the server is well over this connection, and keeps it.
pub(crate) async fn is_served(stream: &mut TcpStream) -> bool {
    let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut answer = String::new();
    while asked.is_ok() && !answer.ends_with("\r\n\r\nok\n") {
        let mut bytes = [0; 4_096];
        let reading = stream.read(&mut bytes);
        match tokio::time::timeout(PATIENCE, reading).await.expect("no answer") {
            Ok(0) | Err(_) => return false,
            Ok(read) => answer += std::str::from_utf8(&bytes[..read]).unwrap(),
        }
        if answer.starts_with("HTTP/1.1 503") {
            return false;
        }
    }
    answer.starts_with("HTTP/1.1 200")
}
