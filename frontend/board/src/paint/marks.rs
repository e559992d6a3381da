//! What is painted over the objects: what is selected and its handles, lines that things lie along, the area
//! that is drawn around things, and what others have in hand, with their names. In pixels.

use starling_protocol::ObjectId;
use web_sys::CanvasRenderingContext2d;

use crate::Area;
use crate::company::Company;
use crate::desk::Desk;
use crate::palette::Palette;
use crate::scene::geometry::bounds;
use crate::scene::handles::Handle;
use crate::scene::snap::Guide;
use crate::tool::Tool;
use crate::view::View;

const HANDLE_PX: f64 = 9.0;
/// Around an object, so that its edge stays to be seen.
const FREE_PX: f64 = 4.0;
const NAME_PX: f64 = 12.0;
/// With more of them selected, only the area around all of them is marked.
const MOST_MARKED: usize = 300;
/// A smaller area has handles at its corners alone, or none.
const ROOMY_PX: f64 = 48.0;

/// Paints all marks. `selected` is the area around what is selected, on the board.
pub(crate) fn paint_marks(
    context: &CanvasRenderingContext2d,
    desk: &Desk,
    selected: Option<Area>,
    company: &Company,
    view: View,
    palette: &Palette,
) {
    let on_screen = |area: Area| view.shown(area);
    paint_holders(context, desk, company, palette, &on_screen);
    context.set_stroke_style_str(&palette.focus);
    context.set_line_width(1.5);
    if desk.selection().len() <= MOST_MARKED {
        for object in desk.selection().iter().filter_map(|id| desk.client.shown(*id)) {
            outline(context, on_screen(bounds(&object)).grown(FREE_PX / 2.0));
        }
    }
    if let Some(area) = selected.map(on_screen) {
        if desk.selection().len() > 1 {
            outline(context, area.grown(FREE_PX));
        }
        let is_free = desk.writing().is_none() && desk.tool() == Tool::Select;
        if is_free && desk.may_draw() {
            paint_handles(context, area, palette);
        }
    }
    context.set_line_width(1.0);
    for guide in desk.guides() {
        let (from, to) = match *guide {
            Guide::Upright { x, top, bottom } => ((x, top), (x, bottom)),
            Guide::Level { y, left, right } => ((left, y), (right, y)),
        };
        let (from, to) = (view.to_px(from), view.to_px(to));
        context.begin_path();
        context.move_to(from.0, from.1);
        context.line_to(to.0, to.1);
        context.stroke();
    }
    if let Some(area) = desk.marquee().map(on_screen) {
        context.set_fill_style_str(&palette.focus);
        context.set_global_alpha(0.08);
        context.fill_rect(area.left, area.top, area.width(), area.height());
        context.set_global_alpha(1.0);
        outline(context, area);
    }
}

fn paint_handles(context: &CanvasRenderingContext2d, area: Area, palette: &Palette) {
    context.set_fill_style_str(&palette.surface);
    let (wide, high) = (area.width() >= ROOMY_PX, area.height() >= ROOMY_PX);
    for handle in Handle::ALL {
        let has_room = (handle.across != 0 || wide) && (handle.down != 0 || high);
        if has_room {
            let (x, y) = handle.place(area);
            let (left, top) = (x - HANDLE_PX / 2.0, y - HANDLE_PX / 2.0);
            context.fill_rect(left, top, HANDLE_PX, HANDLE_PX);
            context.stroke_rect(left, top, HANDLE_PX, HANDLE_PX);
        }
    }
}

/// What others have in hand, in their colours.
fn paint_holders(
    context: &CanvasRenderingContext2d,
    desk: &Desk,
    company: &Company,
    palette: &Palette,
    on_screen: &dyn Fn(Area) -> Area,
) {
    context.set_text_baseline("alphabetic");
    context.set_text_align("left");
    context.set_line_width(2.0);
    for (slot, held) in desk.held_by_others() {
        let Some(person) = company.owner(slot.0) else { continue };
        let hue = palette.hue(person.hue);
        context.set_stroke_style_str(hue);
        let mut first: Option<Area> = None;
        for object in held.iter().filter_map(|id: &ObjectId| desk.client.shown(*id)) {
            let area = on_screen(bounds(&object)).grown(FREE_PX);
            outline(context, area);
            first = first.or(Some(area));
        }
        if let Some(area) = first {
            context.set_font(&format!("600 {NAME_PX}px {}", palette.font));
            let width = context.measure_text(&person.name).map_or(0.0, |it| it.width());
            let (left, top) = (area.left - 1.0, area.top - NAME_PX - 7.0);
            context.set_fill_style_str(hue);
            context.fill_rect(left, top, width + 12.0, NAME_PX + 7.0);
            context.set_fill_style_str(&palette.surface);
            // Only numbers that are none could be refused.
            let _ = context.fill_text(&person.name, left + 6.0, top + NAME_PX + 1.5);
        }
    }
}

fn outline(context: &CanvasRenderingContext2d, area: Area) {
    context.stroke_rect(area.left, area.top, area.width(), area.height());
}
