//! Any value that is said of a board.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::Union;
use starling_protocol::board::{
    BoardEvent, BoardLimits, BoardRequest, Change, Content, Corner, Fields, Form, InkPoint, Object,
    Operated, Operation, Preview, Signal, Size, SlotPreview, SlotSignal, Tint,
};
use starling_protocol::{ObjectId, OperationId};

use super::parts::file_id;
use super::{emoji, error_code, point, position, seq, slot, slug, user_id, uuid};

pub(crate) fn board_request() -> impl Strategy<Value = BoardRequest> {
    any_of!(BoardRequest {
        OpenBoard { reference: any::<u32>(), room: slug(), resume: option::of(position()) },
        CloseBoard { room: slug() },
        Operate { reference: any::<u32>(), room: slug(), operation: operation() },
        Preview { room: slug(), preview: option::of(preview()) },
        Signal { room: slug(), signal: signal() },
        Unknown {},
    })
}

pub(crate) fn board_event() -> impl Strategy<Value = BoardEvent> {
    let slot_preview = (slot(), option::of(preview()));
    let slot_preview = slot_preview.prop_map(|(slot, preview)| SlotPreview { slot, preview });
    let slot_signal = (slot(), signal()).prop_map(|(slot, signal)| SlotSignal { slot, signal });
    any_of!(BoardEvent {
        Board {
            reference: option::of(any::<u32>()),
            room: slug(),
            position: position(),
            recovered: any::<bool>(),
            objects: vec(object(), 0..4),
            whole: any::<bool>(),
            limits: board_limits()
        },
        Operated { room: slug(), operated: operated() },
        Previews { room: slug(), complete: any::<bool>(), previews: vec(slot_preview, 0..4) },
        Signals { room: slug(), signals: vec(slot_signal, 0..4) },
        Ack { reference: any::<u32>(), seq: option::of(seq()) },
        Error {
            reference: option::of(any::<u32>()),
            code: error_code(),
            message: any::<String>(),
            retry_after_ms: option::of(any::<u64>())
        },
        Unknown {},
    })
}

fn board_limits() -> impl Strategy<Value = BoardLimits> {
    any::<[usize; 5]>().prop_map(|[objects, text_chars, points, changes, say_chars]| BoardLimits {
        objects,
        text_chars,
        points,
        changes,
        say_chars,
    })
}

fn operated() -> impl Strategy<Value = Operated> {
    (seq(), user_id(), any::<i64>(), operation()).prop_map(|(seq, by, at, operation)| Operated {
        seq,
        by,
        at,
        operation,
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    (uuid().prop_map(OperationId::new), vec(change(), 0..4))
        .prop_map(|(id, changes)| Operation { id, changes })
}

fn change() -> impl Strategy<Value = Change> {
    any_of!(Change {
        Put { object: object() },
        Set { object: object_id(), fields: fields() },
        Delete { object: object_id() },
    })
}

fn fields() -> impl Strategy<Value = Fields> {
    let place = (option::of(point()), option::of(size()), option::of(any::<i32>()));
    let look = (option::of(tint()), option::of(any::<String>()), option::of(any::<u16>()));
    (place, look, option::of(corner())).prop_map(
        |((at, size, layer), (tint, text, line), start)| Fields {
            at,
            size,
            layer,
            tint,
            text,
            line,
            start,
        },
    )
}

pub(crate) fn object() -> impl Strategy<Value = Object> {
    (object_id(), point(), size(), any::<i32>(), tint(), user_id(), content()).prop_map(
        |(id, at, size, layer, tint, by, content)| Object {
            id,
            at,
            size,
            layer,
            tint,
            by,
            content,
        },
    )
}

fn content() -> impl Strategy<Value = Content> {
    let form = any_of!(Form { Rectangle {}, Ellipse {}, Diamond {}, });
    any_of!(Content {
        Note { text: any::<String>() },
        Text { text: any::<String>(), line: any::<u16>() },
        Ink { points: points(), width: any::<u16>() },
        Shape { form: form, text: any::<String>() },
        Arrow { start: corner() },
        Image { file: file_id(), alt: any::<String>() },
    })
}

fn preview() -> impl Strategy<Value = Preview> {
    any_of!(Preview {
        Hold { changes: vec(change(), 0..4) },
        Stroke {
            object: object_id(),
            tint: tint(),
            width: any::<u16>(),
            from: any::<u32>(),
            points: points()
        },
    })
}

fn signal() -> impl Strategy<Value = Signal> {
    any_of!(Signal {
        Beacon { at: point() },
        Throw { at: point(), emoji: emoji() },
        Say { text: any::<String>() },
        Laser { active: any::<bool>() },
    })
}

fn corner() -> impl Strategy<Value = Corner> {
    any_of!(Corner { TopLeft {}, TopRight {}, BottomLeft {}, BottomRight {}, })
}

fn points() -> impl Strategy<Value = Vec<InkPoint>> {
    vec(any::<(u16, u16, u8)>().prop_map(InkPoint::from), 0..6)
}

fn size() -> impl Strategy<Value = Size> {
    any::<(u16, u16)>().prop_map(|(width, height)| Size { width, height })
}

fn tint() -> impl Strategy<Value = Tint> {
    any::<u8>().prop_map(Tint)
}

fn object_id() -> impl Strategy<Value = ObjectId> {
    uuid().prop_map(ObjectId::new)
}
