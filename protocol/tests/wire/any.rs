//! Any value that crosses the wire.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::{Map, Union};
use starling_protocol::{
    Action, Avatar, Channel, ClientEvent, Direct, DisplayName, Emoji, Epoch, ErrorCode, Hue, Json,
    Limits, Measure, Message, MessageBody, MessageId, Person, Position, Reactions, Revision,
    Rights, Role, RoomName, Seq, ServerEvent, Slot, Slug, Status, User, UserId, Visibility,
};
use uuid::Uuid;

/// One of the variants of an enum, each from the values of its fields, in the order they are named.
/// A new variant does not compile until it is listed.
macro_rules! any_of {
    ($enum:ident {
        $($variant:ident { $($field:ident: $values:expr),* },)*
        $(; $newtype:ident($value:expr))?
    }) => {{
        #[expect(dead_code, reason = "the compiler checks that the match is complete")]
        fn all_are_listed(value: &$enum) {
            match value {
                $($enum::$variant { .. } => {})*
                $($enum::$newtype(_) => {})?
            }
        }
        Union::new([$(
            (Just(()), $($values,)*)
                .prop_map(|((), $($field,)*)| $enum::$variant { $($field),* })
                .boxed(),
        )* $($value.prop_map($enum::$newtype).boxed())?])
    }};
}

mod board;
mod cursors;
mod parts;

pub(crate) use board::{board_event, board_request};
pub(crate) use cursors::{cursor_frame, cursor_input};
use cursors::{point, view};
use parts::{file, file_id, limits};

pub(crate) fn client_event() -> impl Strategy<Value = ClientEvent> {
    any_of!(ClientEvent {
        Join { reference: any::<u32>(), room: slug(), resume: option::of(position()) },
        Leave { reference: any::<u32>(), room: slug() },
        Post {
            reference: any::<u32>(),
            room: slug(),
            id: message_id(),
            body: any::<String>(),
            file: option::of(file_id())
        },
        Typing { room: slug(), active: any::<bool>() },
        Status { status: status() },
        Rename { reference: any::<u32>(), name: any::<String>() },
        History { reference: any::<u32>(), room: slug(), before: seq() },
        Edit {
            reference: any::<u32>(),
            room: slug(),
            message: seq(),
            body: any::<String>()
        },
        React {
            reference: any::<u32>(),
            room: slug(),
            message: seq(),
            emoji: any::<String>(),
            active: any::<bool>()
        },
        Direct { reference: any::<u32>(), user: user_id() },
        DeleteMessage { reference: any::<u32>(), room: slug(), message: seq() },
        Moderate {
            reference: any::<u32>(),
            room: slug(),
            user: user_id(),
            measure: prop::sample::select(vec![
                Measure::Mute,
                Measure::Unmute,
                Measure::Kick,
                Measure::Ban,
                Measure::Unban,
            ]),
            reason: any::<String>(),
            seconds: option::of(any::<u64>())
        },
        Lock { reference: any::<u32>(), room: slug(), locked: any::<bool>() },
        Follow { reference: any::<u32>(), room: slug(), user: option::of(user_id()) },
        Gather { reference: any::<u32>(), room: slug(), view: view() },
        Authenticate { reference: any::<u32>(), token: any::<String>() },
        Ping {},
        Unknown {},
    })
}

pub(crate) fn server_event() -> impl Strategy<Value = ServerEvent> {
    any_of!(ServerEvent {
        Hello {
            build: any::<String>(),
            user: user(),
            limits: limits(),
            ping_after_ms: any::<u64>(),
            pong_within_ms: any::<u64>(),
            expires_in_ms: option::of(any::<u64>())
        },
        Joined {
            reference: option::of(any::<u32>()),
            room: slug(),
            channel: channel(),
            slot: slot(),
            position: position(),
            recovered: any::<bool>(),
            messages: vec(message(), 0..4),
            more: any::<bool>()
        },
        Message { room: slug(), message: message() },
        MessageDeleted {
            room: slug(),
            seq: seq(),
            message: seq(),
            by: option::of(user_id()),
            at: any::<i64>()
        },
        MessageEdited {
            room: slug(),
            seq: seq(),
            message: seq(),
            body: option::of(body()),
            at: any::<i64>()
        },
        Reacted {
            room: slug(),
            seq: seq(),
            message: seq(),
            emoji: emoji(),
            user: user_id(),
            active: any::<bool>()
        },
        NewerInStream { room: slug(), seq: seq() },
        Removed { room: slug(), code: error_code(), message: any::<String>() },
        History {
            reference: any::<u32>(),
            room: slug(),
            messages: vec(message(), 0..4),
            more: any::<bool>()
        },
        People {
            room: slug(),
            revision: revision(),
            people: vec(person(), 0..4),
            cursor_hz: any::<u32>()
        },
        PeopleChanged {
            room: slug(),
            revision: revision(),
            changed: vec(person(), 0..4),
            left: vec(user_id(), 0..4),
            cursor_hz: any::<u32>()
        },
        Typing { room: slug(), people: vec(user_id(), 0..4), count: any::<u32>() },
        Direct { reference: any::<u32>(), room: slug(), with: user() },
        Directs { directs: vec(direct(), 0..4) },
        Custom {
            room: slug(),
            event: any::<String>(),
            data: any::<(String, i64)>().prop_map(|it| Json::of(&it)),
            by: user_id(),
            at: any::<i64>()
        },
        Viewing { room: slug(), user: user_id(), view: view() },
        Gathered { room: slug(), by: user_id(), view: view() },
        Ack { reference: any::<u32>(), seq: option::of(seq()) },
        Error {
            reference: option::of(any::<u32>()),
            code: error_code(),
            message: any::<String>(),
            retry_after_ms: option::of(any::<u64>())
        },
        Pong {},
        Goodbye { reconnect_after_ms: any::<u64>() },
        Unknown {},
        ; Rights(rights())
    })
}

