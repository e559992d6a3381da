// Owns a network that breaks: it stands between a client and the server, and ends or mutes connections.

import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Cutter {
  #server;
  #pairs = new Set();
  #isDown = false;
  #isMute = false;

  /** Where clients connect instead of to the server. */
  url;

  static async start(serverUrl) {
    const cutter = new Cutter();
    const { hostname, port } = new URL(serverUrl);
    cutter.#server = createServer((client) => cutter.#pass(client, connect(Number(port), hostname)));
    cutter.#server.listen(0, "127.0.0.1");
    await once(cutter.#server, "listening");
    cutter.url = `http://127.0.0.1:${cutter.#server.address().port}`;
    return cutter;
  }

  /** Ends all connections, and refuses new ones until `restore` if told to. */
  cut({ stayDown = false } = {}) {
    this.#isDown = stayDown;
    this.#isMute = false;
    for (const socket of this.#pairs) {
      socket.destroy();
    }
  }

  /** From now on nothing of the server's gets through, on the connections that there are. */
  mute() {
    this.#isMute = true;
  }

  restore() {
    this.#isDown = false;
  }

  async dispose() {
    this.cut({ stayDown: true });
    this.#server.close();
    await once(this.#server, "close");
  }

  #pass(client, server) {
    if (this.#isDown) {
      client.destroy();
      server.destroy();
      return;
    }
    for (const [from, to] of [[client, server], [server, client]]) {
      this.#pairs.add(from);
      from.on("data", (bytes) => (from === server && this.#isMute ? null : to.write(bytes)));
      from.on("error", () => {});
      from.once("close", () => {
        this.#pairs.delete(from);
        to.destroy();
      });
    }
  }
}
