//! `target/trunk`: the frontend as a site of its own, hosted apart from the server. It is what `trunk build`
//! makes of `frontend/index.html`, without Trunk and smaller.

use crate::{
    files::{Files, hash_all, read_tree, write_changed},
    process::{root, say},
    setup::BuildTools,
    style,
    wasm::{self, BOARD, For, PAGE},
};
use anyhow::{Context, Result};
use std::fs;

/// What Trunk replaces by the files that it has built stands between these.
const BEGIN: &str = "<!-- built: -->";
const END: &str = "<!-- :built -->";
/// What the page runs besides the frontend, from `app/src`.
const SCRIPTS: &[&str] = &["send_files.js", "apart_files.js", "apart_board.js"];

/// Builds the site; `server` is the address that its page names, if not the one that is there.
pub(crate) fn build(tools: &BuildTools, server: Option<&str>) -> Result<()> {
    let frontend = wasm::build(tools, For::Apart)?;
    say("packing the site that is hosted apart");
    let css = style::build(&root().join("style/main.css"))?;
    let mut files = read_tree(&root().join("public"))?;
    for (it, compiled) in [(PAGE, frontend.page), (BOARD, frontend.board)] {
        files.insert(format!("{}.js", it.name), compiled.js.into_bytes());
        files.insert(it.wasm(), compiled.wasm);
        let snippets = compiled.snippets.into_iter();
        files.extend(snippets.map(|(path, bytes)| (format!("snippets/{path}"), bytes)));
    }
    files.insert("starling.css".to_owned(), css.into_bytes());
    for script in SCRIPTS {
        files.insert((*script).to_owned(), fs::read(root().join("app/src").join(script))?);
    }
    let template = fs::read_to_string(root().join("frontend/index.html"))?;
    let index = page(&template, server, &files)?;
    files.insert("index.html".to_owned(), index.into_bytes());
    let folder = root().join("target/trunk");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for (path, bytes) in &files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        write_changed(&path, bytes)?;
    }
    println!("The site is built: target/trunk");
    Ok(())
}

/// The page, which asks for its files by what they hold: browsers keep them.
fn page(template: &str, server: Option<&str>, files: &Files) -> Result<String> {
    let (head, rest) = template.split_once(BEGIN).context("the page has no place for files")?;
    let (_, rest) = rest.split_once(END).context("the place for files has no end")?;
    let version = hash_all(files);
    let scripts: String = SCRIPTS
        .iter()
        .map(|script| format!("<script src=\"{script}?{version}\"></script>\n    "))
        .collect();
    let built = format!(
        "<link rel=\"icon\" type=\"image/svg+xml\" href=\"favicon.svg\">\n    \
         <link rel=\"stylesheet\" href=\"starling.css?{version}\">\n    {scripts}\
         <script type=\"module\">\n      \
         import init from \"./starling.js?{version}\";\n      \
         init({{ module_or_path: \"./starling_bg.wasm?{version}\" }});\n    \
         </script>"
    );
    let page = format!("{head}{built}{rest}");
    let Some(server) = server else { return Ok(page) };
    let (before, named) =
        page.split_once("name=\"starling-server\" content=\"").context("no server is named")?;
    let (_, after) = named.split_once('"').context("the server's name has no end")?;
    Ok(format!("{before}name=\"starling-server\" content=\"{server}\"{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_its_server_and_its_files() {
        let template = fs::read_to_string(root().join("frontend/index.html")).unwrap();
        let files = Files::from([("a".to_owned(), vec![1])]);
        let page = page(&template, Some("https://chat.example.org"), &files).unwrap();
        assert!(page.contains("content=\"https://chat.example.org\""), "{page}");
        let version = hash_all(&files);
        assert!(page.contains(&format!("starling.css?{version}")), "{page}");
        assert!(
            page.contains(&format!("<script src=\"send_files.js?{version}\"></script>")),
            "{page}"
        );
        assert!(!page.contains("data-trunk"), "{page}");
    }
}
