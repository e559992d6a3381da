//! Paints what lies on the board: only what is seen, and no finer than it is seen. What takes long to work
//! out, the outlines of strokes and the lines of texts, is kept until the object changes.

mod marks;
mod pictures;

use std::collections::HashMap;

use js_sys::Reflect;
use starling_protocol::board::{Content, Form, Object, Tint};
use starling_protocol::{FileId, ObjectId};
use web_sys::{CanvasRenderingContext2d, Element, Path2d};

use crate::Area;
use crate::desk::{Desk, Stale};
use crate::palette::Palette;
use crate::scene::geometry::{SHAPE_OPACITY, arrow, arrow_head, fitting, frame, line_width};
use crate::scene::ink::{dabs, outline, smoothed};
use crate::scene::text::{LINE_HEIGHT, Laid, fitted, inner, wrapped};

pub(crate) use marks::paint_marks;
use pictures::Pictures;

/// What is smaller than this, in pixels, is a patch of its colour.
const PATCH_PX: f64 = 6.0;
/// Type that is smaller than this is not read.
const LEGIBLE_PX: f64 = 3.0;
/// A stroke that is thinner than this shows no pressure.
const PRESSED_PX: f64 = 2.0;
/// A line that is thinner than this, in pixels, would not be seen.
const THINNEST_PX: f64 = 0.5;
/// Words are measured in type of that size.
const MEASURED: f64 = 100.0;
const QUARTERS: f64 = 4.0;

/// Paints objects, and knows those that it has painted.
pub(crate) struct Painter {
    known: HashMap<ObjectId, Known>,
    pictures: Pictures,
}

/// What is kept of an object.
#[derive(Default)]
struct Known {
    /// A stroke's outline, from the corner of its frame.
    outline: Option<Path2d>,
    /// A stroke's middle.
    middle: Option<Path2d>,
    laid: Option<Laid>,
}

/// Where and how something is painted.
pub(crate) struct Sheet<'a> {
    pub(crate) context: &'a CanvasRenderingContext2d,
    pub(crate) palette: &'a Palette,
    /// Pixels to a board unit.
    pub(crate) scale: f64,
}

impl Painter {
    /// `section` holds pictures on their way.
    pub(crate) fn new(section: &Element) -> Self {
        Self { known: HashMap::new(), pictures: Pictures::new(section) }
    }

    /// These objects are others now.
    pub(crate) fn forget(&mut self, stale: &Stale) {
        match stale {
            Stale::All => self.known.clear(),
            Stale::Some(ids) => {
                for id in ids {
                    self.known.remove(id);
                }
            }
        }
    }

    /// Lays a text into an area as it is painted there.
    pub(crate) fn laid(sheet: &Sheet<'_>, text: &str, area: Area) -> Laid {
        fitted(text, area, &|text| measured(sheet, text))
    }

    /// How wide a text is in type of size 1.
    pub(crate) fn measured(sheet: &Sheet<'_>, text: &str) -> f64 {
        measured(sheet, text)
    }

    /// A picture as an address that holds all of it, if it is there.
    pub(crate) fn picture(&self, file: FileId) -> Option<String> {
        self.pictures.address(file)
    }

    /// Calls that when a picture has arrived, or failed to.
    pub(crate) fn on_picture(&mut self, told: impl Fn() + 'static) {
        self.pictures.on_news(told);
    }

    /// Pictures that failed are fetched anew when they are painted again.
    pub(crate) fn forget_failed_pictures(&mut self) {
        self.pictures.forget_failed();
    }

    /// Fetches all pictures of the board, also those that were never seen, and those that failed before.
    pub(crate) fn fetch_pictures(&mut self, desk: &Desk) {
        self.pictures.forget_failed();
        for file in files(desk) {
            self.pictures.fetch(file);
        }
    }

    /// How many pictures of the board are on their way, and how many failed.
    pub(crate) fn missing_pictures(&self, desk: &Desk) -> (usize, usize) {
        self.pictures.missing(files(desk))
    }

    /// Whether pictures are to be painted otherwise than before.
    pub(crate) fn has_new_pictures(&self) -> bool {
        self.pictures.has_new()
    }

