//! `target/site`: everything the server embeds, and the manifest that names it.
//!
//! Files below `pkg/` carry a hash of their content in their name or their folder's, so they may
//! be cached for ever. Files of `public/` keep their names. A file that has not changed is not
//! written again, so that nothing is compressed or compiled twice.

use crate::{
    compress::{ENDINGS, forms},
    files::{Files, hash, hash_all, holds, read_tree, write_changed},
    process::{root, say},
    setup::BuildTools,
    style,
    wasm::{self, BOARD, Compiled, Crate, For, Frontend, PAGE},
};
use anyhow::{Result, bail};
use std::{fs, path::Path};

/// What a visitor's first page may cost: the frontend's wasm in brotli, in bytes.
const PAGE_BUDGET: usize = 300_000;
/// What its board may cost. It comes after the page, and nobody waits for it to read or to write.
const BOARD_BUDGET: usize = 250_000;

const MANIFEST: &str = "manifest.json";

/// Builds `target/site`.
pub(crate) fn build(tools: &BuildTools) -> Result<()> {
    let frontend = wasm::build(tools, For::Server)?;
    say("packing the site");
    let raw_sizes = [frontend.page.raw_size, frontend.board.raw_size];
    let site = Site::new(
        frontend,
        style::build(&root().join("style/main.css"))?,
        read_tree(&root().join("public"))?,
    );
    let folder = root().join("target/site");
    site.write(&folder)?;

    let budgets = [("page", &site.page, PAGE_BUDGET), ("board", &site.board, BOARD_BUDGET)];
    for ((what, module, budget), raw_size) in budgets.into_iter().zip(raw_sizes) {
        let optimised = site.files[&module.wasm].len();
        let brotli = fs::metadata(folder.join(format!("{}.br", module.wasm)))?.len() as usize;
        let [raw, optimised, small] = [raw_size, optimised, brotli].map(kilobytes);
        println!("The {what}'s wasm: {raw} raw, {optimised} optimised, {small} in brotli");
        if brotli > budget {
            let budget = kilobytes(budget);
            bail!(
                "The {what}'s wasm is {small} in brotli, and the budget is {budget}: find what grew."
            );
        }
    }
    Ok(())
}

/// The site's files by their path, `/` between.
struct Site {
    files: Files,
    page: Module,
    board: Module,
    css: String,
}

/// Where a module is.
struct Module {
    js: String,
    wasm: String,
}

impl Site {
    fn new(frontend: Frontend, css: String, public: Files) -> Site {
        let mut files = public;
        let page = add_module(&mut files, PAGE, frontend.page);
        let board = add_module(&mut files, BOARD, frontend.board);
        let css = add(&mut files, "starling", "css", css.into_bytes());
        Site { files, page, board, css }
    }

    fn manifest(&self) -> String {
        let manifest = serde_json::json!({
            "build": hash_all(&self.files),
            "js": format!("/{}", self.page.js),
            "wasm": format!("/{}", self.page.wasm),
            "board": format!("/{}", self.board.js),
            "css": format!("/{}", self.css),
        });
        format!("{manifest:#}\n")
    }

    fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        self.remove_others(folder)?;
        for (path, bytes) in &self.files {
            write_with_forms(&folder.join(path), bytes)?;
        }
        // Last, as it promises all the others.
        write_changed(&folder.join(MANIFEST), self.manifest().as_bytes())
    }

    /// Removes what an earlier build left, and the folders that empties.
    fn remove_others(&self, folder: &Path) -> Result<()> {
        for path in read_tree(folder)?.into_keys() {
            let whole = ENDINGS.iter().find_map(|ending| path.strip_suffix(ending));
            if path == MANIFEST || self.files.contains_key(whole.unwrap_or(&path)) {
                continue;
            }
            let path = folder.join(path);
            fs::remove_file(&path)?;
            for parent in path.ancestors().skip(1).take_while(|it| *it != folder) {
                if fs::remove_dir(parent).is_err() {
                    break; // not empty
                }
            }
        }
        Ok(())
    }
}

/// Adds a file that may be cached for ever, and returns its path.
fn add(files: &mut Files, name: &str, ending: &str, bytes: Vec<u8>) -> String {
    let path = format!("pkg/{name}.{}.{ending}", hash(&bytes));
    files.insert(path.clone(), bytes);
    path
}

