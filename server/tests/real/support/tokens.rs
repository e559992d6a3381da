//! Tokens as other sites make them, and as nobody should. The keys are made for these tests and are
//! known to everyone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::socket::RawSocket;
use super::{Server, http};

pub(crate) const SECRET: &str = "a secret of forty characters, for tests.";
pub(crate) const ISSUER: &str = "https://club.example";
pub(crate) const AUDIENCE: &str = "starling";

pub(crate) const RSA: &str = include_str!("keys/rsa-one.pem");
pub(crate) const RSA_PUBLIC: &str = include_str!("keys/rsa-one.pub.pem");
pub(crate) const OTHER_RSA: &str = include_str!("keys/rsa-two.pem");
pub(crate) const ED: &str = include_str!("keys/ed.pem");
pub(crate) const ED_PUBLIC: &str = include_str!("keys/ed.pub.pem");

pub(crate) fn hs() -> (Algorithm, EncodingKey) {
    (Algorithm::HS256, EncodingKey::from_secret(SECRET.as_bytes()))
}

pub(crate) fn rs(pem: &str) -> (Algorithm, EncodingKey) {
    (Algorithm::RS256, EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap())
}

pub(crate) fn ed() -> (Algorithm, EncodingKey) {
    (Algorithm::EdDSA, EncodingKey::from_ed_pem(ED.as_bytes()).unwrap())
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// Claims that count, of that person of the other site.
pub(crate) fn claims(subject: &str) -> Value {
    json!({"sub": subject, "iss": ISSUER, "aud": AUDIENCE, "exp": now() + 600, "name": subject})
}

/// The claims with some others; `null` takes one away.
pub(crate) fn with(mut claims: Value, others: Value) -> Value {
    let Value::Object(others) = others else { panic!("{others} are no claims") };
    let all = claims.as_object_mut().unwrap();
    for (name, value) in others {
        match value {
            Value::Null => all.remove(&name),
            value => all.insert(name, value),
        };
    }
    claims
}

pub(crate) fn sign((algorithm, key): &(Algorithm, EncodingKey), claims: &Value) -> String {
    encode(&Header::new(*algorithm), claims, key).unwrap()
}

/// Signed, with what the header shall have besides the algorithm.
pub(crate) fn sign_with(
    (algorithm, key): &(Algorithm, EncodingKey),
    header: Value,
    claims: &str,
) -> String {
    let name = serde_json::to_value(algorithm).unwrap();
    let header = with(json!({"typ": "JWT", "alg": name}), header);
    let message = format!("{}.{}", part(header.to_string()), part(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, *algorithm).unwrap();
    format!("{message}.{signature}")
}

/// A part of a token.
pub(crate) fn part(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The flags of a server that takes tokens of another site, whose keys lie in that folder.
pub(crate) fn flags(folder: &TempDir, algorithm: &str, file: &str, content: &str) -> Vec<String> {
    let path = folder.path().join("keys");
    std::fs::write(&path, content).unwrap();
    let path = path.to_str().unwrap();
    ["--jwt-algorithm", algorithm, file, path, "--jwt-issuer", ISSUER, "--jwt-audience", AUDIENCE]
        .map(str::to_owned)
        .to_vec()
}

impl Server {
    /// A server that takes tokens made with the secret.
    pub(crate) async fn with_secret(more: &[&str]) -> Self {
        Self::with_keys("HS256", "--jwt-key-file", SECRET, more).await
    }

    /// A server that takes tokens of another site. Its keys lie beside the data.
    pub(crate) async fn with_keys(
        algorithm: &str,
        file: &str,
        content: &str,
        more: &[&str],
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let mut flags = flags(&folder, algorithm, file, content);
        flags.extend(more.iter().map(|flag| (*flag).to_owned()));
        Self::start_at("127.0.0.1:0".parse().unwrap(), folder, flags).await
    }

    /// What the API says to that request: its status and its JSON.
    pub(crate) async fn api(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> (u16, Value) {
        let url = self.url(&format!("/api/v1{path}"));
        let mut request = http().request(method.parse().unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Who a token stands for, or the code of the refusal.
    pub(crate) async fn me(&self, token: &str) -> Result<Value, String> {
        let header = format!("Bearer {token}");
        let (status, body) = self.api("GET", "/me", &[("authorization", &header)], None).await;
        match status {
            200 => Ok(body),
            401 => Err(body["code"].as_str().unwrap().to_owned()),
            other => panic!("{other}: {body}"),
        }
    }

    /// A ticket of whoever shows that header.
    pub(crate) async fn ticket(&self, headers: &[(&str, &str)]) -> String {
        let (status, body) = self.api("POST", "/tickets", headers, None).await;
        assert_eq!((status, &body["expires_in_s"]), (201, &json!(30)), "{body}");
        body["ticket"].as_str().unwrap().to_owned()
    }

    /// A WebSocket opened with that query and those headers; the status if it is refused.
    pub(crate) async fn upgrade(
        &self,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<RawSocket, u16> {
        let mut request = format!("ws://{}/ws{query}", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(RawSocket { socket }),
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => Err(answer.status().into()),
            Err(error) => panic!("{error}"),
        }
    }

    /// A WebSocket of whoever has that token, and its hello.
    pub(crate) async fn socket_with(&self, token: &str) -> (RawSocket, Value) {
        let header = format!("Bearer {token}");
        let mut socket = self.upgrade("", &[("authorization", &header)]).await.unwrap();
        let hello = socket.event().await;
        assert_eq!(hello["type"], "hello");
        (socket, hello)
    }
}
