//! The theme's colours as a canvas takes them. Which ones there are is the style sheet's business.

use starling_protocol::board::Tint;
use web_sys::{CssStyleDeclaration, Element, HtmlElement};

use crate::dom::{child, set, style, window};

/// How many hues people have.
const HUES: usize = 12;

/// The colours of the theme that the page shows now.
#[derive(Clone, Debug)]
pub(crate) struct Palette {
    hues: Vec<String>,
    sheets: Vec<String>,
    /// What is written.
    pub(crate) ink: String,
    /// What is written small, beside something.
    pub(crate) soft: String,
    /// What the board is made of.
    pub(crate) surface: String,
    /// The family of the page's type.
    pub(crate) font: String,
    /// "You are here."
    pub(crate) focus: String,
}

impl Palette {
    /// Asks the style sheet.
    pub(crate) fn read(section: &Element) -> Self {
        // Only the colour of an element is told as what it comes to.
        let probe = child(section, "span", "palette");
        set(&probe, "aria-hidden", "true");
        let computed = window().get_computed_style(&probe).ok().flatten();
        let read = |colour: &str| read(&probe, computed.as_ref(), colour);
        let palette = Self {
            hues: (0..HUES).map(|hue| read(&format!("var(--hue-{hue})"))).collect(),
            sheets: (0..=HUES).map(|tint| read(&sheet(tint))).collect(),
            ink: read("var(--ink)"),
            soft: read("var(--soft)"),
            surface: read("var(--surface)"),
            focus: read("var(--focus)"),
            font: computed
                .as_ref()
                .and_then(|it| it.get_property_value("font-family").ok())
                .unwrap_or_else(|| "sans-serif".to_owned()),
        };
        probe.remove();
        palette
    }

    /// A person's colour.
    pub(crate) fn hue(&self, hue: u8) -> &str {
        &self.hues[usize::from(hue) % HUES]
    }

    /// The colour of a line or a text.
    pub(crate) fn line(&self, tint: Tint) -> &str {
        self.hues.get(usize::from(tint.0)).unwrap_or(&self.ink)
    }

    /// The colour of a sheet of paper.
    pub(crate) fn sheet(&self, tint: Tint) -> &str {
        &self.sheets[usize::from(tint.0).min(HUES)]
    }
}

/// The colour of a sheet of paper: some of the hue, on what floats.
fn sheet(tint: usize) -> String {
    let (hue, share) =
        if tint < HUES { (format!("--hue-{tint}"), 30) } else { ("--ink".to_owned(), 10) };
    format!("color-mix(in oklab, var({hue}) {share}%, var(--raised))")
}

fn read(probe: &HtmlElement, computed: Option<&CssStyleDeclaration>, colour: &str) -> String {
    style(&probe.style(), "color", colour);
    computed.and_then(|it| it.get_property_value("color").ok()).unwrap_or_default()
}
