//! Random operations on a room: whatever happens, its parts agree, and a client that folds its
//! publications knows what the room knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_protocol::board::{BoardEvent, Signal, SlotPreview};
use starling_protocol::{
    CursorFrame, CursorState, Person, Point, Role, Seq, ServerEvent, Slot, Status, User, UserId,
    View, codec,
};

use super::scripts::board::{held, object_in, operated};
use super::scripts::{SETTINGS, message, room, user};
use super::{BoardPublication, CursorsPublication, Followed, Room, RoomSettings, Text};

/// A client of the simplest kind.
#[derive(Default)]
struct Fold {
    people: BTreeMap<UserId, Person>,
    cursors: BTreeMap<Slot, Point>,
    typing: usize,
    seqs: Vec<Seq>,
    operations: Vec<Seq>,
    hands: BTreeMap<Slot, u128>,
    /// The numbers of what those see who are followed.
    viewings: BTreeMap<Followed, (u64, View)>,
}

impl Fold {
    fn text(&mut self, text: &Text) {
        let bytes = text.bytes();
        match codec::decode_server(std::str::from_utf8(&bytes).unwrap()).unwrap() {
            ServerEvent::PeopleChanged { changed, left, .. } => {
                for person in changed {
                    self.people.insert(person.id, person);
                }
                for id in left {
                    self.people.remove(&id);
                }
                let people = &self.people;
                self.cursors
                    .retain(|slot, _| people.values().any(|person| person.slots.contains(slot)));
            }
            ServerEvent::Typing { count, .. } => self.typing = count as usize,
            ServerEvent::Message { message, .. } => self.seqs.push(message.seq),
            _ => {}
        }
    }

    fn take(&mut self, room: &mut Room, now: u64) {
        let publication = room.tick(now);
        if let Some(stream) = &publication.stream {
            if stream.replaces {
                self.seqs.clear();
            }
            stream.events.iter().for_each(|event| self.text(&event.text));
        }
        if let Some(presence) = &publication.presence {
            self.text(&presence.diff);
            let ServerEvent::People { people, .. } =
                codec::decode_server(std::str::from_utf8(&presence.snapshot.bytes()).unwrap())
                    .unwrap()
            else {
                panic!("a snapshot is of people");
            };
            let folded: Vec<Person> = self.people.values().cloned().collect();
            assert_eq!(folded, people, "the diffs lead elsewhere than the snapshot");
        }
        if let Some(typing) = &publication.typing {
            self.text(typing);
        }
        if let Some(cursors) = &publication.cursors {
            let CursorsPublication::ToAll { changes, all } = cursors else {
                panic!("the room is not large");
            };
            let frame = CursorFrame::decode(changes).unwrap();
            for record in frame.records {
                match record.state {
                    CursorState::At { point, .. } => self.cursors.insert(record.slot, point),
                    CursorState::Hidden => self.cursors.remove(&record.slot),
                };
            }
            let all: BTreeMap<Slot, Point> = CursorFrame::decode(all)
                .unwrap()
                .records
                .into_iter()
                .map(|record| match record.state {
                    CursorState::At { point, .. } => (record.slot, point),
                    CursorState::Hidden => panic!("a complete frame has no hidden cursors"),
                })
                .collect();
            assert_eq!(self.cursors, all, "the changes lead elsewhere than the complete frame");
        }
        self.take_board(&publication.board);
        if let Some(viewings) = &publication.viewings {
            for (followed, viewing) in viewings.iter() {
                let known = self.viewings.insert(*followed, (viewing.number, viewing.view));
                let known = known.filter(|(number, _)| *number == viewing.number);
                assert!(known.is_none_or(|(_, view)| view == viewing.view), "two of one number");
            }
        }
        for pair in self.seqs.windows(2) {
            assert_eq!(pair[0].next(), pair[1], "a gap or a repeat in the chat");
        }
    }
}

impl Fold {
    fn take_board(&mut self, board: &BoardPublication) {
        let read = |text: &Text| {
            codec::decode_board_event(std::str::from_utf8(&text.bytes()).unwrap()).unwrap()
        };
        if let Some(stream) = &board.stream {
            if stream.replaces {
                self.operations.clear();
            }
            for event in &stream.events {
                let BoardEvent::Operated { operated, .. } = read(&event.text) else {
                    panic!("an operation is told as something else");
                };
                self.operations.push(operated.seq);
            }
        }
        for pair in self.operations.windows(2) {
            assert_eq!(pair[0].next(), pair[1], "a gap or a repeat on the board");
        }
        if let Some(previews) = &board.previews {
            let hands = |text: &Text| match read(text) {
                BoardEvent::Previews { previews, .. } => previews,
                other => panic!("previews are told as {other:?}"),
            };
            for SlotPreview { slot, preview } in hands(&previews.changes) {
                match preview {
                    Some(preview) => self.hands.insert(slot, object_in(&preview)),
                    None => self.hands.remove(&slot),
                };
            }
            let all: BTreeMap<Slot, u128> = hands(&previews.all.text())
                .into_iter()
                .map(|it| (it.slot, object_in(&it.preview.unwrap())))
                .collect();
            assert_eq!(self.hands, all, "the changes lead elsewhere than all previews");
        }
    }
}

