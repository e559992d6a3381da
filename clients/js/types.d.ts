// Made from the protocol crate: do not edit. `UPDATE_TYPES=1 cargo test -p starling-protocol typescript`
// writes it. docs/protocol.md says what each event means and when it comes.

/** What a client says. */
export type ClientEvent =
  | { "type": "join",
/** Comes back in the answer. */
ref: number,
/** Which room. */
room: Slug,
/** How far the client has read the chat, if it has; asks for what it missed. */
resume?: Position,
}
  | { "type": "leave",
/** Comes back in the answer. */
ref: number,
/** Which room. */
room: Slug,
}
  | { "type": "post",
/** Comes back in the answer. */
ref: number,
/** In which room. */
room: Slug,
/** Made by the client, once per message. */
id: MessageId,
/** 1 to 4,000 characters after trimming; with a file also none. */
body: string,
/** A finished upload of the person's own, for this room, that no message has. */
file?: FileId,
}
  | { "type": "typing",
/** In which room. */
room: Slug,
/** False ends it at once; otherwise it ends 2 seconds after the last one. */
active: boolean,
}
  | { "type": "status",
/** `away` also stops the cursor frames to this connection. */
status: Status,
}
  | { "type": "rename",
/** Comes back in the answer. */
ref: number,
/** 1 to 40 characters after trimming. */
name: string,
}
  | { "type": "history",
/** Comes back in the answer. */
ref: number,
/** Of which room. */
room: Slug,
/** Only messages before this one. */
before: Seq,
}
  | { "type": "edit",
/** Comes back in the answer. */
ref: number,
/** In which room. */
room: Slug,
/** Which message. */
message: Seq,
/** 1 to 4,000 characters after trimming. */
body: string,
}
  | { "type": "react",
/** Comes back in the answer. */
ref: number,
/** In which room. */
room: Slug,
/** To which message. */
message: Seq,
/** One emoji or sign. */
emoji: string,
/** Whether the reaction is there from now on. */
active: boolean,
}
  | { "type": "direct",
/** Comes back in the answer. */
ref: number,
/** With whom. */
user: UserId,
}
  | { "type": "delete_message",
/** Comes back in the answer. */
ref: number,
/** In which room. */
room: Slug,
/** Which one. */
message: Seq,
}
  | { "type": "moderate",
/** Comes back in the answer. */
ref: number,
/** In which room. */
room: Slug,
/** About whom. */
user: UserId,
/** What. */
measure: Measure,
/** Why; shown to them and kept in the room's log. At most 200 characters. */
reason?: string,
/** After how many seconds a mute or a ban ends; without it, never by itself. */
seconds?: number,
}
  | { "type": "lock",
/** Comes back in the answer. */
ref: number,
/** Which room. */
room: Slug,
/** Whether it is locked from now on. */
locked: boolean,
}
  | { "type": "follow",
/** Comes back in the answer. */
ref: number,
/** In which room. */
room: Slug,
/** Whom; nobody if absent. Somebody else who is here, and who follows neither this person nor
 * somebody who does. */
user?: UserId,
}
  | { "type": "gather",
/** Comes back in the answer. */
ref: number,
/** In which room. */
room: Slug,
/** Where. */
view: View,
}
  | { "type": "authenticate",
/** Comes back in the answer. */
ref: number,
/** What an `Authorization: Bearer` header would carry. */
token: string,
}
  | { "type": "ping", };

