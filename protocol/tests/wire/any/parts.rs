//! Any file and any limits: parts of events that are made of plain numbers and texts.

use proptest::option;
use proptest::prelude::*;
use starling_protocol::{Attachment, FileId, FileKind, FileName, Limits};

use super::uuid;

pub(super) fn file() -> impl Strategy<Value = Attachment> {
    let kind = prop::sample::select(FileKind::ALL);
    let pixels = option::of((any::<u32>(), any::<u32>()));
    (file_id(), any::<String>(), any::<String>(), any::<u64>(), kind, pixels).prop_map(
        |(id, name, media_type, size, kind, pixels)| Attachment {
            id,
            name: FileName::clean(&name),
            media_type,
            size,
            kind,
            width: pixels.map(|(width, _)| width),
            height: pixels.map(|(_, height)| height),
        },
    )
}

pub(super) fn file_id() -> impl Strategy<Value = FileId> {
    uuid().prop_map(FileId::new)
}

pub(super) fn limits() -> impl Strategy<Value = Limits> {
    (any::<[usize; 6]>(), any::<u64>()).prop_map(
        |(
            [
                name_chars,
                room_name_chars,
                message_chars,
                frame_bytes,
                history_page,
                rooms_per_connection,
            ],
            file_bytes,
        )| Limits {
            name_chars,
            room_name_chars,
            message_chars,
            frame_bytes,
            history_page,
            rooms_per_connection,
            file_bytes,
        },
    )
}