    /// Paints what reaches into that area, in board units.
    pub(crate) fn paint(&mut self, sheet: &Sheet<'_>, desk: &Desk, seen: Area) {
        sheet.context.set_text_baseline("middle");
        sheet.context.set_line_cap("round");
        sheet.context.set_line_join("round");
        let mut patches = Patches::default();
        for id in desk.index().within(seen) {
            let Some(object) = desk.client.shown(id) else { continue };
            let area = frame(&object);
            if area.width().max(area.height()) * sheet.scale < PATCH_PX {
                patches.paint(sheet, &object, area);
            } else {
                patches.colour = None;
                self.paint_object(sheet, &object, area, desk.writing() == Some(id));
            }
        }
    }

    fn paint_object(&mut self, sheet: &Sheet<'_>, object: &Object, area: Area, is_written: bool) {
        let Sheet { context, palette, scale } = *sheet;
        let known = self.known.entry(object.id).or_default();
        let line = palette.line(object.tint);
        let thinnest = THINNEST_PX / scale;
        match &object.content {
            Content::Note { text } => {
                paint_paper(sheet, object.tint, area);
                if !is_written {
                    known.write_fitted(sheet, text, area, &palette.ink);
                }
            }
            Content::Text { text, line: height } => {
                if is_written {
                    return;
                }
                let size = f64::from(*height) / QUARTERS / LINE_HEIGHT;
                let laid = known.laid.get_or_insert_with(|| {
                    wrapped(text, size, area.width(), &|text| measured(sheet, text))
                });
                if laid.size * scale >= LEGIBLE_PX {
                    let (side, x) =
                        if laid.from_right { ("right", area.right) } else { ("left", area.left) };
                    context.set_text_align(side);
                    let first = area.top + laid.size * LINE_HEIGHT / 2.0;
                    let middle = |number: usize| first + number as f64 * laid.size * LINE_HEIGHT;
                    let lines = laid.lines.iter().enumerate();
                    let lines = lines.map(|(number, line)| (middle(number), line.as_str()));
                    write(sheet, laid, lines, x, line);
                }
            }
            Content::Shape { form, text } => {
                context.begin_path();
                trace(context, *form, area);
                context.set_fill_style_str(palette.sheet(object.tint));
                context.set_global_alpha(SHAPE_OPACITY);
                context.fill();
                context.set_global_alpha(1.0);
                context.set_stroke_style_str(line);
                context.set_line_width(line_width(area).max(thinnest));
                context.stroke();
                if !is_written {
                    known.write_fitted(sheet, text, fitting(*form, area), &palette.ink);
                }
            }
            Content::Arrow { start } => {
                let (from, to) = arrow(area, *start);
                let [left, right] = arrow_head(from, to);
                context.set_stroke_style_str(line);
                context.set_line_width(line_width(area).max(thinnest));
                context.begin_path();
                context.move_to(from.0, from.1);
                context.line_to(to.0, to.1);
                context.move_to(left.0, left.1);
                context.line_to(to.0, to.1);
                context.line_to(right.0, right.1);
                context.stroke();
            }
            Content::Ink { points, width } => {
                // Only numbers that are none could be refused.
                let _ = context.translate(area.left, area.top);
                let own = area.moved((-area.left, -area.top));
                let thick = f64::from(*width) / QUARTERS;
                if thick * scale < PRESSED_PX {
                    let path = known.middle.get_or_insert_with(|| {
                        let middle = dabs(own, points, *width);
                        path_of([middle.into_iter().map(|dab| (dab.x, dab.y)).collect()])
                    });
                    context.set_stroke_style_str(line);
                    context.set_line_width((thick * 0.65).max(thinnest));
                    context.stroke_with_path(path);
                } else {
                    let path = known.outline.get_or_insert_with(|| {
                        path_of(outline(&smoothed(&dabs(own, points, *width))))
                    });
                    context.set_fill_style_str(line);
                    context.fill_with_path_2d(path);
                }
                let _ = context.translate(-area.left, -area.top);
            }
            Content::Image { file, alt } => {
                if !self.pictures.paint(context, *file, area) {
                    paint_paper(sheet, Tint::PLAIN, area);
                    known.write_fitted(sheet, alt, area, &palette.soft);
                }
            }
        }
    }
}

/// The files of all pictures on the board.
fn files(desk: &Desk) -> impl Iterator<Item = FileId> {
    desk.client.objects().filter_map(Object::file)
}