/// Adds what a crate was compiled to; its JavaScript finds the rest.
fn add_module(files: &mut Files, it: Crate, compiled: Compiled) -> Module {
    let wasm = add(files, it.name, "wasm", compiled.wasm);
    let snippets = format!("snippets.{}", hash_all(&compiled.snippets));
    let js = compiled
        .js
        .replace(&it.wasm(), wasm.trim_start_matches("pkg/"))
        .replace("./snippets/", &format!("./{snippets}/"));
    let js = add(files, it.name, "js", js.into_bytes());
    for (path, bytes) in compiled.snippets {
        files.insert(format!("pkg/{snippets}/{path}"), bytes);
    }
    Module { js, wasm }
}

/// Writes the file with its compressed forms beside it. The file comes last: while it is not
/// there or an old one, the next build makes all of them again.
fn write_with_forms(path: &Path, bytes: &[u8]) -> Result<()> {
    if holds(path, bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    for (ending, small) in ENDINGS.iter().zip(forms(bytes)?) {
        let mut form = path.as_os_str().to_owned();
        form.push(ending);
        if small.len() < bytes.len() {
            fs::write(form, small)?;
        } else if Path::new(&form).exists() {
            fs::remove_file(form)?;
        }
    }
    fs::write(path, bytes)?;
    Ok(())
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn site(css: &str) -> Site {
        let js = "import { f } from './snippets/a-1/inline0.js';\nnew URL('starling_bg.wasm', import.meta.url);";
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        let page = Compiled {
            js: js.to_owned(),
            wasm: vec![0; 1000],
            snippets: Files::from([file("a-1/inline0.js", "export function f() {}")]),
            raw_size: 2000,
        };
        let board = Compiled {
            js: "new URL('starling-board_bg.wasm', import.meta.url);".to_owned(),
            wasm: vec![1; 1000],
            snippets: Files::new(),
            raw_size: 2000,
        };
        let icon = "<svg/>".repeat(100);
        Site::new(
            Frontend { page, board },
            css.to_owned(),
            Files::from([file("favicon.svg", &icon), file("a/robots.txt", "x")]),
        )
    }

    fn names(folder: &Path) -> Vec<String> {
        read_tree(folder).unwrap().into_keys().collect()
    }

    fn written(folder: &Path) -> Vec<(String, SystemTime)> {
        let time = |name: String| {
            let time = fs::metadata(folder.join(&name)).unwrap().modified().unwrap();
            (name, time)
        };
        names(folder).into_iter().map(time).collect()
    }

    #[test]
    fn the_javascript_refers_to_the_hashed_files() {
        let site = site("");
        for module in [&site.board, &site.page] {
            let js = String::from_utf8(site.files[&module.js].clone()).unwrap();
            let (_, wasm) = module.wasm.split_once('/').unwrap();
            assert!(js.contains(&format!("new URL('{wasm}'")), "{js}");
        }
        let js = String::from_utf8(site.files[&site.page.js].clone()).unwrap();
        let snippet = js.split('\'').nth(1).unwrap();
        assert!(site.files.contains_key(&snippet.replace("./", "pkg/")), "{snippet}");
    }

    #[test]
    fn compressed_forms_lie_beside_what_they_make_smaller() {
        let folder = tempfile::tempdir().unwrap();
        site("").write(folder.path()).unwrap();
        let names = names(folder.path());
        for there in ["favicon.svg", "favicon.svg.br", "favicon.svg.gz", "a/robots.txt"] {
            assert!(names.iter().any(|it| it == there), "{there} is missing in {names:?}");
        }
        assert!(!names.iter().any(|it| it.starts_with("a/robots.txt.")), "{names:?}");
    }

    #[test]
    fn the_same_site_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        site("a{}").write(folder.path()).unwrap();
        let before = written(folder.path());
        site("a{}").write(folder.path()).unwrap();
        assert_eq!(written(folder.path()), before);
    }

    #[test]
    fn a_change_shows_in_the_manifest_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (site(&"a{}".repeat(100)), site("b{}"));
        old.write(folder.path()).unwrap();
        fs::create_dir(folder.path().join("stale")).unwrap();
        fs::write(folder.path().join("stale/file.gz"), "").unwrap();
        new.write(folder.path()).unwrap();
        assert_ne!(old.manifest(), new.manifest());
        assert_eq!(fs::read_to_string(folder.path().join(MANIFEST)).unwrap(), new.manifest());
        let left = names(folder.path());
        assert!(left.contains(&new.css));
        assert!(!left.iter().any(|it| it.starts_with(&old.css) || it.starts_with("stale")));
        assert!(!folder.path().join("stale").exists());
    }
}
