// Owns Socket.IO clients of a test: connecting them over one transport, asking with an answer, and waiting for
// events that may have come already.

import { once } from "node:events";
import { io } from "socket.io-client";

const WITHIN_MS = 10_000;

export class Client {
  #waiting = [];

  /** Everything that came so far: [event, ...arguments]. */
  heard = [];

  constructor(server, namespace = "/chat", { auth, transports = ["websocket"], ...options } = {}) {
    this.socket = io(server.url + namespace, {
      auth,
      transports,
      forceNew: true,
      reconnection: false,
      ...options,
    });
    this.socket.onAny((...event) => {
      this.heard.push(event);
      this.#waiting = this.#waiting.filter((look) => !look());
    });
  }

  /** Connects, or fails as the server says. */
  static async connect(...how) {
    const client = new Client(...how);
    await client.connected();
    return client;
  }

  async connected() {
    const failed = once(this.socket, "connect_error").then(([error]) => {
      throw error;
    });
    failed.catch(() => {});
    await Promise.race([once(this.socket, "connect"), failed, late("no connection")]);
  }

  /** Why it may not connect. */
  static async refused(...how) {
    const client = new Client(...how);
    const refused = once(client.socket, "connect_error").then(([error]) => error.message);
    const why = await Promise.race([refused, late("no refusal")]);
    client.socket.disconnect();
    return why;
  }

  /** Sends an event and returns its answer. */
  ask(event, ...data) {
    return this.socket.timeout(WITHIN_MS).emitWithAck(event, ...data);
  }

  tell(event, ...data) {
    this.socket.emit(event, ...data);
  }

  /** The first argument of the first such event that fits and was not returned before. */
  next(event, fits = () => true) {
    const found = new Promise((resolve) => {
      const look = () => {
        const at = this.heard.findIndex(([name, data]) => name === event && fits(data));
        if (at >= 0) {
          resolve(this.heard.splice(at, 1)[0][1]);
        }
        return at >= 0;
      };
      if (!look()) {
        this.#waiting.push(look);
      }
    });
    return Promise.race([found, late(`no ${event}: ${JSON.stringify(this.heard).slice(0, 2_000)}`)]);
  }

  /** All such events that came so far and were not returned before. */
  all(event) {
    return this.heard.filter(([name]) => name === event).map(([, data]) => data);
  }

  close() {
    this.socket.disconnect();
  }
}

/** Clients that are closed, and a server that is ended, when the test is over. */
export function clientsOf(server, t) {
  const clients = [];
  t.after(() => clients.forEach((client) => client.close()));
  return async (...how) => {
    const client = await Client.connect(server, ...how);
    clients.push(client);
    return client;
  };
}

function late(what) {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${what} within ${WITHIN_MS} ms`)), WITHIN_MS).unref();
  });
}

/** Makes an account, and a token that may do what the scopes say. */
export async function account(server, handle, scopes = ["read", "write", "manage"]) {
  const form = { name: handle, handle, email: "", password: "correct horse 7" };
  const signedUp = await fetch(new URL("/sign-up", server.url), {
    method: "POST",
    redirect: "manual",
    headers: { origin: server.url },
    body: new URLSearchParams(form),
  });
  const [cookie] = signedUp.headers.getSetCookie().map((it) => it.split(";")[0]);
  const made = await fetch(new URL("/api/v1/tokens", server.url), {
    method: "POST",
    headers: { origin: server.url, cookie, "content-type": "application/json" },
    body: JSON.stringify({ name: "a program", scopes }),
  });
  return { cookie, token: (await made.json()).token };
}
