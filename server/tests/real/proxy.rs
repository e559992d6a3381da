//! Behind Debian's nginx, with the very file that `docs/deploy/` tells operators to use.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures_util::StreamExt;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, RANGE,
    SET_COOKIE,
};
use reqwest::{Client as Http, redirect};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Error;

use crate::socketio::Poller;
use crate::support::files::bytes;
use crate::support::{Guest, PATIENCE, Server, open, post_join};

const DOCUMENTED: &str = include_str!("../../../docs/deploy/nginx.conf");
const PUBLIC: &str = "https://chat.example.org";

/// What nginx needs around the documented file to run as anybody and to write only into its folder.
const AROUND: &str = "\
    daemon off; pid nginx.pid; error_log stderr warn;
    events {}
    http {
        access_log off;
        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi; scgi_temp_path scgi;
        include starling.conf;
    }";

/// An nginx in front of a server.
struct Proxy {
    /// Where it listens for what would come with TLS.
    address: SocketAddr,
    /// Where it listens for what comes without.
    plain: SocketAddr,
    process: Child,
    folder: TempDir,
}

impl Proxy {
    /// nginx gets sockets that listen already, as its predecessor gives them to it when it is
    /// upgraded, so that nobody else can take the ports and nobody has to wait for it.
    fn start(server: &Server) -> Self {
        let (socket, address) = listening();
        let (plain_socket, plain) = listening();
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("nginx.conf"), AROUND).unwrap();
        let documented = adapted(server.address, address, plain);
        std::fs::write(folder.path().join("starling.conf"), documented).unwrap();
        let process = nginx(folder.path())
            .env("NGINX", "0;1;")
            .stdin(socket)
            .stdout(plain_socket)
            .spawn()
            .expect("nginx does not start");
        Self { address, plain, process, folder }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Its worker would outlive it if it were killed.
        let stop = nginx(self.folder.path()).args(["-s", "stop"]).stdin(Stdio::null()).status();
        if !stop.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn listening() -> (OwnedFd, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    (listener.into(), address)
}

/// The documented file with this test's addresses, and without its certificate and IPv6.
fn adapted(server: SocketAddr, tls: SocketAddr, plain: SocketAddr) -> String {
    let mut text = DOCUMENTED.to_owned();
    for (documented, here) in [
        ("server 127.0.0.1:3000;", format!("server {server};")),
        ("listen 443 ssl http2;", format!("listen {tls};")),
        ("listen [::]:443 ssl http2;", String::new()),
        ("listen 80;", format!("listen {plain};")),
        ("listen [::]:80;", String::new()),
        ("ssl_certificate ", "# ".to_owned()),
        ("ssl_certificate_key ", "# ".to_owned()),
    ] {
        assert_eq!(text.matches(documented).count(), 1, "{documented}");
        text = text.replace(documented, &here);
    }
    text
}

/// nginx with its files in that folder.
fn nginx(folder: &Path) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let program = std::env::split_paths(&path)
        // Where Debian installs it, and only root looks for programs.
        .chain([Path::new("/usr/sbin").to_owned()])
        .map(|folder| folder.join("nginx"))
        .find(|program| program.exists())
        .expect("nginx is not installed; `cargo xtask test` does that");
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "stderr"]);
    command
}

fn browser(address: [u8; 4]) -> Http {
    Http::builder()
        .redirect(redirect::Policy::none())
        .local_address(Some(address.into()))
        .timeout(PATIENCE)
        .build()
        .unwrap()
}

/// Tries to make a room from an address, and returns the status of the answer.
async fn make(from: [u8; 4], to: SocketAddr, room: &str) -> u16 {
    let form = [("name", "Ada"), ("room", room)];
    post_join(&browser(from), to, PUBLIC, "", &form).await.status().into()
}

#[tokio::test]
async fn pages_joining_and_chat_pass_through() {
    let server = Server::start(&["--public-url", PUBLIC]).await;
    let proxy = Proxy::start(&server);
    let http = browser([127, 0, 0, 1]);
    let page = http.get(proxy.url("/")).header(ACCEPT_ENCODING, "br").send().await.unwrap();
    assert_eq!(
        (page.status().as_u16(), &page.headers()[CONTENT_ENCODING]),
        (200, &"br".parse().unwrap())
    );
    let page = http.get(proxy.url("/")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("</html>"), "{page}");

    let mut people = Vec::new();
    for name in ["Ada", "Bob"] {
        let form = [("name", name), ("room", "Den")];
        let answer = post_join(&http, proxy.address, PUBLIC, "", &form).await;
        assert_eq!(answer.status(), 303, "{name} cannot join");
        assert!(answer.headers()[SET_COOKIE].to_str().unwrap().contains("Secure"));
        people.push(Guest::new(name, &answer).connect(proxy.address, PUBLIC));
    }
    let [ada, bob] = &mut people[..] else { unreachable!() };
    bob.until(|room| room.is_joined()).await;
    ada.say("through the proxy");
    ada.until_heard(&["through the proxy"]).await;
    bob.until_heard(&["through the proxy"]).await;
}

