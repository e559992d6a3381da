//! The stylesheet: `style/main.css` and what it imports, as one small file.

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
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
    // lightningcss names file, line and column; its errors borrow from what they are about.
    let style = Bundler::new(&files, None, ParserOptions::default()).bundle(entry);
    let mut style = style.map_err(|error| anyhow!("The stylesheet is wrong: {error}"))?;
    let targets = Targets::from(BROWSERS);
    style
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("The stylesheet is wrong: {error}"))?;
    let options = PrinterOptions { minify: true, targets, ..PrinterOptions::default() };
    Ok(style.to_css(options)?.code)
}

const fn version(major: u32) -> u32 {
    major << 16
}
