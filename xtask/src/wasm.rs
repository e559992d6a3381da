//! From the crates for browsers to the JavaScript and WebAssembly they load: `frontend`, which brings pages
//! to life, and `frontend/board`, which rooms load after that.

use crate::{
    files::{Files, hash, read_tree},
    process::{command, root, run, say},
    setup::BuildTools,
};
use anyhow::{Context, Result, ensure};
use rustc_demangle::demangle;
use std::{fs, path::Path};
use walrus::{Function, FunctionBuilder, FunctionKind, Module};
use wasm_bindgen_cli_support::Bindgen;

/// A compiled crate, before its files get their final names.
pub(crate) struct Compiled {
    /// The module that the page imports. It refers to its wasm by [`Crate::wasm`] and to `./snippets/`.
    pub(crate) js: String,
    pub(crate) wasm: Vec<u8>,
    /// Inline JavaScript of crates: paths below `snippets/`, and what the files hold.
    pub(crate) snippets: Files,
    /// The size of the wasm as cargo left it.
    pub(crate) raw_size: usize,
}

/// What browsers load.
pub(crate) struct Frontend {
    pub(crate) page: Compiled,
    pub(crate) board: Compiled,
}

/// What the frontend is built for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum For {
    /// Pages that the server renders.
    Server,
    /// A site of its own, hosted apart from the server.
    Apart,
}

/// A crate for browsers.
#[derive(Clone, Copy)]
pub(crate) struct Crate {
    /// Its package.
    pub(crate) package: &'static str,
    /// What its files are called: `NAME.js`.
    pub(crate) name: &'static str,
    /// Whether it is views, of which some code is never called.
    has_views: bool,
}

pub(crate) const PAGE: Crate = Crate { package: "frontend", name: "starling", has_views: true };
pub(crate) const BOARD: Crate =
    Crate { package: "starling-board", name: "starling-board", has_views: false };

impl Crate {
    /// How its JavaScript names its wasm.
    pub(crate) fn wasm(self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    /// What cargo calls its wasm.
    pub(crate) fn raw(self) -> String {
        format!("{}.wasm", self.package.replace('-', "_"))
    }
}

/// Compiles, binds and optimises; the latter two only when the compiled wasm is a new one.
pub(crate) fn build(tools: &BuildTools, purpose: For) -> Result<Frontend> {
    let (feature, place): (&[&str], _) = match purpose {
        For::Server => (&[], "target/frontend"),
        For::Apart => (&["--features", "mount"], "target/frontend-apart"),
    };
    Ok(Frontend {
        page: compile(tools, PAGE, feature, &root().join(place))?,
        board: compile(tools, BOARD, &[], &root().join("target/frontend-board"))?,
    })
}

fn compile(tools: &BuildTools, it: Crate, feature: &[&str], folder: &Path) -> Result<Compiled> {
    say(format!("compiling {} to WebAssembly", it.package));
    let args = ["build", "--package", it.package, "--profile", "wasm-release"];
    let args = [&args, feature].concat();
    run(tools.wasm_target.cargo(&args).args(["--target", "wasm32-unknown-unknown"]))?;
    let raw = root().join("target/wasm32-unknown-unknown/wasm-release").join(it.raw());
    let raw_bytes = fs::read(&raw).with_context(|| format!("cannot read {}", raw.display()))?;

    let made_from = folder.join("made-from");
    // This very file stands for how it is bound and optimised.
    let sources = format!("{} {}", hash(&raw_bytes), hash(include_bytes!("wasm.rs")));
    if !fs::read_to_string(&made_from).is_ok_and(|it| it == sources) {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        bind(it, &raw, folder)?;
        optimise(it, &tools.wasm_opt, folder)?;
        fs::write(&made_from, sources)?;
    }
    Ok(Compiled {
        js: fs::read_to_string(folder.join(format!("{}.js", it.name)))?,
        wasm: fs::read(folder.join("optimised.wasm"))?,
        snippets: read_tree(&folder.join("snippets"))?,
        raw_size: raw_bytes.len(),
    })
}

/// Brings a view to life in pieces, which only pages do whose code is loaded in pieces. Nothing calls
/// it; but every view has it in its table, so no optimiser finds out, and it is a tenth of the code.
const NEVER_CALLED: &str = "hydrate_async";

/// Whether that is the body of such a function, or makes one for a view's table. What it uses may be
/// used by others, too, and others that do the same as it may have become one with it: these two are
/// like nothing else.
fn is_never_called(name: &str) -> bool {
    let name = format!("{:#}", demangle(name));
    let end = name.rsplit("::").next().unwrap_or_default();
    let is_body = end.contains("closure") && !name.contains("drop_in_place");
    name.contains(NEVER_CALLED) && (is_body || name.contains("into_any::"))
}

/// Takes the bodies out of functions that are never called. Were one called, the page would stop there.
fn hollow_out(wasm: &Path) -> Result<Vec<u8>> {
    let mut module = Module::from_file(wasm).context("cargo's wasm cannot be read")?;
    let named = |it: &&Function| it.name.as_deref().is_some_and(is_never_called);
    let found: Vec<_> = module.funcs.iter().filter(named).map(|it| (it.id(), it.ty())).collect();
    ensure!(!found.is_empty(), "no function is called {NEVER_CALLED} any more: look at `wasm.rs`");
    for (id, ty) in found {
        let (takes, gives) = module.types.params_results(ty);
        let (takes, gives) = (takes.to_vec(), gives.to_vec());
        let arguments = takes.iter().map(|it| module.locals.add(*it)).collect();
        let mut hollow = FunctionBuilder::new(&mut module.types, &takes, &gives);
        hollow.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(hollow.local_func(arguments));
    }
    Ok(module.emit_wasm())
}

fn bind(it: Crate, wasm: &Path, folder: &Path) -> Result<()> {
    say("binding it to JavaScript");
    let bytes = if it.has_views { hollow_out(wasm)? } else { fs::read(wasm)? };
    Bindgen::new()
        .input_bytes(it.name, bytes)
        .web(true)?
        // The board's JavaScript is asked for nothing but itself, and finds its wasm.
        .omit_default_module_path(it.has_views)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .with_context(|| format!("wasm-bindgen cannot bind {}", it.package))
}

/// What of `-Oz` is left undone: it makes the wasm a fiftieth smaller and its brotli larger, the page's by 2 %
/// and the board's by 8 %. What is alike is packed well only while it stays alike.
const LEFT_UNDONE: [&str; 4] =
    ["inlining-optimizing", "local-cse", "memory-packing", "simplify-locals"];

fn optimise(it: Crate, wasm_opt: &Path, folder: &Path) -> Result<()> {
    say("optimising it for size");
    run(command(wasm_opt)
        .arg("-Oz")
        // The stack ends at the lowest addresses, so nothing but one about to overflow is there.
        .arg("--low-memory-unused")
        .args(LEFT_UNDONE.map(|pass| format!("--skip-pass={pass}")))
        .arg(folder.join(it.wasm()))
        .arg("--output")
        .arg(folder.join("optimised.wasm")))
}
