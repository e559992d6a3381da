// A client of Starling for programs and pages, over `starling.v1` (docs/protocol.md): one connection, any
// number of rooms, resume, and messages sent until acked. This file owns the socket, the clock and the
// requests; src/link.js decides when to connect and over what, src/room.js is what is known of a room.

import { decodeCursors } from "./src/cursors.js";
import { entry, siteOf } from "./src/entry.js";
import { EventsSocket } from "./src/events.js";
import { FINAL_CODES, Link } from "./src/link.js";
import { Listeners } from "./src/listeners.js";
import { watchThePage } from "./src/page.js";
import { Refusal } from "./src/refusal.js";
import { Room } from "./src/room.js";

export { BOARD_UNITS } from "./src/cursors.js";
export { Refusal } from "./src/refusal.js";

export const SUBPROTOCOL = "starling.v1";

/** Browsers take what is longer for no time at all. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** With more than this unsent, cursors wait. */
const CONGESTED_BYTES = 4 * 1024;
/** What a ticket or token was refused with that a new try would not change. */
const NOT_TAKEN = new Set(["bad_token", "token_expired", "no_identity", "scope_missing", "wrong_origin"]);
/** Within this time a server says that it is there. */
const ANSWERS_WITHIN = 10_000;
const now = () => performance.now();

export class Starling {
  #site;
  #options;
  #link = new Link();
  #socket = null;
  /** Counts connections, so that what comes late from an older one is told apart. */
  #tries = 0;
  #rooms = new Map();
  #requests = new Map();
  #lastRef = 0;
  #timer = null;
  #listeners = new Listeners();
  #status = "active";
  #waiting = [];
  #told = null;
  #ended = null;
  #unwatch = null;

  constructor(url, options = {}) {
    this.#site = siteOf(url);
    this.#options = { WebSocket: globalThis.WebSocket, storage: null, ...options };
    if (!this.#options.WebSocket) {
      throw new TypeError("There is no WebSocket here: pass one, such as that of the package ws, as an option.");
    }
    this.user = null;
    this.limits = null;
    this.directs = [];
  }

  /** "idle", "connecting", "online", "waiting" or "ended". */
  get connection() {
    return this.#link.is;
  }

  on(type, listener) {
    return this.#listeners.on(type, listener);
  }

  /** Connects, and from then on comes back by itself; resolves with the user once greeted. */
  connect() {
    if (this.#link.is === "online") {
      return Promise.resolve(this.user);
    }
    this.#watchThePage();
    this.#do(this.#link.start(now()));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** A room, which is entered as soon as there is a connection, and after every reconnect. */
  room(slug) {
    const room = this.#rooms.get(slug) ?? new Room(this, slug, this.#options.storage);
    this.#rooms.set(slug, room);
    room.wantIn();
    this.#join(room);
    return room;
  }

  /** Enters a room, now and after every reconnect; resolves with it once it is joined. */
  join(slug) {
    return this.room(slug).joined();
  }

  /** Opens the private conversation with somebody, and enters it. */
  async direct(user) {
    const { room } = await this.request({ type: "direct", user });
    return this.join(room);
  }

  /** Leaves a room and forgets it; what was not stored yet is refused. */
  async leave(slug) {
    const room = this.#rooms.get(slug);
    if (room) {
      this.#rooms.delete(slug);
      room.close(new Refusal("closed", "The room was left."));
      if (this.#link.is === "online") {
        await this.request({ type: "leave", room: slug });
      }
    }
  }

  async rename(name) {
    await this.request({ type: "rename", name });
  }

  /** "active", "idle" or "away": how the person is here. */
  setStatus(status) {
    this.#status = status;
    this.#say({ type: "status", status });
  }

  /** Shows a new token of the same person, before the old one ends, here and from now on. */
  async authenticate(token) {
    await this.request({ type: "authenticate", token });
    this.#options.token = token;
  }

  /** Leaves all rooms and ends the connection for good. */
  async close() {
    const closed = new Refusal("closed", "The connection was ended.");
    this.#unwatch?.();
    this.#unwatch = null;
    for (const room of this.#rooms.values()) {
      if (room.isJoined) {
        this.#say({ type: "leave", ref: ++this.#lastRef, room: room.slug });
      }
      room.close(closed);
    }
    const socket = this.#socket;
    this.#link.stop();
    this.#disconnected(closed);
    this.#rooms.clear();
    if (socket && socket.readyState < 2) {
      await new Promise((resolve) => {
        socket.onclose = resolve;
        socket.close(1000);
      });
    }
  }

  // For its rooms.

  /** Asks the server for something; resolves with the answer, rejects with the `Refusal`. */
  request(event) {
    if (this.#link.is !== "online") {
      return Promise.reject(new Refusal("disconnected", "There is no connection right now. Try again in a moment."));
    }
    return new Promise((resolve, reject) => this.#ask(event, resolve, reject));
  }

  /** Sends what waits in the rooms, and sets the clock for the rest. */
  pump() {
    if (this.#link.is === "online") {
      const isCongested = this.#socket.bufferedAmount > CONGESTED_BYTES;
      for (const room of this.#rooms.values()) {
        for (const wish of room.take(now(), isCongested)) {
          this.#grant(room, wish);
        }
      }
    }
    this.#wind();
  }

  #grant(room, { join, post, event, frame }) {
    if (join) {
      this.#join(room);
    } else if (post) {
      const { id, body } = post;
      this.#ask(
        { type: "post", room: room.slug, id, body },
        ({ seq }) => room.acked(id, seq),
        (refusal) => {
          if (refusal.code === "disconnected") {
            return;
          }
          if (refusal.isTemporary && !room.isShut) {
            room.outbox.delayed(id, now() + (refusal.retryAfterMs ?? 1_000));
          } else {
            room.postRefused(id, refusal);
          }
        },
      );
    } else if (event) {
      this.#say(event);
    } else {
      this.#socket.send(frame);
    }
  }

