// Owns a network that lets HTTP through and no WebSocket, as some companies have one.

import { once } from "node:events";
import { createServer, request } from "node:http";
import { connect } from "node:net";

export class Wall {
  #server;
  #target;
  #sockets = new Set();

  /** How many WebSockets it has turned away. */
  refused = 0;
  /** Whether it lets WebSockets through after all. */
  open = false;
  /** Whether it lets requests for events through. */
  passesEvents = true;

  /** Before the server at that address. */
  static async before(url) {
    const wall = new Wall();
    wall.#target = new URL(url);
    wall.#server = createServer((asked, answer) => wall.#pass(asked, answer));
    wall.#server.on("upgrade", (asked, socket, head) => wall.#upgrade(asked, socket, head));
    wall.#server.on("connection", (socket) => {
      wall.#sockets.add(socket);
      socket.on("close", () => wall.#sockets.delete(socket));
    });
    wall.#server.listen(0, "127.0.0.1");
    await once(wall.#server, "listening");
    return wall;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Breaks all that is under way. */
  cut() {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  stop() {
    this.#server.close();
    this.cut();
  }

  #pass(asked, answer) {
    if (asked.url.startsWith("/events") && !this.passesEvents) {
      answer.writeHead(403).end();
      return;
    }
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = asked;
    const passed = request({ hostname, port, method, path, headers }, (answered) => {
      answer.writeHead(answered.statusCode, answered.headers);
      answered.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  }

  #upgrade({ method, url, headers }, socket, head) {
    if (!this.open) {
      this.refused += 1;
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
      return;
    }
    const { hostname, port } = this.#target;
    const through = connect(port, hostname, () => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      through.write(`${method} ${url} HTTP/1.1\r\n${lines.join("")}\r\n`);
      through.write(head);
      through.pipe(socket).pipe(through);
    });
    for (const end of [through, socket]) {
      end.on("error", () => {});
      end.on("close", () => [through, socket].forEach((other) => other.destroy()));
    }
  }
}
