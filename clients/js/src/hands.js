// Owns what a person's hands and eyes do in a room, told no more often than it counts: where they point, that
// they write, and what they see of the board. Knows no socket; it is asked for what to send.

import { encodeCursor, encodeView } from "./cursors.js";

const TYPING_EVERY = 1_000;
const VIEW_EVERY = 200;

export class Hands {
  #point;
  #pointed = -Infinity;
  #typing = null;
  #told = null;
  #view = null;
  #isViewTold = true;
  #looked = -Infinity;

  /** How often a second the room takes a cursor. */
  hz = 1;

  /** Where they point from now on; null: not at the board. */
  point(point) {
    if (point !== null) {
      // Refused where it is said, and not where it is sent.
      encodeCursor(0, point);
    }
    this.#point = point;
  }

  /** What they see from now on, also over the next connection. */
  look(edges) {
    encodeView(0, edges);
    if (String(edges) !== String(this.#view)) {
      [this.#view, this.#isViewTold] = [edges, false];
    }
  }

  typing(active) {
    this.#typing = active;
  }

  /** The server ends it by itself when a message comes. */
  stopTyping() {
    this.#typing = null;
    this.#told = null;
  }

  disconnected() {
    this.#point = undefined;
    this.#pointed = -Infinity;
    this.#isViewTold = this.#view === null;
    this.#looked = -Infinity;
    this.stopTyping();
  }

  /** When there is something to send, or null. */
  due(now) {
    const times = [];
    if (this.#point !== undefined) {
      times.push(this.#pointed + this.#interval);
    }
    if (!this.#isViewTold) {
      times.push(this.#looked + VIEW_EVERY);
    }
    if (this.#typing !== null) {
      times.push(this.#typing && this.#told !== null ? this.#told + TYPING_EVERY : now);
    }
    return times.length > 0 ? Math.min(...times) : null;
  }

  *take(now, room, channel, isCongested) {
    if (this.#typing !== null && (!this.#typing || this.#told === null || now >= this.#told + TYPING_EVERY)) {
      const [active, told] = [this.#typing, this.#told];
      this.#typing = null;
      this.#told = active ? now : null;
      if (active || told !== null) {
        yield { event: { type: "typing", room, active } };
      }
    }
    yield* this.#takeView(now, channel, isCongested);
    if (this.#point !== undefined && now >= this.#pointed + this.#interval) {
      this.#pointed = now;
      // While the socket does not drain the newest place waits.
      if (!isCongested) {
        const frame = encodeCursor(channel, this.#point);
        this.#point = undefined;
        yield { frame };
      }
    }
  }

  /** What they see, if it is to be told now. */
  *#takeView(now, channel, isCongested) {
    if (!this.#isViewTold && now >= this.#looked + VIEW_EVERY) {
      this.#looked = now;
      if (!isCongested) {
        this.#isViewTold = true;
        yield { frame: encodeView(channel, this.#view) };
      }
    }
  }

  // Rounded up: the server counts, and a little too fast is too fast.
  get #interval() {
    return Math.ceil(1_000 / Math.max(this.hz, 1));
  }
}
