//! The server under load: its process, its people, what it uses.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, bail};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use starling_protocol::Slug;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

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
/// USER_HZ, which is 100 on every Linux: see `man 5 proc`.
const TICKS_PER_SECOND: f64 = 100.0;

pub(crate) struct Server {
    process: Child,
    address: String,
    http: reqwest::Client,
    _data: TempDir,
}

/// Somebody who may connect.
pub(crate) struct Identity {
    pub(crate) cookie: String,
}

impl Server {
    pub(crate) async fn start(binary: &Path) -> anyhow::Result<Self> {
        let data = TempDir::new()?;
        let mut process = Command::new(binary)
            .args(["serve", "--addr", "127.0.0.1:0"])
            .args(NO_LIMITS)
            .arg("--data-dir")
            .arg(data.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let stdout = process.stdout.take().context("the server has no output")?;
        let line = BufReader::new(stdout).lines().next_line().await?;
        let address = line
            .as_deref()
            .and_then(|line| line.split_once("http://"))
            .map(|(_, address)| address.to_owned())
            .context("the server does not say where it listens")?;
        let http = reqwest::Client::builder().redirect(Policy::none()).build()?;
        Ok(Self { process, address, http, _data: data })
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn socket_url(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    /// That many people, who know one room.
    pub(crate) async fn identities(&self, count: usize) -> anyhow::Result<Vec<Identity>> {
        let mut identities = Vec::with_capacity(count);
        for number in 0..count {
            let (cookie, _) = self.join(&format!("name=P{number}&room=start"), "").await?;
            identities.push(Identity { cookie: cookie.context("no cookie for somebody new")? });
        }
        Ok(identities)
    }

    pub(crate) async fn make_room(
        &self,
        identity: &Identity,
        number: usize,
    ) -> anyhow::Result<Slug> {
        let form = format!("name=P0&room=bench-{number}");
        let (_, slug) = self.join(&form, &identity.cookie).await?;
        Ok(slug)
    }

    async fn join(&self, form: &str, cookie: &str) -> anyhow::Result<(Option<String>, Slug)> {
        let answer = self
            .http
            .post(format!("{}/join", self.origin()))
            .header(ORIGIN, self.origin())
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.to_owned())
            .send()
            .await?;
        let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let Some(slug) = text(LOCATION).and_then(|path| path.strip_prefix("/r/")) else {
            bail!("joining failed: {}", answer.status());
        };
        let cookie = text(SET_COOKIE).and_then(|cookie| cookie.split(';').next());
        Ok((cookie.map(str::to_owned), Slug::new(slug)))
    }

    /// How long the server has kept processors busy.
    pub(crate) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = self.proc("stat")?;
        // The name in parentheses can hold anything, spaces too; utime and stime are the 12th and
        // 13th field after it.
        let (_, after_name) = stat.rsplit_once(')').context("/proc/…/stat has no name")?;
        let ticks: f64 = after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<f64>().ok())
            .sum();
        Ok(ticks / TICKS_PER_SECOND)
    }

    pub(crate) fn resident_kib(&self) -> anyhow::Result<u64> {
        let status = self.proc("status")?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
            .context("/proc/…/status has no VmRSS")
    }

    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.process.kill().await.context("the server cannot be ended")
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        let id = self.process.id().context("the server has ended")?;
        Ok(std::fs::read_to_string(format!("/proc/{id}/{file}"))?)
    }
}
