//! Text in an area: where its lines break, and how large it may be. How wide a word is, whoever draws it
//! says.

use crate::Area;

/// A line's height, in its size of type.
pub const LINE_HEIGHT: f64 = 1.25;
/// How much of a note or shape is left free on each side, as a part of its shorter side.
const PADDING: f64 = 0.08;
/// The largest and the smallest type of a text that fits itself into an area, as parts of its shorter side.
const LARGEST: f64 = 0.22;
const SMALLEST: f64 = 0.03;
/// From one size of type to the next.
const SCALE: f64 = 1.12;

/// How wide a text is in type of size 1.
pub type Measure<'a> = dyn Fn(&str) -> f64 + 'a;

/// A text as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Laid {
    /// The size of the type.
    pub size: f64,
    /// Its lines, from top to bottom, without spaces at their ends.
    pub lines: Vec<String>,
    /// Whether some of it has no room.
    pub is_cut: bool,
    /// Whether it is written from the right.
    pub from_right: bool,
}

impl Laid {
    /// How high all lines are.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.lines.len() as f64 * self.size * LINE_HEIGHT
    }

    /// Where each line's middle is, if the text stands in the middle of the area.
    pub fn centred(&self, area: Area) -> impl Iterator<Item = (f64, &str)> {
        let line = self.size * LINE_HEIGHT;
        let top = f64::midpoint(area.top, area.bottom) - self.height() / 2.0;
        let middle = move |number: usize| top + (number as f64 + 0.5) * line;
        self.lines.iter().enumerate().map(move |(number, text)| (middle(number), text.as_str()))
    }
}

/// The part of an object's frame that its text has.
#[must_use]
pub fn inner(frame: Area) -> Area {
    frame.grown(-frame.width().min(frame.height()) * PADDING)
}

/// A text in the largest type in which it fits; in the smallest one, what fits of it.
#[must_use]
pub fn fitted(text: &str, area: Area, measure: &Measure<'_>) -> Laid {
    let words = words(text, measure);
    let side = area.width().min(area.height()).max(1.0);
    let (mut size, smallest) = (side * LARGEST, side * SMALLEST);
    let from_right = is_from_right(text);
    loop {
        let lines = wrap(&words, area.width() / size, measure);
        let laid = Laid { size, lines, is_cut: false, from_right };
        if size <= smallest {
            return cut(laid, area.height());
        }
        // A word that is broken is harder to read than a small one.
        let fits = words.iter().all(|word| word.width * size <= area.width());
        if fits && laid.height() <= area.height() {
            return laid;
        }
        size = (size / SCALE).max(smallest);
    }
}

/// A text in type of that size, as high as it gets.
#[must_use]
pub fn wrapped(text: &str, size: f64, width: f64, measure: &Measure<'_>) -> Laid {
    let lines = wrap(&words(text, measure), width / size, measure);
    Laid { size, lines, is_cut: false, from_right: is_from_right(text) }
}

/// Whether the first letter of a text that has a direction is of a script that is written from the right,
/// as in a field with `dir=auto`. Of digits, signs and pictures none has.
#[must_use]
pub fn is_from_right(text: &str) -> bool {
    let found = text.chars().find_map(|letter| match letter {
        // The marks that say so themselves.
        '\u{200e}' => Some(false),
        '\u{200f}' => Some(true),
        '\u{d7}'
        | '\u{f7}'
        | '\u{300}'..='\u{36f}'
        | '\u{60c}'
        | '\u{660}'..='\u{669}'
        | '\u{6f0}'..='\u{6f9}'
        | '\u{2000}'..='\u{2bff}'
        | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}'
        | '\u{fe00}'..='\u{fe6f}'
        | '\u{feff}'..='\u{ff20}'
        | '\u{1f000}'..='\u{1faff}'
        | '\u{e0000}'.. => None,
        // Hebrew, Arabic, Syriac, Thaana, N'Ko and what is beside them; their forms for old programs; and
        // the two ranges that are kept for such scripts.
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}' => Some(true),
        'a'..='z' | 'A'..='Z' | '\u{c0}'.. => Some(false),
        _ => None,
    });
    found == Some(true)
}

fn cut(laid: Laid, height: f64) -> Laid {
    let most = ((height / (laid.size * LINE_HEIGHT)).floor() as usize).max(1);
    let Laid { mut lines, .. } = laid;
    let is_cut = lines.len() > most;
    lines.truncate(most);
    if is_cut && let Some(last) = lines.last_mut() {
        last.push('…');
    }
    Laid { lines, is_cut, ..laid }
}

/// What stays together on a line.
struct Word<'a> {
    text: &'a str,
    width: f64,
    /// How wide the space before it is.
    space: f64,
    /// Whether it starts a line that the writer started.
    is_first: bool,
}

fn words<'a>(text: &'a str, measure: &Measure<'_>) -> Vec<Word<'a>> {
    let space = measure(" ");
    let mut words = Vec::new();
    for line in text.split('\n') {
        let mut is_first = true;
        // Spaces at the start of a line are the writer's.
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        for word in rest.split_whitespace() {
            let before = if is_first { measure(indent) } else { space };
            words.push(Word { text: word, width: measure(word), space: before, is_first });
            is_first = false;
        }
        if is_first {
            words.push(Word { text: "", width: 0.0, space: 0.0, is_first });
        }
    }
    words
}

