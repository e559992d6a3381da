//! The board, or a part of it, as an SVG that stands by itself.

use std::fmt::Write;

use starling_protocol::FileId;
use starling_protocol::board::{Content, Form, Object, Tint};

use super::geometry::{
    SHAPE_OPACITY, around, arrow, arrow_head, bounds, fitting, frame, line_width,
};
use super::ink::{dabs, outline, smoothed};
use super::text::{LINE_HEIGHT, Laid, Measure, fitted, inner, wrapped};
use crate::Area;

/// How much ground there is around what is drawn.
const MARGIN: f64 = 32.0;
const ROUNDED: f64 = 8.0;
const QUARTERS: f64 = 4.0;

/// What it takes to draw like the page does.
pub struct Look<'a> {
    /// How wide a text is in type of size 1.
    pub measure: &'a Measure<'a>,
    /// The family of the type.
    pub font: &'a str,
    /// The colour of lines in that tint.
    pub line: &'a dyn Fn(Tint) -> String,
    /// The colour of sheets and filled shapes in that tint.
    pub sheet: &'a dyn Fn(Tint) -> String,
    /// The colour of text on sheets.
    pub text: &'a str,
    /// The colour of the ground.
    pub ground: &'a str,
    /// A picture as a `data:` address, if it is there. An SVG that is shown as a picture loads nothing.
    pub picture: &'a dyn Fn(FileId) -> Option<String>,
}

/// These objects, given from back to front.
#[must_use]
pub fn to_svg<'o>(objects: impl IntoIterator<Item = &'o Object>, look: &Look<'_>) -> String {
    let objects: Vec<&Object> = objects.into_iter().collect();
    let area = around(objects.iter().map(|object| bounds(object))).unwrap_or_default();
    let Area { left, top, .. } = area.grown(MARGIN);
    let (width, height) = (area.width() + 2.0 * MARGIN, area.height() + 2.0 * MARGIN);
    let mut svg = Svg { text: String::new(), look };
    svg.put(format_args!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="{} {} {} {}" width="{}" height="{}" font-family="{}">"#,
        Number(left), Number(top), Number(width), Number(height), Number(width), Number(height),
        Escaped(look.font),
    ));
    svg.put(format_args!(
        r#"<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>"#,
        Number(left),
        Number(top),
        Number(width),
        Number(height),
        Escaped(look.ground),
    ));
    for object in objects {
        svg.object(object);
    }
    svg.put(format_args!("</svg>\n"));
    svg.text
}

struct Svg<'a> {
    text: String,
    look: &'a Look<'a>,
}

