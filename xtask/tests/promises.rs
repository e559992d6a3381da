//! `docs/delivery.md` and `docs/security.md` name a command for every promise. Of those that name a test
//! over real sockets or a file of browser tests, none may name one that is not there any more.

use std::fs;
use std::path::Path;

const PAGES: [&str; 2] = ["docs/delivery.md", "docs/security.md"];
const REAL: &str = "cargo test -p starling-server --test real ";

#[test]
fn every_real_test_that_is_promised_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = PAGES.map(|page| fs::read_to_string(root.join(page)).unwrap()).concat();
    let mut source = String::new();
    let mut names = Vec::new();
    let folders = ["server/tests/real", "server/tests/real/accounts"];
    for entry in folders.iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap()) {
        let path = entry.unwrap().path();
        if path.is_file() {
            names.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
            source += &fs::read_to_string(path).unwrap();
        }
    }
    let promised: Vec<&str> = page
        .split(REAL)
        .skip(1)
        .map(|rest| rest.split([' ', '`']).next().unwrap_or_default())
        .collect();
    assert!(promised.len() > 10, "the page names hardly any command: {promised:?}");
    for name in promised {
        let is_there =
            names.iter().any(|it| it == name) || source.contains(&format!("async fn {name}"));
        assert!(is_there, "no test of {REAL}{name}");
    }
}

#[test]
fn every_browser_test_that_is_promised_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = PAGES.map(|page| fs::read_to_string(root.join(page)).unwrap()).concat();
    let files: Vec<&str> = page.split('`').filter(|it| it.ends_with(".test.mjs")).collect();
    assert!(!files.is_empty());
    for file in files {
        assert!(root.join("end2end/tests").join(file).is_file(), "{file} is not there");
    }
}
