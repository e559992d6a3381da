//! The lobby's sky: one bird for everybody who is online, behind the form. It is drawn only while
//! it can be seen, and stands still for those who want no motion.

use leptos::html;
use leptos::prelude::*;

/// The sky.
#[component]
pub(crate) fn Murmuration(
    /// How many are online.
    birds: u32,
) -> impl IntoView {
    let sky = NodeRef::<html::Canvas>::new();
    #[cfg(feature = "hydrate")]
    sky.on_load(move |sky| sky::show(sky, birds as usize));
    #[cfg(not(feature = "hydrate"))]
    let _ = birds;
    view! { <canvas class="sky" aria-hidden="true" node_ref=sky></canvas> }
}

#[cfg(feature = "hydrate")]
mod sky {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;

    use leptos::ev;
    use leptos::prelude::*;
    use starling_client::web::now;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, MediaQueryListEvent};

    use crate::flock::{Bird, Flock};

    /// Frames nearer than this to the one before are skipped: a flock is slow.
    const FRAME_MS: u64 = 30;
    /// How long a flock has flown before it is drawn first.
    const STILL_STEPS: u32 = 200;
    const LESS_MOTION: &str = "(prefers-reduced-motion: reduce)";
    const DARK: &str = "(prefers-color-scheme: dark)";

    /// Lets so many birds fly there.
    pub(super) fn show(canvas: HtmlCanvasElement, birds: usize) {
        let context = canvas.get_context("2d").ok().flatten();
        let Some(context) = context.and_then(|it| it.dyn_into().ok()) else { return };
        let flock = RefCell::new(Flock::new(birds, 1.0));
        let sky = Rc::new(Sky {
            canvas,
            context,
            flock,
            drawn: RefCell::new(now()),
            still: Cell::new(true),
        });
        sky.fit();
        for _ in 0..STILL_STEPS {
            sky.flock.borrow_mut().step(0.03);
        }
        sky.draw();
        let (resized, recoloured) = (sky.clone(), sky.clone());
        window_event_listener(ev::resize, move |_| resized.refit());
        on_change(DARK, move |_| recoloured.refit());
        if birds == 0 {
            return;
        }
        let moved = sky.clone();
        let wants_stillness = on_change(LESS_MOTION, move |still| {
            moved.still.set(still);
            if !still {
                moved.clone().fly();
            }
        });
        sky.still.set(wants_stillness);
        if !wants_stillness {
            sky.fly();
        }
    }

    /// Calls back when what is asked of the page changes; returns whether it is asked now.
    fn on_change(query: &str, change: impl Fn(bool) + 'static) -> bool {
        let Some(query) = window().match_media(query).ok().flatten() else { return false };
        let asked = query.matches();
        let callback =
            Closure::<dyn Fn(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| {
                change(event.matches())
            });
        query.set_onchange(Some(callback.as_ref().unchecked_ref()));
        // Both last as long as the page.
        callback.forget();
        std::mem::forget(query);
        asked
    }

    struct Sky {
        canvas: HtmlCanvasElement,
        context: CanvasRenderingContext2d,
        flock: RefCell<Flock>,
        drawn: RefCell<u64>,
        still: Cell<bool>,
    }

    impl Sky {
        /// Takes the size and the colour of its element.
        fn fit(&self) {
            let (canvas, ratio) = (&self.canvas, window().device_pixel_ratio());
            let pixels = |css: i32| (f64::from(css) * ratio).round() as u32;
            canvas.set_width(pixels(canvas.client_width()));
            canvas.set_height(pixels(canvas.client_height()));
            let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
            self.flock.borrow_mut().resize(width / height.max(1.0));
            let style = window().get_computed_style(canvas).ok().flatten();
            let colour = style.and_then(|style| style.get_property_value("color").ok());
            self.context.set_stroke_style_str(&colour.unwrap_or_default());
            self.context.set_line_width(1.6 * ratio);
            self.context.set_line_cap("round");
        }

        fn refit(&self) {
            self.fit();
            self.draw();
        }

        /// Until stillness is wanted. Browsers give hidden pages no frames.
        fn fly(self: Rc<Self>) {
            request_animation_frame(move || {
                if self.still.get() {
                    return;
                }
                let (now, before) = (now(), *self.drawn.borrow());
                if now.saturating_sub(before) >= FRAME_MS {
                    *self.drawn.borrow_mut() = now;
                    self.flock.borrow_mut().step((now - before) as f64 / 1_000.0);
                    self.draw();
                }
                self.fly();
            });
        }

        fn draw(&self) {
            let (width, height) = (f64::from(self.canvas.width()), f64::from(self.canvas.height()));
            let context = &self.context;
            context.clear_rect(0.0, 0.0, width, height);
            context.begin_path();
            for Bird { x, y, dx, dy } in self.flock.borrow().birds() {
                // Two wings, swept back.
                let speed = dx.hypot(*dy).max(f64::MIN_POSITIVE);
                let (sin, cos) = (dy / speed, dx / speed);
                let wing = 0.006;
                let tip = |side: f64| {
                    let (back, out) = (-0.8 * wing, side * wing);
                    ((x + back * cos - out * sin) * height, (y + back * sin + out * cos) * height)
                };
                let (left, right) = (tip(-1.0), tip(1.0));
                context.move_to(left.0, left.1);
                context.line_to(x * height, y * height);
                context.line_to(right.0, right.1);
            }
            context.stroke();
        }
    }
}
