//! The chapter about cursors: what its bytes say.

use std::collections::BTreeSet;
use std::fmt::Write;

use starling_protocol::{CursorFrame, CursorInput, CursorState};

use super::{chapter, fenced, from_hex, to_hex};

#[test]
fn the_binary_examples_are_what_they_say() {
    let blocks = fenced(chapter("Cursors"), "hex");
    let lines: Vec<&str> = blocks.iter().flat_map(|block| block.lines()).collect();
    let mut kinds = BTreeSet::new();
    for pair in lines.chunks(2) {
        let bytes = from_hex(pair[1]);
        kinds.insert(bytes[0]);
        let (says, encoded) = if pair[0].starts_with("# client:") {
            let input = CursorInput::decode(&bytes).unwrap();
            (describe_input(input), input.encode())
        } else {
            let frame = CursorFrame::decode(&bytes).unwrap();
            (describe_frame(&frame), frame.encode())
        };
        assert_eq!(pair[0], says, "these bytes say something else: {}", pair[1]);
        assert_eq!(encoded, bytes, "{says} goes over the wire as\n\n{}\n", to_hex(&encoded));
    }
    assert_eq!(
        kinds,
        BTreeSet::from([0x01, 0x02, 0x03, 0x81, 0x82, 0x83, 0x84]),
        "each kind has an example"
    );
}

fn describe_input(input: CursorInput) -> String {
    match input {
        CursorInput::Move { channel, point } => {
            format!("# client: move on channel {} to {}, {}", channel.0, point.x, point.y)
        }
        CursorInput::Hide { channel } => format!("# client: hide on channel {}", channel.0),
        CursorInput::Look { channel, view } => {
            let [left, top, right, bottom] = view.edges();
            let channel = channel.0;
            format!("# client: look on channel {channel} at {left}, {top} to {right}, {bottom}")
        }
    }
}

fn describe_frame(frame: &CursorFrame) -> String {
    let what = match (frame.others.is_some(), frame.complete) {
        (false, true) => "all",
        (false, false) => "changes",
        (true, true) => "all shown",
        (true, false) => "changes of what is shown",
    };
    let mut text =
        format!("# server: {what} on channel {} at revision {}", frame.channel.0, frame.revision.0);
    if let Some(others) = frame.others {
        write!(text, ", {others} more").unwrap();
    }
    for (index, record) in frame.records.iter().enumerate() {
        let separator = if index == 0 { ": " } else { "; " };
        let slot = record.slot.0;
        match record.state {
            CursorState::At { point, age_ms } => {
                write!(text, "{separator}slot {slot} at {}, {} ({age_ms} ms)", point.x, point.y)
            }
            CursorState::Hidden => write!(text, "{separator}slot {slot} hidden"),
        }
        .unwrap();
    }
    text
}