fn run(seed: u64) {
    let mut rng = SmallRng::seed_from_u64(seed);
    let settings = RoomSettings { participants: 6, leave_after: 300, ..SETTINGS };
    let mut room = room(settings);
    let mut fold = Fold::default();
    let mut here: Vec<Slot> = Vec::new();
    let names = ["Ada", "Bob", "Cyd", "Dov"];
    let (mut now, mut stored, mut drawn) = (0, 0, 0);
    for _ in 0..400 {
        now += rng.random_range(0..40);
        let someone = if here.is_empty() {
            None
        } else {
            let index = rng.random_range(0..here.len());
            Some((index, here[index]))
        };
        match (rng.random_range(0..18), someone) {
            (0 | 1, _) => {
                let name = names[rng.random_range(0..names.len())];
                if let Ok(slot) = room.join(now, user(name), Role::Visitor, Status::Active) {
                    here.push(slot);
                }
            }
            (2, Some((index, slot))) => {
                here.swap_remove(index);
                room.leave(now, slot, rng.random());
            }
            (3, Some((_, slot))) => room.set_typing(now, slot, rng.random()),
            (4, Some((_, slot))) => {
                let statuses = [Status::Active, Status::Idle, Status::Away];
                room.set_status(slot, statuses[rng.random_range(0..3)]);
            }
            (5 | 6, Some((_, slot))) => {
                let point = Point { x: rng.random(), y: rng.random() };
                room.point(now, slot, rng.random_bool(0.8).then_some(point));
            }
            (7, _) => {
                stored += 1;
                let announced = Arc::new(message(stored, &user("Ada"), "x"));
                match rng.random_range(0..6) {
                    0 => room.fall_behind(),
                    1 => {}
                    _ => room.committed(announced),
                }
            }
            (8, _) => {
                if room.take_behind() && stored > 0 {
                    let tail = (stored.saturating_sub(3).max(1)..=stored)
                        .map(|seq| message(seq, &user("Bob"), "x"))
                        .collect();
                    room.caught_up(Seq(stored), tail);
                }
            }
            (9, _) => {
                let name = names[rng.random_range(0..names.len())];
                let called = user(names[rng.random_range(0..names.len())]).name;
                room.appear(User { name: called, ..user(name) });
            }
            (10, Some((_, slot))) => {
                let whom = user(names[rng.random_range(0..names.len())]).id;
                let _ = room.follow(slot, rng.random_bool(0.8).then_some(whom));
            }
            (11, Some((_, slot))) => {
                let left = rng.random_range(0..3);
                room.look(slot, View::new(left, 0, 3, 9).unwrap());
            }
            (12, Some((_, slot))) => {
                let held = rng.random_bool(0.7).then(|| held(rng.random_range(1..4), 10));
                room.hold(slot, held);
            }
            (13, Some((_, slot))) => room.signal(slot, Signal::Laser { active: rng.random() }),
            (14, _) => {
                drawn += 1;
                match rng.random_range(0..6) {
                    0 => room.board_falls_behind(),
                    1 => {}
                    _ => room.operated(Arc::new(operated(drawn, &user("Ada"))), None),
                }
            }
            (15, _) => {
                if room.take_board_behind() && drawn > 0 {
                    let tail = drawn.saturating_sub(3).max(1)..=drawn;
                    let tail = tail.map(|seq| operated(seq, &user("Bob"))).collect();
                    room.board_caught_up(Seq(drawn), tail);
                }
            }
            _ => fold.take(&mut room, now),
        }
        room.check_invariants();
    }
    now += 10_000;
    for slot in here {
        room.leave(now, slot, true);
    }
    fold.take(&mut room, now + 1_000);
    assert!(room.is_empty() && fold.people.is_empty() && fold.cursors.is_empty());
    assert_eq!(fold.typing, 0, "somebody gone is typing");
    assert!(fold.hands.is_empty(), "somebody gone holds something");
}

#[test]
fn whatever_happens_the_parts_agree() {
    for seed in 0..300 {
        // Shown only if the test fails: the seed that does it.
        eprintln!("seed {seed}");
        run(seed);
    }
}
