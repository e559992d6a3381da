//! A Starling of one's own, with an empty data folder: started, and started again.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::Command;

use crate::door::Door;
use crate::process::Process;

/// Far beyond what a scenario does: limits are not what is measured.
const NO_LIMITS: [&str; 18] = [
    "--chat-burst",
    "1000000",
    "--chat-per-minute",
    "1000000",
    "--rooms-per-address",
    "1000000",
    "--frames-per-second",
    "1000000",
    "--connections-per-address",
    "1000000",
    "--sockets-per-address",
    "1000000",
    "--sockets-per-user",
    "1000000",
    "--joins-per-minute",
    "1000000",
    "--newcomers-per-address",
    "1000000",
];

pub(crate) struct Starling {
    pub(crate) process: Process,
    pub(crate) door: Door,
    binary: PathBuf,
    data: TempDir,
}

impl Starling {
    pub(crate) async fn start(binary: &Path) -> anyhow::Result<Self> {
        Self::start_with(binary, "warn", Stdio::inherit(), &[]).await
    }

    /// One that sends so many people all of their cursors, as its peers do, in place of those in view.
    pub(crate) async fn start_for_all(binary: &Path, people: usize) -> anyhow::Result<Self> {
        let flags = ["--cursors-to-all".to_owned(), people.to_string()];
        Self::start_with(binary, "warn", Stdio::inherit(), &flags).await
    }

    /// One whose log, at these levels, can be taken from its process.
    pub(crate) async fn start_logging(binary: &Path, levels: &str) -> anyhow::Result<Self> {
        Self::start_with(binary, levels, Stdio::piped(), &[]).await
    }

    /// After its process has ended: the same data at the same address.
    pub(crate) async fn start_again(&mut self) -> anyhow::Result<()> {
        let mut command = command(&self.binary, self.door.address(), &self.data);
        self.process = Process::start(command.args(["--log", "warn"])).await?;
        Ok(())
    }

    async fn start_with(
        binary: &Path,
        levels: &str,
        log: Stdio,
        flags: &[String],
    ) -> anyhow::Result<Self> {
        let data = TempDir::new()?;
        let mut command = command(binary, ADDRESS, &data);
        let process =
            Process::start(command.args(["--log", levels]).args(flags).stderr(log)).await?;
        let door = Door::new(&process.address)?;
        Ok(Self { process, door, binary: binary.to_owned(), data })
    }
}

/// Where servers listen: no outgoing connection gets a port there, so that one which is started again finds
/// its own free.
const ADDRESS: &str = "127.0.0.9:0";

fn command(binary: &Path, address: &str, data: &TempDir) -> Command {
    let mut command = Command::new(binary);
    command.args(["serve", "--addr", address]).args(NO_LIMITS);
    command.arg("--data-dir").arg(data.path());
    command
}
