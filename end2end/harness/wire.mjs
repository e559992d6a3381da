// Owns a WebSocket spoken by hand, within a page and so with its cookie and origin: for what the
// interface never does, and for filling a room fast.

export class Wire {
  #socket;

  /** Connects as the person whose page this is, from a page without a script of its own. */
  static async open(visitor) {
    const page = await visitor.context.newPage();
    await page.goto("/healthz");
    const wire = new Wire();
    wire.#socket = await page.evaluateHandle(async () => {
      const socket = new WebSocket(`ws://${location.host}/ws`, "starling.v1");
      socket.binaryType = "arraybuffer";
      const wire = { socket, nextRef: 1, heard: [], waiting: [] };
      wire.next = (wanted) =>
        new Promise((resolve, reject) => {
          const early = wire.heard.findIndex(wanted);
          if (early >= 0) {
            resolve(wire.heard.splice(early, 1)[0]);
          } else {
            wire.waiting.push({ wanted, resolve, reject });
          }
        });
      socket.onmessage = ({ data }) => {
        if (typeof data !== "string") {
          return;
        }
        const event = JSON.parse(data);
        const index = wire.waiting.findIndex(({ wanted }) => wanted(event));
        if (index >= 0) {
          wire.waiting.splice(index, 1)[0].resolve(event);
        } else {
          wire.heard.push(event);
        }
      };
      socket.onclose = ({ code, reason }) => {
        for (const { reject } of wire.waiting) {
          reject(new Error(`closed: ${code} ${reason}`));
        }
      };
      await wire.next(({ type }) => type === "hello");
      return wire;
    });
    return wire;
  }

  /** Sends an event with a `ref` and returns the answer. */
  async request(event) {
    return this.#socket.evaluate((wire, event) => {
      const ref = wire.nextRef++;
      wire.socket.send(JSON.stringify({ ...event, ref }));
      return wire.next((answer) => answer.ref === ref);
    }, event);
  }

  /** Sends a text frame as it is and returns the error that comes back. */
  async sendText(text) {
    return this.#socket.evaluate((wire, text) => {
      wire.socket.send(text);
      return wire.next(({ type }) => type === "error");
    }, text);
  }

  /** Sends a binary frame as it is; not every one is answered. */
  async sendBytes(bytes) {
    await this.#socket.evaluate((wire, bytes) => wire.socket.send(Uint8Array.from(bytes)), bytes);
  }

  /** Waits for an event that came or will come without having been asked for. */
  async nextError() {
    return this.#socket.evaluate((wire) => wire.next(({ type }) => type === "error"));
  }

  /** Posts all of them as fast as the socket takes them; returns the answers. */
  async postAll(room, bodies) {
    return this.#socket.evaluate(
      (wire, [room, bodies]) =>
        Promise.all(
          bodies.map((body) => {
            const ref = wire.nextRef++;
            const id = crypto.randomUUID();
            wire.socket.send(JSON.stringify({ type: "post", ref, room, id, body }));
            return wire.next((answer) => answer.ref === ref);
          }),
        ),
      [room, bodies],
    );
  }

  async close() {
    await this.#socket.evaluate(({ socket }) => socket.close());
    await this.#socket.dispose();
  }
}

export const slugOf = (link) => decodeURIComponent(link.split("/").at(-1));
