//! `docs/protocol.md` says what the code does: its examples are read and written by the codec, its
//! tables and numbers are those of the code. What fails prints the text that should stand there.

use std::collections::BTreeSet;

use serde_json::Value;
use starling_protocol::{
    Action, BOARD_UNITS, ClientEvent, CloseReason, ErrorCode, Limits, SUBPROTOCOL, ServerEvent,
    When, codec, cursor_hz, tick_interval_ms,
};

const DOC: &str = include_str!("../../docs/protocol.md");
const CLIENT: &str = "What a client says";
const SERVER: &str = "What the server says";

/// Names every event of an enum. A new variant does not compile until it is listed, and what is
/// listed must be documented.
macro_rules! events {
    ($enum:ident, $name_of:ident, $names:ident, but $($nameless:ident),+:
        $($variant:ident => $name:literal,)*) => {
        const $names: &[&str] = &[$($name),*];

        fn $name_of(event: &$enum) -> Option<&'static str> {
            match event {
                $($enum::$variant { .. } => Some($name),)*
                $($enum::$nameless { .. } => None,)+
            }
        }
    };
}

#[path = "documented/board.rs"]
mod board;
#[path = "documented/cursors.rs"]
mod cursors;

events! { ClientEvent, client_name, CLIENT_NAMES, but Unknown:
    Join => "join",
    Leave => "leave",
    Post => "post",
    Typing => "typing",
    Status => "status",
    Rename => "rename",
    History => "history",
    Edit => "edit",
    React => "react",
    Direct => "direct",
    DeleteMessage => "delete_message",
    Moderate => "moderate",
    Lock => "lock",
    Follow => "follow",
    Gather => "gather",
    Authenticate => "authenticate",
    Ping => "ping",
}

events! { ServerEvent, server_name, SERVER_NAMES, but Unknown, NewerInStream:
    Hello => "hello",
    Joined => "joined",
    Message => "message",
    MessageDeleted => "message_deleted",
    MessageEdited => "message_edited",
    Reacted => "reacted",
    Rights => "rights",
    Removed => "removed",
    History => "history",
    People => "people",
    PeopleChanged => "people_changed",
    Typing => "typing",
    Direct => "direct",
    Directs => "directs",
    Custom => "custom",
    Viewing => "viewing",
    Gathered => "gathered",
    Ack => "ack",
    Error => "error",
    Pong => "pong",
    Goodbye => "goodbye",
}

#[test]
fn every_client_event_is_documented() {
    check_events(CLIENT, CLIENT_NAMES, |text| {
        let event = codec::decode_client(text).map_err(|error| error.to_string())?;
        Ok((client_name(&event), codec::encode_client(&event)))
    });
}

#[test]
fn every_server_event_is_documented() {
    check_events(SERVER, SERVER_NAMES, |text| {
        let event = codec::decode_server(text).map_err(|error| error.to_string())?;
        Ok((server_name(&event), codec::encode_server(&event)))
    });
}

