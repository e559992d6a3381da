//! The stylesheet: `style/main.css` and what it imports, as one small file.

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    error::Error,
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Targets},
};
use std::path::Path;

/// The oldest browsers we write for: each has nesting, oklch and light-dark, which stay as they are.
const BROWSERS: Browsers = Browsers {
    android: None,
    chrome: Some(version(123)),
    edge: Some(version(123)),
    firefox: Some(version(128)),
    ie: None,
    ios_saf: Some(version(18)),
    opera: None,
    safari: Some(version(18)),
    samsung: None,
};

/// Bundles and minifies the stylesheet at `entry`.
pub(crate) fn build(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    let style = Bundler::new(&files, None, ParserOptions::default()).bundle(entry);
    let mut style = style.map_err(wrong)?;
    let targets = Targets::from(BROWSERS);
    style.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(wrong)?;
    let options = PrinterOptions { minify: true, targets, ..PrinterOptions::default() };
    Ok(style.to_css(options)?.code)
}

/// Says where, with lines counted from 1, which lightningcss does from 0.
fn wrong<T: std::fmt::Display>(error: Error<T>) -> anyhow::Error {
    let place = error.loc.map(|at| format!("{}:{}:{}: ", at.filename, at.line + 1, at.column));
    anyhow!("The stylesheet is wrong: {}{}", place.unwrap_or_default(), error.kind)
}

const fn version(major: u32) -> u32 {
    major << 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn imports_are_bundled_and_modern_css_stays() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        fs::write(folder.path().join("tokens.css"), ":root { --gap: 1.0rem }").unwrap();
        let text = "@import './tokens.css';\np { color: oklch(70% 0.1 200); &:hover { gap: 0px } }";
        fs::write(&main, text).unwrap();
        let css = build(&main).unwrap();
        assert_eq!(css, ":root{--gap:1rem}p{color:oklch(70% .1 200);&:hover{gap:0}}");
    }

    #[test]
    fn an_error_names_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        fs::write(&main, "p {\n  color: red;\n}\n}").unwrap();
        let error = build(&main).unwrap_err().to_string();
        assert!(error.contains("main.css:4"), "{error}");
    }
}
