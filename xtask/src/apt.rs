//! Debian packages: which are missing, and installing them.

use crate::process::{command, find, output, run, say};
use anyhow::{Result, bail};

/// Installs the packages, or says in one sentence what a person has to install.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if find(&["apt-get"]).is_none() {
        bail!("Please install {names} (Debian's names) with your package manager, then try again.");
    }
    if output(command("id").arg("-u"))? != "0" {
        bail!(
            "Installing {names} takes root. Please run this, then try again:\n\n    \
             sudo apt-get update && sudo apt-get install --no-install-recommends {names}\n"
        );
    }
    say(format!("installing {names}"));
    run(apt_get().args(["update"]))?;
    run(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

/// Those of `packages` that are not installed.
pub(crate) fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let installed = |package: &&str| {
        let status =
            output(command("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]));
        status.is_ok_and(|status| status == "installed")
    };
    packages.iter().filter(|package| !installed(package)).copied().collect()
}

fn apt_get() -> std::process::Command {
    let mut apt_get = command("apt-get");
    apt_get.arg("--quiet").env("DEBIAN_FRONTEND", "noninteractive");
    apt_get.stdin(std::process::Stdio::null());
    apt_get
}