/** What the server says. */
export type ServerEvent =
  | { "type": "hello",
/** Names the frontend that this server serves; another value than the page's own means
 * that the page is older. */
build: string,
/** Who the connection speaks for. */
user: User,
/** What the server accepts. */
limits: Limits,
/** After so many silent milliseconds a client sends `ping`. Default 25,000. */
ping_after_ms: number,
/** A client that waited so many milliseconds more for any answer gives the connection up.
 * Default 8,000. */
pong_within_ms: number,
/** After so many milliseconds the token that the connection stands on ends, and the
 * connection with it; absent if it does not end by itself. */
expires_in_ms?: number,
}
  | { "type": "joined",
/** Of the `join`; absent if the server starts the client over by itself, because it fell
 * too far behind while connected. */
ref?: number,
/** Which room. */
room: Slug,
/** Stands for the room in binary frames. */
channel: Channel,
/** The client's own slot in cursor frames. */
slot: Slot,
/** Where the client stands in the chat now; the next `message` has the `seq` after it. */
position: Position,
/** Whether everything after the `resume` of the `join` will arrive. If false, the client
 * forgets the messages it has and takes `messages`. */
recovered: boolean,
/** The latest messages, oldest first; empty when recovered. */
messages: Array<Message>,
/** Whether there are messages older than these; meaningless when recovered. */
more: boolean,
}
  | { "type": "message",
/** In which room. */
room: Slug,
/** What. */
message: Message,
}
  | { "type": "message_deleted",
/** In which room. */
room: Slug,
/** The number of this event. */
seq: Seq,
/** The number of the message that is no more. */
message: Seq,
/** Who deleted it; absent if an operator did on the server itself. */
by?: UserId,
/** When, in milliseconds since 1970-01-01T00:00:00Z. */
at: number,
}
  | { "type": "message_edited",
/** In which room. */
room: Slug,
/** The number of this event. */
seq: Seq,
/** The number of the message. */
message: Seq,
/** What it says; `None` if it was deleted since. */
body?: MessageBody,
/** When, in milliseconds since 1970-01-01T00:00:00Z. */
at: number,
}
  | { "type": "reacted",
/** In which room. */
room: Slug,
/** The number of this event. */
seq: Seq,
/** The number of the message. */
message: Seq,
/** With which sign. */
emoji: Emoji,
/** Who. */
user: UserId,
/** Whether the reaction is there from now on. */
active: boolean,
}
  | { "type": "rights" } & Rights | { "type": "removed",
/** Which room. */
room: Slug,
/** Why, for programs. */
code: ErrorCode,
/** Why, for people. */
message: string,
}
  | { "type": "history",
/** Of the `history` request. */
ref: number,
/** Of which room. */
room: Slug,
/** The messages before the one asked for, oldest first. */
messages: Array<Message>,
/** Whether there are older ones. */
more: boolean,
}
  | { "type": "people",
/** In which room. */
room: Slug,
/** The state this is. */
revision: Revision,
/** All of them, by id. */
people: Array<Person>,
/** How often this room takes a cursor from a participant, per second. */
cursor_hz: number,
}
  | { "type": "people_changed",
/** In which room. */
room: Slug,
/** The state after it; the one before is the revision less one. */
revision: Revision,
/** Who came or changed, as they are now. */
changed: Array<Person>,
/** Who left. */
left: Array<UserId>,
/** How often this room takes a cursor from a participant, per second. */
cursor_hz: number,
}
  | { "type": "typing",
/** In which room. */
room: Slug,
/** Who; empty if they are more than 100, when only the count is told. */
people: Array<UserId>,
/** How many. */
count: number,
}
  | { "type": "direct",
/** Of the request. */
ref: number,
/** The conversation's room. */
room: Slug,
/** Who the other one is. */
with: User,
}
  | { "type": "directs",
/** All of them. */
directs: Array<Direct>,
}
  | { "type": "custom",
/** In which room. */
room: Slug,
/** What the program calls it. */
event: string,
/** Whatever it says. */
data: Json,
/** Whose program. */
by: UserId,
/** When, in milliseconds since 1970-01-01T00:00:00Z. */
at: number,
}
  | { "type": "viewing",
/** In which room. */
room: Slug,
/** Whom it follows. */
user: UserId,
/** What they see. */
view: View,
}
  | { "type": "gathered",
/** In which room. */
room: Slug,
/** Who. */
by: UserId,
/** Where. */
view: View,
}
  | { "type": "ack",
/** Of the request. */
ref: number,
/** Of a `post`: the message's number. */
seq?: Seq,
}
  | { "type": "error",
/** Of the request; absent if the frame could not be read. */
ref?: number,
/** Why, for programs. */
code: ErrorCode,
/** Why, for people. */
message: string,
/** With a temporary code: when to send it again. */
retry_after_ms?: number,
}
  | { "type": "pong",
}
  | { "type": "goodbye",
/** When to come back. */
reconnect_after_ms: number, };

