// Owns a board with very much on it, put there over a connection without a page: half notes, half strokes, as
// `bench/src/board.rs` makes them.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";

import WebSocket from "ws";

import { join } from "./identity.mjs";
import { slugOf } from "./wire.mjs";

const AT_ONCE = 100;
const POINTS = 40;

/**
 * Puts so many things on the board of the room of that name, which it makes if there is none; its path, and the
 * cookie of who did. The server has to take so many operations at once.
 */
export async function fillBoard(url, name, count) {
  const { path, cookie } = await join(url, "Somebody busy", name);
  const room = slugOf(path);
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, "starling.v1", {
    headers: { cookie, origin: url },
  });
  await once(socket, "open");
  const closed = once(socket, "close").then(([code]) => ({ type: `closed: ${code}` }));
  const answered = async (event) => {
    const answer = new Promise((resolve) => {
      const hear = (data, isBinary) => {
        const heard = isBinary ? {} : JSON.parse(data);
        if (heard.ref === event.ref) {
          socket.off("message", hear);
          resolve(heard);
        }
      };
      socket.on("message", hear);
    });
    socket.send(JSON.stringify(event));
    return Promise.race([answer, closed]);
  };
  assert.equal((await answered({ type: "join", ref: 1, room })).type, "joined");
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index);
    const changes = numbers.map((number) => ({ put: { object: thing(number) } }));
    const answer = await answered({ type: "operate", ref: 2 + from, room, operation: { id: randomUUID(), changes } });
    assert.equal(answer.type, "ack", JSON.stringify(answer));
  }
  socket.close();
  return { path, cookie };
}

function thing(number) {
  const points = Array.from({ length: POINTS }, (_, at) => [at * 7, (at * at) % 311, 128]);
  return {
    id: randomUUID(),
    at: { x: (number * 7_919) % 60_000, y: (number * 104_729) % 60_000 },
    size: { width: 400, height: 320 },
    layer: 0,
    tint: 3,
    // The server writes who it was.
    by: randomUUID(),
    content:
      number % 2 === 0
        ? { note: { text: `${number}: what somebody wrote on a note, in a line or two` } }
        : { ink: { points, width: 12 } },
  };
}
