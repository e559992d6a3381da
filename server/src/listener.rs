//! Accepting connections: the settings of their sockets, and where they come from.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::http::HeaderMap;
use tokio::net::{TcpListener, TcpStream};

const FORWARDED_FOR: &str = "x-forwarded-for";
/// When the system has no more files, for one, it has none a moment later either.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// In bytes: half of what a session takes at most from a room for one flush.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 16 * 1024;

/// Where a request came from. Only trusted proxies are believed about it: of the addresses in the
/// header, the last one that is not a trusted proxy's.
pub(crate) fn client_address(peer: SocketAddr, trusted: &[IpAddr], headers: &HeaderMap) -> IpAddr {
    let peer = peer.ip().to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .rev()
        // What stands before something unreadable was not written by a proxy of ours.
        .map_while(|address| address.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .find(|address| !trusted.contains(address))
        .unwrap_or(peer)
}

/// What counts as one address: an IPv6 customer has 2^64 of them.
pub(crate) fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// The next connection. It sends at once: with Nagle's algorithm a cursor waits for the ack of the one
/// before, and what waits in the system's buffer can no longer be overtaken by what is newer.
pub(crate) async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY could not be set");
                }
                if let Err(error) = keep_little_unsent(&stream) {
                    tracing::debug!(%error, "TCP_NOTSENT_LOWAT could not be set");
                }
                return (stream, peer);
            }
            // It went away while it waited.
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                tracing::error!(%error, "connections cannot be accepted");
                tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
            }
        }
    }
}

fn is_the_peers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

/// What is under way to a peer is as much as its network takes; only what has not set out is bounded.
/// Without a bound, one that stopped reading is noticed after megabytes, which it would have to read
/// before anything new.
#[cfg(target_os = "linux")]
fn keep_little_unsent(stream: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT)
}

#[cfg(not(target_os = "linux"))]
fn keep_little_unsent(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let other: IpAddr = "10.0.0.2".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, "1.1.1.1, 2.2.2.2".parse().unwrap());
        headers.append(FORWARDED_FOR, "10.0.0.2".parse().unwrap());
        let from = |trusted: &[IpAddr]| {
            client_address(SocketAddr::new(proxy, 1), trusted, &headers).to_string()
        };
        assert_eq!(from(&[]), "10.0.0.1");
        assert_eq!(from(&[other]), "10.0.0.1");
        assert_eq!(from(&[proxy]), "10.0.0.2");
        assert_eq!(from(&[proxy, other]), "2.2.2.2");
        headers.append(FORWARDED_FOR, "2.2.2.2:4711".parse().unwrap());
        let peer = SocketAddr::new(proxy, 1);
        assert_eq!(client_address(peer, &[proxy, other], &headers), proxy, "unreadable");
    }

    #[test]
    fn a_household_is_a_v4_address_or_a_v6_network() {
        let of = |text: &str| household(text.parse().unwrap()).to_string();
        assert_eq!(of("1.2.3.4"), "1.2.3.4");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_a_peer_does_not_read_is_noticed_soon() {
        const MUCH: usize = 1024 * 1024;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        let (peer, (stream, _)) = tokio::join!(socket.connect(address), accept(&listener));
        let _peer = peer.unwrap();
        let mut taken = 0;
        while taken < MUCH {
            stream.writable().await.unwrap();
            match stream.try_write(&[0; 1024]) {
                Ok(bytes) => taken += bytes,
                Err(_) => break,
            }
        }
        assert!(taken < MUCH, "the system took all of it");
    }
}
