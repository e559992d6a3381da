// Owns what is known of a room: the fold of the server's events, and what its person does there. Sends by
// way of the client, which owns the connection.

import { Listeners } from "./listeners.js";
import { Others } from "./others.js";
import { viewInQuarters } from "./cursors.js";
import { Outbox } from "./outbox.js";
import { Hands } from "./hands.js";
import { newId } from "./id.js";
import { change, delete_, edit, react } from "./message.js";
import { Refusal } from "./refusal.js";
import { seqOf } from "./stream.js";

/** What is not final about a join that was refused. */
const ASK_AGAIN = new Set(["slow_down", "busy", "room_full", "unavailable"]);
const ASK_AGAIN_AFTER = 5_000;
/** A room keeps this many messages, and after one more than twice as many drops the oldest. */
const MESSAGES = 500;

export class Room {
  #client;
  #listeners = new Listeners();
  #seat = null;
  #position = null;
  #revision = null;
  #people = new Map();
  #others = new Others();
  #askAgainAt = null;
  #waiting = [];

  constructor(client, slug, storage) {
    this.#client = client;
    this.slug = slug;
    this.outbox = new Outbox(storage);
    this.hands = new Hands();
    /** Whether the server was asked, on this connection. */
    this.isJoining = false;
    this.messages = [];
    this.hasOlder = false;
    this.typing = { people: [], count: 0 };
    this.rights = null;
    /** Whom the person follows, or null. */
    this.following = null;
    /** Why it is not joined, if the server said so. */
    this.problem = null;
  }

  // What a program asks and does.

  on(type, listener) {
    return this.#listeners.on(type, listener);
  }

  get isJoined() {
    return this.#seat !== null;
  }

  /** How far the stream is known: `{ epoch, seq }`, or null. */
  get position() {
    return this.#position && { ...this.#position };
  }

