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
    const left = [];
    for (let index = 0; index < this.#storage.length; index += 1) {
      const key = this.#storage.key(index);
      const id = key?.startsWith(prefix) ? key.slice(prefix.length) : null;
      if (id !== null && !this.#find(id)) {
        const { body, at } = JSON.parse(this.#storage.getItem(key));
        left.push({ id, body, at, sending: false, done: null });
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
      this.#storage.setItem(this.#prefix + id, JSON.stringify({ body, at: lastKept }));
    }
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