pub(crate) fn name() -> impl Strategy<Value = DisplayName> {
    text(1..=40)
        .prop_filter_map("shows nothing", |text| DisplayName::parse(&text, &Limits::default()).ok())
}

pub(crate) fn room_name() -> impl Strategy<Value = RoomName> {
    text(1..=80)
        .prop_filter_map("shows nothing", |text| RoomName::parse(&text, &Limits::default()).ok())
}

pub(crate) fn body() -> impl Strategy<Value = MessageBody> {
    text(1..=200)
        .prop_filter_map("shows nothing", |text| MessageBody::parse(&text, &Limits::default()).ok())
}

/// Text with what texts are checked for: spaces of all kinds, control and invisible characters.
pub(crate) fn text(
    chars: impl Into<proptest::collection::SizeRange>,
) -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        ' ', '\t', '\n', '\r', '\0', '\u{7}', '\u{85}', '\u{a0}', '\u{2028}', '\u{200b}',
        '\u{202e}', '\u{feff}', '"', '\\', '😀',
    ]);
    let chars = vec(prop_oneof![3 => any::<char>(), 1 => special], chars);
    chars.prop_map(|chars| chars.into_iter().collect())
}

fn message() -> impl Strategy<Value = Message> {
    let said =
        (seq(), message_id(), user(), option::of(body()), option::of(file().prop_map(Box::new)));
    let deleted_by = option::of(user_id());
    let since = (deleted_by, option::of(any::<i64>()), vec(reactions(), 0..3), any::<i64>());
    (said, since).prop_map(
        |((seq, id, author, body, file), (deleted_by, edited_at, reactions, at))| Message {
            seq,
            id,
            author,
            body,
            file,
            deleted_by,
            edited_at,
            reactions,
            at,
        },
    )
}

fn reactions() -> impl Strategy<Value = Reactions> {
    (emoji(), vec(user_id(), 1..4)).prop_map(|(emoji, by)| Reactions { emoji, by })
}

fn direct() -> impl Strategy<Value = Direct> {
    (slug(), user(), seq(), option::of(user_id()), any::<i64>())
        .prop_map(|(room, with, seq, by, at)| Direct { room, with, seq, by, at })
}

fn emoji() -> impl Strategy<Value = Emoji> {
    prop::sample::select(vec!["👍", "❤️", "★", "1️⃣"]).prop_map(|it| Emoji::parse(it).unwrap())
}

fn user() -> impl Strategy<Value = User> {
    (user_id(), name(), hue(), option::of(avatar())).prop_map(|(id, name, hue, avatar)| User {
        id,
        name,
        hue,
        avatar,
    })
}

fn person() -> impl Strategy<Value = Person> {
    (user_id(), name(), hue(), option::of(avatar()), role(), status(), vec(slot(), 0..4)).prop_map(
        |(id, name, hue, avatar, role, status, slots)| Person {
            id,
            name,
            hue,
            avatar,
            role,
            status,
            slots,
        },
    )
}

fn avatar() -> impl Strategy<Value = Avatar> {
    let some = prop::sample::select(vec!["A", "7", "★", "🦜", "👩‍👩‍👧‍👦", "🇪🇺"]);
    some.prop_map(|text| Avatar::parse(text).unwrap())
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL)
}

fn rights() -> impl Strategy<Value = Rights> {
    let actions = vec(prop::sample::select(Action::ALL), 0..6);
    let visibility = prop::sample::select(Visibility::ALL);
    let silenced = (option::of(any::<String>()), option::of(any::<i64>()));
    let open = (any::<bool>(), any::<bool>());
    let room = (slug(), room_name());
    (role(), actions, silenced, room, visibility, open, option::of(user())).prop_map(
        |(
            role,
            may,
            (silenced, silenced_until),
            (room, name),
            visibility,
            (locked, archived),
            with,
        )| {
            Rights {
                room,
                role,
                may,
                silenced,
                silenced_until,
                name,
                visibility,
                locked,
                archived,
                with,
            }
        },
    )
}

fn position() -> impl Strategy<Value = Position> {
    (uuid(), seq()).prop_map(|(epoch, seq)| Position { epoch: Epoch::new(epoch), seq })
}

fn status() -> impl Strategy<Value = Status> {
    any_of!(Status { Away {}, Idle {}, Active {}, })
}

fn error_code() -> impl Strategy<Value = ErrorCode> {
    prop_oneof![9 => prop::sample::select(ErrorCode::ALL), 1 => Just(ErrorCode::Unknown)]
}

/// Any value of a number, as one of these.
type Number<N, T> = Map<proptest::arbitrary::StrategyFor<N>, fn(N) -> T>;

fn seq() -> Number<u64, Seq> {
    any::<u64>().prop_map(Seq)
}

fn revision() -> Number<u32, Revision> {
    any::<u32>().prop_map(Revision)
}

fn channel() -> Number<u32, Channel> {
    any::<u32>().prop_map(Channel)
}

fn slot() -> Number<u16, Slot> {
    any::<u16>().prop_map(Slot)
}

fn hue() -> Number<u8, Hue> {
    any::<u8>().prop_map(Hue)
}

fn uuid() -> Number<u128, Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn user_id() -> impl Strategy<Value = UserId> {
    uuid().prop_map(UserId::new)
}

fn message_id() -> impl Strategy<Value = MessageId> {
    uuid().prop_map(MessageId::new)
}

fn slug() -> impl Strategy<Value = Slug> {
    any::<String>().prop_map(Slug::new)
}
