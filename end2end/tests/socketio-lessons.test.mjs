// What first lessons teach about Socket.IO: the default namespace, and a plain WebSocket.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import WebSocket from "ws";

import { Server } from "../harness/server.mjs";
import { clientsOf } from "../harness/socketio.mjs";

let server;

before(async () => {
  server = await Server.start(["--chat-burst", "1000"]);
});
after(() => server.dispose());

for (const transport of ["polling", "websocket"]) {
  test(`the lessons' events, over ${transport}`, { timeout: 60_000 }, async (t) => {
    const connect = clientsOf(server, t);
    const as = (username) => connect("/", { auth: { username }, transports: [transport] });
    const [ada, bob, eve] = [await as("Ada"), await as("Bob"), await as("Eve")];
    const room = `lesson ${transport}`;

    ada.tell("joinRoom", room);
    assert.deepEqual(await ada.next("userJoined"), { message: `Ada joined ${room}` });
    bob.tell("joinRoom", room);
    for (const client of [ada, bob]) {
      assert.deepEqual(await client.next("userJoined"), { message: `Bob joined ${room}` });
    }
    ada.tell("sendMessage", { room, text: "to all" });
    for (const client of [ada, bob]) {
      const { timestamp, ...message } = await client.next("newMessage");
      assert.deepEqual(message, { text: "to all", sender: "Ada" });
      assert.ok(Date.parse(timestamp) > Date.now() - 60_000);
    }

    const other = `another ${transport}`;
    assert.equal(await ada.ask("join", other), other);
    assert.equal(await ada.next("joined"), other);
    await bob.ask("join", other);
    ada.heard.length = bob.heard.length = 0;
    assert.equal(await ada.ask("message", { room: other, message: "to the room" }), "Message sent");
    await bob.next("message", (text) => text === "to the room");
    await ada.next("message", (text) => text === "Message sent");
    const heard = ada.all("message");
    assert.deepEqual(heard, ["to the room"], "the room hears it before its sender is told");

    assert.equal(await eve.ask("message", "Hello"), "Received: Hello");
    assert.equal((await eve.ask("message", { room, message: "x" })).code, "NOT_JOINED");
    for (const wrong of [undefined, null, 42, [], {}, { room: 1 }]) {
      for (const event of ["join", "joinRoom", "sendMessage", "message"]) {
        assert.ok("error" in (await eve.ask(event, wrong)), `${event} ${JSON.stringify(wrong)}`);
      }
    }
    assert.deepEqual(eve.heard, [], "who is in no room hears nothing of it");
  });
}

test("a plain WebSocket echoes", { timeout: 60_000 }, async () => {
  const socket = new WebSocket(new URL("/lesson", server.url));
  await once(socket, "open");
  // What is no event is not answered.
  for (const other of ["", "nonsense", "[]", '{"event":"other","data":"x"}', '{"event":"message","data":7}']) {
    socket.send(other);
  }
  socket.send(Buffer.from([1, 2, 3]));
  socket.send(JSON.stringify({ event: "message", data: "Hello" }));
  const [answer] = await once(socket, "message");
  assert.deepEqual(JSON.parse(answer), { event: "message", data: "Received: Hello" });
  const closed = once(socket, "close");
  socket.send("x".repeat(65_537));
  const [code] = await closed;
  assert.equal(code, 1009);
});
