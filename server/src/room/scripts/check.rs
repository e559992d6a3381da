//! Runs a script and writes down what the room says.

use std::sync::Arc;

use starling_protocol::board::{BoardEvent, Signal};
use starling_protocol::{
    CursorFrame, CursorFrameWriter, CursorState, Point, Role, Seq, ServerEvent, Slot, Status, User,
    UserId, View, codec,
};

use super::board::{held, object_in, operated};
use super::{message, room, user};
use crate::room::{CursorsPublication, Millis, Publication, RoomSettings, Span, Text};

/// Runs a script, a step a line, and writes down what each tick publishes.
///
/// `T NAME joins`, `leaves`, `vanishes`, `is STATUS`, `types`, `stops typing`, `says N`,
/// `points X,Y`, `hides`, `looks RIGHT`, `follows NAME`, `follows nobody`, `draws N`, `holds N`, `lets go`,
/// `calls TEXT`, `throws X`, `is called NAME`; `T tick`; `T behind`; `T caught up to N`;
/// `T board caught up to N`. `T` is the time in milliseconds.
pub(super) fn check(settings: RoomSettings, script: &str) -> String {
    let mut room = room(settings);
    let mut slots: Vec<(String, Slot)> = Vec::new();
    let mut transcript = String::new();
    for step in script.split(';').map(str::trim).filter(|step| !step.is_empty()) {
        let words: Vec<&str> = step.split_whitespace().collect();
        let now: Millis = words[0].parse().unwrap();
        let slot = |slots: &Vec<(String, Slot)>| {
            slots.iter().rev().find(|(name, _)| name == words[1]).map(|(_, slot)| *slot).unwrap()
        };
        match words[1..] {
            ["tick"] => {
                let told = tell(&room.tick(now));
                transcript += &format!("{now}:\n{told}");
            }
            ["behind"] => room.fall_behind(),
            ["caught", "up", "to", head] => {
                assert!(room.take_behind(), "the room was not behind");
                let head: u64 = head.parse().unwrap();
                let tail = (head - 1..=head).map(|seq| message(seq, &user("Ada"), "x")).collect();
                room.caught_up(Seq(head), tail);
            }
            ["board", "caught", "up", "to", head] => {
                assert!(room.take_board_behind(), "the board was not behind");
                let head: u64 = head.parse().unwrap();
                let tail = (head - 1..=head).map(|seq| operated(seq, &user("Ada"))).collect();
                room.board_caught_up(Seq(head), tail);
            }
            [name, "draws", seq] => {
                room.operated(Arc::new(operated(seq.parse().unwrap(), &user(name))), None);
            }
            [_, "holds", object] => {
                room.hold(slot(&slots), Some(held(object.parse().unwrap(), 10)));
            }
            [_, "lets", "go"] => room.hold(slot(&slots), None),
            [_, "calls", text] => {
                room.signal(slot(&slots), Signal::Say { text: text.to_owned() });
            }
            [_, "throws", place] => {
                let (x, y) = place.split_once(',').unwrap();
                let at = Point { x: x.parse().unwrap(), y: y.parse().unwrap() };
                room.signal(slot(&slots), Signal::Beacon { at });
            }
            [name, "joins"] => match room.join(now, user(name), Role::Visitor, Status::Active) {
                Ok(slot) => slots.push((name.to_owned(), slot)),
                Err(_) => transcript += &format!("{now}: {name} finds the room full\n"),
            },
            [name, "leaves"] => {
                let slot = slot(&slots);
                slots.retain(|entry| *entry != (name.to_owned(), slot));
                room.leave(now, slot, true);
            }
            [name, "vanishes"] => {
                let slot = slot(&slots);
                slots.retain(|entry| *entry != (name.to_owned(), slot));
                room.leave(now, slot, false);
            }
            [_, "is", "away"] => room.set_status(slot(&slots), Status::Away),
            [_, "is", "idle"] => room.set_status(slot(&slots), Status::Idle),
            [_, "is", "active"] => room.set_status(slot(&slots), Status::Active),
            [_, "types"] => room.set_typing(now, slot(&slots), true),
            [_, "stops", "typing"] => room.set_typing(now, slot(&slots), false),
            [name, "says", seq] => {
                room.committed(Arc::new(message(seq.parse().unwrap(), &user(name), "hello")));
            }
            [_, "points", place] => {
                let (x, y) = place.split_once(',').unwrap();
                let point = Point::from_units(x.parse().unwrap(), y.parse().unwrap());
                room.point(now, slot(&slots), point);
            }
            [_, "hides"] => room.point(now, slot(&slots), None),
            [_, "looks", right] => {
                let view = View::new(0, 0, right.parse().unwrap(), 9).unwrap();
                room.look(slot(&slots), view);
            }
            [_, "follows", "nobody"] => assert_eq!(room.follow(slot(&slots), None), Ok(None)),
            [name, "follows", whom] => {
                if let Err(cannot) = room.follow(slot(&slots), Some(user(whom).id)) {
                    transcript += &format!("{now}: {name} cannot follow {whom}: {cannot:?}\n");
                }
            }
            [name, "is", "called", new] => {
                room.appear(User { name: user(new).name, ..user(name) });
            }
            _ => panic!("what is {step:?}?"),
        }
        room.check_invariants();
    }
    transcript
}

