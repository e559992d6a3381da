// Owns a crowd: a process of its own with many connections, each a person who points all the time.
// `node --experimental-websocket crowd.mjs URL ROOM PEOPLE MOVES_A_SECOND`; says "ready" and goes on
// until it is ended.

import { join } from "./identity.mjs";
import { slugOf } from "./wire.mjs";

const [url, room, people, movesASecond] = process.argv.slice(2);
const SPAN = 65_535;

await Promise.all(Array.from({ length: Number(people) }, (_, index) => connect(index)));
console.log("ready");

async function connect(index) {
  const { path, cookie } = await join(url, `Person ${index + 1}`, room);
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, {
    protocols: ["starling.v1"],
    headers: { cookie, origin: url },
  });
  const joined = await new Promise((resolve, reject) => {
    socket.onclose = ({ code }) => reject(new Error(`closed: ${code}`));
    socket.onopen = () => socket.send(JSON.stringify({ type: "join", ref: 1, room: slugOf(path) }));
    socket.onmessage = ({ data }) => {
      const { type, channel } = typeof data === "string" ? JSON.parse(data) : {};
      if (type === "joined") {
        resolve({ channel });
      }
    };
  });
  socket.onmessage = null;
  socket.onclose = ({ code }) => {
    console.error(`a connection of the crowd closed: ${code}`);
    process.exit(1);
  };
  const frame = new DataView(new ArrayBuffer(9));
  frame.setUint8(0, 1);
  frame.setUint32(1, joined.channel, true);
  let step = index;
  setInterval(() => {
    step += 1;
    const angle = step / 12 + index;
    frame.setUint16(5, SPAN * (0.5 + 0.4 * Math.cos(angle)), true);
    frame.setUint16(7, SPAN * (0.5 + 0.4 * Math.sin(angle * 1.3)), true);
    socket.send(frame.buffer);
  }, 1_000 / Number(movesASecond));
}
