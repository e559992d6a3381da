//! The bubble at the viewer's own pointer: what they write there, for how long it stays. Told of keys and
//! of the time; knows no browser.

use starling_protocol::board::Signal;

use crate::signals::SAID_MS;

/// With so many characters left, the count is shown.
const COUNT_WITHIN: usize = 10;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Saying {
    /// Until when it is open.
    until: Option<f64>,
    /// What stands in the field.
    text: String,
    /// What was said before, as long as nothing new is written.
    said: String,
    /// Whether the field has the focus.
    writes: bool,
}

impl Saying {
    /// It opens, empty, for the next words.
    pub(crate) fn open(&mut self, now: f64) {
        self.until = Some(now + SAID_MS);
        self.writes = true;
    }

    pub(crate) fn is_open(&self) -> bool {
        self.until.is_some()
    }

    /// Whether there is a field to write in.
    pub(crate) fn writes(&self) -> bool {
        self.is_open() && self.writes
    }

    /// What stands in the field.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What is seen of earlier words.
    pub(crate) fn said(&self) -> &str {
        if self.text.is_empty() { &self.said } else { "" }
    }

    /// How many characters there are, where that is worth saying.
    pub(crate) fn count(&self, most: usize) -> Option<usize> {
        let chars = self.text.chars().count();
        (chars + COUNT_WITHIN >= most).then_some(chars)
    }

    /// That stands in the field now, of which at most `most` characters count. What to tell the others.
    pub(crate) fn typed(&mut self, text: &str, most: usize, now: f64) -> Signal {
        self.until = Some(now + SAID_MS);
        self.text = text.chars().take(most).collect();
        self.said.clear();
        Signal::Say { text: self.text.clone() }
    }

    /// These words are done: they stay, and the field is empty.
    pub(crate) fn entered(&mut self, now: f64) {
        self.until = Some(now + SAID_MS);
        self.leave_words();
    }

    /// The field lost the focus: what is in it stays for its time.
    pub(crate) fn left(&mut self) {
        self.leave_words();
        self.writes = false;
        if self.said.is_empty() {
            self.until = None;
        }
    }

    fn leave_words(&mut self) {
        if !self.text.is_empty() {
            self.said = std::mem::take(&mut self.text);
        }
    }

    /// It closes. What to tell the others, if they see something.
    pub(crate) fn close(&mut self) -> Option<Signal> {
        let is_seen = !self.text.is_empty() || !self.said.is_empty();
        *self = Self::default();
        is_seen.then(|| Signal::Say { text: String::new() })
    }

    /// Whether its time has come.
    pub(crate) fn is_over(&self, now: f64) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// When it closes by itself.
    pub(crate) fn next_change(&self) -> Option<f64> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 42;

    fn say(text: &str) -> Signal {
        Signal::Say { text: text.into() }
    }

    #[test]
    fn it_is_gone_ten_seconds_after_the_last_key() {
        let mut saying = Saying::default();
        assert!(!saying.is_open());
        saying.open(1_000.0);
        assert!(saying.writes() && saying.is_over(11_000.0), "also with nothing in it");
        assert_eq!(saying.typed("h", MOST, 5_000.0), say("h"));
        assert!(!saying.is_over(14_999.0));
        assert!(saying.is_over(15_000.0));
        assert_eq!(saying.close(), Some(say("")));
        assert_eq!((saying.is_open(), saying.close()), (false, None));
    }

    #[test]
    fn enter_leaves_the_words_and_empties_the_field() {
        let mut saying = Saying::default();
        saying.open(0.0);
        saying.typed("look", MOST, 0.0);
        saying.entered(1_000.0);
        assert_eq!((saying.text(), saying.said()), ("", "look"));
        saying.entered(2_000.0);
        assert_eq!(saying.said(), "look", "an empty line says nothing");
        assert!(saying.is_over(12_000.0));
        assert_eq!(saying.typed("h", MOST, 3_000.0), say("h"));
        assert_eq!(saying.said(), "");
    }

    #[test]
    fn at_most_42_characters_count_and_near_that_they_are_counted() {
        let mut saying = Saying::default();
        saying.open(0.0);
        assert_eq!(saying.typed(&"é".repeat(43), MOST, 0.0), say(&"é".repeat(42)));
        assert_eq!(saying.count(MOST), Some(42));
        saying.typed(&"é".repeat(31), MOST, 0.0);
        assert_eq!(saying.count(MOST), None);
        saying.typed(&"é".repeat(32), MOST, 0.0);
        assert_eq!(saying.count(MOST), Some(32));
    }

    #[test]
    fn who_goes_elsewhere_leaves_words_but_no_empty_field() {
        let mut saying = Saying::default();
        saying.open(0.0);
        saying.left();
        assert!(!saying.is_open());
        saying.open(0.0);
        saying.typed("here", MOST, 0.0);
        saying.left();
        assert!(saying.is_open() && !saying.writes());
        assert_eq!(saying.said(), "here");
        saying.open(5_000.0);
        assert_eq!((saying.writes(), saying.said()), (true, "here"));
    }
}
