//! Files as programs send them: piece by piece.

use reqwest::header::{COOKIE, ORIGIN};
use reqwest::{Body, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Guest, Server, http};

/// Bytes that no two places of a file have alike, so that none can be lost, moved or doubled unseen.
pub(crate) fn bytes(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Server {
    /// What the API says to a request of a guest's browser.
    pub(crate) async fn api_as(
        &self,
        guest: &Guest,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let origin = self.url("");
        self.api(method, path, &[("cookie", &guest.cookie), ("origin", &origin)], body).await
    }

    /// Announces a file in the guest's room.
    pub(crate) async fn announce(&self, guest: &Guest, name: &str, size: u64) -> (u16, Value) {
        let path = format!("/rooms/{}/uploads", guest.room);
        self.api_as(guest, "POST", &path, Some(json!({ "name": name, "size": size }))).await
    }

    /// The number of an upload that was announced just now.
    pub(crate) async fn announced(&self, guest: &Guest, name: &str, size: u64) -> String {
        let (status, upload) = self.announce(guest, name, size).await;
        assert_eq!((status, &upload["offset"]), (201, &json!(0)), "{upload}");
        upload["id"].as_str().unwrap().to_owned()
    }

    /// Sends a piece; the answer's status, and how much is there.
    pub(crate) async fn piece(
        &self,
        guest: &Guest,
        upload: &str,
        offset: u64,
        bytes: impl Into<Body>,
    ) -> (u16, Option<u64>) {
        let answer = self.send_piece(guest, upload, offset, bytes).await;
        (answer.status().as_u16(), offset_in(&answer))
    }

    pub(crate) async fn send_piece(
        &self,
        guest: &Guest,
        upload: &str,
        offset: u64,
        bytes: impl Into<Body>,
    ) -> Response {
        http()
            .patch(self.url(&format!("/api/v1/uploads/{upload}")))
            .header(COOKIE, &guest.cookie)
            .header(ORIGIN, self.url(""))
            .header("content-type", "application/octet-stream")
            .header("upload-offset", offset)
            .body(bytes)
            .send()
            .await
            .unwrap()
    }

    /// How much of an upload is there.
    pub(crate) async fn offset(&self, guest: &Guest, upload: &str) -> u64 {
        let url = self.url(&format!("/api/v1/uploads/{upload}"));
        let answer = http().head(url).header(COOKIE, &guest.cookie).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        offset_in(&answer).unwrap()
    }

    pub(crate) async fn finish(&self, guest: &Guest, upload: &str, sha256: &str) -> (u16, Value) {
        let path = format!("/uploads/{upload}/finish");
        self.api_as(guest, "POST", &path, Some(json!({ "sha256": sha256 }))).await
    }

    /// Sends a whole file, and returns it as it is told.
    pub(crate) async fn send_file(&self, guest: &Guest, name: &str, bytes: &[u8]) -> Value {
        let size = bytes.len() as u64;
        let upload = self.announced(guest, name, size).await;
        assert_eq!(self.piece(guest, &upload, 0, bytes.to_vec()).await, (204, Some(size)));
        let (status, file) = self.finish(guest, &upload, &sha256(bytes)).await;
        assert_eq!((status, &file["size"]), (200, &json!(size)), "{file}");
        file
    }
}

fn offset_in(answer: &Response) -> Option<u64> {
    answer.headers().get("upload-offset").map(|offset| offset.to_str().unwrap().parse().unwrap())
}
