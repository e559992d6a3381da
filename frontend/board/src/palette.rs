//! The theme's colours as a canvas takes them. Which ones there are is the style sheet's business.

use web_sys::{CssStyleDeclaration, Element, HtmlElement};

use crate::dom::{child, set, style, window};

/// How many hues people have.
const HUES: usize = 12;

/// The colours of the theme that the page shows now.
#[derive(Clone, Debug)]
pub(crate) struct Palette {
    hues: Vec<String>,
    /// The board itself.
    pub(crate) surface: String,
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
        let read = |name: &str| read(&probe, computed.as_ref(), name);
        let palette = Self {
            hues: (0..HUES).map(|hue| read(&format!("--hue-{hue}"))).collect(),
            surface: read("--surface"),
            focus: read("--focus"),
        };
        probe.remove();
        palette
    }

    /// A person's colour.
    pub(crate) fn hue(&self, hue: u8) -> &str {
        &self.hues[usize::from(hue) % HUES]
    }
}

fn read(probe: &HtmlElement, computed: Option<&CssStyleDeclaration>, name: &str) -> String {
    style(&probe.style(), "color", &format!("var({name})"));
    computed.and_then(|it| it.get_property_value("color").ok()).unwrap_or_default()
}
