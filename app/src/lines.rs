//! From messages to the lines of the log: what opens a day, what opens a group, what is pending.
//! Pure: the same messages and time zone give the same lines.

use starling_client::{Delivery, Pending};
use starling_protocol::{Message, MessageBody, MessageId, Reactions, Seq, User, UserId};

use crate::time::WallTime;

/// Messages of one author within so many minutes stand under one name.
const GROUP_MINUTES: i64 = 5;

/// What makes a line the same line, before and after the server has numbered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LineKey {
    pub(crate) author: UserId,
    pub(crate) id: MessageId,
}

/// A message as the log shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) author: User,
    /// What it says; `None` once it was deleted.
    pub(crate) body: Option<MessageBody>,
    /// Who deleted it, if somebody in the room did.
    pub(crate) deleted_by: Option<UserId>,
    /// Whether its author changed what it says.
    pub(crate) edited: bool,
    /// How people reacted.
    pub(crate) reactions: Vec<Reactions>,
    /// Its number in the room's stream, once it has one.
    pub(crate) seq: Option<Seq>,
    pub(crate) time: WallTime,
    /// How far it got, if it is not in the room's stream yet.
    pub(crate) delivery: Option<Delivery>,
    /// It is the first one of its day.
    pub(crate) opens_day: bool,
    /// It stands under its author's name, not under the name of the line before.
    pub(crate) opens_group: bool,
    /// It is the first one that the reader has not seen.
    pub(crate) opens_new: bool,
}

/// For whom the lines are laid out.
pub(crate) struct Reader<'a, Offset: Fn(i64) -> i32> {
    /// Whose messages are on their way.
    pub(crate) viewer: Option<&'a User>,
    /// The first message that they have not seen.
    pub(crate) first_new: Option<LineKey>,
    /// The minutes to add to UTC at an instant.
    pub(crate) offset_minutes: Offset,
}

/// Lays out what was said, then what the viewer has under way and is not there yet: after a broken
/// connection or a reload a message can be stored without its author knowing.
pub(crate) fn lay_out<'a>(
    messages: impl Iterator<Item = &'a Message>,
    pending: impl Iterator<Item = &'a Pending>,
    reader: &Reader<'_, impl Fn(i64) -> i32>,
) -> Vec<(LineKey, Line)> {
    let mut lines = Vec::with_capacity(messages.size_hint().0);
    for message in messages {
        let key = LineKey { author: message.author.id, id: message.id };
        let line = Line {
            author: message.author.clone(),
            body: message.body.clone(),
            deleted_by: message.deleted_by,
            edited: message.edited_at.is_some(),
            reactions: message.reactions.clone(),
            seq: Some(message.seq),
            ..Line::new(&message.author, reader.time(message.at))
        };
        push(&mut lines, reader, key, line);
    }
    let Some(author) = reader.viewer else { return lines };
    for Pending { id, body, delivery } in pending {
        let key = LineKey { author: author.id, id: *id };
        if !lines.iter().any(|(other, _)| *other == key) {
            let (body, delivery) = (Some(body.clone()), Some(delivery.clone()));
            let line = Line { body, delivery, ..Line::new(author, reader.time(made_at(*id))) };
            push(&mut lines, reader, key, line);
        }
    }
    lines
}

impl Line {
    /// A line of which nothing is known but whose it is and when it was said.
    fn new(author: &User, time: WallTime) -> Self {
        Self {
            author: author.clone(),
            body: None,
            deleted_by: None,
            edited: false,
            reactions: Vec::new(),
            seq: None,
            time,
            delivery: None,
            opens_day: false,
            opens_group: false,
            opens_new: false,
        }
    }
}

impl<Offset: Fn(i64) -> i32> Reader<'_, Offset> {
    fn time(&self, at: i64) -> WallTime {
        WallTime::new(at, (self.offset_minutes)(at))
    }
}

fn push(
    lines: &mut Vec<(LineKey, Line)>,
    reader: &Reader<'_, impl Fn(i64) -> i32>,
    key: LineKey,
    line: Line,
) {
    let before = lines.last().map(|(_, line)| line);
    let opens_new = reader.first_new == Some(key);
    let opens_day = before.is_none_or(|before| before.time.date() != line.time.date());
    let opens_group = opens_day
        || opens_new
        || before.is_none_or(|before| {
            before.author != line.author || !before.time.is_within_minutes(GROUP_MINUTES, line.time)
        });
    lines.push((key, Line { opens_day, opens_group, opens_new, ..line }));
}

