// Owns a WebSocket spoken by hand, within a page and so with its cookie and origin: for what the
// interface never does, and for filling a room fast.

import assert from "node:assert/strict";

export class Wire {
  #socket;

  /** Connects as the person whose page this is, from a page that has no connection of its own. */
  static async open(visitor) {
    const page = await visitor.context.newPage();
    // The lobby connects nowhere by itself, and may: what is no page may not.
    await page.goto("/");
    const wire = new Wire();
    wire.#socket = await page.evaluateHandle(async () => {
      const socket = new WebSocket(`ws://${location.host}/ws`, "starling.v1");
      const wire = { socket, nextRef: 1, answers: new Map(), errors: [], wantsError: null, tally: {} };
      wire.hello = new Promise((resolve) => (wire.greeted = resolve));
      wire.request = (event) =>
        new Promise((resolve, reject) => {
          const ref = wire.nextRef++;
          wire.answers.set(ref, { resolve, reject });
          socket.send(JSON.stringify({ ...event, ref }));
        });
      wire.nextError = () =>
        new Promise((resolve, reject) => {
          if (wire.errors.length > 0) {
            resolve(wire.errors.shift());
          } else {
            wire.wantsError = { resolve, reject };
          }
        });
      socket.onmessage = ({ data }) => {
        const event = typeof data === "string" ? JSON.parse(data) : {};
        const kind = event.code ?? event.type;
        if (event.type === "hello") {
          wire.greeted(event);
        }
        wire.tally[kind] = (wire.tally[kind] ?? 0) + 1;
        if (wire.answers.has(event.ref)) {
          wire.answers.get(event.ref).resolve(event);
          wire.answers.delete(event.ref);
        } else if (event.type === "error" && event.ref === undefined && wire.wantsError !== null) {
          wire.wantsError.resolve(event);
          wire.wantsError = null;
        } else if (event.type === "error" && event.ref === undefined) {
          wire.errors.push(event);
        }
      };
      socket.onclose = ({ code, reason }) => {
        wire.tally[`closed ${code}`] = 1;
        const closed = new Error(`closed: ${code} ${reason}`);
        wire.answers.forEach(({ reject }) => reject(closed));
        wire.wantsError?.reject(closed);
      };
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error("no connection"));
      });
      return wire;
    });
    return wire;
  }

  /** What the server said first. */
  async hello() {
    return this.#socket.evaluate((wire) => wire.hello);
  }

  /** Sends an event with a `ref` and returns the answer. */
  async request(event) {
    return this.#socket.evaluate((wire, event) => wire.request(event), event);
  }

  /** Sends a text frame as it is and returns the error that comes back. */
  async sendText(text) {
    return this.#socket.evaluate((wire, text) => {
      wire.socket.send(text);
      return wire.nextError();
    }, text);
  }

  /** Sends a binary frame as it is; not every one is answered. */
  async sendBytes(bytes) {
    await this.#socket.evaluate((wire, bytes) => wire.socket.send(Uint8Array.from(bytes)), bytes);
  }

  /** Waits for an error that belongs to no request. */
  async nextError() {
    return this.#socket.evaluate((wire) => wire.nextError());
  }

  /** Posts all of them as fast as the socket takes them; returns the answers. */
  async postAll(room, bodies) {
    return this.#socket.evaluate(
      (wire, [room, bodies]) =>
        Promise.all(
          bodies.map((body) => wire.request({ type: "post", room, id: crypto.randomUUID(), body })),
        ),
      [room, bodies],
    );
  }

  /** Posts so many short messages without waiting for an answer. */
  async flood(room, count) {
    await this.#socket.evaluate(
      ({ socket }, [room, count]) => {
        for (let ref = 1_000_000; ref < 1_000_000 + count; ref += 1) {
          const post = { type: "post", ref, room, id: crypto.randomUUID(), body: "spam" };
          socket.send(JSON.stringify(post));
        }
      },
      [room, count],
    );
  }

  /** How many answers and errors of each kind came so far, errors by their code; and `closed CODE`. */
  async tally() {
    return this.#socket.evaluate(({ tally }) => tally);
  }

  async close() {
    await this.#socket.evaluate(({ socket }) => socket.close());
    await this.#socket.dispose();
  }
}

export const slugOf = (link) => decodeURIComponent(link.split("/").at(-1));

/** Says so many messages at once, in this person's name, in the room they are in. */
export async function fill(visitor, count) {
  const room = slugOf(new URL(visitor.page.url()).pathname);
  const wire = await Wire.open(visitor);
  assert.equal((await wire.request({ type: "join", room })).type, "joined");
  const bodies = Array.from({ length: count }, (_, index) => `message ${index + 1}`);
  const answers = await wire.postAll(room, bodies);
  assert.ok(answers.every(({ type }) => type === "ack"), JSON.stringify(answers[0]));
  await wire.close();
}
