//! What lies on the board, as a list to read: in which order, and in which words. Plain values; knows no
//! browser.

use starling_protocol::ObjectId;
use starling_protocol::board::{Content, Form, Object};

use crate::scene::geometry::frame;
use crate::view::Area;

/// A list begins with so many, and grows by as many.
pub(crate) const FIRST: usize = 200;
/// So much of a text tells which one it is.
const SHOWN_CHARS: usize = 140;
/// To a row belongs what starts in the upper half of its first one, which counts as no higher than this,
/// in board units.
const ROW_UNITS: f64 = 400.0;
/// How often a change is told at most.
const TOLD_EVERY_MS: f64 = 5_000.0;

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: ObjectId,
    pub(crate) kind: &'static str,
    /// What it says, cut short.
    pub(crate) text: String,
    /// Whose it is.
    pub(crate) by: String,
    /// Whether its text can be written in.
    pub(crate) writable: bool,
}

impl Entry {
    /// The line about an object; `name` tells who somebody is.
    pub(crate) fn new(object: &Object, name: impl Fn(&str) -> Option<String>) -> Self {
        let text = object.text().unwrap_or_default().trim();
        let mut short: String = text.chars().take(SHOWN_CHARS).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        Self {
            id: object.id,
            kind: kind(&object.content),
            text: short,
            by: name(&object.by.to_string()).unwrap_or_else(|| "somebody not here now".to_owned()),
            writable: object.text().is_some(),
        }
    }

    /// What it is.
    pub(crate) fn title(&self) -> String {
        if self.text.is_empty() && self.writable {
            format!("Empty {}", self.kind.to_ascii_lowercase())
        } else {
            self.kind.to_owned()
        }
    }

    /// All of it in a sentence.
    pub(crate) fn words(&self) -> String {
        let (title, text, by) = (self.title(), &self.text, &self.by);
        if text.is_empty() {
            format!("{title}, by {by}")
        } else {
            format!("{title}: {text}, by {by}")
        }
    }
}

/// The objects as one reads: row after row from the top, in a row from the left.
pub(crate) fn in_reading_order<'a>(objects: impl Iterator<Item = &'a Object>) -> Vec<&'a Object> {
    let mut objects: Vec<(Area, &Object)> = objects.map(|object| (frame(object), object)).collect();
    objects.sort_by(|(a, one), (b, other)| {
        a.top.total_cmp(&b.top).then(a.left.total_cmp(&b.left)).then(one.id.cmp(&other.id))
    });
    let mut rest = objects.as_mut_slice();
    while let Some((first, _)) = rest.first() {
        let height = (first.bottom - first.top).min(ROW_UNITS);
        let end = first.top + height / 2.0;
        let count = rest.iter().take_while(|(area, _)| area.top < end).count().max(1);
        let (row, below) = rest.split_at_mut(count);
        row.sort_by(|(a, one), (b, other)| {
            a.left.total_cmp(&b.left).then(a.top.total_cmp(&b.top)).then(one.id.cmp(&other.id))
        });
        rest = below;
    }
    objects.into_iter().map(|(_, object)| object).collect()
}

/// How many things there are, in words.
pub(crate) fn counted(count: usize) -> String {
    match count {
        0 => "Nothing is on the board yet.".to_owned(),
        1 => "1 thing on the board".to_owned(),
        count => format!("{} things on the board", starling_protocol::grouped(count)),
    }
}

/// What changed in the list, said aloud no more often than one can listen to.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    told: Option<f64>,
    /// How many things changed since, and the last of them.
    changed: Option<(usize, String)>,
}

impl Telling {
    /// Something changed in the list; what, in words.
    pub(crate) fn changed(&mut self, words: String) {
        let before = self.changed.as_ref().map_or(0, |(count, _)| *count);
        self.changed = Some((before + 1, words));
    }

    /// What to say now, if something.
    pub(crate) fn take(&mut self, now: f64) -> Option<String> {
        if self.next_change().is_none_or(|at| now < at) {
            return None;
        }
        self.told = Some(now);
        self.changed.take().map(|(count, words)| match count {
            1 => words,
            _ => format!("{} things changed on the board", starling_protocol::grouped(count)),
        })
    }

    /// When there is something to tell.
    pub(crate) fn next_change(&self) -> Option<f64> {
        self.changed.as_ref().map(|_| self.told.map_or(0.0, |told| told + TOLD_EVERY_MS))
    }
}

