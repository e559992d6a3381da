//! How people come to Starling and into its rooms: by the form, pages, and native clients.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use starling_client::native::NativeClient;
use starling_protocol::Slug;
use tokio::task::JoinSet;

/// How many people ask for an identity at a time.
const AT_A_TIME: usize = 50;
/// As long as a browser's user would have waited, and longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The address of a server; clones share it.
#[derive(Clone)]
pub(crate) struct Door {
    http: reqwest::Client,
    address: String,
}

impl Door {
    pub(crate) fn new(address: &str) -> anyhow::Result<Self> {
        // Connections that were kept would count among the idle ones.
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .pool_max_idle_per_host(0)
            .timeout(ANSWER_WITHIN)
            .build()?;
        Ok(Self { http, address: address.to_owned() })
    }

    /// The cookies of that many people, who know one room.
    pub(crate) async fn cookies(&self, count: usize) -> anyhow::Result<Vec<String>> {
        let mut cookies = Vec::with_capacity(count);
        while cookies.len() < count {
            let mut joining = JoinSet::new();
            for number in cookies.len()..count.min(cookies.len() + AT_A_TIME) {
                let door = self.clone();
                joining.spawn(async move { door.sign_in(&format!("P{number}")).await });
            }
            for cookie in joining.join_all().await {
                cookies.push(cookie?);
            }
        }
        Ok(cookies)
    }

    /// Somebody new, by their cookie. Everybody takes the same room to sign in.
    pub(crate) async fn sign_in(&self, name: &str) -> anyhow::Result<String> {
        let (cookie, _) = self.join(format!("name={name}&room=start"), "").await?;
        cookie.context("no cookie for somebody new")
    }

    pub(crate) async fn make_room(&self, cookie: &str, name: &str) -> anyhow::Result<Slug> {
        let (_, slug) = self.join(format!("name=P0&room={name}"), cookie).await?;
        Ok(slug)
    }

    /// How somebody new is answered.
    pub(crate) async fn try_sign_in(&self, name: &str) -> reqwest::Result<StatusCode> {
        let answer = self.post(format!("name={name}&room=start"), "").await?;
        Ok(answer.status())
    }

    /// How a page is answered.
    pub(crate) async fn page(&self, path: &str) -> reqwest::Result<StatusCode> {
        let answer = self.http.get(format!("{}{path}", self.origin())).send().await?;
        let status = answer.status();
        answer.bytes().await?;
        Ok(status)
    }

    pub(crate) fn client(&self, cookie: &str, seed: u64) -> anyhow::Result<NativeClient> {
        Ok(NativeClient::new(&self.socket(), &self.origin(), cookie, seed)?)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn socket(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn join(&self, form: String, cookie: &str) -> anyhow::Result<(Option<String>, Slug)> {
        let answer = self.post(form, cookie).await?;
        let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let Some(slug) = text(LOCATION).and_then(|path| path.strip_prefix("/r/")) else {
            bail!("joining failed: {}", answer.status());
        };
        let cookie = text(SET_COOKIE).and_then(|cookie| cookie.split(';').next());
        Ok((cookie.map(str::to_owned), Slug::new(slug)))
    }

    fn post(
        &self,
        form: String,
        cookie: &str,
    ) -> impl Future<Output = reqwest::Result<Response>> + Send + use<> {
        self.http
            .post(format!("{}/join", self.origin()))
            .header(ORIGIN, self.origin())
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form)
            .send()
    }
}