#[tokio::test]
async fn pieces_of_files_pass_through_whatever_their_size() {
    let server = Server::start(&["--public-url", PUBLIC]).await;
    let proxy = Proxy::start(&server);
    let http = browser([127, 0, 0, 1]);
    let form = [("name", "Ada"), ("room", "Den")];
    let ada = Guest::new("Ada", &post_join(&http, proxy.address, PUBLIC, "", &form).await);
    let film = bytes(3_000_000);
    let request = |method: &str, path: &str| {
        let request = http.request(method.parse().unwrap(), proxy.url(path));
        request.header(ORIGIN, PUBLIC).header(COOKIE, &ada.cookie)
    };
    let announced = request("POST", "/api/v1/rooms/den/uploads")
        .header(CONTENT_TYPE, "application/json")
        .body(format!("{{\"name\": \"film\", \"size\": {}}}", film.len()))
        .send()
        .await
        .unwrap();
    assert_eq!(announced.status(), 201);
    let upload = announced.headers()[LOCATION].to_str().unwrap().to_owned();
    let piece = request("PATCH", &upload)
        .header(CONTENT_TYPE, "application/octet-stream")
        .header("upload-offset", 0)
        .body(film.clone());
    assert_eq!(piece.send().await.unwrap().status(), 204);
    let finished = request("POST", &format!("{upload}/finish")).send().await.unwrap();
    assert_eq!(finished.status(), 200);
    let path = upload.replace("/api/v1/uploads/", "/files/") + "/film";
    let part = request("GET", &path).header(RANGE, "bytes=1000000-1999999").send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert!(part.bytes().await.unwrap() == film[1_000_000..2_000_000]);
}

#[tokio::test]
async fn what_socket_io_clients_send_passes_through_over_both_transports() {
    let server = Server::start(&["--public-url", PUBLIC]).await;
    let proxy = Proxy::start(&server);
    let client = Poller::open(&proxy.url("")).await;
    assert_eq!(client.post("40").await, 200);
    let large = format!("42[\"message\",\"{}\"]", "x".repeat(1_000_000));
    assert_eq!(client.post(large).await, 200);
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", proxy.address);
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let opening = socket.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(opening.starts_with("0{"), "{opening}");
}

#[tokio::test]
async fn other_origins_are_still_refused() {
    let server = Server::start(&["--public-url", PUBLIC]).await;
    let proxy = Proxy::start(&server);
    let form = [("name", "Ada"), ("room", "Den")];
    let http = browser([127, 0, 0, 1]);
    let joined = post_join(&http, proxy.address, PUBLIC, "", &form).await;
    let ada = Guest::new("Ada", &joined);
    for wrong in ["https://evil.example", "http://chat.example.org", &proxy.url("")] {
        let answer = post_join(&http, proxy.address, wrong, "", &form).await;
        assert_eq!(answer.status(), 403, "{wrong}");
        match open(proxy.address, wrong, &ada.cookie).await.map(drop) {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 403, "{wrong}"),
            other => panic!("{wrong}: {other:?}"),
        }
    }
    open(proxy.address, PUBLIC, &ada.cookie).await.unwrap();
}

#[tokio::test]
async fn without_tls_people_are_sent_to_where_it_is() {
    let server = Server::start(&["--public-url", PUBLIC]).await;
    let proxy = Proxy::start(&server);
    let request = browser([127, 0, 0, 1]).get(format!("http://{}/r/den?x", proxy.plain));
    let answer = request.header(HOST, "chat.example.org").send().await.unwrap();
    assert_eq!(answer.status(), 301);
    assert_eq!(answer.headers()[LOCATION], "https://chat.example.org/r/den?x");
}

#[tokio::test]
async fn visitors_have_their_own_address_if_the_proxy_is_trusted() {
    let flags = ["--public-url", PUBLIC, "--rooms-per-address", "1"];
    let server = Server::start(&[&flags[..], &["--trusted-proxies", "127.0.0.1"]].concat()).await;
    let proxy = Proxy::start(&server);
    assert_eq!(make([127, 0, 0, 2], proxy.address, "Den").await, 303);
    assert_eq!(make([127, 0, 0, 2], proxy.address, "Hall").await, 429, "the same address");
    assert_eq!(make([127, 0, 0, 3], proxy.address, "Hall").await, 303, "another one");
    let claimed = ("x-forwarded-for".parse().unwrap(), "203.0.113.9".parse().unwrap());
    let claim = Http::builder()
        .local_address(Some([127, 0, 0, 3].into()))
        .default_headers([claimed].into_iter().collect())
        .build()
        .unwrap();
    let form = [("name", "Ada"), ("room", "Attic")];
    let answer = post_join(&claim, proxy.address, PUBLIC, "", &form).await;
    assert_eq!(answer.status(), 429, "what a visitor claims counts for nothing");
}

#[tokio::test]
async fn visitors_are_one_if_the_proxy_is_not_trusted() {
    let server = Server::start(&["--public-url", PUBLIC, "--rooms-per-address", "1"]).await;
    let proxy = Proxy::start(&server);
    assert_eq!(make([127, 0, 0, 2], proxy.address, "Den").await, 303);
    assert_eq!(make([127, 0, 0, 3], proxy.address, "Hall").await, 429);
}
