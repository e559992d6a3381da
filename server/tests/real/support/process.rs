//! The real binary as a process of its own, for what only a process shows: being killed, stopped,
//! traced and measured. Linux's ways to do so.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

/// Where the first server of a test listens: no outgoing connection gets a port there, so that the
/// next one finds it free.
const ADDRESS: &str = "127.0.0.9:0";

/// A server that is killed when the test ends.
pub(crate) struct ServerProcess {
    pub(crate) address: SocketAddr,
    process: Child,
}

impl ServerProcess {
    /// Starts it and waits until it listens.
    pub(crate) async fn start(data: &Path, flags: &[&str]) -> Self {
        Self::start_at(ADDRESS.parse().unwrap(), data, flags).await
    }

    pub(crate) async fn start_at(address: SocketAddr, data: &Path, flags: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
        Self::run(with_arguments(&mut command, address, data, flags)).await
    }

    /// Runs a command that ends up as a server, and waits until it says where it listens.
    pub(crate) async fn run(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().expect("it does not start");
        let stdout = process.stdout.take().unwrap();
        let says = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line).unwrap();
            line
        });
        let line = says.await.unwrap();
        let address = line.trim_end().strip_prefix("Starling listens on http://");
        match address.and_then(|address| address.parse().ok()) {
            Some(address) => Self { address, process },
            None => panic!("no server but {line:?}, {:?}", process.wait()),
        }
    }

    /// The most memory it has had so far, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let kib: u64 = peak.trim().strip_suffix(" kB").unwrap().parse().unwrap();
        kib * 1_024
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it says on standard error, if that was asked for.
    pub(crate) fn standard_error(&mut self) -> ChildStderr {
        self.process.stderr.take().unwrap()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// Ends it as a power cut would, except that the system's caches survive.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the binary is told to serve there.
pub(crate) fn with_arguments<'a>(
    command: &'a mut Command,
    address: SocketAddr,
    data: &Path,
    flags: &[&str],
) -> &'a mut Command {
    command.env("STARLING_LOG", "warn").args(["serve", "--addr", &address.to_string()]);
    command.arg("--data-dir").arg(data).args(flags)
}

/// Sends a signal, by its name.
pub(crate) fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap();
    assert!(sent.success(), "{name} cannot be sent");
}
