//! Files on their way to the server: what arrives stays, goes on where it ended, and is what was sent.

use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::database::{change, number};
use crate::support::files::{bytes, sha256};
use crate::support::program::Program;
use crate::support::{Guest, PATIENCE, Server};

/// The files whose bytes lie in a data folder.
pub(crate) fn stored(data: &Path) -> Vec<PathBuf> {
    stored_in(&data.join("files"))
}

/// The files in a folder and those below it.
pub(crate) fn stored_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Waits until so many files lie there.
pub(crate) async fn until_stored(data: &Path, count: usize) {
    let waiting = async {
        while stored(data).len() != count {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "not {count} files: {:?}", stored(data));
}

/// Begins to send the rest of a file, and breaks the connection after some of it.
async fn cut(server: &Server, guest: &Guest, upload: &str, rest: &[u8], offset: u64, after: usize) {
    let head = format!(
        "PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nhost: {}\r\norigin: {}\r\ncookie: {}\r\n\
         content-type: application/octet-stream\r\nupload-offset: {offset}\r\n\
         content-length: {}\r\n\r\n",
        server.address,
        server.url(""),
        guest.cookie,
        rest.len()
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&rest[..after]).await.unwrap();
    stream.shutdown().await.unwrap();
}

/// Waits until so much of an upload is there.
async fn until_there(server: &Server, guest: &Guest, upload: &str, offset: u64) {
    let waiting = async { while server.offset(guest, upload).await < offset {} };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "{upload} does not grow to {offset}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_hundred_megabytes_cut_twice_arrive_whole_and_take_no_memory() {
    use crate::support::guest;
    use crate::support::process::ServerProcess;

    const SIZE: usize = 100_000_000;
    let folder = TempDir::new().unwrap();
    let process = ServerProcess::start(folder.path(), &[]).await;
    let server = Server::elsewhere(process.address);
    let ada = guest(process.address, "Ada", "Den").await;
    let film = bytes(SIZE);
    let upload = server.announced(&ada, "film.bin", SIZE as u64).await;
    let before = process.peak_memory();

    cut(&server, &ada, &upload, &film, 0, 30_000_000).await;
    until_there(&server, &ada, &upload, 29_000_000).await;
    // It may still be writing: whoever comes with another number is told the right one.
    let mut offset = 0;
    for after in [30_000_000, 0] {
        let mut answer = (409, Some(offset));
        while answer.0 == 409 {
            offset = answer.1.unwrap();
            answer = server.piece(&ada, &upload, offset, Vec::new()).await;
        }
        assert_eq!(answer, (204, Some(offset)));
        if after > 0 {
            let start = usize::try_from(offset).unwrap();
            cut(&server, &ada, &upload, &film[start..], offset, after).await;
            until_there(&server, &ada, &upload, offset + 1_000_000).await;
        }
    }
    assert!((30_000_000..=60_000_000).contains(&offset), "{offset} bytes were kept");
    let rest = film[usize::try_from(offset).unwrap()..].to_vec();
    assert_eq!(server.piece(&ada, &upload, offset, rest).await, (204, Some(SIZE as u64)));
    let (status, file) = server.finish(&ada, &upload, &sha256(&film)).await;
    assert_eq!((status, &file["kind"]), (200, &json!("other")), "{file}");
    let stored = stored(folder.path());
    assert_eq!(stored.len(), 1);
    assert!(std::fs::read(&stored[0]).unwrap() == film, "the bytes differ");

    let path = format!("/files/{upload}/film.bin");
    let mut answer = server.get_as(&ada, &path).await;
    let mut got = Vec::with_capacity(SIZE);
    while let Some(chunk) = answer.chunk().await.unwrap() {
        got.extend_from_slice(&chunk);
    }
    assert!(got == film, "what comes back differs");
    let more = process.peak_memory().saturating_sub(before);
    assert!(more < 40_000_000, "{more} bytes more memory for {SIZE} bytes of a file");
}

#[tokio::test]
async fn a_piece_goes_where_the_last_one_ended_or_nowhere() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let photo = bytes(1_000);
    let (status, upload) = server.announce(&ada, "photo", 1_000).await;
    assert_eq!(status, 201);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let lasts = upload["expires_at"].as_i64().unwrap() - i64::try_from(now.as_millis()).unwrap();
    assert!((86_300_000..86_500_000).contains(&lasts), "{upload}");
    let upload = upload["id"].as_str().unwrap();
    let piece = |offset: u64, range: std::ops::Range<usize>| {
        server.piece(&ada, upload, offset, photo[range].to_vec())
    };
    assert_eq!(piece(0, 0..400).await, (204, Some(400)));
    assert_eq!(piece(0, 0..400).await, (409, Some(400)));
    assert_eq!(piece(500, 500..600).await, (409, Some(400)));
    // Of what goes beyond the announced size nothing is kept.
    assert_eq!(server.piece(&ada, upload, 400, bytes(601)).await, (413, Some(400)));
    assert_eq!(server.finish(&ada, upload, &sha256(&photo)).await.0, 409);
    assert_eq!(piece(400, 400..1_000).await, (204, Some(1_000)));
    let (status, problem) = server.finish(&ada, upload, &sha256(b"another")).await;
    assert_eq!((status, &problem["code"]), (422, &json!("wrong_hash")));
    let (status, problem) = server.finish(&ada, upload, "abc").await;
    assert_eq!((status, &problem["code"]), (400, &json!("bad_json")));
    let first = server.finish(&ada, upload, &sha256(&photo).to_uppercase()).await;
    assert_eq!(first.0, 200);
    assert_eq!(server.finish(&ada, upload, &sha256(&photo)).await, first);
    assert_eq!(server.finish(&ada, upload, &sha256(b"another")).await.0, 422);
    // What is whole does not change any more.
    assert_eq!(piece(1_000, 0..1).await, (409, Some(1_000)));
    let (status, look) = server.api_as(&ada, "GET", &format!("/uploads/{upload}"), None).await;
    assert_eq!((status, &look["file"]), (200, &first.1));

    // Nor of what comes in many parts, of which the first ones fit.
    let large = server.announced(&ada, "film", 3_000_000).await;
    assert_eq!(server.piece(&ada, &large, 0, bytes(10)).await, (204, Some(10)));
    assert_eq!(server.piece(&ada, &large, 10, bytes(2_999_991)).await, (413, Some(10)));
    assert_eq!(server.piece(&ada, &large, 10, bytes(2_999_990)).await, (204, Some(3_000_000)));

    for (name, value) in [("upload-offset", "-1"), ("upload-offset", "x"), ("content-type", "a/b")]
    {
        let headers = [("cookie", ada.cookie.as_str()), ("origin", &server.url("")), (name, value)];
        let path = format!("/uploads/{upload}");
        let (status, problem) = server.api("PATCH", &path, &headers, None).await;
        assert_eq!((status, &problem["code"]), (400, &json!("bad_form")), "{name}: {value}");
    }
}

