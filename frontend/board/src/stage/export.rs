//! The board as a picture in a file.

use js_sys::Array;
use starling_protocol::FileId;
use starling_protocol::board::Object;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, Url,
};

use crate::Area;
use crate::dom::{document, set, window};
use crate::paint::{Painter, Sheet};
use crate::scene::geometry::{around, bounds};
use crate::scene::svg::{Look, to_svg};

use super::Stage;

/// The longest side of a picture, in pixels; and that of a small board is enlarged no more than this.
const LONGEST: f64 = 4_096.0;
const MOST_SCALE: f64 = 2.0;
/// Around what is in it, in pixels.
const MARGIN: f64 = 32.0;
const KEPT_MS: i32 = 60_000;
/// A file waits for pictures as long as one after the other comes: for each at most that long.
const PATIENCE_MS: f64 = 10_000.0;

/// What the board is exported as.
#[derive(Clone, Copy)]
pub(super) enum Format {
    Png,
    Svg,
}

/// A file that waits for pictures.
#[derive(Clone, Copy)]
pub(super) struct Export {
    format: Format,
    /// How many were on their way.
    missing: usize,
    until: f64,
}

impl Stage {
    /// Exports all of the board, as soon as its pictures are there: also those that nobody has looked at.
    pub(super) fn start_export(&self, format: Format) {
        self.parts.borrow_mut().painter.fetch_pictures(&self.desk.borrow());
        self.export.set(Some(Export { format, missing: usize::MAX, until: 0.0 }));
        self.wake();
    }

    /// Exports what waits for pictures, if that was enough; how long it may go on waiting, otherwise.
    pub(super) fn export_waiting(&self, now: f64) -> Option<f64> {
        let Export { format, missing: before, until } = self.export.take()?;
        let (missing, failed) = self.parts.borrow().painter.missing_pictures(&self.desk.borrow());
        let until = if missing < before { now + PATIENCE_MS } else { until };
        if missing > 0 && now < until {
            self.export.set(Some(Export { format, missing, until }));
            return Some(until - now);
        }
        if missing + failed > 0 {
            self.show_problem(
                "Some pictures could not be fetched: the file has their names instead.",
            );
        }
        match format {
            Format::Png => self.export_png(),
            Format::Svg => self.export_svg(),
        }
        None
    }

    fn export_svg(&self) {
        let parts = self.parts.borrow();
        let desk = self.desk.borrow();
        let objects: Vec<&Object> =
            desk.index().all().into_iter().filter_map(|id| desk.client.object(id)).collect();
        let palette = &parts.palette;
        let measure = |text: &str| parts.measured(text);
        let picture = |file: FileId| parts.painter.picture(file);
        let svg = to_svg(
            objects,
            &Look {
                measure: &measure,
                font: &palette.font,
                line: &|tint| palette.line(tint).to_owned(),
                sheet: &|tint| palette.sheet(tint).to_owned(),
                text: &palette.ink,
                ground: &palette.surface,
                picture: &picture,
            },
        );
        let kind = BlobPropertyBag::new();
        kind.set_type("image/svg+xml");
        let words = Array::of1(&svg.into());
        if let Ok(blob) = Blob::new_with_str_sequence_and_options(&words, &kind) {
            download(&blob, "board.svg");
        }
    }

    fn export_png(&self) {
        let mut parts = self.parts.borrow_mut();
        let desk = self.desk.borrow();
        let Some(area) = around(desk.client.objects().map(bounds)) else { return };
        let canvas: HtmlCanvasElement = match document().create_element("canvas") {
            Ok(canvas) => canvas.unchecked_into(),
            Err(_) => return,
        };
        let room = LONGEST - 2.0 * MARGIN;
        let longest = area.width().max(area.height()).max(1.0);
        let scale = (room / longest).min(MOST_SCALE);
        let Area { left, top, .. } = area;
        let (width, height) =
            (area.width() * scale + 2.0 * MARGIN, area.height() * scale + 2.0 * MARGIN);
        canvas.set_width(width.ceil() as u32);
        canvas.set_height(height.ceil() as u32);
        let context = canvas.get_context("2d").ok().flatten();
        let Some(context) = context.and_then(|it| it.dyn_into::<CanvasRenderingContext2d>().ok())
        else {
            return;
        };
        let palette = parts.palette.clone();
        context.set_fill_style_str(&palette.surface);
        context.fill_rect(0.0, 0.0, width, height);
        // Only numbers that are none could be refused.
        let _ = context.translate(MARGIN, MARGIN);
        let _ = context.scale(scale, scale);
        let _ = context.translate(-left, -top);
        let painter: &mut Painter = &mut parts.painter;
        painter.paint(&Sheet { context: &context, palette: &palette, scale }, &desk, area);
        let encoded = Closure::once_into_js(|blob: Option<Blob>| {
            if let Some(blob) = blob {
                download(&blob, "board.png");
            }
        });
        // Only a picture of another site could be refused, and there is none.
        let _ = canvas.to_blob(encoded.unchecked_ref());
    }
}

fn download(blob: &Blob, name: &str) {
    let Ok(address) = Url::create_object_url_with_blob(blob) else { return };
    let Ok(link) = document().create_element("a") else { return };
    let link: HtmlAnchorElement = link.unchecked_into();
    link.set_href(&address);
    set(&link, "download", name);
    link.click();
    let revoked = Closure::once_into_js(move || {
        // It is given back once; nobody has it otherwise.
        let _ = Url::revoke_object_url(&address);
    });
    // Only something that is no function could be refused.
    let _ = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(revoked.unchecked_ref(), KEPT_MS);
}
