//! The tools that one works with at the board: their names, and the keys that choose them. Plain values;
//! knows no browser.

use starling_protocol::board::Form;

/// What the hand does on the board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Selects, moves and resizes.
    #[default]
    Select,
    /// Moves the view.
    Hand,
    /// Draws.
    Pen,
    /// Puts a note there.
    Note,
    /// Writes.
    Text,
    /// Draws a shape.
    Shape { form: Form },
    /// Draws an arrow.
    Arrow,
    /// Puts a picture there.
    Image,
    /// Leaves a trail of light.
    Laser,
}

impl Tool {
    /// In the order of the toolbar.
    pub(crate) const ALL: [Self; 11] = [
        Self::Select,
        Self::Hand,
        Self::Pen,
        Self::Note,
        Self::Text,
        Self::Shape { form: Form::Rectangle },
        Self::Shape { form: Form::Ellipse },
        Self::Shape { form: Form::Diamond },
        Self::Arrow,
        Self::Image,
        Self::Laser,
    ];

    /// Its name and, in capitals, its key. Further forms of a shape come by pressing its key again.
    pub(crate) fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Select => ("Select", "V"),
            Self::Hand => ("Hand", "H"),
            Self::Pen => ("Pen", "P"),
            Self::Note => ("Note", "N"),
            Self::Text => ("Text", "T"),
            Self::Shape { form: Form::Rectangle } => ("Rectangle", "R"),
            Self::Shape { form: Form::Ellipse } => ("Ellipse", "R"),
            Self::Shape { form: Form::Diamond } => ("Diamond", "R"),
            Self::Arrow => ("Arrow", "A"),
            Self::Image => ("Image", "I"),
            Self::Laser => ("Laser", "L"),
        }
    }

    /// Whether it leaves the board as it is.
    pub(crate) fn only_looks(self) -> bool {
        matches!(self, Self::Select | Self::Hand | Self::Laser)
    }

    /// The tool that a key chooses while this one is in hand.
    pub(crate) fn chosen(self, key: &str) -> Option<Self> {
        let mut of_key = Self::ALL.iter().filter(|tool| tool.name().1.eq_ignore_ascii_case(key));
        let first = of_key.clone().next()?;
        // The same key goes on to the next of its tools.
        let next = of_key.find(|tool| **tool == self).and_then(|_| of_key.next());
        Some(*next.unwrap_or(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_choose_tools_and_the_same_key_goes_on() {
        let chosen = |tool: Tool, key: &str| tool.chosen(key).map(|it| it.name().0);
        assert_eq!(chosen(Tool::Select, "p"), Some("Pen"));
        assert_eq!(chosen(Tool::Pen, "P"), Some("Pen"));
        assert_eq!(chosen(Tool::Select, "r"), Some("Rectangle"));
        assert_eq!(chosen(Tool::Shape { form: Form::Rectangle }, "r"), Some("Ellipse"));
        assert_eq!(chosen(Tool::Shape { form: Form::Ellipse }, "r"), Some("Diamond"));
        assert_eq!(chosen(Tool::Shape { form: Form::Diamond }, "r"), Some("Rectangle"));
        assert_eq!(chosen(Tool::Select, "x"), None);
    }
}
