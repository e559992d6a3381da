// Owns a program that speaks by clients/js. It runs in Node and, served beside the library, in a page: the
// same steps for both. What it returns can be passed between the two.

import { Starling } from "../../clients/js/starling.js";

export class Program {
  /** What it was told: the types of events, and connections. */
  heard = [];
  #room;

  constructor(url, options) {
    this.starling = new Starling(url, options);
    this.starling.on("connection", ({ connection, code }) =>
      this.heard.push(code === null ? connection : `${connection} ${code}`),
    );
  }

  async connect() {
    return (await this.starling.connect()).name;
  }

  async join(slug) {
    this.#listen(this.starling.room(slug));
    await this.#room.joined();
    return this.view();
  }

  /** Enters the room when there is a connection, and says something in it. */
  sendLater(slug, body) {
    this.#listen(this.starling.room(slug));
    this.#room.send(body).catch(() => {});
  }

  async direct(user) {
    this.#listen(await this.starling.direct(user));
    return { with: this.#room.rights?.with?.name, slug: this.#room.slug };
  }

  /** Says all of them at once; returns how each ended: its number, or why it was refused. */
  async send(...bodies) {
    return Promise.all(
      bodies.map((body) => this.#room.send(body).then(({ seq }) => seq, (refusal) => refusal.code)),
    );
  }

  /** Calls a method of the room; returns "done", or why it was refused. */
  async act(method, ...args) {
    return Promise.resolve(this.#room[method](...args)).then(() => "done", (refusal) => refusal.code);
  }

  async refusedToJoin(slug) {
    return this.starling.join(slug).then(() => null, (refusal) => refusal.code);
  }

  async refusedToConnect() {
    return this.starling.connect().then(() => null, (refusal) => refusal.code);
  }

  view() {
    const { messages, people, cursors, typing, pending, position, hasOlder } = this.#room;
    return { messages, people, cursors, typing, pending, position, hasOlder, heard: this.heard };
  }

  async close() {
    await this.starling.close();
    return this.starling.connection;
  }

  #listen(room) {
    this.#room = room;
    for (const type of ["message", "message_edited", "message_deleted", "reacted", "post_refused", "rights"]) {
      room.on(type, () => this.heard.push(type));
    }
  }
}
