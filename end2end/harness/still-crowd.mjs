// Owns people who come, point once, and stay as they are: connections without pages, for rooms that look
// full. They go with the server.

import WebSocket from "ws";

import { join } from "./identity.mjs";
import { slugOf } from "./wire.mjs";

const SPAN = 65_535;

/** Has people of these names point at these shares of the board, in the room of that name. */
export async function pointsEverywhere(server, room, people) {
  await Promise.all(people.map((person) => comes(server.url, room, person)));
}

async function comes(url, room, { name, at: [x, y] }) {
  const { path, cookie } = await join(url, name, room);
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, "starling.v1", {
    headers: { cookie, origin: url },
  });
  await new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("open", () => socket.send(JSON.stringify({ type: "join", ref: 1, room: slugOf(path) })));
    socket.on("message", (data, isBinary) => {
      const { type, channel } = isBinary ? {} : JSON.parse(data);
      if (type === "joined") {
        const frame = new DataView(new ArrayBuffer(9));
        frame.setUint8(0, 1);
        frame.setUint32(1, channel, true);
        frame.setUint16(5, SPAN * x, true);
        frame.setUint16(7, SPAN * y, true);
        socket.send(frame.buffer);
        resolve();
      }
    });
  });
  // A server that is ended resets what is open.
  socket.removeAllListeners("error");
  socket.on("error", () => {});
}
