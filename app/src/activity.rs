//! How the person is here: active, idle or away. Reads only that there was input, not which.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use starling_client::Millis;
use starling_client::web::now;
use starling_protocol::Status;

/// Without input for so long, somebody is idle.
const IDLE_AFTER: Millis = 120_000;

const INPUT: [&str; 5] = ["keydown", "pointerdown", "pointermove", "touchstart", "wheel"];

/// Tells the status whenever it is another one; at first it is taken to be active.
pub(crate) fn watch(tell: impl Fn(Status) + 'static) {
    let watch = Rc::new(Watch {
        tell: Box::new(tell),
        told: Cell::new(Status::Active),
        last_input: Cell::new(now()),
        armed: Cell::new(false),
    });
    for event in INPUT {
        let watch = watch.clone();
        window_event_listener_untyped(event, move |_| watch.input());
    }
    let returning = watch.clone();
    window_event_listener(ev::visibilitychange, move |_| returning.input());
    watch.look();
}

struct Watch {
    tell: Box<dyn Fn(Status)>,
    told: Cell<Status>,
    last_input: Cell<Millis>,
    /// Whether a timer is running that looks again.
    armed: Cell<bool>,
}

impl Watch {
    fn input(self: &Rc<Self>) {
        self.last_input.set(now());
        if self.told.get() != Status::Active || document().hidden() {
            self.look();
        }
    }

    fn look(self: &Rc<Self>) {
        let quiet = now().saturating_sub(self.last_input.get());
        let status = match () {
            () if document().hidden() => Status::Away,
            () if quiet >= IDLE_AFTER => Status::Idle,
            () => Status::Active,
        };
        if self.told.replace(status) != status {
            (self.tell)(status);
        }
        if status == Status::Active && !self.armed.replace(true) {
            let watch = self.clone();
            let again = Duration::from_millis(IDLE_AFTER - quiet);
            set_timeout(
                move || {
                    watch.armed.set(false);
                    watch.look();
                },
                again,
            );
        }
    }
}
