//! The protocol's types for TypeScript, in `clients/js/types.d.ts`. The test below fails when that file
//! is not what the code says; `UPDATE_TYPES=1 cargo test -p starling-protocol typescript` writes it.

use std::{env, fs};

use ts_rs::{Config, TS};

use crate::board::{
    BoardEvent, BoardLimits, BoardRequest, Change, Content, Corner, Fields, Form, InkPoint, Object,
    Operated, Operation, Preview, Signal, Size, SlotPreview, SlotSignal, Tint,
};
use crate::{
    Action, Attachment, Avatar, Channel, ClientEvent, Direct, DisplayName, Emoji, Epoch, ErrorCode,
    FileId, FileKind, FileName, Hue, Json, Limits, Measure, Message, MessageBody, MessageId,
    ObjectId, OperationId, Person, Point, Position, Reactions, Revision, Rights, Role, RoomName,
    Seq, ServerEvent, Slot, Slug, Status, User, UserId, View, Visibility,
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../clients/js/types.d.ts");

const HEAD: &str = "\
// Made from the protocol crate: do not edit. `UPDATE_TYPES=1 cargo test -p starling-protocol typescript`
// writes it. docs/protocol.md says what each event means and when it comes.
";

macro_rules! declarations {
    ($($name:ty),* $(,)?) => {{
        // Numbers are exact up to 2^53, which no room and no clock reaches.
        let config = Config::new().with_large_int("number");
        let mut text = HEAD.to_owned();
        $(
            text.push('\n');
            text.push_str(&<$name as TS>::docs().unwrap_or_default());
            text.push_str("export ");
            text.push_str(&<$name as TS>::decl(&config));
            text.push('\n');
        )*
        tidy(&text)
    }};
}

/// Comments of one line on one line, and each event where a line begins.
fn tidy(text: &str) -> String {
    text.replace("/**\n * ", "/** ")
        .replace("\n */\n", " */\n")
        .replace(", \n", ",\n")
        .replace(", } | {", ",\n} | {")
        .replace("= { \"type\"", "=\n  | { \"type\"")
        .replace("} | {", "}\n  | {")
}

#[test]
fn the_types_are_those_of_the_code() {
    let types = declarations![
        ClientEvent,
        ServerEvent,
        ErrorCode,
        Position,
        User,
        Message,
        Reactions,
        Person,
        Direct,
        Attachment,
        FileKind,
        FileName,
        Rights,
        Limits,
        Action,
        Measure,
        Role,
        Status,
        Visibility,
        View,
        UserId,
        MessageId,
        FileId,
        Epoch,
        Seq,
        Revision,
        Channel,
        Slot,
        Slug,
        Hue,
        DisplayName,
        RoomName,
        MessageBody,
        Avatar,
        Emoji,
        Json,
        BoardRequest,
        BoardEvent,
        BoardLimits,
        Object,
        Content,
        InkPoint,
        Form,
        Corner,
        Size,
        Point,
        Tint,
        Operation,
        Change,
        Fields,
        Operated,
        Preview,
        SlotPreview,
        Signal,
        SlotSignal,
        ObjectId,
        OperationId,
    ];
    if env::var_os("UPDATE_TYPES").is_some() {
        fs::write(FILE, &types).unwrap();
    }
    let written = fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written.replace("\r\n", "\n") == types,
        "clients/js/types.d.ts is not what the code says; \
         UPDATE_TYPES=1 cargo test -p starling-protocol typescript writes it"
    );
}
