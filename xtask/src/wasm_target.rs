//! Which toolchain compiles for `wasm32-unknown-unknown`, and getting its standard library.
//!
//! Usually that is the toolchain in use, and rustup adds the target. Where rustup must not
//! download (`RUSTUP_AUTO_INSTALL=0`), it is Debian's Rust, linked into rustup as `web`: its
//! standard library for wasm is built once from Debian's source package.

use crate::process::{cargo, command, output, root, run, say};
use anyhow::{Context, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const TRIPLE: &str = "wasm32-unknown-unknown";

/// Debian's own compiler, by path: on PATH, rustup's may come first.
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const TOOLCHAIN: &str = "web";

/// How the standard library is built. The profile `wasm-release` optimises across crates, so it
/// needs the library's bitcode, which cargo leaves out by default.
const STD_RUSTFLAGS: &str = "-C embed-bitcode=yes";

/// The toolchain that compiles the frontend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum WasmTarget {
    /// The toolchain in use has the target.
    Present,
    /// The toolchain in use gets the target from rustup.
    FromRustup,
    /// Debian's toolchain, linked into rustup as `web`.
    FromDebian,
}

impl WasmTarget {
    pub(crate) fn choose() -> Result<WasmTarget> {
        let library = target_library(&mut command("rustc"))?;
        let auto_install = env::var("RUSTUP_AUTO_INSTALL").ok();
        Ok(WasmTarget::of(has_standard_library(&library), auto_install.as_deref()))
    }

    fn of(present: bool, auto_install: Option<&str>) -> WasmTarget {
        match auto_install {
            _ if present => WasmTarget::Present,
            Some("0") => WasmTarget::FromDebian,
            _ => WasmTarget::FromRustup,
        }
    }

    /// The Debian packages it needs.
    pub(crate) fn packages(self) -> &'static [&'static str] {
        match self {
            WasmTarget::Present | WasmTarget::FromRustup => &[],
            WasmTarget::FromDebian => {
                &["rustc-web", "cargo-web", "libstd-rust-web-dev", "rust-web-src"]
            }
        }
    }

    /// Makes it usable; its packages are installed already.
    pub(crate) fn prepare(self) -> Result<()> {
        match self {
            WasmTarget::Present => Ok(()),
            WasmTarget::FromRustup => {
                say(format!("adding the {TRIPLE} target"));
                run(command("rustup").args(["target", "add", TRIPLE]))
                    .with_context(|| format!("Rust's {TRIPLE} target is missing"))
            }
            WasmTarget::FromDebian => prepare_debian(),
        }
    }

    /// `cargo ARGS…` with this toolchain.
    pub(crate) fn cargo(self, args: &[&str]) -> Command {
        match self {
            WasmTarget::Present | WasmTarget::FromRustup => cargo(args),
            WasmTarget::FromDebian => cargo([format!("+{TOOLCHAIN}").as_str()].iter().chain(args)),
        }
    }
}

fn prepare_debian() -> Result<()> {
    let version = output(command(RUSTC).arg("-vV"))?;
    let recipe = format!("{STD_RUSTFLAGS}\n{version}");
    let library = target_library(&mut command(RUSTC))?;
    let built_by = library.with_file_name("built-by-starling");
    // A newer compiler refuses an older one's library, so an upgrade of the packages counts.
    if fs::read_to_string(&built_by).is_ok_and(|it| it == recipe) && has_standard_library(&library)
    {
        return link_toolchain();
    }
    say(format!("building Rust's standard library for {TRIPLE} from Debian's sources"));
    let built = build_standard_library()?;
    replace_libraries(&built, &library)
        .with_context(|| format!("cannot write to {} (that takes root)", library.display()))?;
    link_linker(&version)?;
    link_toolchain()?;
    // Cargo does not see that the library is another one, and would mix what was built with both.
    let outdated = root().join("target").join(TRIPLE);
    if outdated.exists() {
        fs::remove_dir_all(outdated)?;
    }
    fs::write(&built_by, recipe)?;
    Ok(())
}

/// Compiles an empty crate together with std, and returns the folder with the results.
fn build_standard_library() -> Result<PathBuf> {
    let folder = root().join("target/tools/std");
    fs::create_dir_all(folder.join("src"))?;
    // The empty [workspace] keeps cargo from looking for this crate in ours.
    let manifest = "[workspace]\n[package]\nname = \"empty\"\nedition = \"2024\"\n";
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;
    let target = folder.join("target");
    // From an earlier compiler there may be libraries with other hashes in their names.
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    run(command(CARGO)
        .current_dir(&folder)
        .args([
            "build",
            "--release",
            "--target",
            TRIPLE,
            "-Z",
            "build-std=std,panic_abort,proc_macro",
        ])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", RUSTC)
        .env("RUSTFLAGS", STD_RUSTFLAGS)
        .env("CARGO_TARGET_DIR", &target))?;
    Ok(target.join(TRIPLE).join("release/deps"))
}

fn replace_libraries(built: &Path, library: &Path) -> Result<()> {
    if library.exists() {
        fs::remove_dir_all(library)?;
    }
    fs::create_dir_all(library)?;
    for entry in fs::read_dir(built)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|it| it.to_str()) else { continue };
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            fs::copy(&path, library.join(name))?;
        }
    }
    Ok(())
}

/// Debian's lld is too old for what Debian's rustc emits; rustup's toolchain brings a fitting one.
fn link_linker(version: &str) -> Result<()> {
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say which machine it is for")?;
    let place =
        |sysroot: String| Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/rust-lld");
    let sysroot = ["--print", "sysroot"];
    let linker = place(output(command("rustc").args(sysroot))?);
    let link = place(output(command(RUSTC).args(sysroot))?);
    fs::create_dir_all(link.parent().expect("a file in a folder"))?;
    if link.is_symlink() {
        fs::remove_file(&link)?;
    } else if link.exists() {
        return Ok(());
    }
    run(command("ln").arg("-s").arg(linker).arg(link))
}

fn link_toolchain() -> Result<()> {
    let toolchains = output(command("rustup").args(["toolchain", "list"]))?;
    if toolchains.lines().any(|line| line.split_whitespace().next() == Some(TOOLCHAIN)) {
        return Ok(());
    }
    run(command("rustup").args(["toolchain", "link", TOOLCHAIN, "/usr"]))
}

fn target_library(rustc: &mut Command) -> Result<PathBuf> {
    Ok(output(rustc.args(["--print", "target-libdir", "--target", TRIPLE]))?.into())
}

fn has_standard_library(library: &Path) -> bool {
    let Ok(entries) = fs::read_dir(library) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rustup_is_asked_only_where_it_may_download() {
        assert_eq!(WasmTarget::of(false, Some("0")), WasmTarget::FromDebian);
        assert_eq!(WasmTarget::of(false, Some("1")), WasmTarget::FromRustup);
        assert_eq!(WasmTarget::of(false, None), WasmTarget::FromRustup);
    }

    #[test]
    fn a_target_that_is_there_is_used() {
        assert_eq!(WasmTarget::of(true, Some("0")), WasmTarget::Present);
        assert_eq!(WasmTarget::of(true, None), WasmTarget::Present);
    }
}