/// What a publication says, in words.
fn tell(publication: &Publication) -> String {
    let mut told = String::new();
    if let Some(stream) = &publication.stream {
        if stream.replaces {
            told += &format!("  the chat goes on before {:?}\n", stream.head);
        }
        for event in &stream.events {
            told += &tell_event(&event.text);
        }
    }
    if let Some(presence) = &publication.presence {
        told += &tell_event(&presence.diff);
        told += &format!("    so that {}", tell_event(&presence.snapshot).trim_start());
    }
    if let Some(typing) = &publication.typing {
        told += &tell_event(typing);
    }
    if let Some(stream) = &publication.board.stream {
        if stream.replaces {
            told += &format!("  the board goes on before {:?}\n", stream.head);
        }
        for event in &stream.events {
            told += &tell_of_board(&event.text);
        }
    }
    if let Some(previews) = &publication.board.previews {
        told += &tell_of_board(&previews.changes);
        told += &format!("    so that {}", tell_of_board(&previews.all.text()).trim_start());
    }
    if let Some(signals) = &publication.board.signals {
        told += &tell_of_board(signals);
    }
    if let Some(cursors) = &publication.cursors {
        match cursors {
            CursorsPublication::ToAll { changes, all } => {
                told += &tell_cursors("cursors", changes);
                told += &tell_cursors("all cursors", all);
            }
            CursorsPublication::Cells(cells) => {
                let (channel, revision) = (cells.channel, cells.revision);
                let mut frame = CursorFrameWriter::new(channel, revision, true, Some(0), 0);
                let board = Span::of(View::ALL);
                let everybody = || cells.all(&board);
                everybody().for_each(|placed| frame.push(placed.record, 0));
                told += &tell_cursors("cells", &frame.finish());
                let moved: Vec<u16> =
                    everybody().filter(|it| it.moved).map(|it| it.slot.0).collect();
                told += &format!("    of whom moved {moved:?}\n");
            }
        }
    }
    for viewing in publication.viewings.iter().flat_map(|viewings| viewings.values()) {
        let (name, edges) = (tell_event(&viewing.text), viewing.view.edges());
        told += &format!("  {}. {name} sees {edges:?}\n", viewing.number);
    }
    told
}

fn tell_cursors(kind: &str, bytes: &[u8]) -> String {
    let frame = CursorFrame::decode(bytes).unwrap();
    let records: Vec<String> = frame
        .records
        .iter()
        .map(|record| match record.state {
            CursorState::At { point, age_ms } => {
                let (x, y) = point.to_units();
                format!("{} at {x},{y} {age_ms} ms ago", record.slot.0)
            }
            CursorState::Hidden => format!("{} hidden", record.slot.0),
        })
        .collect();
    format!("  {kind} of revision {}: {}\n", frame.revision.0, records.join("; "))
}

fn tell_event(text: &Text) -> String {
    let people = |people: &[starling_protocol::Person]| {
        let people: Vec<String> = people
            .iter()
            .map(|person| {
                let slots: Vec<String> = person.slots.iter().map(|s| s.0.to_string()).collect();
                format!("{} ({:?}) [{}]", person.name, person.status, slots.join(" "))
            })
            .collect();
        people.join(", ")
    };
    let bytes = text.bytes();
    match codec::decode_server(std::str::from_utf8(&bytes).unwrap()).unwrap() {
        ServerEvent::Message { message, .. } => {
            let body = message.body.unwrap();
            format!("  {} says {}: {body}\n", message.author.name, message.seq.0)
        }
        ServerEvent::PeopleChanged { revision, changed, left, cursor_hz, .. } => {
            format!(
                "  revision {}: changed {}; left {}; {cursor_hz} Hz\n",
                revision.0,
                people(&changed),
                left.len()
            )
        }
        ServerEvent::People { revision, people: all, .. } => {
            format!("  revision {} is {}\n", revision.0, people(&all))
        }
        ServerEvent::Typing { people, count, .. } => {
            format!("  {count} typing, {} by name\n", people.len())
        }
        ServerEvent::Viewing { user, .. } => name_of(user),
        other => panic!("a room does not say {other:?}"),
    }
}

fn tell_of_board(text: &Text) -> String {
    let bytes = text.bytes();
    match codec::decode_board_event(std::str::from_utf8(&bytes).unwrap()).unwrap() {
        BoardEvent::Operated { operated, .. } => format!("  operation {}\n", operated.seq.0),
        BoardEvent::Previews { complete, previews, .. } => {
            let hands = previews.iter().map(|it| match &it.preview {
                Some(preview) => format!("{} holds {}", it.slot.0, object_in(preview)),
                None => format!("{} holds nothing", it.slot.0),
            });
            let hands: Vec<String> = hands.collect();
            let kind = if complete { "in all hands" } else { "in hands" };
            format!("  {kind}: {}\n", hands.join("; "))
        }
        BoardEvent::Signals { signals, .. } => {
            let signals = signals.iter().map(|it| match &it.signal {
                Signal::Say { text } => format!("{} calls {text}", it.slot.0),
                Signal::Beacon { at } => format!("{} throws {},{}", it.slot.0, at.x, at.y),
                other => panic!("no script does {other:?}"),
            });
            format!("  {}\n", signals.collect::<Vec<_>>().join("; "))
        }
        other => panic!("a room does not say {other:?}"),
    }
}

/// The name that a script's person has.
fn name_of(user: UserId) -> String {
    let bytes = user.uuid().into_bytes();
    // The version and variant of the id replace some bits, but not those of the first letters.
    bytes.iter().take(3).map(|byte| char::from(*byte)).collect()
}