impl Known {
    /// Writes a text in the middle of an area, as large as it fits.
    fn write_fitted(&mut self, sheet: &Sheet<'_>, text: &str, area: Area, colour: &str) {
        if text.is_empty() {
            return;
        }
        let area = inner(area);
        let laid =
            self.laid.get_or_insert_with(|| fitted(text, area, &|text| measured(sheet, text)));
        if laid.size * sheet.scale >= LEGIBLE_PX {
            sheet.context.set_text_align("center");
            let lines = laid.centred(area);
            write(sheet, laid, lines, area.middle().0, colour);
        }
    }
}

/// Small things in a row: a canvas that is told the same colour again takes as long as for another one.
#[derive(Default)]
struct Patches {
    colour: Option<Tint>,
}

impl Patches {
    fn paint(&mut self, sheet: &Sheet<'_>, object: &Object, area: Area) {
        if self.colour != Some(object.tint) {
            self.colour = Some(object.tint);
            sheet.context.set_fill_style_str(sheet.palette.line(object.tint));
            sheet.context.set_global_alpha(0.5);
        }
        let least = 1.0 / sheet.scale;
        let (width, height) = (area.width().max(least), area.height().max(least));
        sheet.context.fill_rect(area.left, area.top, width, height);
        sheet.context.set_global_alpha(1.0);
    }
}

fn paint_paper(sheet: &Sheet<'_>, tint: Tint, area: Area) {
    let Sheet { context, palette, scale } = *sheet;
    context.set_fill_style_str(palette.sheet(tint));
    context.begin_path();
    let corner = (area.width().min(area.height()) * 0.04).min(8.0 / scale);
    // Only a corner that is less than nothing could be refused.
    let _ = context.round_rect_with_f64(area.left, area.top, area.width(), area.height(), corner);
    context.fill();
    context.set_stroke_style_str(palette.line(tint));
    context.set_global_alpha(0.35);
    context.set_line_width(1.0 / scale);
    context.stroke();
    context.set_global_alpha(1.0);
}

fn trace(context: &CanvasRenderingContext2d, form: Form, area: Area) {
    let (x, y) = area.middle();
    match form {
        Form::Rectangle => {
            context.rect(area.left, area.top, area.width(), area.height());
        }
        Form::Ellipse => {
            let (across, down) = (area.width() / 2.0, area.height() / 2.0);
            // Only a radius that is less than nothing could be refused.
            let _ = context.ellipse(x, y, across, down, 0.0, 0.0, std::f64::consts::TAU);
        }
        Form::Diamond => {
            context.move_to(x, area.top);
            context.line_to(area.right, y);
            context.line_to(x, area.bottom);
            context.line_to(area.left, y);
            context.close_path();
        }
    }
}

fn path_of(lines: impl IntoIterator<Item = Vec<(f64, f64)>>) -> Path2d {
    let path = Path2d::new().expect("every browser with a canvas has paths");
    for line in lines {
        let mut points = line.into_iter();
        if let Some((x, y)) = points.next() {
            path.move_to(x, y);
            // A stroke of one point is a dot.
            path.line_to(x, y);
        }
        for (x, y) in points {
            path.line_to(x, y);
        }
    }
    path
}

fn font(size: f64, palette: &Palette) -> String {
    let hundredths = (size * 100.0).round() as i64;
    format!("{}.{:02}px {}", hundredths / 100, hundredths % 100, palette.font)
}

/// How wide a text is in type of size 1.
fn measured(sheet: &Sheet<'_>, text: &str) -> f64 {
    sheet.context.set_font(&font(MEASURED, sheet.palette));
    sheet.context.measure_text(text).map_or(0.0, |it| it.width()) / MEASURED
}

fn write<'a>(
    sheet: &Sheet<'_>,
    laid: &Laid,
    lines: impl Iterator<Item = (f64, &'a str)>,
    x: f64,
    colour: &str,
) {
    sheet.context.set_font(&font(laid.size, sheet.palette));
    sheet.context.set_fill_style_str(colour);
    if laid.from_right {
        direct(sheet.context, "rtl");
    }
    for (y, line) in lines {
        // Only numbers that are none could be refused.
        let _ = sheet.context.fill_text(line, x, y);
    }
    if laid.from_right {
        direct(sheet.context, "ltr");
    }
}

/// From which side text is written now: where signs and words of other scripts come to stand follows that.
fn direct(context: &CanvasRenderingContext2d, direction: &str) {
    // Where a browser does not know it, the text stands as it did.
    let _ = Reflect::set(context, &"direction".into(), &direction.into());
}
