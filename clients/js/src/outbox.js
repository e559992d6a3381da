// Owns one room's messages on their way: sent one at a time, in order, under an id made once, until the
// server has acked them. With a storage they survive a reload.

import { Refusal } from "./refusal.js";

let lastKept = 0;

export class Outbox {
  #entries = [];
  #storage;
  #prefix = null;
  #heldUntil = 0;

  /** `storage` is a Storage of the browser, anything of that shape, or null. */
  constructor(storage) {
    this.#storage = storage;
  }

  /** What is not acked yet, oldest first. */
  get pending() {
    return this.#entries.map(({ id, body }) => ({ id, body }));
  }

  /** Until when nothing is sent, if something waits for that. */
  get due() {
    return this.#heldUntil > 0 && this.#entries.length > 0 ? this.#heldUntil : null;
  }

  /** Takes a message in; resolves once it is stored, rejects when it is refused for good. */
  push(id, body) {
    const known = this.#find(id);
    if (known?.body === body) {
      known.done ??= new Deferred();
      return known.done.promise;
    }
    if (known) {
      return Promise.reject(new Refusal("conflict", "A message of that id is on its way with another body."));
    }
    const entry = { id, body, sending: false, done: new Deferred() };
    this.#entries.push(entry);
    this.#keep(entry);
    return entry.done.promise;
  }

  /** From now on `user` is known to speak: what they left behind in an earlier page comes first. */
  takeOver(prefix) {
    if (this.#prefix === prefix) {
      return;
    }
    this.#prefix = prefix;
    this.#entries.forEach((entry) => this.#keep(entry));
    if (!this.#storage) {
      return;
    }
    const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index));
    const left = [];
    for (const key of keys.filter((key) => key?.startsWith(prefix))) {
      const [id, kept] = [key.slice(prefix.length), read(this.#storage.getItem(key))];
      if (kept && !this.#find(id)) {
        left.push({ id, ...kept, sending: false, done: null });
      }
    }
    this.#entries.unshift(...left.sort((one, other) => one.at - other.at));
  }

  /** The message to send now, if none is under way. */
  next(now) {
    const [first] = this.#entries;
    if (!first || now < this.#heldUntil || this.#entries.some(({ sending }) => sending)) {
      return null;
    }
    this.#heldUntil = 0;
    first.sending = true;
    return first;
  }

  /** It is stored, under this number. */
  acked(id, seq) {
    this.#drop(id)?.done?.resolve({ id, seq });
  }

  /** It is refused for good; those behind it go on. */
  refused(id, refusal) {
    this.#drop(id)?.done?.reject(refusal);
  }

  /** Nothing is sent any more that is not under way; returns what that was. */
  refuseWaiting(refusal) {
    const waiting = this.#entries.filter(({ sending }) => !sending);
    waiting.forEach(({ id }) => this.refused(id, refusal));
    return waiting.map(({ id, body }) => ({ id, body }));
  }

  /** The server cannot take it right now; nothing overtakes it. */
  delayed(id, until) {
    this.#heldUntil = until;
    const entry = this.#find(id);
    if (entry) {
      entry.sending = false;
    }
  }

  /** What was under way on a broken connection is sent again. */
  disconnected() {
    this.#heldUntil = 0;
    for (const entry of this.#entries) {
      entry.sending = false;
    }
  }

  /** Nobody sends any more; what is stored stays for the next page. */
  close(refusal) {
    for (const { done } of this.#entries.splice(0)) {
      done?.reject(refusal);
    }
  }

  #find(id) {
    return this.#entries.find((entry) => entry.id === id);
  }

  #drop(id) {
    const entry = this.#find(id);
    this.#entries = this.#entries.filter((other) => other !== entry);
    if (this.#prefix !== null) {
      this.#storage?.removeItem(this.#prefix + id);
    }
    return entry;
  }

  #keep({ id, body }) {
    if (this.#prefix !== null && this.#storage) {
      // Never the same twice, so that the order survives as well.
      lastKept = Math.max(Date.now(), lastKept + 1);
      try {
        this.#storage.setItem(this.#prefix + id, JSON.stringify({ body, at: lastKept }));
      } catch {
        // A storage without space: only the page's end would lose the message.
      }
    }
  }
}

/** What is kept, unless another page removed it meanwhile, or it was kept by another version. */
function read(value) {
  try {
    const { body, at } = JSON.parse(value);
    return typeof body === "string" ? { body, at } : null;
  } catch {
    return null;
  }
}

class Deferred {
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Who does not wait for it is told by the event `refused`.
    this.promise.catch(() => {});
  }
}
