//! What runs in Chromium on the release binary: the browser tests, pictures, figures.

use crate::{
    process::{command, root, run, say},
    setup, site, workspace,
};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Runs the browser tests on the release binary that is there.
pub(crate) fn test(chromium: &Path) -> Result<()> {
    npm(&["test"], chromium)
}

/// Builds, then takes pictures of these states, or of all.
pub(crate) fn look(states: &[&str]) -> Result<()> {
    let chromium = build()?;
    say("taking pictures");
    npm(&[&["run", "look", "--silent", "--"], states].concat(), &chromium)
}

/// Builds, then measures how fast pages come, live and draw.
pub(crate) fn measure() -> Result<()> {
    let chromium = build()?;
    say("measuring");
    npm(&["run", "measure", "--silent"], &chromium)
}

/// The release binary, and what drives it; returns Chromium's path.
fn build() -> Result<PathBuf> {
    let (tools, chromium) = setup::for_browser()?;
    site::build(&tools)?;
    workspace::build_server()?;
    Ok(chromium)
}

fn npm(args: &[&str], chromium: &Path) -> Result<()> {
    run(command("npm")
        .args(args)
        .current_dir(root().join("end2end"))
        .env("STARLING_BIN", workspace::binary())
        .env("CHROMIUM", chromium))
}
