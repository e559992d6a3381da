//! Building Starling whole, and starting what was built.

use crate::{
    process::{become_, cargo, command, root, run as run_to_end, say},
    setup, site,
};
use anyhow::Result;
use std::path::PathBuf;

/// Where the release binary lies.
pub(crate) fn binary() -> PathBuf {
    root().join("target/release/starling")
}

/// Sets up, then builds the release binary with the site inside.
pub(crate) fn build() -> Result<()> {
    let tools = setup::for_build()?;
    site::build(&tools)?;
    build_server()?;
    println!("Starling is built: target/release/starling");
    Ok(())
}

/// Builds the release binary around the site that is there.
pub(crate) fn build_server() -> Result<()> {
    say("building the server");
    run_to_end(&mut cargo(["build", "--release", "--package", "starling-server"]))
}

/// Builds, then becomes the server.
pub(crate) fn run(args: &[&str]) -> Result<()> {
    build()?;
    say("starting Starling");
    become_(command(binary()).arg("serve").args(args))
}

/// Builds server and load generator, then becomes the latter.
pub(crate) fn bench(args: &[&str]) -> Result<()> {
    build()?;
    let peers = setup::for_bench()?;
    say("building the load generator");
    run_to_end(&mut cargo(["build", "--release", "--package", "starling-bench"]))?;
    say("measuring");
    let bench = root().join("target/release/starling-bench");
    become_(command(bench).args(args).env("STARLING_BIN", binary()).env("STARLING_PEERS", peers))
}
