//! `cargo xtask dev`: cargo-leptos rebuilds and reloads while one edits. Nothing else needs it.
//!
//! cargo-leptos calls the programs it finds on PATH. Its `wasm-bindgen` is xtask itself, which
//! spares building one and cannot differ from the version in use. It empties `target/site`; a
//! server that finds no manifest there takes the names that cargo-leptos gives. It knows of one crate for
//! browsers only, so the board is built whenever it has the page bound.

use crate::{
    files::write_changed,
    process::{become_, command, find, root, run, say},
    setup,
    wasm::BOARD,
    wasm_target::WasmTarget,
};
use anyhow::{Context, Result, bail};
use std::{env, fs, path::PathBuf};
use wasm_bindgen_cli_support::Bindgen;

const CARGO_LEPTOS: &str = "0.3.11";

/// Sets up and becomes `cargo leptos watch`.
pub(crate) fn dev() -> Result<()> {
    let wasm_target = setup::for_build()?.wasm_target;
    install_cargo_leptos(wasm_target)?;
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([wasm_bindgen()?].into_iter().chain(env::split_paths(&path)))?;
    // cargo-leptos waits for the server where its own settings say, before it reloads pages.
    let address = env::var("STARLING_ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    say(format!("watching; Starling will be on http://{address}"));
    let serve = ["leptos", "watch", "--", "serve", "--data-dir", "data"];
    become_(wasm_target.cargo(&serve).env("PATH", path).env("LEPTOS_SITE_ADDR", address))
}

fn install_cargo_leptos(wasm_target: WasmTarget) -> Result<()> {
    if find(&["cargo-leptos"]).is_some() {
        return Ok(());
    }
    say("installing cargo-leptos, which takes a quarter of an hour, once");
    // Its own folder: no other build can use what this one compiles.
    let install = ["install", "--locked", "cargo-leptos", "--version", CARGO_LEPTOS];
    run(wasm_target.cargo(&install).env_remove("CARGO_TARGET_DIR"))
}

/// A folder with a `wasm-bindgen` in it that is xtask.
fn wasm_bindgen() -> Result<PathBuf> {
    let folder = root().join("target/tools/bin");
    fs::create_dir_all(&folder)?;
    let script = folder.join("wasm-bindgen");
    let text = format!("#!/bin/sh\nexec '{}' wasm-bindgen \"$@\"\n", env::current_exe()?.display());
    write_changed(&script, text.as_bytes())?;
    run(command("chmod").arg("+x").arg(script))?;
    Ok(folder)
}

/// `cargo xtask wasm-bindgen`, as cargo-leptos calls it.
pub(crate) fn bind(args: &[&str]) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.typescript(false);
    let mut folder = None;
    for arg in args {
        match arg.split_once('=') {
            Some(("--out-dir", value)) => folder = Some(value),
            Some(("--out-name", value)) => _ = bindgen.out_name(value),
            Some(("--target", "web")) => {}
            None if !arg.starts_with('-') => _ = bindgen.input_path(arg),
            _ => bail!("xtask does not know wasm-bindgen's {arg}"),
        }
    }
    bindgen.generate(folder.context("wasm-bindgen needs --out-dir")?)?;
    build_board()
}

/// Puts the board where the server finds it while one edits.
fn build_board() -> Result<()> {
    let args = ["build", "--package", BOARD.package, "--target", "wasm32-unknown-unknown"];
    run(WasmTarget::choose()?.cargo(&args).env_remove("CARGO_ENCODED_RUSTFLAGS"))?;
    let wasm = root().join("target/wasm32-unknown-unknown/debug").join(BOARD.raw());
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.typescript(false).omit_default_module_path(false);
    bindgen.out_name(BOARD.name).input_path(wasm);
    bindgen.generate(root().join("target/site/pkg"))
}
