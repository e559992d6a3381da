// Programs written for Socket.IO in the same rooms as everybody: every event of /chat, over both transports.

import assert from "node:assert/strict";
import { test } from "node:test";
import { clientsOf } from "../harness/socketio.mjs";
import { Server } from "../harness/server.mjs";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

for (const transport of ["polling", "websocket"]) {
  test(`every event of /chat, over ${transport}`, { timeout: 60_000 }, async (t) => {
    const server = await Server.start(["--chat-burst", "1000"]);
    t.after(() => server.dispose());
    const connect = clientsOf(server, t);
    const as = (username) => connect("/chat", { auth: { username, userId: "made up" }, transports: [transport] });

    const ada = await as("Ada");
    const [first] = await ada.next("users:list");
    assert.equal(first.username, "Ada");
    assert.match(first.id, UUID, "the id that the client made up counts for nothing");

    const bob = await as("Bob");
    const bobs = await ada.next("user:connected");
    assert.deepEqual(bobs, { userId: bobs.userId, username: "Bob" });
    const names = (await bob.next("users:list")).map(({ username }) => username).sort();
    assert.deepEqual(names, ["Ada", "Bob"]);

    const roomId = "Any text is a room, 42!";
    assert.deepEqual(await ada.ask("room:join", { roomId }), {
      success: true,
      roomId,
      message: `Joined room ${roomId}`,
    });
    assert.equal((await ada.next("room:created")).name, roomId);
    assert.equal((await ada.ask("room:join", { roomId })).success, true, "joining twice is no mistake");
    await bob.ask("room:join", { roomId });
    assert.deepEqual(await ada.next("user:joined"), { roomId, userId: bobs.userId, username: "Bob" });

    const sent = await bob.ask("message:send", { roomId, content: "Hello <b>&" });
    assert.equal(sent.success, true);
    for (const client of [ada, bob]) {
      const { timestamp, ...received } = await client.next("message:received");
      assert.match(timestamp, TIME);
      assert.deepEqual(received, {
        id: sent.messageId,
        roomId,
        userId: bobs.userId,
        username: "Bob",
        content: "Hello <b>&",
      });
    }

    bob.tell("typing:start", { roomId });
    assert.deepEqual(await ada.next("typing:start"), { roomId, userId: bobs.userId, username: "Bob" });
    await ada.next("typing:stop");
    assert.equal((await bob.ask("typing:start", { roomId })).success, true);
    await ada.next("typing:start");
    bob.tell("typing:stop", { roomId });
    await ada.next("typing:stop");
    assert.deepEqual(bob.all("typing:start"), [], "one is not told of oneself");

    bob.tell("cursor:move", { roomId, x: 100.25, y: 16_384 });
    const { cursors } = await ada.next("cursors", ({ cursors }) => cursors.length > 0);
    const [{ color, ...cursor }] = cursors;
    assert.match(color, /^#[0-9a-f]{6}$/);
    assert.deepEqual(cursor, { userId: bobs.userId, username: "Bob", x: 100.25, y: 16_383.75 });
    assert.deepEqual(bob.all("cursors"), []);

    assert.equal((await bob.ask("room:leave", { roomId })).success, true);
    assert.deepEqual(await ada.next("user:left"), { roomId, userId: bobs.userId, username: "Bob" });
    assert.equal((await bob.ask("room:leave", { roomId })).code, "NOT_JOINED");
    bob.close();
    assert.deepEqual(await ada.next("user:disconnected"), bobs);
  });
}
