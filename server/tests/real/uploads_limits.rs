//! How large, how many, how much: each limit of files on both of its sides.

use serde_json::json;

use crate::support::files::bytes;
use crate::support::{Guest, Server};

async fn announce(server: &Server, guest: &Guest, size: u64) -> Result<String, String> {
    let (status, answer) = server.announce(guest, "x", size).await;
    match status {
        201 => Ok(answer["id"].as_str().unwrap().to_owned()),
        _ => Err(format!("{status} {}", answer["code"].as_str().unwrap())),
    }
}

async fn give_up(server: &Server, guest: &Guest, upload: &str) {
    assert_eq!(server.api_as(guest, "DELETE", &format!("/uploads/{upload}"), None).await.0, 204);
}

#[tokio::test]
async fn a_file_has_between_one_byte_and_the_limit() {
    let server = Server::start(&["--file-bytes", "1000"]).await;
    let ada = server.guest("Ada", "Den").await;
    assert_eq!(announce(&server, &ada, 0).await, Err("422 file_empty".to_owned()));
    assert_eq!(announce(&server, &ada, 1_001).await, Err("413 file_too_large".to_owned()));
    assert_eq!(announce(&server, &ada, u64::MAX).await, Err("413 file_too_large".to_owned()));
    for size in [1, 1_000] {
        let file = server.send_file(&ada, "x", &bytes(size)).await;
        assert_eq!(file["size"], size);
    }
    for wrong in [json!({"name": "x"}), json!({"name": "x", "size": -1}), json!([]), json!(null)] {
        let path = format!("/rooms/{}/uploads", ada.room);
        let (status, problem) = server.api_as(&ada, "POST", &path, Some(wrong)).await;
        assert_eq!((status, &problem["code"]), (400, &json!("bad_json")));
    }

    let without = Server::start(&["--file-bytes", "0"]).await;
    let ada = without.guest("Ada", "Den").await;
    assert_eq!(announce(&without, &ada, 1).await, Err("403 uploads_closed".to_owned()));
}

#[tokio::test]
async fn a_person_has_so_many_unfinished_ones() {
    let server = Server::start(&["--uploads-per-user", "2"]).await;
    let ada = server.guest("Ada", "Den").await;
    let bob = server.guest("Bob", "Den").await;
    let first = announce(&server, &ada, 10).await.unwrap();
    let second = announce(&server, &ada, 10).await.unwrap();
    assert_eq!(announce(&server, &ada, 10).await, Err("429 too_many_uploads".to_owned()));
    announce(&server, &bob, 10).await.unwrap();
    give_up(&server, &ada, &first).await;
    // One that is finished is none of them.
    server.piece(&ada, &second, 0, bytes(10)).await;
    assert_eq!(
        server.api_as(&ada, "POST", &format!("/uploads/{second}/finish"), None).await.0,
        200
    );
    for _ in 0..2 {
        announce(&server, &ada, 10).await.unwrap();
    }
    assert_eq!(announce(&server, &ada, 10).await, Err("429 too_many_uploads".to_owned()));
}

#[tokio::test]
async fn a_person_and_an_address_send_so_much_a_day_and_what_never_came_does_not_count() {
    let flags = ["--upload-bytes-per-user", "100", "--upload-bytes-per-address", "250"];
    let server = Server::start(&flags).await;
    let ada = server.guest("Ada", "Den").await;
    let upload = announce(&server, &ada, 60).await.unwrap();
    assert_eq!(announce(&server, &ada, 41).await, Err("429 too_many_bytes".to_owned()));
    server.piece(&ada, &upload, 0, bytes(50)).await;
    // Ten of them never came.
    give_up(&server, &ada, &upload).await;
    assert_eq!(announce(&server, &ada, 51).await, Err("429 too_many_bytes".to_owned()));
    announce(&server, &ada, 50).await.unwrap();
    let bob = server.guest("Bob", "Den").await;
    announce(&server, &bob, 100).await.unwrap();
    let eve = server.guest("Eve", "Den").await;
    assert_eq!(announce(&server, &eve, 51).await, Err("429 too_many_bytes".to_owned()));
    announce(&server, &eve, 50).await.unwrap();
}

#[tokio::test]
async fn all_files_together_stay_below_the_limit() {
    let server = Server::start(&["--files-bytes", "100"]).await;
    let ada = server.guest("Ada", "Den").await;
    let bob = server.guest("Bob", "Den").await;
    let upload = announce(&server, &ada, 60).await.unwrap();
    assert_eq!(announce(&server, &bob, 41).await, Err("507 files_full".to_owned()));
    announce(&server, &bob, 40).await.unwrap();
    assert_eq!(announce(&server, &bob, 1).await, Err("507 files_full".to_owned()));
    give_up(&server, &ada, &upload).await;
    announce(&server, &bob, 60).await.unwrap();
}