/** Why the server refused something; `docs/protocol.md` has the table. A client treats a
 * code it does not know as final. */
export type ErrorCode = "bad_json" | "bad_frame" | "bad_form" | "no_such_room" | "not_joined" | "already_joined" | "too_many_rooms" | "room_full" | "room_cap" | "name_empty" | "name_too_long" | "room_name_empty" | "room_name_too_long" | "message_empty" | "message_too_long" | "conflict" | "slow_down" | "busy" | "storage_full" | "unavailable" | "bad_avatar" | "reason_too_long" | "no_such_message" | "bad_invite" | "no_such_person" | "cannot_follow" | "forbidden" | "read_only" | "muted" | "banned" | "kicked" | "room_locked" | "room_archived" | "room_deleted" | "scope_missing" | "bad_handle" | "bad_email" | "bad_password" | "bad_code" | "handle_taken" | "email_taken" | "wrong_credentials" | "has_account" | "sign_up_closed" | "guests_closed" | "no_identity" | "bad_token" | "token_expired" | "no_such_token" | "too_many_tokens" | "no_such_connection" | "out_of_order" | "bad_emoji" | "too_many_reactions" | "no_such_address" | "wrong_method" | "bad_request" | "changed" | "no_such_file" | "file_empty" | "file_too_large" | "wrong_offset" | "wrong_hash" | "too_many_uploads" | "too_many_bytes" | "files_full" | "uploads_closed" | "bad_object" | "text_too_long" | "stroke_too_long" | "too_many_changes" | "say_too_long" | "board_full" | "operation_conflict" | "wrong_origin" | "too_large" | "too_slow";

/** How far a client has read a stream. */
export type Position = { 
/** The numbering that `seq` belongs to. */
epoch: Epoch,
/** The last event the client has. */
seq: Seq, };

/** A person as others see them. */
export type User = { 
/** Who. */
id: UserId,
/** What they call themselves; not unique. */
name: DisplayName,
/** Their colour. */
hue: Hue,
/** What stands for them in their circle, if they chose something; otherwise their initial. */
avatar?: Avatar, };

/** A message of a room's chat, as it is now: it can have been edited, reacted to and deleted since it
 * was said. */
export type Message = { 
/** Its number in the room's chat stream. */
seq: Seq,
/** Its identity, made by the author's client. */
id: MessageId,
/** Who wrote it, under the name they had then. */
author: User,
/** What it says now; `None` once it was deleted. */
body?: MessageBody,
/** The file that it has, until it was deleted. Then it may say nothing, which is not the same as
 * to be deleted. */
file?: Attachment,
/** Who deleted it; absent while it is there, and if it was deleted on the server itself. */
deleted_by?: UserId,
/** When its author changed what it says, if they did, in milliseconds since
 * 1970-01-01T00:00:00Z. */
edited_at?: number,
/** How people reacted to it, in the order of the signs' code points; each has somebody. The order
 * follows from what is there alone: whoever missed something ends with the same. */
reactions?: Array<Reactions>,
/** When the server stored it, in milliseconds since 1970-01-01T00:00:00Z. Only `seq` orders
 * messages: clocks can step back. */
at: number, };

/** Everyone who reacted to a message with the same sign. */
export type Reactions = { 
/** The sign. */
emoji: Emoji,
/** Who, in the order of their ids; nobody twice. */
by: Array<UserId>, };

/** A person in a room, all their participants folded into one. */
export type Person = { 
/** Who. */
id: UserId,
/** What they call themselves. */
name: DisplayName,
/** Their colour. */
hue: Hue,
/** What stands for them in their circle, if they chose something; otherwise their initial. */
avatar?: Avatar,
/** What they are in the room; absent means visitor. */
role?: Role,
/** How they are here. */
status: Status,
/** The slots of their participants in cursor frames, ascending. Empty for a few seconds after
 * the last connection broke, in case it was only a reload. */
slots: Array<Slot>, };

/** A conversation of two people, as one of them finds it. */
export type Direct = { 
/** Its room. */
room: Slug,
/** Who the other one is. */
with: User,
/** Where its chat ends. */
seq: Seq,
/** Who said the last thing; absent before the first. */
by?: UserId,
/** When something was said there last, or when it was opened, in milliseconds since
 * 1970-01-01T00:00:00Z. */
at: number, };

