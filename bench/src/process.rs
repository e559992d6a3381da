//! A server's process: what it says, what it uses.

use std::fs;
use std::process::Stdio;

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// USER_HZ, which is 100 on every Linux: see `man 5 proc`.
const TICKS_PER_SECOND: f64 = 100.0;

pub(crate) struct Process {
    child: Child,
    /// Where it listens, as host and port.
    pub(crate) address: String,
}

impl Process {
    /// Starts it and waits for the line that says where it listens.
    pub(crate) async fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.as_std()))?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let line = BufReader::new(stdout).lines().next_line().await?;
        let address = line
            .as_deref()
            .and_then(|line| line.split_once("http://"))
            .map(|(_, address)| address.to_owned())
            .context("the server does not say where it listens")?;
        Ok(Self { child, address })
    }

    /// How long it has kept processors busy.
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

    /// Exact, unlike what `status` says.
    pub(crate) fn resident_kib(&self) -> anyhow::Result<u64> {
        let smaps = self.proc("smaps_rollup")?;
        smaps
            .lines()
            .find_map(|line| line.strip_prefix("Rss:"))
            .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
            .context("/proc/…/smaps_rollup has no Rss")
    }

    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("the server cannot be ended")
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        let id = self.child.id().context("the server has ended")?;
        Ok(fs::read_to_string(format!("/proc/{id}/{file}"))?)
    }
}
