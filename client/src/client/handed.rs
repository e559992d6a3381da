//! What the client only passes on: frames about a board, which another part of the program reads and
//! writes, over the one connection there is.

use starling_protocol::board::BOARD_REF;
use starling_protocol::{Ref, ServerEvent};

use super::{Change, Client, Frame, Output};

impl Client {
    /// Sends a text frame as it is, with [`BOARD_REF`] in its `ref` if it has one. Without a connection
    /// nothing is sent; whoever wrote it is asked for it anew on the next one.
    pub fn send_text(&mut self, text: String) {
        if self.link.is_open() {
            self.outputs.push_back(Output::Send(Frame::Text(text)));
        }
    }

    /// Hands a frame on. Each comes once, also those that say the same.
    pub(super) fn hand_on(&mut self, text: &str) {
        self.outputs.push_back(Output::Changed(Change::HandedOn { text: text.to_owned() }));
    }
}

/// Whether the client does not read that itself: it does not know it, or did not ask for it.
pub(super) fn is_anothers(event: &ServerEvent) -> bool {
    match event {
        ServerEvent::Unknown => true,
        ServerEvent::Ack { reference, .. }
        | ServerEvent::Error { reference: Some(reference), .. } => reference & BOARD_REF != 0,
        _ => false,
    }
}

/// The `ref` after that one, which is never a board's.
pub(super) fn next_ref(last: Ref) -> Ref {
    (last + 1) % BOARD_REF
}

#[cfg(test)]
mod tests {
    use starling_protocol::Slug;

    use super::*;

    #[test]
    fn a_frame_that_it_does_not_know_is_handed_on_as_it_came_and_as_often() {
        let texts = [
            r#"{"type": "previews", "room": "den", "complete": true, "previews": []}"#,
            r#"{"type": "previews", "room": "den", "complete": true, "previews": []}"#,
            r#"{"type": "operated", "room": "den", "operated": {"seq": 9}}"#,
            r#"{"type": "ack", "ref": 2147483648, "seq": 4}"#,
            r#"{"type": "error", "ref": 4294967295, "code": "busy", "message": "Later."}"#,
        ];
        let mut client = Client::new(0);
        for text in texts {
            client.received_text(0, text);
        }
        let mut handed = Vec::new();
        while let Some(output) = client.poll() {
            match output {
                Output::Changed(Change::HandedOn { text }) => handed.push(text),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(handed, texts);
    }

    #[test]
    fn what_the_client_reads_itself_is_not_handed_on() {
        let mut client = Client::new(0);
        for text in [
            r#"{"type": "pong"}"#,
            r#"{"type": "ack", "ref": 2147483647}"#,
            r#"{"type": "error", "code": "bad_json", "message": "What?"}"#,
            r#"{"type": "new", "room": "den", "seq": 3}"#,
        ] {
            client.received_text(0, text);
        }
        assert_eq!(client.poll(), None);
    }

    #[test]
    fn its_own_refs_never_are_a_boards() {
        assert_eq!(
            [next_ref(0), next_ref(BOARD_REF - 2), next_ref(BOARD_REF - 1)],
            [1, BOARD_REF - 1, 0]
        );
    }

    #[test]
    fn nothing_is_sent_without_a_connection() {
        let mut client = Client::new(0);
        client.join(0, &Slug::new("den"));
        client.send_text("{}".to_owned());
        assert_eq!(client.poll(), None);
    }
}
