//! Fuzzing: damaged frames in great numbers. None makes a decoder panic, and what one accepts is
//! written and read again as the same. A few thousand in every test run; by the minute, with
//! `cargo xtask fuzz`, which sets the variables below.

#![expect(clippy::print_stdout, reason = "who fuzzes for minutes wants to know how far it is")]

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant, SystemTime};

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_protocol::board::{BoardLimits, BoardRequest, Change, Object};
use starling_protocol::{
    CursorFrame, CursorInput, DisplayName, Limits, MessageBody, RoomName, Slug, codec,
};

use crate::{any, mutate};

const MINUTES: &str = "STARLING_FUZZ_MINUTES";
const SEED: &str = "STARLING_FUZZ_SEED";

/// So many frames are kept to be damaged, and so many damaged ones between two fresh ones.
const KEPT: usize = 1_024;
/// Longer ones are not kept: they take long and show nothing else.
const LONGEST_KEPT: usize = 2_048;
const BETWEEN: u64 = 64;

#[test]
fn a_few_thousand_damaged_frames_do_no_harm() {
    let mut fuzz = Fuzz::new(1);
    for _ in 0..5_000 {
        fuzz.step();
    }
    fuzz.tally.check();
}

#[test]
#[ignore = "takes minutes; `cargo xtask fuzz` runs it"]
fn damaged_frames_by_the_minute_do_no_harm() {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let seed = number(SEED).unwrap_or(clock.as_secs());
    let minutes = number(MINUTES).unwrap_or(10);
    println!("{minutes} minutes from the seed {seed} ({SEED})");
    let mut fuzz = Fuzz::new(seed);
    let start = Instant::now();
    for minute in 1..=minutes {
        while start.elapsed() < Duration::from_secs(60 * minute) {
            for _ in 0..1_000 {
                fuzz.step();
            }
        }
        println!("minute {minute}: {:?}", fuzz.tally);
    }
    fuzz.tally.check();
    println!("no panic, and all that was accepted reads the same again");
}

struct Fuzz {
    rng: SmallRng,
    /// Makes valid frames.
    valid: BoxedStrategy<Vec<u8>>,
    runner: TestRunner,
    kept: Vec<Vec<u8>>,
    tally: Tally,
}

/// How many frames there were, and how many of them each decoder accepted.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    frames: u64,
    client: u64,
    server: u64,
    requests: u64,
    boards: u64,
    input: u64,
    cursors: u64,
}

impl Tally {
    fn accepted(self) -> u64 {
        self.client + self.server + self.requests + self.boards + self.input + self.cursors
    }

    /// Frames that are all accepted, or all refused, would say nothing about a decoder.
    fn check(self) {
        let Self { frames: _, client, server, requests, boards, input, cursors } = self;
        for accepted in [client, server, requests, boards, input, cursors] {
            assert!(accepted > self.frames / 1_000, "hardly anything was accepted: {self:?}");
            assert!(accepted < self.frames / 2, "hardly anything was damaged: {self:?}");
        }
    }
}

