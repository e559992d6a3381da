// The types of starling.js. What crosses the wire is in types.d.ts, which is made from the protocol.

import type {
  Direct, ErrorCode, Limits, Measure, Message, Person, Position, Rights, ServerEvent, Status, User,
} from "./types.js";

export * from "./types.js";

/** The subprotocol that names the version. */
export const SUBPROTOCOL: "starling.v1";

/** The side of the board, in board units; the origin is top left. */
export const BOARD_UNITS: 16384;

/** Why something was not done. */
export class Refusal extends Error {
  constructor(code: string, message: string, retryAfterMs?: number | null);
  /** An error code; "disconnected" if no answer came, "closed" if the connection was ended. */
  readonly code: ErrorCode | "disconnected" | "closed" | (string & {});
  /** With a temporary code: when to send it again. */
  readonly retryAfterMs: number | null;
  /** Whether the same can succeed later, unchanged and by itself. */
  readonly isTemporary: boolean;
}

/** How the connection is. "waiting" is for the next try; after "ended" only `connect` begins anew. */
export type Connection = "idle" | "connecting" | "online" | "waiting" | "ended";

export interface Options {
  /** A personal token, or what makes one; for each connection it gets a ticket (`/api/v1/tickets`). */
  token?: string | (() => string | Promise<string>);
  /** Gets a ticket, for pages whose own server keeps the token. */
  ticket?: () => Promise<string>;
  /** For a WebSocket that takes headers, as that of the package ws: a `cookie` with its `origin`. */
  headers?: Record<string, string>;
  /** Where messages on their way outlive the page, such as `localStorage`. */
  storage?: Storage | null;
  /** For Node before 22, which has none of its own: that of the package ws. */
  WebSocket?: unknown;
}

/** What the server said, by its `type`. */
export type Said<Type extends ServerEvent["type"]> = Extract<ServerEvent, { type: Type }>;

type WireEvents = { [Type in ServerEvent["type"]]: Said<Type> };

export interface StarlingEvents extends WireEvents {
  connection: {
    connection: Connection;
    /** The close code that ended it for good. */
    code: number | null;
  };
}

/** A message that is not stored yet. */
export interface Pending {
  id: string;
  body: string;
}

/** Where somebody points. */
export interface Cursor {
  slot: number;
  person: Person;
  /** In board units, from the left edge. */
  x: number;
  /** In board units, from the top edge. */
  y: number;
  /** How many milliseconds old the place was; 254 stands for more. */
  age: number;
}

type RoomTypes = Extract<ServerEvent, { room: string }>["type"];

export interface RoomEvents extends Pick<WireEvents, RoomTypes> {
  /** Others' cursors, after each frame. */
  cursors: Cursor[];
  /** The messages that are not stored yet. */
  pending: Pending[];
  /** Joining was refused. */
  refused: Refusal;
  /** A message was refused for good. */
  post_refused: Pending & { refusal: Refusal };
}

/** One connection, which comes back by itself, and the rooms on it. */
export class Starling {
  /** `url` is where the site is, such as `https://rooms.example`. */
  constructor(url: string | URL, options?: Options);
  readonly connection: Connection;
  /** Who it speaks for, once greeted. */
  readonly user: User | null;
  readonly limits: Limits | null;
  /** Private conversations, the latest first. */
  readonly directs: Direct[];
  /** Resolves once greeted; rejects if the server does not want this client. */
  connect(): Promise<User>;
  /** Leaves all rooms and ends the connection for good. */
  close(): Promise<void>;
  /** Enters a room, now and after every reconnect. Rejects if that is refused for good. */
  join(slug: string): Promise<Room>;
  /** The same, without waiting for it. */
  room(slug: string): Room;
  /** Opens the private conversation with somebody, and enters it. */
  direct(user: string): Promise<Room>;
  /** Leaves a room and forgets it. */
  leave(slug: string): Promise<void>;
  rename(name: string): Promise<void>;
  setStatus(status: Status): void;
  /** Shows a new token of the same person before the old one ends. */
  authenticate(token: string): Promise<void>;
  /** Returns what ends the listening. */
  on<Type extends keyof StarlingEvents>(type: Type, listener: (event: StarlingEvents[Type]) => void): () => void;
}

export class Room {
  private constructor();
  readonly slug: string;
  readonly isJoined: boolean;
  /** How far the stream is known. */
  readonly position: Position | null;
  /** Oldest first, without a gap. */
  readonly messages: Message[];
  readonly hasOlder: boolean;
  /** Who is here. */
  readonly people: Person[];
  /** Others' cursors; in a large room some of those in and around what one sees. */
  readonly cursors: Cursor[];
  /** How many more there are than one is shown. */
  readonly others: number;
  /** Whom the person follows. */
  readonly following: string | null;
  readonly typing: { people: string[]; count: number };
  /** What the person may do here. */
  readonly rights: Rights | null;
  /** Why it is not joined, if the server said so. */
  readonly problem: Refusal | null;
  /** What is not stored yet, oldest first. */
  readonly pending: Pending[];
  /**
   * Says something, once: now, or as soon as there is a connection. Resolves once it is stored, rejects when
   * it is refused for good, and when the room is.
   */
  send(body: string, options?: { id?: string }): Promise<{ id: string; seq: number }>;
  edit(message: number, body: string): Promise<unknown>;
  react(message: number, emoji: string, active?: boolean): Promise<unknown>;
  delete(message: number): Promise<unknown>;
  moderate(user: string, measure: Measure, options?: { reason?: string; seconds?: number }): Promise<unknown>;
  lock(locked?: boolean): Promise<unknown>;
  /** Loads a page of older messages, and returns them. */
  loadOlder(): Promise<Message[]>;
  /** Call it with every key; it is told no more often than it counts. */
  setTyping(active?: boolean): void;
  /** Points there, in board units; without a place, nowhere. */
  point(x?: number | null, y?: number): void;
  /** What the person sees of the board, in board units. Call it whenever that changes. */
  lookAt(left: number, top: number, right: number, bottom: number): void;
  /** Follows somebody, or nobody: what they see comes as "viewing", in quarters of a board unit. */
  follow(user?: string | null): Promise<void>;
  /** Brings everyone to a part of the board, in board units: they are told "gathered". */
  gather(left: number, top: number, right: number, bottom: number): Promise<void>;
  leave(): Promise<void>;
  /** Returns what ends the listening. */
  on<Type extends keyof RoomEvents>(type: Type, listener: (event: RoomEvents[Type]) => void): () => void;
}