#[tokio::test]
async fn a_new_piece_ends_one_that_is_open_and_one_that_says_nothing_is_ended() {
    let server = Server::start(&["--upload-stall-after", "2"]).await;
    let ada = server.guest("Ada", "Den").await;
    let upload = server.announced(&ada, "x", 1_000).await;
    let head = format!(
        "PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\n\
         cookie: {1}\r\ncontent-type: application/octet-stream\r\nconnection: close\r\n\
         upload-offset: 0\r\ncontent-length: 1000\r\n\r\n",
        server.address, ada.cookie
    );
    let mut open = TcpStream::connect(server.address).await.unwrap();
    open.write_all(head.as_bytes()).await.unwrap();
    open.write_all(&bytes(10)).await.unwrap();
    until_there(&server, &ada, &upload, 10).await;
    let again = server.piece(&ada, &upload, 10, bytes(10)).await;
    assert_eq!(again, (204, Some(20)));
    let ended = crate::support::raw::rest(&mut open).await;
    assert!(ended.starts_with("HTTP/1.1 409") && ended.contains("upload-offset: 10"), "{ended}");

    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let head = head.replace("upload-offset: 0", "upload-offset: 20");
    silent.write_all(head.as_bytes()).await.unwrap();
    let ended = crate::support::raw::rest(&mut silent).await;
    assert!(ended.starts_with("HTTP/1.1 408") && ended.contains("too_slow"), "{ended}");
    assert_eq!(server.offset(&ada, &upload).await, 20);
}

#[tokio::test]
async fn an_upload_outlives_the_server_and_does_not_hold_it_up() {
    let mut server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let film = bytes(2_000);
    let upload = server.announced(&ada, "film", 2_000).await;
    let head = format!(
        "PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\n\
         cookie: {1}\r\ncontent-type: application/octet-stream\r\nupload-offset: 0\r\n\
         content-length: 2000\r\n\r\n",
        server.address, ada.cookie
    );
    let mut open = TcpStream::connect(server.address).await.unwrap();
    open.write_all(head.as_bytes()).await.unwrap();
    open.write_all(&film[..500]).await.unwrap();
    until_there(&server, &ada, &upload, 500).await;
    server.begin_stopping();
    let answer = crate::support::raw::rest(&mut open).await;
    assert!(
        answer.starts_with("HTTP/1.1 503") && answer.contains("upload-offset: 500"),
        "{answer}"
    );
    let server = server.restart().await;
    assert_eq!(server.piece(&ada, &upload, 500, film[500..].to_vec()).await.0, 204);
    assert_eq!(server.finish(&ada, &upload, &sha256(&film)).await.0, 200);
}