impl Svg<'_> {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // A string takes everything.
        let _ = self.text.write_fmt(text);
    }

    fn object(&mut self, object: &Object) {
        let area = frame(object);
        let line = (self.look.line)(object.tint);
        let sheet = (self.look.sheet)(object.tint);
        match &object.content {
            Content::Note { text } => {
                self.rectangle(area, &sheet, None);
                self.fitted(text, area);
            }
            Content::Text { text, line: height } => {
                let size = f64::from(*height) / QUARTERS / LINE_HEIGHT;
                let laid = wrapped(text, size, area.width(), self.look.measure);
                let lines = laid.lines.iter().enumerate();
                let middle = |number: usize| area.top + (number as f64 + 0.5) * size * LINE_HEIGHT;
                let lines = lines.map(|(number, text)| (middle(number), text.as_str()));
                let x = if laid.from_right { area.right } else { area.left };
                self.lines(&laid, lines, x, "start", &line);
            }
            Content::Ink { points, width } => {
                let mut path = String::new();
                for piece in outline(&smoothed(&dabs(area, points, *width))) {
                    for (number, (x, y)) in piece.into_iter().enumerate() {
                        let command = if number == 0 { 'M' } else { 'L' };
                        let _ = write!(path, "{command}{} {}", Number(x), Number(y));
                    }
                    path.push('Z');
                }
                self.put(format_args!(r#"<path d="{path}" fill="{}"/>"#, Escaped(&line)));
            }
            Content::Shape { form, text } => {
                self.form(*form, area, &sheet, &line);
                self.fitted(text, fitting(*form, area));
            }
            Content::Arrow { start } => {
                let (from, to) = arrow(area, *start);
                let [one, other] = arrow_head(from, to);
                let mut path = String::new();
                for (command, (x, y)) in
                    [('M', from), ('L', to), ('M', one), ('L', to), ('L', other)]
                {
                    let _ = write!(path, "{command}{} {}", Number(x), Number(y));
                }
                self.put(format_args!(
                    r#"<path d="{path}" fill="none" stroke="{}" stroke-width="{}" stroke-linecap="round" stroke-linejoin="round"/>"#,
                    Escaped(&line),
                    Number(line_width(area)),
                ));
            }
            Content::Image { file, alt } => match (self.look.picture)(*file) {
                Some(address) => {
                    let place = Place(area);
                    self.put(format_args!(
                        r#"<image {place} href="{}" preserveAspectRatio="none"><title>{}</title></image>"#,
                        Escaped(&address),
                        Escaped(alt),
                    ));
                }
                None => {
                    self.rectangle(area, &sheet, Some(&line));
                    self.fitted(alt, area);
                }
            },
        }
    }

    fn rectangle(&mut self, area: Area, fill: &str, stroke: Option<&str>) {
        let round = ROUNDED.min(area.width() / 2.0).min(area.height() / 2.0);
        self.put(format_args!(
            r#"<rect {} rx="{}" fill="{}""#,
            Place(area),
            Number(round),
            Escaped(fill)
        ));
        self.stroked(area, stroke);
    }

    fn form(&mut self, form: Form, area: Area, fill: &str, stroke: &str) {
        let (x, y) = area.middle();
        let fill = Escaped(fill);
        match form {
            Form::Rectangle => return self.rectangle(area, fill.0, Some(stroke)),
            Form::Ellipse => self.put(format_args!(
                r#"<ellipse cx="{}" cy="{}" rx="{}" ry="{}" fill="{fill}""#,
                Number(x),
                Number(y),
                Number(area.width() / 2.0),
                Number(area.height() / 2.0),
            )),
            Form::Diamond => self.put(format_args!(
                r#"<path d="M{} {}L{} {}L{} {}L{} {}Z" stroke-linejoin="round" fill="{fill}""#,
                Number(x),
                Number(area.top),
                Number(area.right),
                Number(y),
                Number(x),
                Number(area.bottom),
                Number(area.left),
                Number(y),
            )),
        }
        self.stroked(area, Some(stroke));
    }

    fn stroked(&mut self, area: Area, stroke: Option<&str>) {
        match stroke {
            Some(stroke) => self.put(format_args!(
                r#" fill-opacity="{SHAPE_OPACITY}" stroke="{}" stroke-width="{}"/>"#,
                Escaped(stroke),
                Number(line_width(area))
            )),
            None => self.put(format_args!("/>")),
        }
    }

    /// Text in the middle of something.
    fn fitted(&mut self, text: &str, area: Area) {
        let laid: Laid = fitted(text, inner(area), self.look.measure);
        let (x, _) = area.middle();
        let text = self.look.text.to_owned();
        self.lines(&laid, laid.centred(area), x, "middle", &text);
    }

    fn lines<'t>(
        &mut self,
        laid: &Laid,
        lines: impl Iterator<Item = (f64, &'t str)>,
        x: f64,
        anchor: &str,
        fill: &str,
    ) {
        let direction = if laid.from_right { r#" direction="rtl""# } else { "" };
        for (y, text) in lines.filter(|(_, text)| !text.trim().is_empty()) {
            self.put(format_args!(
                r#"<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="{anchor}"{direction} dominant-baseline="central" xml:space="preserve">{}</text>"#,
                Number(x),
                Number(y),
                Number(laid.size),
                Escaped(fill),
                Escaped(text),
            ));
        }
    }
}

/// As the attributes of a rectangle.
struct Place(Area);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(area) = self;
        let (x, y) = (Number(area.left), Number(area.top));
        let (width, height) = (Number(area.width()), Number(area.height()));
        write!(f, r#"x="{x}" y="{y}" width="{width}" height="{height}""#)
    }
}

/// To a hundredth of a unit.
struct Number(f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Adding 0 makes of -0 what people write.
        ((self.0 * 100.0).round() / 100.0 + 0.0).fmt(f)
    }
}

