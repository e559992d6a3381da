//! The upgrade to a WebSocket looks at where its page came from, to the letter.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::Server;

/// The status of an upgrade with these headers, which are sent as they stand here.
async fn status(server: &Server, cookie: &str, host: &str, origins: &[&str]) -> u16 {
    let mut request = format!(
        "GET /ws HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         cookie: {cookie}\r\n"
    );
    for origin in origins {
        request += &format!("origin: {origin}\r\n");
    }
    request += "\r\n";
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap()
}

#[tokio::test]
async fn without_a_public_url_the_page_has_to_come_from_the_host_that_is_asked() {
    let server = Server::start(&[]).await;
    let cookie = server.guest("Ada", "Den").await.cookie;
    let host = "chat.example.org:3000";
    // Which of the two the browser used, the server cannot know.
    for origin in ["http://chat.example.org:3000", "https://chat.example.org:3000"] {
        assert_eq!(status(&server, &cookie, host, &[origin]).await, 101, "{origin}");
    }
    for origins in [
        &[][..],
        &[""],
        &["null"],
        &["http://chat.example.org"],
        &["http://chat.example.org:3001"],
        &["http://chat.example.org:3000.evil.example"],
        &["http://chat.example.org:30000"],
        &["http://chat.example.org.evil.example:3000"],
        &["http://evil-chat.example.org:3000"],
        &["http://evilchat.example.org:3000"],
        &["http://example.org:3000"],
        &["http://user@chat.example.org:3000"],
        &["http://chat.example.org:3000@evil.example"],
        &["http://chat.example.org.:3000"],
        &["http://chat.example.org:3000/"],
        &["http://chat.example.org:3000/path"],
        &["http://chat.example.org:3000?x"],
        &["HTTP://chat.example.org:3000"],
        &["ws://chat.example.org:3000"],
        &["ftp://chat.example.org:3000"],
        &["chrome-extension://chat.example.org:3000"],
        &["chat.example.org:3000"],
        &["//chat.example.org:3000"],
        &["http:chat.example.org:3000"],
        &["http://chat.example.org:3000 http://evil.example"],
        &["http://chat.example.org:3000, http://evil.example"],
        &["http://chat.example.org:3000", "http://chat.example.org:3000"],
        &["http://chat.example.org:3000", "http://evil.example"],
        &["http://evil.example", "http://chat.example.org:3000"],
    ] {
        assert_eq!(status(&server, &cookie, host, origins).await, 403, "{origins:?}");
    }
    // Hosts have no case, and browsers write theirs small.
    let small = ["http://chat.example.org"];
    assert_eq!(status(&server, &cookie, "Chat.Example.ORG", &small).await, 101);
    assert_eq!(status(&server, &cookie, "", &["http://"]).await, 403, "no host at all");
}

#[tokio::test]
async fn with_a_public_url_the_page_has_to_come_from_there() {
    let server = Server::start(&["--public-url", "https://Chat.Example.org/"]).await;
    let own = "https://chat.example.org";
    let form = [("name", "Ada"), ("room", "Den")];
    let answer = server.post_join(own, "", &form).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    for host in ["chat.example.org", "127.0.0.1:3000", "internal"] {
        assert_eq!(status(&server, cookie, host, &[own]).await, 101, "{host}");
        for origins in [
            &[][..],
            &["null"],
            &["http://chat.example.org"],
            &["https://chat.example.org:443"],
            &["https://chat.example.org:8443"],
            &["https://chat.example.org.evil.example"],
            &["https://evil-chat.example.org"],
            &["https://evil.chat.example.org"],
            &["https://example.org"],
            &["https://user@chat.example.org"],
            &["https://chat.example.org@evil.example"],
            &["https://CHAT.example.org"],
            &["HTTPS://chat.example.org"],
            &["https://chat.example.org."],
            &["https://chat.example.org/"],
            &["wss://chat.example.org"],
            &["http://127.0.0.1:3000"],
            &["http://internal"],
            &[own, own],
            &[own, "https://evil.example"],
            &["https://evil.example", own],
        ] {
            assert_eq!(status(&server, cookie, host, origins).await, 403, "{host} {origins:?}");
        }
    }
}