#[tokio::test]
async fn names_are_only_shown_and_never_lead_anywhere() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    for (given, shown) in [
        ("../../../starling.db", "starling.db"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        ("\u{202e}gpj.exe", "gpj.exe"),
        ("a\r\nset-cookie: starling=x", "a  set-cookie: starling=x"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ] {
        let file = server.send_file(&ada, given, b"x").await;
        assert_eq!(file["name"], shown);
        let path = format!("/files/{}/anything", file["id"].as_str().unwrap());
        let answer = server.get_as(&ada, &path).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().get("set-cookie").is_none());
        let disposition = answer.headers()["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
    }
    let data = server.data();
    for path in stored(data) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let id: uuid::Uuid = name.parse().unwrap();
        assert_eq!(id.get_version_num(), 4);
        let under = data.join("files").join(&name[..2]).join(&name[2..4]).join(name);
        assert_eq!(path, under);
    }
    for path in [
        "/files/../../starling.db",
        "/files/..%2f..%2fstarling.db/x",
        "/files/%2e%2e/starling.db",
        "/files/00000000-0000-4000-8000-000000000000/starling.db",
        "/files/x/y",
    ] {
        let answer = crate::support::raw::exchange(
            server.address,
            &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn an_upload_is_its_senders_alone_and_takes_the_right_to_talk() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let bob = server.guest("Bob", "Den").await;
    let upload = server.announced(&ada, "x", 10).await;
    let path = format!("/uploads/{upload}");
    for (method, path) in
        [("GET", path.clone()), ("DELETE", path.clone()), ("POST", format!("{path}/finish"))]
    {
        let (status, problem) = server.api_as(&bob, method, &path, None).await;
        assert_eq!((status, &problem["code"]), (404, &json!("no_such_file")), "{method}");
        let origin = server.url("");
        let (status, _) = server.api(method, &path, &[("origin", &origin)], None).await;
        assert_eq!(status, 401, "{method}");
    }
    assert_eq!(server.piece(&bob, &upload, 0, bytes(10)).await, (404, None));
    assert_eq!(server.piece(&ada, &upload, 0, bytes(5)).await, (204, Some(5)));

    // Muted on the way: neither another piece, nor the end, nor a new one.
    assert_eq!(
        server.piece(&bob, &server.announced(&bob, "y", 10).await, 0, bytes(10)).await.0,
        204
    );
    let own = server.announced(&bob, "z", 10).await;
    let muted = change(
        server.data(),
        "INSERT INTO measures (room_id, user_id, kind, reason, at) \
         SELECT 1, id, 'mute', '', 0 FROM users WHERE name = 'Bob'",
    );
    assert_eq!(muted.await, 1);
    assert_eq!(server.piece(&bob, &own, 0, bytes(10)).await, (403, None));
    assert_eq!(server.finish(&bob, &own, &sha256(&[])).await.1["code"], "muted");
    assert_eq!(server.announce(&bob, "w", 10).await.1["code"], "muted");
    // Whoever may not go on may still give up.
    assert_eq!(server.api_as(&bob, "DELETE", &format!("/uploads/{own}"), None).await.0, 204);
    assert_eq!(server.api_as(&bob, "DELETE", &format!("/uploads/{own}"), None).await.0, 404);
    let (status, _) = server
        .api(
            "POST",
            "/rooms/nowhere/uploads",
            &[("cookie", &ada.cookie), ("origin", &server.url(""))],
            Some(json!({"name": "x", "size": 1})),
        )
        .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_token_that_only_reads_gives_no_upload_up() {
    let server = Server::with_secret(&[]).await;
    let ann = Program::of(&server, "ann", "read write manage");
    assert_eq!(ann.post("/api/v1/rooms", json!({"name": "Den"})).await.status, 201);
    let wanted = json!({"name": "x", "size": 10});
    let upload = ann.post("/api/v1/rooms/den/uploads", wanted).await.header("location").to_owned();
    let reader = Program::of(&server, "ann", "read");
    assert_eq!(reader.ask("DELETE", &upload, None).await.outcome(), "scope_missing");
    assert_eq!(ann.ask("DELETE", &upload, None).await.outcome(), "done");
}

#[tokio::test]
async fn what_nobody_finishes_or_uses_ends_with_its_bytes() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let given_up = server.announced(&ada, "given up", 10).await;
    server.piece(&ada, &given_up, 0, bytes(5)).await;
    until_stored(server.data(), 1).await;
    assert_eq!(server.api_as(&ada, "DELETE", &format!("/uploads/{given_up}"), None).await.0, 204);
    until_stored(server.data(), 0).await;
    assert_eq!(server.piece(&ada, &given_up, 5, bytes(5)).await, (404, None));

    let unfinished = server.announced(&ada, "unfinished", 10).await;
    server.piece(&ada, &unfinished, 0, bytes(5)).await;
    server.send_file(&ada, "unused", b"abc").await;
    until_stored(server.data(), 2).await;
    let aged = "UPDATE files SET created_at = created_at - 86400001, \
                finished_at = finished_at - 86400001";
    assert_eq!(change(server.data(), aged).await, 2);
    // What another process writes is looked at within a moment.
    until_stored(server.data(), 0).await;
    let left = "SELECT (SELECT count(*) FROM files) + (SELECT count(*) FROM removed_files)";
    let waiting = async { while number(server.data(), left).await > 0 {} };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok());
    assert_eq!(server.offset_status(&ada, &unfinished).await, 404);
}

impl Server {
    async fn offset_status(&self, guest: &Guest, upload: &str) -> u16 {
        self.api_as(guest, "GET", &format!("/uploads/{upload}"), None).await.0
    }
}
