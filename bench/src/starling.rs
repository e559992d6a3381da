//! Starling under load: how it is started, and how people come to be in its rooms.

use std::path::Path;

use anyhow::{Context, bail};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use starling_client::native::NativeClient;
use starling_protocol::Slug;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::process::Process;

/// Far beyond what a scenario does: limits are not what is measured.
const NO_LIMITS: [&str; 10] = [
    "--chat-burst",
    "1000000",
    "--chat-per-minute",
    "1000000",
    "--rooms-per-address",
    "1000000",
    "--frames-per-second",
    "1000000",
    "--log",
    "warn",
];
/// How many people ask for an identity at a time.
const AT_A_TIME: usize = 50;

pub(crate) struct Starling {
    pub(crate) process: Process,
    http: reqwest::Client,
    _data: TempDir,
}

impl Starling {
    pub(crate) async fn start(binary: &Path) -> anyhow::Result<Self> {
        let data = TempDir::new()?;
        let mut command = Command::new(binary);
        command.args(["serve", "--addr", "127.0.0.1:0"]).args(NO_LIMITS);
        let process = Process::start(command.arg("--data-dir").arg(data.path())).await?;
        // Connections that were kept would count among the idle ones.
        let http = reqwest::Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0);
        let http = http.build()?;
        Ok(Self { process, http, _data: data })
    }

    /// The cookies of that many people, who know one room.
    pub(crate) async fn cookies(&self, count: usize) -> anyhow::Result<Vec<String>> {
        let mut cookies = Vec::with_capacity(count);
        while cookies.len() < count {
            let mut joining = JoinSet::new();
            for number in cookies.len()..count.min(cookies.len() + AT_A_TIME) {
                joining.spawn(self.join(format!("name=P{number}&room=start"), String::new()));
            }
            for joined in joining.join_all().await {
                let (cookie, _) = joined?;
                cookies.push(cookie.context("no cookie for somebody new")?);
            }
        }
        Ok(cookies)
    }

    pub(crate) async fn make_room(&self, cookie: &str, number: usize) -> anyhow::Result<Slug> {
        let form = format!("name=P0&room=bench-{number}");
        let (_, slug) = self.join(form, cookie.to_owned()).await?;
        Ok(slug)
    }

    pub(crate) fn client(&self, cookie: &str, seed: usize) -> anyhow::Result<NativeClient> {
        let socket = format!("ws://{}/ws", self.process.address);
        Ok(NativeClient::new(&socket, &self.origin(), cookie, seed as u64)?)
    }

    fn origin(&self) -> String {
        format!("http://{}", self.process.address)
    }

    fn join(
        &self,
        form: String,
        cookie: String,
    ) -> impl Future<Output = anyhow::Result<(Option<String>, Slug)>> + Send + use<> {
        let request = self
            .http
            .post(format!("{}/join", self.origin()))
            .header(ORIGIN, self.origin())
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        async move {
            let answer = request.send().await?;
            let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
            let Some(slug) = text(LOCATION).and_then(|path| path.strip_prefix("/r/")) else {
                bail!("joining failed: {}", answer.status());
            };
            let cookie = text(SET_COOKIE).and_then(|cookie| cookie.split(';').next());
            Ok((cookie.map(str::to_owned), Slug::new(slug)))
        }
    }
}
