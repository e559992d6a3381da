//! What building and testing need on this machine, found or installed before anything starts.

use crate::{
    apt,
    process::{command, find, output, root, run, say},
    wasm_target::WasmTarget,
};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{fs, path::PathBuf};

/// The oldest Node the browser tests run on.
const NODE: u32 = 20;

const WASM_OPT: Program = Program { names: &["wasm-opt"], package: "binaryen" };
const CHROMIUM: Program = Program {
    names: &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
    package: "chromium",
};

struct Program {
    names: &'static [&'static str],
    package: &'static str,
}

/// All that `cargo xtask build` needs.
pub(crate) struct BuildTools {
    pub(crate) wasm_target: WasmTarget,
    pub(crate) wasm_opt: PathBuf,
}

/// Finds or installs what building needs.
pub(crate) fn for_build() -> Result<BuildTools> {
    let wasm_target = WasmTarget::choose()?;
    install_missing(&[WASM_OPT], &wasm_target)?;
    wasm_target.prepare()?;
    Ok(BuildTools { wasm_target, wasm_opt: path_of(&WASM_OPT)? })
}

/// Finds or installs what building and the browser tests need; returns Chromium's path too.
pub(crate) fn for_browser_tests() -> Result<(BuildTools, PathBuf)> {
    let wasm_target = WasmTarget::choose()?;
    check_node()?;
    // All packages in one go: who has no root is told once, not after each step.
    install_missing(&[WASM_OPT, CHROMIUM], &wasm_target)?;
    install_node_packages()?;
    Ok((for_build()?, path_of(&CHROMIUM)?))
}

fn install_missing(programs: &[Program], wasm_target: &WasmTarget) -> Result<()> {
    let mut packages = apt::missing(wasm_target.packages());
    packages.extend(programs.iter().filter(|it| find(it.names).is_none()).map(|it| it.package));
    if packages.is_empty() { Ok(()) } else { apt::install(&packages) }
}

fn path_of(program: &Program) -> Result<PathBuf> {
    find(program.names)
        .with_context(|| format!("{} is installed, but not on PATH", program.package))
}

fn check_node() -> Result<()> {
    let wanted =
        format!("The browser tests need Node {NODE} or newer with npm (https://nodejs.org)");
    if find(&["node"]).is_none() || find(&["npm"]).is_none() {
        bail!("{wanted}; please install it and try again.");
    }
    let version = output(command("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|it| it.parse().ok());
    if major.is_none_or(|major: u32| major < NODE) {
        bail!("{wanted}; this is {version}.");
    }
    Ok(())
}

/// `npm ci`, when the lock file is not the one that was installed from.
fn install_node_packages() -> Result<()> {
    let folder = root().join("end2end");
    let lock = folder.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| {
        format!("The browser tests belong in end2end/, but {} is not there", lock.display())
    })?;
    let lock = format!("{:x}", Sha256::digest(&lock));
    let installed = folder.join("node_modules/.installed-from");
    if fs::read_to_string(&installed).is_ok_and(|from| from == lock) {
        return Ok(());
    }
    say("installing the browser tests' node packages");
    run(command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    fs::write(installed, lock)?;
    Ok(())
}