impl Fuzz {
    fn new(seed: u64) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        let source = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let valid = proptest::prop_oneof![
            any::client_event().prop_map(|event| codec::encode_client(&event).into_bytes()),
            any::server_event().prop_map(|event| codec::encode_server(&event).into_bytes()),
            any::board_request().prop_map(|it| codec::encode_board_request(&it).into_bytes()),
            any::board_event().prop_map(|event| codec::encode_board_event(&event).into_bytes()),
            any::cursor_input().prop_map(CursorInput::encode),
            any::cursor_frame().prop_map(|frame| frame.encode()),
            any::text(0..100).prop_map(String::into_bytes),
        ];
        Self {
            rng,
            valid: valid.boxed(),
            runner: TestRunner::new_with_rng(Config::default(), source),
            kept: Vec::new(),
            tally: Tally::default(),
        }
    }

    fn step(&mut self) {
        if self.tally.frames.is_multiple_of(BETWEEN) {
            let frame = self.valid.new_tree(&mut self.runner).unwrap().current();
            if self.kept.len() < KEPT {
                self.kept.push(frame);
            } else {
                let at = self.any_kept();
                self.kept[at] = frame;
            }
        }
        let (at, other) = (self.any_kept(), self.any_kept());
        let mut frame = self.kept[at].clone();
        mutate::damage(&mut self.rng, &mut frame, &self.kept[other]);
        self.tally.frames += 1;
        let tally = &mut self.tally;
        match catch_unwind(AssertUnwindSafe(|| read(&frame, tally))) {
            // What is damaged and accepted all the same leads further than what is not.
            Ok(true) if frame.len() <= LONGEST_KEPT => self.kept[at] = frame,
            Ok(_) => {}
            Err(panic) => {
                eprintln!("this frame did it, as text and as bytes:");
                eprintln!("{}\n{frame:02x?}", String::from_utf8_lossy(&frame));
                resume_unwind(panic);
            }
        }
    }

    fn any_kept(&mut self) -> usize {
        self.rng.random_range(0..self.kept.len())
    }
}

/// Hands a frame to everything that reads what arrives; true if a decoder accepted it.
fn read(frame: &[u8], tally: &mut Tally) -> bool {
    let before = tally.accepted();
    if let Ok(input) = CursorInput::decode(frame) {
        tally.input += 1;
        assert_eq!(input.encode(), frame);
    }
    if let Ok(cursors) = CursorFrame::decode(frame) {
        tally.cursors += 1;
        assert_eq!(CursorFrame::decode(&cursors.encode()), Ok(cursors));
    }
    let text = String::from_utf8_lossy(frame);
    if let Ok(event) = codec::decode_client(&text) {
        tally.client += 1;
        assert_eq!(codec::decode_client(&codec::encode_client(&event)).unwrap(), event);
    }
    if let Ok(event) = codec::decode_server(&text) {
        tally.server += 1;
        assert_eq!(codec::decode_server(&codec::encode_server(&event)).unwrap(), event);
    }
    if let Ok(request) = codec::decode_board_request(&text) {
        tally.requests += 1;
        check_request(&request);
        let encoded = codec::encode_board_request(&request);
        assert_eq!(codec::decode_board_request(&encoded).unwrap(), request);
    }
    if let Ok(event) = codec::decode_board_event(&text) {
        tally.boards += 1;
        assert_eq!(codec::decode_board_event(&codec::encode_board_event(&event)).unwrap(), event);
    }
    let limits = Limits::default();
    if let Ok(name) = DisplayName::parse(&text, &limits) {
        assert!(name.as_str().chars().count() <= limits.name_chars);
        assert_eq!(DisplayName::parse(name.as_str(), &limits), Ok(name));
    }
    if let Ok(name) = RoomName::parse(&text, &limits) {
        assert!(name.as_str().chars().count() <= limits.room_name_chars);
        assert_eq!(RoomName::parse(name.as_str(), &limits), Ok(name));
    }
    if let Ok(body) = MessageBody::parse(&text, &limits) {
        assert!(body.as_str().chars().count() <= limits.message_chars);
        assert_eq!(MessageBody::parse(body.as_str(), &limits), Ok(body));
    }
    let path = Slug::new(text).path();
    assert!(path.bytes().all(|byte| byte.is_ascii_graphic()), "{path}");
    tally.accepted() > before
}

/// What the limits let pass can be done, on a board with anything or nothing on it.
fn check_request(request: &BoardRequest) {
    let limits = BoardLimits::default();
    match request {
        BoardRequest::Operate { operation, .. } if limits.check(operation).is_ok() => {
            let mut object: Option<Object> = None;
            for change in &operation.changes {
                object = change.applied(object);
                if let (Change::Put { .. }, Some(object)) = (change, &object) {
                    assert!(object.lies_on_board());
                }
            }
        }
        BoardRequest::Preview { preview: Some(preview), .. } => {
            drop(limits.check_preview(preview));
        }
        BoardRequest::Signal { signal, .. } => drop(limits.check_signal(signal)),
        _ => {}
    }
}
