//! What `docs/protocol.md` shows of connections without a WebSocket is what it says it is.

use starling_protocol::{CloseReason, CursorFrame, CursorInput, codec};

const DOC: &str = include_str!("../../docs/protocol.md");

/// What stands in the chapter's only fence of that language.
fn fenced(language: &str) -> &'static str {
    let (_, chapter) = DOC.split_once("\n## Without a WebSocket\n").expect("no such chapter");
    let chapter = chapter.split("\n## ").next().unwrap();
    let (_, rest) = chapter.split_once(&format!("```{language}\n")).expect("no such example");
    rest.split_once("```").unwrap().0
}

fn from_base64(text: &str) -> Vec<u8> {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter(|byte| *byte != b'=');
    let bits = digits.map(|byte| SIGNS.iter().position(|sign| *sign == byte).expect("not base64"));
    let bits: Vec<bool> =
        bits.flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1 == 1)).collect();
    let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    // What is left is filling.
    bits.chunks(8).filter(|bits| bits.len() == 8).map(byte).collect()
}

#[test]
fn the_events_are_those_that_the_server_sends() {
    let mut kinds = Vec::new();
    for event in fenced("events").split_terminator("\n\n") {
        let (kind, data) = event.split_once("data: ").unwrap();
        let kind = kind.trim().strip_prefix("event: ").unwrap_or("none");
        match kind {
            "connection" => assert_eq!(from_base64(&data.replace('-', "+")).len(), 32),
            "none" => drop(codec::decode_server(data).unwrap()),
            "binary" => drop(CursorFrame::decode(&from_base64(data)).unwrap()),
            "ping" => assert_eq!(data, "post"),
            "close" => {
                let (code, reason) = data.split_once(' ').unwrap();
                let known = CloseReason::from_code(code.parse().unwrap()).unwrap();
                assert_eq!(known.text(), reason);
            }
            other => panic!("{other}"),
        }
        kinds.push(kind);
    }
    assert_eq!(kinds, ["connection", "none", "binary", "ping", "close"]);
}

#[test]
fn the_posted_lines_are_frames() {
    let mut lines = fenced("posted").lines();
    codec::decode_client(lines.next().unwrap()).unwrap();
    let cursor = lines.next().unwrap().strip_prefix("binary ").unwrap();
    CursorInput::decode(&from_base64(cursor)).unwrap();
    assert_eq!(lines.next(), None);
}