/** A file that has arrived whole. */
export type Attachment = { 
/** Its identity, made by the server at random. */
id: FileId,
/** What it is called. */
name: FileName,
/** As what it is served: what its first bytes say, or `application/octet-stream`. */
media_type: string,
/** How many bytes it has. */
size: number,
/** What it is. */
kind: FileKind,
/** Of an image: how many pixels wide it is shown. */
width?: number,
/** Of an image: how many pixels high it is shown. */
height?: number, };

/** What a file is, by its first bytes and nothing else. Only what is not `other` is shown in a page. */
export type FileKind = "image" | "audio" | "video" | "other";

/** What a file is called by whoever sent it: the last part of a path, on one line, without what would
 * make it look like another name. It names nothing on any disk. */
export type FileName = string;

/** What a person may do in a room, and what the room is, as they are told. */
export type Rights = { 
/** In which room. */
room: Slug,
/** What the person is there. */
role: Role,
/** All that they may do. */
may: Array<Action>,
/** Why they may not talk, if they may not, for people. */
silenced?: string,
/** When that ends by itself, if it does, in milliseconds since 1970-01-01T00:00:00Z. */
silenced_until?: number,
/** The room's name. */
name: RoomName,
/** Who finds the room. */
visibility: Visibility,
/** Whether only moderators and owners may talk. */
locked: boolean,
/** Whether the room is only read. */
archived: boolean,
/** Of a conversation of two, who the other one is. */
with?: User, };

/** What the server accepts. It tells them in `hello` and in every page; all are configuration. */
export type Limits = { 
/** The longest name of a person, in Unicode scalars after trimming. Default 40. */
name_chars: number,
/** The longest name of a room, in Unicode scalars after trimming. Default 80. */
room_name_chars: number,
/** The longest message, in Unicode scalars after trimming. Default 4,000. */
message_chars: number,
/** The largest frame a client may send, in bytes. Default 65,536. */
frame_bytes: number,
/** The most messages in one `history` reply and in a snapshot. Default 50. */
history_page: number,
/** The most rooms joined at once on one connection. Default 32. */
rooms_per_connection: number,
/** The largest file that somebody may send, in bytes; 0 where nobody sends any. Default 268,435,456. */
file_bytes: number, };

/** Something that can be done in a room, and that not everyone may do. */
export type Action = "read" | "post" | "point" | "draw" | "delete_own" | "edit_own" | "react" | "delete_any" | "mute" | "kick" | "ban" | "lock" | "invite" | "broadcast" | "gather" | "remove_member" | "read_audit" | "set_role" | "rename" | "set_visibility" | "hand_over" | "archive" | "delete_room";

/** What a moderator does about somebody. */
export type Measure = "mute" | "unmute" | "kick" | "ban" | "unban";

/** What a person is in a room. Ordered: who is more may do all that those below may. */
export type Role = "visitor" | "member" | "moderator" | "owner";

/** How somebody is here. Ordered: of a person's tabs the most active one counts. */
export type Status = "away" | "idle" | "active";

/** Who finds a room. */
export type Visibility = "public" | "unlisted" | "private";

/** A rectangle of the board, in quarters of a board unit, its edges included. In JSON it is a list
 * of left, top, right and bottom. */
export type View = [number, number, number, number];

/** A person's identity, a guest's or an account's. */
export type UserId = string;

/** A message's identity, made by the client that wrote it. Together with the author it makes
 * sending idempotent. */
export type MessageId = string;

/** A file's identity, made by the server at random. It also names an upload that is not finished. */
export type FileId = string;

/** The identity of a stream's numbering. Positions of different epochs cannot be compared;
 * restoring a backup makes a new one. */
export type Epoch = string;

/** The number of an event in its stream: 1 for the first, without gaps; 0 stands for "before the
 * first". */
export type Seq = number;

/** The number of a state of a room's presence; each change raises it by one. */
export type Revision = number;

/** Stands for a room in binary frames. The server chooses it when it starts the room's task and
 * tells it in `joined`; it is the same for every connection, so that one encoded frame serves all. */