fn wrap(words: &[Word<'_>], width: f64, measure: &Measure<'_>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0.0;
    for word in words {
        let fits = used + word.space + word.width <= width;
        match lines.last_mut() {
            Some(line) if !word.is_first && fits => {
                line.push(' ');
                line.push_str(word.text);
                used += word.space + word.width;
            }
            _ => {
                lines.push(String::new());
                used = broken(&mut lines, word, width, measure);
            }
        }
    }
    lines
}

/// Writes a word on the last line, which is empty, and goes on below it where it is too long. Says how
/// wide the last line is then.
fn broken(lines: &mut Vec<String>, word: &Word<'_>, width: f64, measure: &Measure<'_>) -> f64 {
    let indent = if word.is_first && word.space + word.width <= width { word.space } else { 0.0 };
    let mut used = indent;
    let indent = if indent > 0.0 { (indent / measure(" ").max(0.01)).round() as usize } else { 0 };
    let mut line = " ".repeat(indent);
    if used + word.width <= width {
        line.push_str(word.text);
        used += word.width;
    } else {
        for letter in word.text.chars() {
            let wide = measure(letter.encode_utf8(&mut [0; 4]));
            if used + wide > width && !line.is_empty() {
                lines.insert(lines.len() - 1, std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(letter);
            used += wide;
        }
    }
    if let Some(last) = lines.last_mut() {
        *last = line;
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::samples::{area, seeded};

    /// As if all letters were half as wide as high.
    fn half(text: &str) -> f64 {
        text.chars().count() as f64 / 2.0
    }

    fn lines(text: &str, letters: f64) -> Vec<String> {
        wrapped(text, 1.0, letters / 2.0, &half).lines
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(lines("one two three", 7.0), ["one two", "three"]);
        assert_eq!(lines("one two three", 6.0), ["one", "two", "three"]);
        assert_eq!(lines("one  two ", 20.0), ["one two"]);
    }

    #[test]
    fn the_writers_own_lines_and_indents_stay() {
        assert_eq!(lines("one\n\n  two\n", 20.0), ["one", "", "  two", ""]);
        assert_eq!(lines("", 20.0), [""]);
    }

    #[test]
    fn a_word_that_is_longer_than_a_line_goes_on_below() {
        assert_eq!(lines("a streetcar", 4.0), ["a", "stre", "etca", "r"]);
        assert_eq!(lines("streetcar a", 4.0), ["stre", "etca", "r a"]);
        assert_eq!(lines("日本語", 1.0), ["日", "本", "語"]);
        assert_eq!(lines("abc", 0.0), ["a", "b", "c"]);
    }

    #[test]
    fn a_text_is_as_large_as_it_fits() {
        let square = area(0.0, 0.0, 200.0, 200.0);
        let (largest, smallest) = (200.0 * LARGEST, 200.0 * SMALLEST);
        assert_eq!(fitted("Hi", square, &half).size, largest);
        let long = fitted(&"word ".repeat(60), square, &half);
        assert!(long.size < largest && long.size > smallest && !long.is_cut);
        assert!(long.height() <= 200.0);
        let whole = fitted("incomprehensibilities", square, &half);
        assert_eq!(whole.lines.len(), 1, "no word is broken for larger type");
    }

    #[test]
    fn what_has_no_room_is_cut_and_says_so() {
        let cut = fitted(&"word ".repeat(500), area(0.0, 0.0, 60.0, 60.0), &half);
        assert!(cut.is_cut && cut.height() <= 60.0);
        assert!(cut.lines.last().is_some_and(|last| last.ends_with('…')));
    }

    #[test]
    fn lines_stand_in_the_middle() {
        let lines = vec!["a".into(), "b".into()];
        let laid = Laid { size: 8.0, lines, is_cut: false, from_right: false };
        let places: Vec<_> = laid.centred(area(0.0, 0.0, 100.0, 100.0)).collect();
        assert_eq!(places, [(45.0, "a"), (55.0, "b")]);
    }

    #[test]
    fn the_first_letter_that_has_a_direction_decides() {
        for text in ["שלום", "1. مرحبا", "٣ نعم", "🙂 ܫܠܡܐ", "«ދިވެހި»", "(ߒߞߏ) ok", "\u{200f}ok", "ﷺ"]
        {
            assert!(is_from_right(text), "{text}");
        }
        for text in ["", "12 — 🙂", "ok שלום", "日本語", "éa", "Ωא", "\u{200e}א", "×1 = ٣"]
        {
            assert!(!is_from_right(text), "{text}");
        }
        let area = area(0.0, 0.0, 200.0, 200.0);
        assert!(fitted("שלום world", area, &half).from_right);
        assert!(fitted(&"כן ".repeat(900), area, &half).from_right, "also of one that is cut");
        assert!(!wrapped("world שלום", 1.0, 9.0, &half).from_right);
    }

    #[test]
    fn nothing_is_lost_and_no_line_is_too_long() {
        for seed in 0..300 {
            let mut random = seeded(seed);
            let letters = ['a', 'é', '日', ' ', '\n', 'b'];
            let text: String = (0..random(0.0, 200.0) as usize)
                .map(|_| letters[random(0.0, 5.9) as usize])
                .collect();
            let width = random(1.0, 30.0).floor();
            let lines = lines(&text, width);
            for line in &lines {
                assert!(line.chars().count() as f64 <= width, "seed {seed}: {line:?} in {width}");
            }
            let written = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(written(&lines.concat()), written(&text), "seed {seed}");
        }
    }
}
