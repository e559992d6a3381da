//! Any frame of cursors, and any view.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::Union;
use starling_protocol::{
    CursorFrame, CursorInput, CursorRecord, CursorState, OLDEST_MS, Point, View,
};

use super::{channel, revision, slot};

pub(crate) fn cursor_input() -> impl Strategy<Value = CursorInput> {
    any_of!(CursorInput {
        Move { channel: channel(), point: point() },
        Hide { channel: channel() },
        Look { channel: channel(), view: view() },
    })
}

pub(crate) fn cursor_frame() -> impl Strategy<Value = CursorFrame> {
    let others = option::of(any::<u16>());
    (channel(), revision(), any::<bool>(), others, vec(cursor_record(), 0..40)).prop_map(
        |(channel, revision, complete, others, records)| CursorFrame {
            channel,
            revision,
            complete,
            others,
            records,
        },
    )
}

fn cursor_record() -> impl Strategy<Value = CursorRecord> {
    let state = any_of!(CursorState {
        At { point: point(), age_ms: 0..=OLDEST_MS },
        Hidden {},
    });
    (slot(), state).prop_map(|(slot, state)| CursorRecord { slot, state })
}

pub(super) fn point() -> impl Strategy<Value = Point> {
    any::<(u16, u16)>().prop_map(|(x, y)| Point { x, y })
}

pub(super) fn view() -> impl Strategy<Value = View> {
    any::<([u16; 2], [u16; 2])>().prop_map(|(mut across, mut down)| {
        across.sort_unstable();
        down.sort_unstable();
        View::new(across[0], down[0], across[1], down[1]).unwrap()
    })
}