/// When a message's id was made, in milliseconds since 1970: the first 48 bits of a UUID v7.
fn made_at(id: MessageId) -> i64 {
    let [a, b, c, d, e, f, ..] = *id.uuid().as_bytes();
    i64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

#[cfg(test)]
mod tests {
    use starling_protocol::{DisplayName, Hue, Limits};
    use uuid::{Builder, Uuid};

    use super::*;

    /// 2026-11-20T23:00:00Z
    const EVENING: i64 = 1_795_215_600_000;
    const MINUTE: i64 = 60_000;

    fn user(number: u128, name: &str) -> User {
        let name = DisplayName::parse(name, &Limits::default()).unwrap();
        User { id: UserId::new(Uuid::from_u128(number)), name, hue: Hue(1), avatar: None }
    }

    fn body(text: &str) -> MessageBody {
        MessageBody::parse(text, &Limits::default()).unwrap()
    }

    fn id(at: i64) -> MessageId {
        let at = u64::try_from(at).unwrap();
        MessageId::new(Builder::from_unix_timestamp_millis(at, &[0; 10]).into_uuid())
    }

    fn message(author: &User, at: i64) -> Message {
        Message::said(Seq(1), id(at), author.clone(), body("x"), at)
    }

    fn reader(viewer: &User, first_new: Option<LineKey>) -> Reader<'_, fn(i64) -> i32> {
        Reader { viewer: Some(viewer), first_new, offset_minutes: |_| 0 }
    }

    /// `D` opens a day, `G` a group, `.` neither.
    fn shape(messages: &[Message], pending: &[Pending], viewer: &User, offset: i32) -> String {
        let reader = Reader { viewer: Some(viewer), first_new: None, offset_minutes: |_| offset };
        lay_out(messages.iter(), pending.iter(), &reader)
            .iter()
            .map(|(_, line)| match (line.opens_day, line.opens_group) {
                (true, _) => 'D',
                (false, true) => 'G',
                (false, false) => '.',
            })
            .collect()
    }

    #[test]
    fn one_author_within_five_minutes_is_one_group() {
        let (ada, bob) = (user(1, "Ada"), user(2, "Bob"));
        let messages = [
            message(&ada, EVENING),
            message(&ada, EVENING + 5 * MINUTE),
            message(&ada, EVENING + 10 * MINUTE + 1),
            message(&bob, EVENING + 10 * MINUTE + 2),
            message(&ada, EVENING + 10 * MINUTE + 3),
        ];
        assert_eq!(shape(&messages, &[], &ada, 0), "D.GGG");
    }

    #[test]
    fn a_new_name_opens_a_group() {
        let messages = [message(&user(1, "Ada"), EVENING), message(&user(1, "Ada L."), EVENING)];
        assert_eq!(shape(&messages, &[], &user(1, "Ada L."), 0), "DG");
    }

    #[test]
    fn midnight_is_where_the_reader_lives() {
        let ada = user(1, "Ada");
        let messages = [message(&ada, EVENING + 58 * MINUTE), message(&ada, EVENING + 61 * MINUTE)];
        assert_eq!(shape(&messages, &[], &ada, 0), "DD");
        assert_eq!(shape(&messages, &[], &ada, 60), "D.");
    }

    #[test]
    fn a_clock_that_steps_back_changes_no_order() {
        let (ada, bob) = (user(1, "Ada"), user(2, "Bob"));
        let hours = 60 * MINUTE;
        let ats = [7 * hours, 0, 30 * hours, -30 * hours, -30 * hours, hours];
        let messages: Vec<_> = [&ada, &bob]
            .into_iter()
            .cycle()
            .zip(ats)
            .enumerate()
            .map(|(at, (author, by))| Message {
                seq: Seq(at as u64 + 1),
                ..message(author, EVENING + by)
            })
            .collect();
        // Made long before everything else by the author's clock, and the last thing said.
        let pending =
            Pending { id: id(EVENING - 99 * hours), body: body("y"), delivery: Delivery::Waiting };
        let lines = lay_out(messages.iter(), [pending.clone()].iter(), &reader(&ada, None));
        let shown: Vec<_> = lines.iter().map(|(key, _)| key.id).collect();
        let said: Vec<_> = messages.iter().map(|message| message.id).chain([pending.id]).collect();
        assert_eq!(shown, said);
    }

    #[test]
    fn what_is_under_way_stands_at_the_end_under_the_viewers_name() {
        let (ada, bob) = (user(1, "Ada"), user(2, "Bob"));
        let pending =
            Pending { id: id(EVENING + MINUTE), body: body("y"), delivery: Delivery::Waiting };
        let messages = [message(&bob, EVENING), message(&ada, EVENING)];
        assert_eq!(shape(&messages, std::slice::from_ref(&pending), &ada, 0), "DG.");
        let lines = lay_out(messages.iter(), [pending].iter(), &reader(&ada, None));
        assert_eq!(lines[2].1.delivery, Some(Delivery::Waiting));
        assert_eq!(lines[2].0, LineKey { author: ada.id, id: id(EVENING + MINUTE) });
    }

    #[test]
    fn what_is_new_opens_a_group() {
        let ada = user(1, "Ada");
        let messages = [message(&ada, EVENING), message(&ada, EVENING + 1)];
        let first_new = Some(LineKey { author: ada.id, id: messages[1].id });
        let lines = lay_out(messages.iter(), [].iter(), &reader(&ada, first_new));
        let opens: Vec<_> = lines.iter().map(|(_, it)| (it.opens_new, it.opens_group)).collect();
        assert_eq!(opens, [(false, true), (true, true)]);
    }

    #[test]
    fn what_is_stored_and_still_under_way_is_one_line() {
        let ada = user(1, "Ada");
        let message = message(&ada, EVENING);
        let pending = Pending {
            id: message.id,
            body: message.body.clone().unwrap(),
            delivery: Delivery::Waiting,
        };
        let lines = lay_out([message].iter(), [pending].iter(), &reader(&ada, None));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].1.delivery, None);
    }
}
