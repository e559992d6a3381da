//! `cargo xtask test`: every check and test in order, and how long each took.

use crate::{
    apart, browser,
    process::{cargo, run, say},
    setup, site, workspace,
};
use anyhow::{Context, Result};
use std::time::{Duration, Instant};

/// Which half of the tests to run.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    All,
    Rust,
    Browser,
}

/// Runs the tests; the first step that fails ends it.
pub(crate) fn test(part: Part) -> Result<()> {
    let mut steps = Steps::default();
    let result = run_steps(part, &mut steps);
    steps.print();
    result
}

fn run_steps(part: Part, steps: &mut Steps) -> Result<()> {
    let (rust, browser) = (part != Part::Browser, part != Part::Rust);

    if rust {
        steps.step("formatting", || run(&mut cargo(["fmt", "--all", "--check"])))?;
    }
    let (tools, chromium) = steps.step("set-up", || {
        Ok(if browser {
            let (tools, chromium) = setup::for_all_tests()?;
            (tools, Some(chromium))
        } else {
            (setup::for_rust_tests()?, None)
        })
    })?;
    // Ahead of clippy and the tests, as they compile the server, and the server embeds the site.
    steps.step("site", || site::build(&tools))?;
    if rust {
        steps.step("clippy", || {
            let workspace = ["clippy", "--workspace", "--exclude", "frontend", "--all-targets"];
            run(cargo(workspace).args(DENY_WARNINGS))
        })?;
        // On its own: in one build with the server, leptos would be told to render and to hydrate.
        steps.step("clippy of the frontend", || {
            run(cargo(["clippy", "--package", "frontend"]).args(DENY_WARNINGS))
        })?;
        steps.step("tests", || {
            let others = ["test", "--workspace", "--exclude", "frontend", "--exclude", "xtask"];
            run(&mut cargo(others))
        })?;
        // On its own: so it shares the dependencies that xtask was built with to get here.
        steps.step("tests of xtask", || run(&mut cargo(["test", "--package", "xtask"])))?;
    }
    if let Some(chromium) = chromium {
        steps.step("site of its own", || apart::build(&tools, None))?;
        steps.step("release server", workspace::build_server)?;
        steps.step("browser tests", || browser::test(&chromium))?;
    }
    Ok(())
}

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// The steps so far and how long they took.
#[derive(Default)]
struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    fn step<T>(&mut self, name: &'static str, run: impl FnOnce() -> Result<T>) -> Result<T> {
        say(format!("{name} …"));
        let start = Instant::now();
        let result = run();
        self.done.push((name, start.elapsed()));
        result.with_context(|| format!("The step “{name}” failed"))
    }

    fn print(&self) {
        println!();
        let total = ("in all", self.done.iter().map(|(_, time)| *time).sum());
        for (name, time) in self.done.iter().chain([&total]) {
            println!("{name:24} {:7.1} s", time.as_secs_f64());
        }
    }
}