export type Channel = number;

/** Stands for one participant in a room's cursor frames. A slot that became free rests for 60
 * seconds before somebody else gets it. */
export type Slot = number;

/** The part of a room's address that names it: `/r/{slug}`. Never empty; derived from the room's
 * name by the server, compared as it stands. */
export type Slug = string;

/** A person's colour, 0 to 11: an index into the twelve hues of the style sheet. */
export type Hue = number;

/** A person's name: on one line, trimmed, with something to see in it. Not unique. */
export type DisplayName = string;

/** A room's name: on one line, trimmed, with something to see in it. */
export type RoomName = string;

/** What a message says: trimmed, with something to see in it; may have several lines. */
export type MessageBody = string;

/** What stands for a person in their circle: one letter, sign or emoji. */
export type Avatar = string;

/** With what somebody reacts to a message: one emoji or sign, no letter and no digit. */
export type Emoji = string;

/** Any JSON, as its text: whoever passes it on need not know what it says. */
export type Json = unknown;

/** What a client says of a board. It has joined the room. */
export type BoardRequest =
  | { "type": "open_board",
/** Comes back in the answer. */
ref: number,
/** In which room. */
room: Slug,
/** How far the client has the board, if it does; asks for what it missed. */
resume?: Position,
}
  | { "type": "close_board",
/** In which room. */
room: Slug,
}
  | { "type": "operate",
/** Comes back in the answer. */
ref: number,
/** In which room. */
room: Slug,
/** What. */
operation: Operation,
}
  | { "type": "preview",
/** In which room. */
room: Slug,
/** What; absent to let go. If the frame is larger than 32 KiB, others see an empty hand. */
preview?: Preview,
}
  | { "type": "signal",
/** In which room. */
room: Slug,
/** How. */
signal: Signal, };

/** What the server says of a board. */
export type BoardEvent =
  | { "type": "board",
/** Of the `open_board`; absent if the server starts the client over by itself, because it fell
 * too far behind while connected. */
ref?: number,
/** In which room. */
room: Slug,
/** Where the client stands in the board's stream now; the next `operated` has the `seq` after it. */
position: Position,
/** Whether everything after the `resume` will arrive. If false, the client forgets the objects
 * it has and takes `objects`. */
recovered: boolean,
/** What lies on the board, by id; empty when recovered. It may be already what an `operated` that
 * follows makes of it: applied all the same, in order, they lead to the board as it is. */
objects: Array<Object>,
/** Whether these are the last ones. If false, another `board` with the same position follows
 * and has more of them; other events may come before it. */
whole: boolean,
/** What the board takes. */
limits: BoardLimits,
}
  | { "type": "operated",
/** In which room. */
room: Slug,
/** How. */
operated: Operated,
}
  | { "type": "previews",
/** In which room. */
room: Slug,
/** Whether these are all there are; otherwise only what changed since the tick before. */
complete: boolean,
/** A participant each. */
previews: Array<SlotPreview>,
}
  | { "type": "signals",
/** In which room. */
room: Slug,
/** In their order. */
signals: Array<SlotSignal>, };

/** What a board takes. The server tells it in `board`; all are configuration. */
export type BoardLimits = { 
/** The most objects on a board. Default 10,000. */
objects: number,
/** The longest text of an object, in Unicode scalars. Default 2,000. */
text_chars: number,
/** The most points of a stroke. Default 2,000. */
points: number,
/** The most changes in one operation or preview. Default 500. */
changes: number,
/** The longest text at a cursor, in Unicode scalars. Default 42. */
say_chars: number, };

/** Something on a board. It lies on the board with all of its area. */
export type Object = { 
/** Its identity, made by the client that put it there. */
id: ObjectId,
/** Its top left corner. */
at: Point,
/** How large it is. */
size: Size,
/** What lies further front has the higher number; of equal ones, the higher id. */
layer: number,
/** Its colour. */
tint: Tint,
/** Who put it there. The server writes this, whatever a client says. */
by: UserId,
/** What it is. */
content: Content, };