/// Every event has its section; its examples are that event and come back as they are; its table
/// names exactly the fields that the examples have.
fn check_events(
    chapter: &str,
    names: &[&str],
    round_trip: impl Fn(&str) -> Result<(Option<&'static str>, String), String>,
) {
    let sections = subsections(chapter);
    let documented: Vec<&str> = sections.iter().map(|(title, _)| title.trim_matches('`')).collect();
    for name in names {
        assert!(
            documented.contains(name),
            "“{chapter}” lacks an event. Its section begins like this:\n\n### `{name}`\n\n\
             What it means.\n\n| field | type | meaning |\n|---|---|---|\n\n\
             ```json\n{{ \"type\": \"{name}\" }}\n```\n"
        );
    }
    assert_eq!(documented, names, "“{chapter}” has the events once each, in the code's order");

    for (title, text) in &sections {
        let examples = fenced(text, "json");
        assert!(!examples.is_empty(), "{title} has no example");
        for example in &examples {
            let (name, encoded) = round_trip(example)
                .unwrap_or_else(|error| panic!("{title}: {error} in\n{example}"));
            let name = name.unwrap_or("unknown");
            assert_eq!(*title, format!("`{name}`"), "the example is another event:\n{example}");
            let encoded = json(&encoded);
            assert!(
                encoded == json(example),
                "{title} goes over the wire otherwise:\n\n```json\n{encoded:#}\n```\n"
            );
        }
        let fields = examples
            .iter()
            .flat_map(|example| keys(&json(example)))
            .filter(|field| field != "type")
            .collect();
        check_fields(title, text, &fields);
    }
}

#[test]
fn shapes_have_the_fields_of_the_examples() {
    let events = subsections(SERVER);
    let part = |event: &str, pointer: &str| {
        let (_, text) = events.iter().find(|(title, _)| title.trim_matches('`') == event).unwrap();
        json(fenced(text, "json")[0]).pointer(pointer).cloned().unwrap()
    };
    let shapes = [
        ("Position", part("joined", "/position")),
        ("User", part("hello", "/user")),
        ("Message", with_deleted(part("message", "/message"), part("history", "/messages/1"))),
        ("Reactions", part("message", "/message/reactions/0")),
        ("Attachment", part("message", "/message/file")),
        ("Person", part("people", "/people/0")),
        ("Direct", part("directs", "/directs/0")),
    ];
    let sections = subsections("Shapes");
    assert_eq!(sections.len(), shapes.len());
    for ((title, text), (name, shape)) in sections.iter().zip(&shapes) {
        assert_eq!(title, name);
        check_fields(title, text, &keys(shape).collect());
    }
}

/// A message has a body or, once it was deleted, whoever did it.
fn with_deleted(mut message: Value, deleted: Value) -> Value {
    let Value::Object(deleted) = deleted else { panic!("{deleted} is no message") };
    assert!(!deleted.contains_key("body"), "{deleted:?}");
    message.as_object_mut().unwrap().extend(deleted);
    message
}

#[test]
fn what_is_ignored_is_no_mistake() {
    let examples = fenced(chapter("What is ignored"), "json");
    let names: Vec<Option<&str>> = examples
        .iter()
        .map(|example| client_name(&codec::decode_client(example).unwrap()))
        .collect();
    assert_eq!(names, [None, Some("ping")], "an unknown event, then an unknown field");
    assert_eq!(codec::decode_server(examples[0]).unwrap(), ServerEvent::Unknown);
}

#[test]
fn the_error_codes_are_all_there() {
    let rows = ErrorCode::ALL.iter().map(|code| {
        let name = serde_json::to_value(code).unwrap();
        [format!("`{}`", name.as_str().unwrap()), code.meaning().into(), code.advice().into()]
    });
    check_table("Error codes", rows);
}

#[test]
fn the_close_codes_are_all_there() {
    let rows = CloseReason::ALL.iter().map(|reason| {
        [
            reason.code().to_string(),
            reason.text().into(),
            reason.meaning().into(),
            reason.comes_back().to_string(),
            reason.advice().into(),
        ]
    });
    check_table("Close codes", rows);
}

#[test]
fn the_actions_are_all_there() {
    let when = |when| match when {
        When::Still => "yes",
        When::Keepers => "moderators and owners",
        When::Never => "no",
    };
    let rows = Action::ALL.iter().map(|action| {
        let name = serde_json::to_value(action).unwrap();
        let rule = action.rule();
        [
            format!("`{}`", name.as_str().unwrap()),
            rule.meaning.into(),
            rule.least.name().into(),
            when(rule.in_locked).into(),
            when(rule.in_archived).into(),
        ]
    });
    check_table("Actions", rows);
}

#[test]
fn the_rates_are_those_of_the_code() {
    // More than there are slots.
    const MOST: usize = 70_000;
    let rate = |connections| (cursor_hz(connections), tick_interval_ms(connections));
    let ends = (1..MOST).filter(|connections| rate(*connections) != rate(*connections + 1));
    let mut rows = Vec::new();
    let mut from = 1;
    for to in ends.chain([MOST]) {
        let (hz, tick) = rate(from);
        let who = match to {
            MOST => "more".to_owned(),
            _ if from == to => thousands(to),
            _ => format!("{} to {}", thousands(from), thousands(to)),
        };
        rows.push([who, hz.to_string(), tick.to_string()]);
        from = to + 1;
    }
    check_table("Rates", rows.into_iter());
}

#[test]
fn the_limits_are_the_defaults() {
    check_limits("Limits", &serde_json::to_value(Limits::default()).unwrap());
}

fn check_limits(title: &str, limits: &Value) {
    let text = chapter(title);
    check_fields(title, text, &keys(limits).collect());
    for row in rows(text) {
        let default = limits[bare(&row[0])].to_string();
        assert_eq!(row[1], default, "should be\n\n| {} | {default} | {} |\n", row[0], row[2]);
    }
}

#[test]
fn names_and_numbers_in_the_text_are_those_of_the_code() {
    for text in [
        format!("# Speaking `{SUBPROTOCOL}`"),
        format!("Sec-WebSocket-Protocol: {SUBPROTOCOL}"),
        format!("a square of {} units", thousands(BOARD_UNITS as usize)),
    ] {
        assert!(DOC.contains(&text), "the page should say “{text}”");
    }
}

/// The chapter's table has exactly these rows.
fn check_table<const CELLS: usize>(title: &str, expected: impl Iterator<Item = [String; CELLS]>) {
    let expected: Vec<Vec<String>> = expected.map(Vec::from).collect();
    let text: String = expected.iter().map(|row| format!("| {} |\n", row.join(" | "))).collect();
    assert!(rows(chapter(title)) == expected, "the table of “{title}” should be\n\n{text}");
}

/// The section's table names exactly these fields.
fn check_fields(title: &str, text: &str, fields: &BTreeSet<String>) {
    let named: BTreeSet<String> = rows(text).iter().map(|row| bare(&row[0])).collect();
    assert_eq!(&named, fields, "the fields of {title} in its table, and those it has");
}

/// The text of a chapter, without its heading.
fn chapter(title: &str) -> &'static str {
    let heading = format!("\n## {title}\n");
    let (_, text) =
        DOC.split_once(&heading).unwrap_or_else(|| panic!("there is no chapter “{title}”"));
    text.split("\n## ").next().unwrap_or(text)
}

/// A chapter's sections: their titles and texts.
fn subsections(title: &str) -> Vec<(&'static str, &'static str)> {
    chapter(title).split("\n### ").skip(1).filter_map(|section| section.split_once('\n')).collect()
}

/// What stands in the fences of that language.
fn fenced<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let opening = format!("```{language}\n");
    text.split(&opening).skip(1).filter_map(|rest| Some(rest.split_once("\n```")?.0)).collect()
}

/// The cells of a text's first table, without its head.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let line = line.strip_prefix("| ")?.strip_suffix(" |")?;
        Some(line.split(" | ").map(|cell| cell.trim().to_owned()).collect())
    };
    text.lines().skip_while(|line| !line.starts_with("|---")).skip(1).map_while(cells).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in\n{text}"))
}

fn keys(value: &Value) -> impl Iterator<Item = String> + use<> {
    value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().into_iter()
}

/// Without the marks of code.
fn bare(cell: &str) -> String {
    cell.trim_matches('`').to_owned()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4) | pair[1]).collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// `16384` as `16,384`.
fn thousands(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}
