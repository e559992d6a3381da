//! `starling serve`: logs, the listener, and the signals that stop the server.

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;

use anyhow::{Context, bail};
use starling_server::Ready;
use starling_server::config::{Config, LogFormat};
use starling_server::logs::Tap;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// So many connections may wait to be accepted, if the system allows it (`net.core.somaxconn` is 4,096 on
/// Linux). Those that do not fit try again after a second, and after two more: when thousands come back
/// at once to a server that has just been started, tokio's 1,024 are too few.
const BACKLOG: u32 = 4_096;

/// Runs the server until it is told to stop.
pub(crate) async fn run(config: Config) -> anyhow::Result<()> {
    start_logging(&config)?;
    // A connection is a file, and systems start programs with 1,024 unless they ask for more. One
    // that is refused serves as many as it may.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "cannot raise the number of open files");
    }
    let mut signals = Signals::new()?;
    let listener =
        listen(config.addr).with_context(|| format!("cannot listen on {}", config.addr))?;
    let address = listener.local_addr().context("cannot tell where the server listens")?;
    let public_url = config.public_url.clone();
    let ready = move |ready: Ready| {
        // Standard output may be closed; the server does not need it.
        let mut out = io::stdout();
        let _ = writeln!(out, "Starling listens on http://{address}");
        if let Some(code) = ready.setup_code {
            let place = public_url.unwrap_or_else(|| format!("http://{address}"));
            let _ = writeln!(
                out,
                "Starling has no administrator yet. To become one, open {place}/setup#{code}"
            );
        }
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let twice = async {
        signals.next().await;
        drop(stop);
        signals.next().await;
    };
    tokio::select! {
        served = starling_server::run(listener, config, ready, async { drop(stopped.await) }) => served,
        // What was acked is stored already, as after a crash.
        () = twice => bail!("told twice to stop, it did not wait for the connections to end"),
    }
}

/// As `TcpListener::bind` does, with a longer backlog.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // A server that is started again finds connections of the one before still being put away. On
    // Windows the option means something else.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn start_logging(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .with_context(|| format!("{:?} does not say what to log", config.log))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let logs = tracing_subscriber::registry().with(filter).with(Tap);
    match config.log_format {
        LogFormat::Text => logs.with(lines).init(),
        LogFormat::Json => logs.with(lines.json()).init(),
    }
    // The WebSocket library traces what it receives, messages and tokens included, by this way.
    log::set_max_level(log::max_level().min(log::LevelFilter::Debug));
    Ok(())
}

/// What the system, or the person at the keyboard, says to stop the server.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        #[cfg(unix)]
        let waiting_for =
            |kind| tokio::signal::unix::signal(kind).context("cannot wait for signals");
        Ok(Self {
            #[cfg(unix)]
            terminate: waiting_for(tokio::signal::unix::SignalKind::terminate())?,
            #[cfg(unix)]
            interrupt: waiting_for(tokio::signal::unix::SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