  #join(room) {
    if (this.#link.is === "online" && room.wantsIn) {
      room.isJoining = true;
      this.#ask(room.joinEvent(), null, (refusal) => {
        if (refusal.code !== "disconnected") {
          room.refused(now(), refusal);
        }
      });
    }
  }

  #ask(event, resolve, reject) {
    this.#lastRef = (this.#lastRef + 1) % 2 ** 32;
    this.#requests.set(this.#lastRef, { resolve, reject });
    this.#say({ ...event, ref: this.#lastRef });
  }

  #say(event) {
    if (this.#link.is === "online") {
      this.#socket.send(JSON.stringify(event));
    }
  }

  // The connection.

  #do(action) {
    if (action === "connect") {
      void this.#open(++this.#tries);
    } else if (action === "ping") {
      this.#say({ type: "ping" });
    } else if (action === "give up") {
      this.#disconnected();
    }
    this.#tell();
    this.#wind();
  }

  async #open(attempt) {
    const isCurrent = () => attempt === this.#tries && this.#link.is !== "idle";
    let way;
    try {
      way = await entry(this.#site, this.#link.carrier, this.#options);
    } catch (error) {
      if (isCurrent()) {
        this.#notTaken(error);
      }
      return;
    }
    if (!isCurrent()) {
      return;
    }
    // The package ws reads its third argument; browsers show what they show by themselves.
    const more = way.headers ? [{ headers: way.headers }] : [];
    const Socket = this.#link.carrier === "events" ? EventsSocket : this.#options.WebSocket;
    const socket = new Socket(way.address, SUBPROTOCOL, ...more);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = ({ code }) => this.#closed(code);
    // What went wrong is not told here; that the socket closes is.
    socket.onerror = () => {};
    this.#socket = socket;
  }

  #notTaken(error) {
    if (error instanceof Refusal && NOT_TAKEN.has(error.code)) {
      this.#ended = error;
      this.#closed(error.code === "token_expired" ? 4403 : 4401);
    } else {
      if (error.retryAfterMs) {
        this.#link.announced(error.retryAfterMs);
      }
      this.#closed(null, { tried: false });
    }
  }

  #heard(data) {
    this.#link.heard(now());
    if (typeof data !== "string") {
      const frame = decodeCursors(data);
      const room = [...this.#rooms.values()].find((room) => room.hasChannel(frame?.channel));
      room?.applyCursors(frame);
    } else {
      this.#received(JSON.parse(data));
    }
    this.pump();
  }

  #received(event) {
    const request = this.#requests.get(event.ref);
    this.#requests.delete(event.ref);
    const room = this.#rooms.get(event.room);
    switch (event.type) {
      case "hello":
        this.#greeted(event);
        break;
      case "goodbye":
        this.#link.announced(event.reconnect_after_ms);
        break;
      case "error":
        request?.reject(new Refusal(event.code, event.message, event.retry_after_ms ?? null));
        break;
      case "directs":
        this.directs = event.directs;
        break;
      default:
        if (room && !room.apply(event, this.user.id)) {
          // Something is missing: a fresh connection resumes, which mends it.
          this.#closed(null);
          return;
        }
        if (event.type === "joined" && room) {
          room.outbox.takeOver(`starling ${this.#site.href} ${this.user.id} ${room.slug} `);
        }
        request?.resolve?.(event);
    }
    this.#listeners.emit(event.type, event);
  }

  #greeted({ user, limits, ping_after_ms, pong_within_ms }) {
    this.#link.greeted(now(), ping_after_ms, pong_within_ms);
    [this.user, this.limits, this.#ended] = [user, limits, null];
    if (this.#status !== "active") {
      this.setStatus(this.#status);
    }
    this.#rooms.forEach((room) => this.#join(room));
    this.#waiting.splice(0).forEach(({ resolve }) => resolve(user));
    this.#tell();
  }

  #closed(code, how) {
    this.#link.closed(now(), code, how);
    this.#do("give up");
  }

  /** Asks the server whether it is there. */
  async #inquire() {
    const asked = fetch(new URL("healthz", this.#site), { credentials: "omit", signal: AbortSignal.timeout(ANSWERS_WITHIN) });
    const answers = await asked.then(({ ok }) => ok, () => false);
    this.#do(this.#link.answered(now(), answers));
  }

  #disconnected(refusal = new Refusal("disconnected", "The connection broke before the answer came.")) {
    const socket = this.#socket;
    this.#socket = null;
    this.#tries += 1;
    if (socket) {
      socket.onmessage = socket.onclose = null;
      if (this.#link.is !== "idle") {
        // A dead peer would otherwise keep the socket of ws for half a minute.
        socket.terminate ? socket.terminate() : socket.close();
      }
    }
    for (const { reject } of [...this.#requests.values()]) {
      reject?.(refusal);
    }
    this.#requests.clear();
    if (this.#link.takeAsks()) {
      void this.#inquire();
    }
    this.#rooms.forEach((room) => room.disconnected());
    if (this.#link.is === "ended" || this.#link.is === "idle") {
      const why = this.#ended ?? this.#why(refusal);
      this.#waiting.splice(0).forEach(({ reject }) => reject(why));
    }
    this.#tell();
    this.#wind();
  }

  #why(otherwise) {
    const code = this.#link.endedBy;
    return code === null
      ? otherwise
      : new Refusal(FINAL_CODES[code].replaceAll(" ", "_"), `The server ended the connection: ${FINAL_CODES[code]}.`);
  }

  #tell() {
    if (this.#told !== this.connection) {
      this.#told = this.connection;
      this.#listeners.emit("connection", { connection: this.connection, code: this.#link.endedBy });
    }
  }

  /** Sets the clock for whatever is due next. */
  #wind() {
    clearTimeout(this.#timer);
    const rooms = this.#link.is === "online" ? [...this.#rooms.values()] : [];
    const times = [this.#link.due, ...rooms.map((room) => room.due(now()))].filter((time) => time !== null);
    if (times.length > 0) {
      const wait = Math.min(...times) - now();
      this.#timer = setTimeout(() => this.#tick(), Math.min(Math.max(Math.ceil(wait), 1), LONGEST_TIMER));
    }
  }

  #tick() {
    this.#do(this.#link.timer(now()));
    this.pump();
  }

  #watchThePage() {
    const woken = () => this.#do(this.#link.woken(now()));
    this.#unwatch ??= watchThePage(woken, () => this.#do(this.#link.offline(now())));
  }
}
