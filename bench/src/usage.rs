//! What a process uses, as Linux tells it under `/proc`.

use std::fs;

use anyhow::Context;

/// USER_HZ, which is 100 on every Linux: see `man 5 proc`.
const TICKS_PER_SECOND: f64 = 100.0;

/// A look at a process that runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    process: u32,
}

/// The files that a process has open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenFiles {
    pub(crate) all: usize,
    /// Those of them that are sockets.
    pub(crate) sockets: usize,
}

impl Usage {
    pub(crate) fn of(process: u32) -> Self {
        Self { process }
    }

    /// How long it has kept processors busy.
    pub(crate) fn cpu_seconds(self) -> anyhow::Result<f64> {
        let stat = self.read("stat")?;
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
    pub(crate) fn resident_kib(self) -> anyhow::Result<u64> {
        self.memory_kib("Rss:")
    }

    /// Of that, what it allocated: without the pages of its file, which come as it first runs them.
    pub(crate) fn allocated_kib(self) -> anyhow::Result<u64> {
        self.memory_kib("Anonymous:")
    }

    pub(crate) fn open_files(self) -> anyhow::Result<OpenFiles> {
        let mut files = OpenFiles { all: 0, sockets: 0 };
        for entry in fs::read_dir(format!("/proc/{}/fd", self.process))? {
            // One that was closed meanwhile is not open.
            if let Ok(target) = fs::read_link(entry?.path()) {
                files.all += 1;
                files.sockets += usize::from(target.to_string_lossy().starts_with("socket:"));
            }
        }
        Ok(files)
    }

    fn memory_kib(self, of: &str) -> anyhow::Result<u64> {
        let smaps = self.read("smaps_rollup")?;
        smaps
            .lines()
            .find_map(|line| line.strip_prefix(of))
            .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
            .with_context(|| format!("/proc/…/smaps_rollup has no {of}"))
    }

    fn read(self, file: &str) -> anyhow::Result<String> {
        Ok(fs::read_to_string(format!("/proc/{}/{file}", self.process))?)
    }
}

/// What went wrong with connections that were made or taken on this machine, since it was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListenerTrouble {
    overflows: u64,
    syn_retries: u64,
}

pub(crate) fn listener_trouble() -> anyhow::Result<ListenerTrouble> {
    let netstat = fs::read_to_string("/proc/net/netstat")?;
    let mut lines = netstat.lines().filter_map(|line| line.strip_prefix("TcpExt: "));
    let names = lines.next().context("/proc/net/netstat has no TcpExt")?.split(' ');
    let values = lines.next().context("/proc/net/netstat has no figures")?.split(' ');
    let figures: Vec<(&str, &str)> = names.zip(values).collect();
    let figure = |name: &str| {
        let found = figures.iter().find(|(it, _)| *it == name);
        found.and_then(|(_, value)| value.parse().ok()).context("/proc/net/netstat lacks a figure")
    };
    Ok(ListenerTrouble {
        overflows: figure("ListenOverflows")?,
        syn_retries: figure("TCPSynRetrans")?,
    })
}

impl ListenerTrouble {
    pub(crate) fn since(self, before: Self) -> String {
        format!(
            "{} did not fit the listener's backlog, {} times asked again for a connection",
            self.overflows - before.overflows,
            self.syn_retries - before.syn_retries
        )
    }
}
