//! A program that asks the REST API, with a token, a cookie or nothing.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Value, json};

use super::tokens::{claims, hs, sign, with};
use super::{Guest, Server, http};

/// Whoever asks, by the headers that say so.
#[derive(Clone)]
pub(crate) struct Program {
    base: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What it got.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// "done", or the code of the refusal.
    pub(crate) fn outcome(&self) -> String {
        match self.status {
            200..=299 => "done".to_owned(),
            _ => {
                assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
                assert_eq!(self.body["status"], self.status, "{self:?}");
                self.body["code"].as_str().unwrap().to_owned()
            }
        }
    }
}

impl Program {
    pub(crate) fn of_nobody(server: &Server) -> Self {
        Self { base: server.url(""), headers: Vec::new() }
    }

    /// Of somebody of the other site, whose tokens [`Server::with_secret`] takes.
    pub(crate) fn of(server: &Server, subject: &str, scopes: &str) -> Self {
        let token = sign(&hs(), &with(claims(subject), json!({"scope": scopes})));
        Self {
            headers: vec![("authorization", format!("Bearer {token}"))],
            ..Self::of_nobody(server)
        }
    }

    /// Of a page of the server's own that a guest has open.
    pub(crate) fn of_guest(server: &Server, guest: &Guest) -> Self {
        let headers = vec![("cookie", guest.cookie.clone()), ("origin", server.url(""))];
        Self { headers, ..Self::of_nobody(server) }
    }

    pub(crate) fn with(&self, name: &'static str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name, value.to_owned()));
        other
    }

    /// Asks at an address below the server's own.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}{path}", self.base);
        let mut request = http().request(method.parse().unwrap(), url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, Some(body)).await
    }

    /// Their id.
    pub(crate) async fn id(&self) -> String {
        self.get("/api/v1/me").await.body["user"]["id"].as_str().unwrap().to_owned()
    }
}
