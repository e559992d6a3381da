//! What of a room's log its reader has not seen yet. A value that knows no page.

use starling_protocol::{Message, Seq, UserId};

use crate::lines::LineKey;

/// How far somebody has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    read_to: Seq,
    unread: usize,
    first_new: Option<LineKey>,
}

impl Reading {
    /// Everything up to there is read.
    pub(crate) fn new(read_to: Seq) -> Self {
        Self { read_to, unread: 0, first_new: None }
    }

    /// How many messages of others have come that the reader has not seen.
    pub(crate) fn unread(&self) -> usize {
        self.unread
    }

    /// The message that the mark "New messages" stands before. It stays there when the reader has
    /// come to it, until they look away and more comes.
    pub(crate) fn first_new(&self) -> Option<LineKey> {
        self.first_new
    }

    /// This is the log now, and the reader is looking at its end or not.
    pub(crate) fn update<'a>(
        &mut self,
        newest_first: impl Iterator<Item = &'a Message>,
        viewer: Option<UserId>,
        looking: bool,
    ) {
        let mut newest_first = newest_first.peekable();
        let end = newest_first.peek().map_or(Seq(0), |message| message.seq);
        // Another epoch counts from the start again.
        self.read_to = if looking { end } else { self.read_to.min(end) };
        let unseen: Vec<_> = newest_first
            .take_while(|message| message.seq > self.read_to)
            .filter(|message| Some(message.author.id) != viewer)
            .collect();
        if self.unread == 0
            && let Some(first) = unseen.last()
        {
            self.first_new = Some(LineKey { author: first.author.id, id: first.id });
        }
        self.unread = unseen.len();
    }

    /// The reader has answered: nothing is new to them.
    pub(crate) fn spoke(&mut self) {
        self.first_new = None;
    }
}

#[cfg(test)]
mod tests {
    use starling_protocol::{DisplayName, Hue, Limits, MessageBody, MessageId, User};
    use uuid::Uuid;

    use super::*;

    const ADA: u128 = 1;
    const BOB: u128 = 2;

    /// A log of messages numbered from 1, by their authors.
    fn log(authors: &[u128]) -> Vec<Message> {
        let limits = Limits::default();
        let message = |(index, author): (usize, &u128)| {
            let id = UserId::new(Uuid::from_u128(*author));
            let name = DisplayName::parse("x", &limits).unwrap();
            let seq = index as u64 + 1;
            let author = User { id, name, hue: Hue(0), avatar: None };
            let body = MessageBody::parse("x", &limits).unwrap();
            Message::said(Seq(seq), MessageId::new(Uuid::from_u128(seq.into())), author, body, 0)
        };
        authors.iter().enumerate().map(message).collect()
    }

    fn update(reading: &mut Reading, authors: &[u128], looking: bool) -> (usize, Option<u128>) {
        let ada = UserId::new(Uuid::from_u128(ADA));
        reading.update(log(authors).iter().rev(), Some(ada), looking);
        (reading.unread(), reading.first_new().map(|key| key.id.uuid().as_u128()))
    }

    #[test]
    fn what_comes_while_the_reader_looks_is_read() {
        let mut reading = Reading::new(Seq(1));
        assert_eq!(update(&mut reading, &[BOB, BOB], true), (0, None));
        assert_eq!(update(&mut reading, &[BOB, BOB], false), (0, None));
    }

    #[test]
    fn the_mark_stands_before_the_first_unseen_message_of_another() {
        let mut reading = Reading::new(Seq(1));
        assert_eq!(update(&mut reading, &[BOB, ADA], false), (0, None), "one's own is no news");
        assert_eq!(update(&mut reading, &[BOB, ADA, BOB], false), (1, Some(3)));
        assert_eq!(update(&mut reading, &[BOB, ADA, BOB, BOB], false), (2, Some(3)));
        assert_eq!(update(&mut reading, &[BOB, ADA, BOB, BOB], true), (0, Some(3)), "it stays");
        assert_eq!(update(&mut reading, &[BOB, ADA, BOB, BOB, BOB], true), (0, Some(3)));
        assert_eq!(update(&mut reading, &[BOB, ADA, BOB, BOB, BOB, BOB], false), (1, Some(6)));
        reading.spoke();
        assert_eq!(reading.first_new(), None);
    }

    #[test]
    fn another_history_is_counted_from_where_it_ends() {
        let mut reading = Reading::new(Seq(900));
        assert_eq!(update(&mut reading, &[BOB, BOB], false), (0, None));
        assert_eq!(update(&mut reading, &[BOB, BOB, BOB], false), (1, Some(3)));
    }
}
