//! A process that was started from here: what it says first, and the signals it gets.

use std::process::{ExitStatus, Stdio};

use anyhow::{Context, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};

use crate::usage::Usage;

pub(crate) struct Process {
    child: Child,
    /// Where it listens, as host and port.
    pub(crate) address: String,
    pub(crate) usage: Usage,
}

/// What a process can be told by the system.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signal {
    /// SIGTERM: end in an orderly way.
    Terminate,
    /// SIGSTOP: do nothing any more, and keep everything open.
    Stop,
    /// SIGKILL: be gone.
    Kill,
}

impl Process {
    /// Starts a server and waits for the line that says where it listens.
    pub(crate) async fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = spawn(command)?;
        let line = first_line(&mut child).await?;
        let address = line
            .split_once("http://")
            .map(|(_, address)| address.to_owned())
            .context("the server does not say where it listens")?;
        Self::new(child, address)
    }

    /// Starts something that listens nowhere and says a line when it is ready.
    pub(crate) async fn start_client(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = spawn(command)?;
        first_line(&mut child).await?;
        Self::new(child, String::new())
    }

    fn new(child: Child, address: String) -> anyhow::Result<Self> {
        let usage = Usage::of(child.id().context("it has ended")?);
        Ok(Self { child, address, usage })
    }

    /// Its standard error, once, if the command made a pipe of it.
    pub(crate) fn take_log(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    pub(crate) async fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let name = match signal {
            Signal::Terminate => "-TERM",
            Signal::Stop => "-STOP",
            Signal::Kill => "-KILL",
        };
        let id = self.child.id().context("it has ended")?.to_string();
        let sent = Command::new("kill").args([name, &id]).status().await?;
        ensure!(sent.success(), "`kill {name} {id}` failed");
        Ok(())
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self) -> anyhow::Result<ExitStatus> {
        Ok(self.child.wait().await?)
    }

    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("the server cannot be ended")
    }
}

fn spawn(command: &mut Command) -> anyhow::Result<Child> {
    command
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {:?}", command.as_std()))
}

async fn first_line(child: &mut Child) -> anyhow::Result<String> {
    let stdout = child.stdout.take().context("it has no output")?;
    let line = BufReader::new(stdout).lines().next_line().await?;
    line.context("it ended without a word")
}