  get people() {
    return [...this.#people.values()];
  }

  /** Others' cursors: `{ slot, person, x, y, age }`. */
  get cursors() {
    return this.#others.of(this.people);
  }

  /** How many more cursors there are in and around what one sees than one is shown. */
  get others() {
    return this.#others.count;
  }

  get pending() {
    return this.outbox.pending;
  }

  /** Says something, once: now, or as soon as there is a connection. */
  send(body, { id = newId() } = {}) {
    const stored = this.outbox.push(id, body);
    this.hands.stopTyping();
    this.#emit("pending", this.pending);
    this.#client.pump();
    // Not before its caller has the promise.
    queueMicrotask(() => this.#refuseWaiting());
    return stored;
  }

  edit(message, body) {
    return this.#act({ type: "edit", message, body });
  }

  react(message, emoji, active = true) {
    return this.#act({ type: "react", message, emoji, active });
  }

  delete(message) {
    return this.#act({ type: "delete_message", message });
  }

  moderate(user, measure, { reason = "", seconds } = {}) {
    return this.#act({ type: "moderate", user, measure, reason, ...(seconds ? { seconds } : {}) });
  }

  lock(locked = true) {
    return this.#act({ type: "lock", locked });
  }

  /** Loads a page of older messages, and returns them. */
  async loadOlder() {
    const before = this.messages[0]?.seq;
    if (before === undefined || !this.hasOlder) {
      return [];
    }
    const { messages, more } = await this.#act({ type: "history", before });
    // A snapshot may have replaced what these were the past of.
    if (this.messages[0]?.seq !== before) {
      return [];
    }
    this.messages = [...messages, ...this.messages];
    this.hasOlder = more;
    return messages;
  }

  /** The person is writing, or stopped. Call it with every key. */
  setTyping(active = true) {
    this.hands.typing(active);
    this.#client.pump();
  }

  /** The person points there, in board units; without a place, not at the board any more. */
  point(x, y) {
    this.hands.point(x === undefined || x === null ? null : { x, y });
    this.#client.pump();
  }

  /** The person sees this part of the board, in board units. */
  lookAt(...edges) {
    this.hands.look(edges);
    this.#client.pump();
  }

  /** Follows somebody, or nobody: what they see comes as "viewing". */
  async follow(user = null) {
    this.following = user;
    await this.#follow();
  }

  /** Brings everyone to a part of the board, in board units. */
  async gather(...edges) {
    await this.#act({ type: "gather", view: viewInQuarters(edges) });
  }

  leave() {
    return this.#client.leave(this.slug);
  }

  // What its client tells it.

  /** Resolves when it is joined, rejects when that is refused for good. */
  joined() {
    return this.isJoined
      ? Promise.resolve(this)
      : new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Whether it is refused or left for good: not before somebody asks is it entered again. */
  get isShut() {
    return this.problem !== null && !ASK_AGAIN.has(this.problem.code);
  }

  get wantsIn() {
    return !this.isJoined && !this.isJoining && this.problem === null;
  }

  /** After a refusal or a removal: to be joined again. */
  wantIn() {
    this.problem = null;
    this.#askAgainAt = null;
  }

  joinEvent() {
    return { type: "join", room: this.slug, ...(this.#position ? { resume: this.#position } : {}) };
  }

  refused(now, refusal) {
    this.isJoining = false;
    this.problem = refusal;
    if (ASK_AGAIN.has(refusal.code)) {
      this.#askAgainAt = now + Math.max(refusal.retryAfterMs ?? 0, ASK_AGAIN_AFTER);
    } else {
      this.#refuseWaiting();
      this.#waiting.splice(0).forEach(({ reject }) => reject(refusal));
    }
    this.#emit("refused", refusal);
  }

  postRefused(id, refusal) {
    const [entry] = this.pending.filter((entry) => entry.id === id);
    this.outbox.refused(id, refusal);
    this.#emit("post_refused", { ...entry, refusal });
    this.#emit("pending", this.pending);
  }

  acked(id, seq) {
    this.outbox.acked(id, seq);
    this.#emit("pending", this.pending);
  }

  disconnected() {
    this.#stepOut();
    this.outbox.disconnected();
    if (this.isShut) {
      this.#refuseWaiting();
    } else {
      this.wantIn();
    }
  }

  close(refusal) {
    this.outbox.close(refusal);
    this.#waiting.splice(0).forEach(({ reject }) => reject(refusal));
  }

  /** When it has something to do by itself, or null. */
  due(now) {
    const mine = this.isJoined ? [this.outbox.due, this.hands.due(now)] : [this.#askAgainAt];
    const times = mine.filter((time) => time !== null);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /** What is to be sent now: events, and the frame of the own cursor. */
  *take(now, isCongested) {
    if (!this.isJoined) {
      if (this.#askAgainAt !== null && now >= this.#askAgainAt) {
        this.wantIn();
        yield { join: true };
      }
      return;
    }
    const post = this.outbox.next(now);
    if (post) {
      yield { post };
    }
    yield* this.hands.take(now, this.slug, this.#seat.channel, isCongested);
  }

  hasChannel(channel) {
    return this.#seat?.channel === channel;
  }

  /** Folds an event in; false if one was missing before it. */
  apply(event, me) {
    const seq = seqOf(event);
    if (event.type === "joined") {
      this.#enter(event, me);
    } else if (event.type === "removed") {
      this.#stepOut();
      this.#people.clear();
      this.rights = null;
      this.problem = new Refusal(event.code, event.message);
      this.#refuseWaiting();
    } else if (this.#seat === null) {
      // Late news of a stay that has ended.
      return true;
    } else if (seq !== undefined) {
      if (seq <= this.#position.seq) {
        return true;
      }
      if (seq !== this.#position.seq + 1) {
        return false;
      }
      this.#position.seq = seq;
      this.#fold(event, me);
    } else if (event.type === "people" || event.type === "people_changed") {
      const fits = this.#see(event);
      if (fits !== true) {
        return fits !== "gap";
      }
    } else if (event.type === "typing") {
      this.typing = { people: event.people, count: event.count };
    } else if (event.type === "rights") {
      this.rights = event;
    }
    this.#emit(event.type, event);
    return true;
  }

  /** Folds a frame of cursors in. */
  applyCursors(frame) {
    if (this.#revision === null || frame.revision > this.#revision) {
      return;
    }
    this.#others.apply(frame, this.people, this.#seat.slot);
    this.#emit("cursors", this.cursors);
  }

  #stepOut() {
    this.#seat = null;
    this.isJoining = false;
    this.#revision = null;
    this.#others.clear();
    this.typing = { people: [], count: 0 };
    this.hands.disconnected();
  }

  /** Nothing waits for a room that is shut. What is under way has its own answer. */
  #refuseWaiting() {
    if (!this.isShut) {
      return;
    }
    for (const entry of this.outbox.refuseWaiting(this.problem)) {
      this.#emit("post_refused", { ...entry, refusal: this.problem });
    }
    this.#emit("pending", this.pending);
  }

  async #follow() {
    const user = this.following;
    await this.#act({ type: "follow", ...(user === null ? {} : { user }) }).catch((refusal) => {
      // Over the next connection they go on, and by now they may follow somebody else.
      const goesOn = refusal.code === "disconnected" || this.following !== user;
      this.following = goesOn ? this.following : null;
      throw refusal;
    });
  }

  #enter({ channel, slot, position, recovered, messages, more }, me) {
    this.#seat = { channel, slot };
    this.isJoining = false;
    this.wantIn();
    if (!recovered) {
      this.#position = { ...position };
      this.messages = messages;
      this.hasOlder = more;
      messages.forEach((message) => this.#settle(message, me));
    }
    this.#waiting.splice(0).forEach(({ resolve }) => resolve(this));
    if (this.following !== null) {
      this.#follow().catch(() => {});
    }
  }

  #fold(event, me) {
    if (event.type === "message") {
      this.#settle(event.message, me);
      this.messages.push(event.message);
      if (this.messages.length > 2 * MESSAGES) {
        this.messages.splice(0, this.messages.length - MESSAGES);
        this.hasOlder = true;
      }
    } else if (event.type === "message_deleted") {
      change(this.messages, event.message, (message) => delete_(message, event));
    } else if (event.type === "message_edited") {
      change(this.messages, event.message, (message) => edit(message, event));
    } else if (event.type === "reacted") {
      change(this.messages, event.message, (message) => react(message, event));
    }
  }

  /** What is in the stream needs no place in the outbox, also if its ack is still to come. */
  #settle(message, me) {
    if (message.author.id === me && this.pending.some(({ id }) => id === message.id)) {
      this.acked(message.id, message.seq);
    }
  }

  #see(event) {
    if (event.type === "people") {
      this.#people = new Map(event.people.map((person) => [person.id, person]));
    } else if (this.#revision !== null && event.revision <= this.#revision) {
      return "old";
    } else if (event.revision !== this.#revision + 1) {
      return "gap";
    } else {
      event.changed.forEach((person) => this.#people.set(person.id, person));
      event.left.forEach((id) => this.#people.delete(id));
    }
    this.#revision = event.revision;
    this.hands.hz = event.cursor_hz;
    this.#others.keep(this.people);
    if (!this.#people.has(this.following)) {
      this.following = null;
    }
    return true;
  }

  #act(event) {
    return this.isJoined
      ? this.#client.request({ ...event, room: this.slug })
      : Promise.reject(new Refusal("disconnected", "You are not in the room right now. Try again in a moment."));
  }

  #emit(type, event) {
    this.#listeners.emit(type, event);
  }
}
