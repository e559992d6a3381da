//! The Python packages that tests drive a server with, in a virtual environment under target/.

use crate::process::{command, find, output, root, run, say};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{fs, path::PathBuf};

/// The oldest Python that the packages run on.
const PYTHON: (u32, u32) = (3, 10);

/// At one version for all, so that the tests ask the same everywhere.
const PACKAGES: &[&str] = &["schemathesis==4.32.5", "python-socketio[client]==5.18.1"];

/// Where the virtual environment lies; the tests look there.
const FOLDER: &str = "target/python";

/// Makes the virtual environment and installs the packages, once.
pub(crate) fn prepare() -> Result<()> {
    let folder = root().join(FOLDER);
    let mark = folder.join(".installed-from");
    let wanted = format!("{:x}", Sha256::digest(PACKAGES.join("\n")));
    if fs::read_to_string(&mark).is_ok_and(|from| from == wanted) {
        return Ok(());
    }
    let python = python()?;
    say(format!("installing {} into {FOLDER}", PACKAGES.join(" and ")));
    // The mark of older packages goes with them.
    run(command(python).args(["-m", "venv", "--clear"]).arg(&folder))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(command(folder.join("bin/python")).args(install).args(PACKAGES))?;
    fs::write(mark, wanted)?;
    Ok(())
}

/// Debian has `venv` in a package of its own.
pub(crate) fn missing_packages() -> Vec<&'static str> {
    let works = find(&["python3"]).is_some_and(|python| {
        output(command(python).args(["-c", "import venv, ensurepip"])).is_ok()
    });
    if works { Vec::new() } else { vec!["python3", "python3-venv"] }
}

fn python() -> Result<PathBuf> {
    let (major, minor) = PYTHON;
    let python = find(&["python3"]).context("python3 is installed, but not on PATH")?;
    let version =
        output(command(&python).args(["-c", "import sys; print(*sys.version_info[:2], sep='.')"]))?;
    let mut numbers = version.split('.').map(|it| it.parse().unwrap_or(0));
    if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < PYTHON {
        bail!("Testing Starling takes Python {major}.{minor} or newer; this is {version}.");
    }
    Ok(python)
}
