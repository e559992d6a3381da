// What Starling is measured beside: rooms as they are plainly built with ws. Whatever somebody sends
// goes to everyone else in the room at once, as a frame of its own.
//
// It stores nothing, brings nobody up to date who comes back, knows no names and no presence, checks
// no identity, limits no rate, and drops no reader who takes nothing. All of that costs Starling
// something, and this nothing.
import { WebSocketServer } from "ws";

const rooms = new Map();

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });

server.on("connection", (socket, request) => {
  const name = request.url;
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));

  socket.on("message", (data, isBinary) => {
    for (const other of room) {
      if (other !== socket) other.send(data, { binary: isBinary });
    }
  });
  socket.on("close", () => {
    room.delete(socket);
    if (room.size === 0) rooms.delete(name);
  });
  socket.on("error", () => socket.terminate());
});

server.on("listening", () => {
  console.log(`ws listens on http://127.0.0.1:${server.address().port}`);
});