/// What an object is called.
fn kind(content: &Content) -> &'static str {
    match content {
        Content::Note { .. } => "Note",
        Content::Text { .. } => "Text",
        Content::Ink { .. } => "Drawing",
        Content::Shape { form: Form::Rectangle, .. } => "Rectangle",
        Content::Shape { form: Form::Ellipse, .. } => "Ellipse",
        Content::Shape { form: Form::Diamond, .. } => "Diamond",
        Content::Arrow { .. } => "Arrow",
        Content::Image { .. } => "Picture",
    }
}

#[cfg(test)]
mod tests {
    use starling_protocol::board::{Content, Corner, Size, Tint};
    use starling_protocol::{Point, UserId};

    use super::*;

    fn object(id: u8, x: f64, y: f64, height: u16, content: Content) -> Object {
        Object {
            id: format!("0192d3a4-0000-7000-8000-0000000000{id:02x}").parse().unwrap(),
            at: Point::from_units(x, y).unwrap(),
            size: Size { width: 400, height },
            layer: 0,
            tint: Tint::PLAIN,
            by: ada(),
            content,
        }
    }

    fn ada() -> UserId {
        "0192d3a4-0000-7000-8000-00000000aaaa".parse().unwrap()
    }

    fn note(id: u8, x: f64, y: f64) -> Object {
        object(id, x, y, 400, Content::Note { text: format!("note {id}") })
    }

    #[test]
    fn one_reads_rows_from_the_top_and_each_from_the_left() {
        // Rows are seldom straight.
        let all = [
            note(1, 500.0, 1_020.0),
            note(2, 900.0, 980.0),
            note(3, 100.0, 1_000.0),
            note(4, 100.0, 1_300.0),
            note(5, 50.0, 1_081.0),
        ];
        let order: Vec<u8> = in_reading_order(all.iter())
            .into_iter()
            .map(|object| object.id.uuid().as_bytes()[15])
            .collect();
        assert_eq!(order, [3, 1, 2, 5, 4]);
    }

    #[test]
    fn what_is_high_does_not_take_the_whole_board_into_its_row() {
        let all = [
            object(1, 5_000.0, 0.0, 40_000, Content::Arrow { start: Corner::TopLeft }),
            note(2, 100.0, 3_000.0),
            note(3, 200.0, 100.0),
        ];
        let order: Vec<u8> = in_reading_order(all.iter())
            .into_iter()
            .map(|object| object.id.uuid().as_bytes()[15])
            .collect();
        assert_eq!(order, [3, 1, 2]);
    }

    #[test]
    fn a_line_says_what_it_is_and_whose() {
        let name = |id: &str| (id == ada().to_string()).then(|| "Ada".to_owned());
        let nobody = |_: &str| None;
        let words = |content, name: &dyn Fn(&str) -> Option<String>| {
            Entry::new(&object(1, 0.0, 0.0, 4, content), name).words()
        };
        let text = |text: &str| Content::Note { text: text.into() };
        assert_eq!(words(text(" milk\n"), &name), "Note: milk, by Ada");
        assert_eq!(words(text(""), &name), "Empty note, by Ada");
        let arrow = Content::Arrow { start: Corner::TopLeft };
        assert_eq!(words(arrow, &nobody), "Arrow, by somebody not here now");
        let long = Entry::new(&object(1, 0.0, 0.0, 4, text(&"é".repeat(141))), name);
        assert_eq!(long.text.chars().count(), 141);
        assert!(long.text.ends_with('…'));
    }

    #[test]
    fn changes_are_told_at_once_and_then_together_after_five_seconds() {
        let mut telling = Telling::default();
        assert_eq!(telling.take(0.0), None);
        telling.changed("Note: milk, by Ada".into());
        assert_eq!(telling.take(1_000.0).as_deref(), Some("Note: milk, by Ada"));
        telling.changed("Note: bread, by Ada".into());
        telling.changed("Arrow, by Bob".into());
        assert_eq!((telling.take(5_999.0), telling.next_change()), (None, Some(6_000.0)));
        assert_eq!(telling.take(6_000.0).as_deref(), Some("2 things changed on the board"));
        assert_eq!((telling.take(60_000.0), telling.next_change()), (None, None));
    }
}