/** What an object is. */
export type Content = { "note": { 
/** What it says. */
text: string, } }
  | { "text": { 
/** What it says. */
text: string,
/** How high one line is, in quarters of a board unit. */
line: number, } }
  | { "ink": { 
/** Its points, from the object's corner, in the size that they were drawn in: an object of
 * another size shows them stretched. At least one. */
points: Array<InkPoint>,
/** How thick it is at full pressure, in quarters of a board unit. */
width: number, } }
  | { "shape": { 
/** Which one. */
form: Form,
/** What stands in it. */
text: string, } }
  | { "arrow": { 
/** Where it starts. */
start: Corner, } }
  | { "image": { 
/** The upload: finished, for this room, and a picture. */
file: FileId,
/** What is to be seen, for those who do not see it. */
alt: string, } };

/** A point of a stroke: `[x, y, pressure]`. */
export type InkPoint = [x: number, y: number, pressure: number];

/** A simple shape. */
export type Form = "rectangle" | "ellipse" | "diamond";

/** A corner of an object's area. */
export type Corner = "top_left" | "top_right" | "bottom_left" | "bottom_right";

/** How large an object is, in quarters of a board unit. */
export type Size = { 
/** From left to right. */
width: number,
/** From top to bottom. */
height: number, };

/** A point on the board, in quarters of a board unit. Every value is on the board. */
export type Point = { 
/** From the left edge, 0 to 65,535 quarter units. */
x: number,
/** From the top edge, 0 to 65,535 quarter units. */
y: number, };

/** The colour of an object: 0 to 11 are the hues of people, 12 is the colour of text. */
export type Tint = number;

/** Some changes that happen together: all of them, or none. */
export type Operation = { 
/** Made by the client, once per operation: a repeat by the same person changes nothing. */
id: OperationId,
/** What changes, in this order. */
changes: Array<Change>, };

/** One thing that changes. */
export type Change = { "put": { 
/** Which. */
object: Object, } }
  | { "set": { 
/** Of which object. */
object: ObjectId,
/** What becomes of them. */
fields: Fields, } }
  | { "delete": { 
/** Which. */
object: ObjectId, } };

/** Some of an object's fields; those that are absent stay what they are, and those that the object's
 * content does not have are ignored. */
export type Fields = { 
/** Its top left corner. */
at?: Point,
/** How large it is. */
size?: Size,
/** How far front it lies. */
layer?: number,
/** Its colour. */
tint?: Tint,
/** What a note, text or shape says, or what an image shows. */
text?: string,
/** How high a line of a text is. */
line?: number,
/** Where an arrow starts. */
start?: Corner, };

/** An operation as it was stored: an event of the board's stream. */
export type Operated = { 
/** Its number in the board's stream. */
seq: Seq,
/** Who did it. */
by: UserId,
/** When the server stored it, in milliseconds since 1970-01-01T00:00:00Z. */
at: number,
/** What they did. */
operation: Operation, };

/** What a participant has in hand. */
export type Preview = { "hold": { 
/** What would change if they let go now; a `set` without fields only holds. */
changes: Array<Change>, } }
  | { "stroke": { 
/** The object it is going to be. */
object: ObjectId,
/** Its colour. */
tint: Tint,
/** How thick it is, in quarters of a board unit. */
width: number,
/** How many points came before these. */
from: number,
/** The latest points, on the board. Who has not seen those before draws what there is. */
points: Array<InkPoint>, } };

/** What a participant has in hand, or nothing any more. */
export type SlotPreview = { 
/** Who. */
slot: Slot,
/** What; absent once they let go. */
preview?: Preview, };

/** A way to point at something. */
export type Signal = { "beacon": { 
/** Where. */
at: Point, } }
  | { "throw": { 
/** From where. */
at: Point,
/** Which one. */
emoji: Emoji, } }
  | { "say": { 
/** At most 42 characters. */
text: string, } }
  | { "laser": { 
/** From now on. */
active: boolean, } };

/** Who signalled what. */
export type SlotSignal = { 
/** Who. */
slot: Slot,
/** What. */
signal: Signal, };

/** The identity of something on a board, made by the client that puts it there. */
export type ObjectId = string;

/** The identity of a change of a board, made by the client. Together with the author it makes
 * changing idempotent. */
export type OperationId = string;
