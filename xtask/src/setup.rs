//! What building and testing need on this machine, found or installed before anything starts.

use crate::{
    apt,
    process::{command, find, output, root, run, say},
    python,
    wasm_target::WasmTarget,
};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The oldest Node we build and test with.
const NODE: u32 = 20;

/// Binaryen comes from npm, at one version for all: Debian's (108) exports the wrong table from
/// a module with reference types, which fails only in the browser.
const BINARYEN: &str = "binaryen@132.0.0";

const CHROMIUM: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// What building needs.
pub(crate) struct BuildTools {
    pub(crate) wasm_target: WasmTarget,
    pub(crate) wasm_opt: PathBuf,
}

/// Finds or installs what building needs.
pub(crate) fn for_build() -> Result<BuildTools> {
    install_packages(&[])?;
    prepare_build()
}

/// Finds or installs what building and the tests in Rust need.
pub(crate) fn for_rust_tests() -> Result<BuildTools> {
    install_packages(&missing_for_rust_tests())?;
    python::prepare()?;
    prepare_build()
}

/// Finds or installs what building and all tests need; returns Chromium's path too.
pub(crate) fn for_all_tests() -> Result<(BuildTools, PathBuf)> {
    with_chromium(missing_for_rust_tests())
}

/// Finds or installs what building and Chromium need; returns its path too.
pub(crate) fn for_browser() -> Result<(BuildTools, PathBuf)> {
    with_chromium(python::missing_packages())
}

fn with_chromium(mut packages: Vec<&'static str>) -> Result<(BuildTools, PathBuf)> {
    packages.extend(find(&CHROMIUM).is_none().then_some("chromium"));
    install_packages(&packages)?;
    let chromium = find(&CHROMIUM).context("chromium is installed, but not on PATH")?;
    install_node_packages("end2end")?;
    python::prepare()?;
    Ok((prepare_build()?, chromium))
}

/// Finds or installs what the load generator measures Starling beside, builds what of it has to be
/// built, and returns the folder of all.
pub(crate) fn for_bench() -> Result<PathBuf> {
    check_node()?;
    install_node_packages("bench/peers/ws")?;
    let gateway = "bench/peers/nestjs";
    install_node_packages(gateway)?;
    say(format!("building {gateway}"));
    run(command("npm").args(["run", "build", "--silent"]).current_dir(root().join(gateway)))?;
    Ok(root().join("bench/peers"))
}

/// The tests put the documented proxy in front of a server, which Debian has where only root looks,
/// attack a server slowly, trace what a server asks of Linux, and drive a server with Python packages.
fn missing_for_rust_tests() -> Vec<&'static str> {
    let nginx = find(&["nginx"]).is_some() || Path::new("/usr/sbin/nginx").is_file();
    let strace = !cfg!(target_os = "linux") || find(&["strace"]).is_some();
    let slow = find(&["slowhttptest"]).is_some();
    [(nginx, "nginx"), (slow, "slowhttptest"), (strace, "strace")]
        .into_iter()
        .filter_map(|(found, package)| (!found).then_some(package))
        .chain(python::missing_packages())
        .collect()
}

/// Installs these and what the wasm target needs in one go, so that who has no root is told
/// everything at once.
fn install_packages(others: &[&str]) -> Result<()> {
    check_node()?;
    let mut packages = apt::missing(WasmTarget::choose()?.packages());
    packages.extend(others);
    if packages.is_empty() { Ok(()) } else { apt::install(&packages) }
}

fn prepare_build() -> Result<BuildTools> {
    let wasm_target = WasmTarget::choose()?;
    wasm_target.prepare()?;
    Ok(BuildTools { wasm_target, wasm_opt: install_binaryen()? })
}

fn install_binaryen() -> Result<PathBuf> {
    let folder = root().join("target/tools").join(BINARYEN);
    let wasm_opt = folder.join("node_modules/.bin/wasm-opt");
    if !wasm_opt.exists() {
        say(format!("installing {BINARYEN} into target/tools"));
        fs::create_dir_all(&folder)?;
        let install = ["install", "--no-save", "--no-audit", "--no-fund", BINARYEN, "--prefix"];
        run(command("npm").args(install).arg(&folder))?;
    }
    Ok(wasm_opt)
}

fn check_node() -> Result<()> {
    let wanted =
        format!("Building Starling takes Node {NODE} or newer with npm (https://nodejs.org)");
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

/// `npm ci` in a folder of the repository, when its lock file is not the one that was installed from.
fn install_node_packages(folder: &str) -> Result<()> {
    let path = root().join(folder);
    let lock = path.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("{} is not there", lock.display()))?;
    let lock = format!("{:x}", Sha256::digest(&lock));
    let installed = path.join("node_modules/.installed-from");
    if fs::read_to_string(&installed).is_ok_and(|from| from == lock) {
        return Ok(());
    }
    say(format!("installing the node packages of {folder}"));
    run(command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&path))?;
    fs::write(installed, lock)?;
    Ok(())
}
