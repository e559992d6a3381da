// Owns when to connect, when to wait and when to give a connection up, as docs/protocol.md says under
// "Heartbeat" and "Close codes". Knows no events, no socket and no clock: it is told the time, in
// milliseconds of one monotonic clock, and returns what it wants done: "connect", "ping" or "give up".
// Over what to connect is for src/roads.js.

import { Roads } from "./roads.js";

const FIRST_SPREAD = 3_000;
const LONGEST_WAIT = 30_000;
const STABLE_AFTER = 5_000;
const CONNECT_WITHIN = 10_000;
const ANSWER_WITHIN = 1_000;
const WAKING = 5_000;
const TRY_EVERY = 1_000;
/** The close codes below 4000 that a server gives. */
const GIVEN = new Set([1009, 1011, 1012]);

/** The close codes after which a client does not come back by itself. Any other one: after a wait. */
export const FINAL_CODES = { 4401: "no identity", 4402: "signed out", 4403: "token expired" };

export class Link {
  #state = { is: "idle" };
  #random;
  #roads = new Roads();
  #asks = false;
  #failures = 0;
  #announced = null;
  #tried = null;
  #woke = null;
  #pingAfter = 25_000;
  #pongWithin = 8_000;

  constructor(random = Math.random) {
    this.#random = random;
  }

  /** "idle", "connecting", "online", "waiting" or "ended". */
  get is() {
    return this.#state.is;
  }

  /** The close code that ended it for good, or null. */
  get endedBy() {
    return this.#state.code ?? null;
  }

  /** Over what a connection is made: "websocket" or "events". */
  get carrier() {
    return this.#state.carrier ?? null;
  }

  start(now) {
    if (!["idle", "waiting", "ended"].includes(this.is)) {
      return null;
    }
    this.#state = { is: "connecting", since: now, carrier: this.#roads.next(now) };
    this.#tried = now;
    this.#woke = null;
    return "connect";
  }

  greeted(now, pingAfter, pongWithin) {
    this.#roads.greeted(this.carrier);
    this.#state = { is: "online", since: now, heard: now, answerBy: null };
    this.#announced = null;
    this.#pingAfter = pingAfter;
    this.#pongWithin = pongWithin;
  }

  heard(now) {
    if (this.is === "online") {
      this.#state.heard = now;
      this.#state.answerBy = null;
    }
  }

  /** The server said when to come back, before it closes. */
  announced(wait) {
    this.#announced = wait;
  }

  /** The connection ended or could not be made, which tells nothing of the road unless it was `tried`. */
  closed(now, code, { tried = true } = {}) {
    if (this.is !== "connecting" && this.is !== "online") {
      return;
    }
    // Whoever names a reason was reached.
    const isReached = GIVEN.has(code) || code >= 4000;
    const fails = this.is === "connecting" && tried && !isReached;
    const turns = fails && this.#roads.failed(this.carrier, this.#state.since, now);
    this.#asks ||= fails;
    // A server that greets and then fails is no better than one that does not answer.
    if (this.is === "online" && now >= this.#state.since + STABLE_AFTER) {
      this.#failures = 0;
      this.#tried = null;
    }
    this.#state = code in FINAL_CODES ? { is: "ended", code } : this.#wait(now);
    if (turns) {
      this.#hasten(now);
    }
  }

  /** Whether it has to be found out if the server answers over plain HTTP; said once. */
  takeAsks() {
    const asks = this.#asks;
    this.#asks = false;
    return asks;
  }

  /** The server answers over plain HTTP, or does not. */
  answered(now, answers) {
    this.#roads.answered(now, answers);
    if (this.#roads.isPutToTheTest) {
      this.#hasten(now);
    }
    return this.timer(now);
  }

  /** Its owner wants no connection any more. */
  stop() {
    this.#state = { is: "idle" };
    this.#asks = false;
  }

  /** What was hidden, frozen or asleep is looked at again, or the network is back. */
  woken(now) {
    if (this.is === "idle" || this.is === "ended") {
      return null;
    }
    this.#woke = now;
    const { is, since, heard, answerBy } = this.#state;
    this.#hasten(now);
    const silent = is === "online" && now > heard + this.#pingAfter + this.#pongWithin;
    if (silent || (is === "connecting" && now >= since + TRY_EVERY)) {
      this.closed(now, null, { tried: false });
      return "give up";
    }
    if (is === "online") {
      this.#state.answerBy = Math.min(answerBy ?? Infinity, now + ANSWER_WITHIN);
      return answerBy === null ? "ping" : null;
    }
    return this.timer(now);
  }

  /** The machine says that its network is gone. */
  offline(now) {
    if (this.is !== "online" && this.is !== "connecting") {
      return null;
    }
    this.#woke = null;
    this.closed(now, null, { tried: false });
    return "give up";
  }

  /** When to call `timer`, or null. */
  get due() {
    const { is, since, until, heard, answerBy } = this.#state;
    switch (is) {
      case "connecting":
        return since + CONNECT_WITHIN;
      case "online":
        return answerBy ?? heard + this.#pingAfter;
      case "waiting":
        return until;
      default:
        return null;
    }
  }

  /** The time of `due` has come; too early does no harm. */
  timer(now) {
    if (this.due === null || now < this.due) {
      return null;
    }
    if (this.is === "waiting") {
      return this.start(now);
    }
    if (this.is === "online" && this.#state.answerBy === null) {
      this.#state.answerBy = now + this.#pongWithin;
      return "ping";
    }
    this.closed(now, null);
    return "give up";
  }

  /** Brings the next try forward, if it is our own choice when that is. */
  #hasten(now) {
    if (this.is === "waiting" && !this.#state.asked) {
      this.#state.until = Math.min(this.#state.until, this.#soonest(now));
    }
  }

  #soonest(now) {
    return this.#tried === null ? now : Math.max(now, this.#tried + TRY_EVERY);
  }

  #wait(now) {
    const announced = this.#announced;
    this.#announced = null;
    if (announced !== null) {
      return { is: "waiting", until: now + announced, asked: true };
    }
    const woke = this.#woke;
    this.#woke = null;
    if (woke !== null && now <= woke + WAKING) {
      return { is: "waiting", until: this.#soonest(now), asked: false };
    }
    const ceiling = Math.min(FIRST_SPREAD * 2 ** Math.min(this.#failures, 10), LONGEST_WAIT);
    this.#failures += 1;
    return { is: "waiting", until: now + this.#random() * ceiling, asked: false };
  }
}
