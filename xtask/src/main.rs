//! Everything one does with this repository, as `cargo xtask COMMAND`.
//!
//! Each command sets up what it needs first, says what it is doing, and does nothing that is
//! already done. Only this file knows the command line; the other modules are what it calls.
#![expect(clippy::print_stdout, reason = "a command line tool talks on standard output")]

mod apart;
mod apt;
mod browser;
mod compress;
mod dev;
mod files;
mod fuzz;
mod process;
mod python;
mod setup;
mod site;
mod style;
mod test;
mod wasm;
mod wasm_target;
mod workspace;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  run [-- ARGS]         build, then start Starling on http://127.0.0.1:3000 with its data in ./data;
                        ARGS go to `starling serve`
  build                 build target/release/starling, frontend included
  apart [SERVER]        build target/trunk, the frontend as a site of its own for that server
  test [rust|browser]   run every check and test, or only one half of them
  dev                   rebuild and reload while you edit (installs cargo-leptos the first time)
  bench [-- ARGS]       build server and load generator, then measure; ARGS go to starling-bench
  bench page            build, then measure how fast pages come, live and draw in Chromium
  fuzz [MINUTES]        damage frames and hand them to the decoders, for ten minutes if not told
  look [STATE …]        build, then take pictures of the pages in every state, or in those named

Whatever is missing is installed first, or named when that takes root.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not by returning it from main: that adds a backtrace where RUST_BACKTRACE is set.
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> Result<()> {
    match args {
        ["run", rest @ ..] => workspace::run(passed_on(rest)),
        ["build"] => workspace::build(),
        ["apart"] => apart::build(&setup::for_build()?, None),
        ["apart", server] => apart::build(&setup::for_build()?, Some(server)),
        ["test"] => test::test(test::Part::All),
        ["test", "rust"] => test::test(test::Part::Rust),
        ["test", "browser"] => test::test(test::Part::Browser),
        ["dev"] => dev::dev(),
        // Not in the usage: only cargo-leptos calls it.
        ["wasm-bindgen", rest @ ..] => dev::bind(rest),
        ["fuzz"] => fuzz::fuzz("10"),
        ["fuzz", minutes] => fuzz::fuzz(minutes),
        ["bench", "page"] => browser::measure(),
        ["look", states @ ..] => browser::look(states),
        ["bench", rest @ ..] => workspace::bench(passed_on(rest)),
        [] | ["help" | "-h" | "--help"] => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("`cargo xtask {}` is not a command.\n\n{USAGE}", other.join(" ")),
    }
}

/// `cargo xtask run -- --addr …` and the same without `--` mean one thing.
fn passed_on<'a>(rest: &'a [&'a str]) -> &'a [&'a str] {
    rest.strip_prefix(&["--"]).unwrap_or(rest)
}