/// A text between tags or quotes.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // XML has no way to write these.
                '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {
                    f.write_str("\u{fffd}")?;
                }
                letter => write!(f, "{letter}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use starling_protocol::board::Corner;

    use super::*;
    use crate::scene::samples::{area, note, object, random_object, seeded};

    fn svg(objects: &[Object]) -> String {
        let look = Look {
            measure: &|text: &str| text.chars().count() as f64 / 2.0,
            font: "system-ui, \"Noto Sans\"",
            line: &|tint| format!("line{}", tint.0),
            sheet: &|tint| format!("sheet{}", tint.0),
            text: "black",
            ground: "white",
            picture: &|_| None,
        };
        to_svg(objects, &look)
    }

    #[test]
    fn a_note_is_a_sheet_with_its_text() {
        let svg = svg(&[note(1, area(100.0, 100.0, 300.0, 200.0))]);
        assert!(
            svg.starts_with(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="68 68 264 164""#)
        );
        assert!(
            svg.contains(
                r#"<rect x="100" y="100" width="200" height="100" rx="8" fill="sheet1"/>"#
            )
        );
        assert!(svg.contains(">note 1</text>"), "{svg}");
    }

    #[test]
    fn a_shape_lets_through_what_lies_behind_it() {
        let content = Content::Shape { form: Form::Diamond, text: "or".into() };
        let svg = svg(&[object(1, area(0.0, 0.0, 400.0, 400.0), content)]);
        assert!(svg.contains(r#"fill="sheet1" fill-opacity="0.55" stroke="line1""#), "{svg}");
    }

    #[test]
    fn what_is_written_from_the_right_starts_there() {
        let text = |text: &str| Content::Text { text: text.into(), line: 96 };
        let there = area(100.0, 100.0, 500.0, 124.0);
        let svg = svg(&[object(1, there, text("שלום 1!")), object(2, there, text("ok"))]);
        assert!(svg.contains(r#"<text x="500" y="112""#), "{svg}");
        assert!(svg.contains(r#" text-anchor="start" direction="rtl" "#), "{svg}");
        assert!(svg.contains(r#"<text x="100" y="112""#), "{svg}");
        assert_eq!(svg.matches("direction=").count(), 1);
    }

    #[test]
    fn what_people_write_stays_text() {
        let mut hostile = note(1, area(0.0, 0.0, 4_000.0, 400.0));
        let text = "\"><script>a&b</script>\u{0}'";
        hostile.content = Content::Note { text: text.into() };
        let svg = svg(&[hostile]);
        assert!(!svg.contains("<script"));
        assert!(
            svg.contains("&quot;&gt;&lt;script&gt;a&amp;b&lt;/script&gt;\u{fffd}&#39;"),
            "{svg}"
        );
    }

    #[test]
    fn an_empty_board_is_an_empty_picture() {
        let svg = svg(&[]);
        assert!(svg.contains(r#"viewBox="-32 -32 64 64""#));
    }

    #[test]
    fn the_back_is_drawn_first() {
        let (back, front) =
            (note(5, area(0.0, 0.0, 900.0, 90.0)), note(4, area(0.0, 0.0, 900.0, 90.0)));
        let svg = svg(&[back, front]);
        assert!(svg.find("note 5") < svg.find("note 4"));
    }

    #[test]
    fn an_arrow_has_a_head_where_it_ends() {
        let arrow =
            object(1, area(0.0, 0.0, 100.0, 0.0), Content::Arrow { start: Corner::TopRight });
        let svg = svg(&[arrow]);
        assert!(svg.contains("M100 0L0 0M7.7 -3.85L0 0L7.7 3.85"), "{svg}");
    }

    #[test]
    fn whatever_lies_there_it_is_well_formed() {
        for seed in 0..200 {
            let mut random = seeded(seed);
            let some: Vec<Object> = (0..8).map(|it| random_object(it, &mut random)).collect();
            let svg = svg(&some);
            let read = roxmltree::Document::parse(&svg);
            assert!(read.is_ok(), "seed {seed}: {read:?}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "seed {seed}");
        }
    }
}
