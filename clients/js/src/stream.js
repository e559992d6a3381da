// Owns which events count in a room's stream: each of these has the number after the one before.

const STREAM = new Set(["message", "message_deleted", "message_edited", "reacted"]);
const ELSEWHERE = new Set(["history", "people", "people_changed", "typing", "rights", "custom", "direct"]);

/** An event's number in the stream; undefined if it is not of the stream. */
export function seqOf(event) {
  if (event.type === "message") {
    return event.message.seq;
  }
  // An event of the stream that only newer clients understand counts like any other.
  return STREAM.has(event.type) || !ELSEWHERE.has(event.type) ? event.seq : undefined;
}
