// Socket.IO clients beside a browser and beside one another: a crowd, connections that change or break, and
// clients that do not listen.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { Server } from "../harness/server.mjs";
import { Client, clientsOf } from "../harness/socketio.mjs";

const CROWD = 50;
const EACH = 3;

scene("fifty clients and a browser are in one room", async ({ gather, server, room }) => {
  const [zoe] = await gather("Zoe");
  const clients = await Promise.all(
    Array.from({ length: CROWD }, (_, index) => {
      const transports = [["polling"], ["websocket"]][index % 2];
      return Client.connect(server, "/chat", { auth: { username: `Program ${index}` }, transports });
    }),
  );
  try {
    await Promise.all(clients.map((client) => client.ask("room:join", { roomId: room })));
    await zoe.say("Hello, programs");
    await Promise.all(clients.map((client) => client.next("message:received", ({ content }) => content === "Hello, programs")));
    const answers = await Promise.all(
      clients.flatMap((client, index) =>
        Array.from({ length: EACH }, (_, number) =>
          client.ask("message:send", { roomId: room, content: `${index}: ${number}` }),
        ),
      ),
    );
    const sent = answers.map(({ messageId }) => messageId).sort();
    assert.equal(new Set(sent).size, CROWD * EACH);
    await eventually(() => {
      for (const client of clients) {
        assert.equal(client.all("message:received").length, CROWD * EACH);
      }
    });
    const order = clients[0].all("message:received").map(({ id }) => id);
    assert.deepEqual(order.toSorted(), sent, "each once");
    for (const client of clients) {
      assert.deepEqual(client.all("message:received").map(({ id }) => id), order, "all in one order");
    }
    await zoe.hears(`${CROWD - 1}: ${EACH - 1}`);

    clients[0].tell("cursor:move", { roomId: room, x: 8_000, y: 8_000 });
    clients[1].tell("typing:start", { roomId: room });
    await zoe.page.getByText("Program 1 is typing").first().waitFor();
    await clients[2].next("cursors", ({ cursors }) => cursors.some(({ username }) => username === "Program 0"));
    await zoe.page.mouse.move(600, 400);
    await zoe.page.mouse.move(640, 420);
    await clients[3].next("cursors", ({ cursors }) => cursors.some(({ username }) => username === "Zoe"));
  } finally {
    clients.forEach((client) => client.close());
  }
});

for (const transports of [["polling"], ["websocket"]]) {
  test(`a server that stops says so, and its clients come back, over ${transports}`, { timeout: 60_000 }, async (t) => {
    const server = await Server.start();
    t.after(() => server.dispose());
    const ada = await clientsOf(server, t)("/chat", {
      auth: { username: "Ada" },
      transports,
      reconnection: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
    });
    const idle = await clientsOf(server, t)("/notifications", { auth: { username: "Idle" }, transports });
    await ada.ask("room:join", { roomId: "den" });
    for (const end of ["stop", "kill"]) {
      const gone = once(ada.socket, "disconnect");
      await server[end]();
      const [reason] = await gone;
      assert.match(reason, /^transport (close|error)$/, end);
      if (end === "stop") {
        for (const client of [ada, idle]) {
          const { message, reconnectDelay } = await client.next("server:shutdown");
          assert.ok(message.length > 0 && reconnectDelay > 0);
        }
      }
      const back = once(ada.socket, "connect");
      await server.startAgain();
      await back;
      assert.equal((await ada.ask("room:join", { roomId: "den" })).success, true);
      assert.equal((await ada.ask("message:send", { roomId: "den", content: end })).success, true);
      await ada.next("message:received", ({ content }) => content === end);
    }
  });
}

test("nothing is lost while a client changes from polling to a WebSocket", { timeout: 60_000 }, async (t) => {
  const server = await Server.start(["--chat-burst", "10000"]);
  t.after(() => server.dispose());
  const connect = clientsOf(server, t);
  const ada = await connect("/chat", { auth: { username: "Ada" } });
  const roomId = "den";
  await ada.ask("room:join", { roomId });
  for (const round of [1, 2, 3]) {
    const bob = new Client(server, "/chat", { auth: { username: "Bob" }, transports: ["polling", "websocket"] });
    t.after(() => bob.close());
    await bob.connected();
    await bob.ask("room:join", { roomId });
    const said = [];
    const engine = bob.socket.io.engine;
    while (engine.transport.name !== "websocket" || said.length < 50) {
      said.push(`${round}: ${said.length}`);
      await ada.ask("message:send", { roomId, content: said.at(-1) });
    }
    await bob.next("message:received", ({ content }) => content === said.at(-1));
    const heard = bob.all("message:received").map(({ content }) => content);
    assert.deepEqual(heard, said.slice(0, -1));
    bob.close();
  }
});

// More than the systems between two programs of one machine hold.
const MUCH = 3_000;

async function flood(ada, roomId) {
  const body = "x".repeat(3_900);
  for (let sent = 0; sent < MUCH; sent += 100) {
    const numbers = Array.from({ length: 100 }, (_, index) => sent + index);
    const content = (number) => `${number} ${body}`;
    await Promise.all(numbers.map((number) => ada.ask("message:send", { roomId, content: content(number) })));
  }
}

const NARROW = ["--socketio-waiting", "4096", "--chat-burst", "100000", "--frames-per-second", "10000"];

test("a client that takes nothing is disconnected, and comes back by itself", { timeout: 90_000 }, async (t) => {
  const server = await Server.start([...NARROW, "--stall-after", "1"]);
  t.after(() => server.dispose());
  const connect = clientsOf(server, t);
  const roomId = "den";
  const deaf = await connect("/chat", {
    auth: { username: "Deaf" },
    reconnection: true,
    reconnectionDelay: 50,
  });
  const ada = await connect("/chat", { auth: { username: "Ada" } });
  await deaf.ask("room:join", { roomId });
  await ada.ask("room:join", { roomId });
  deaf.socket.io.engine.transport.ws._socket.pause();
  const left = ada.next("user:disconnected", ({ username }) => username === "Deaf");
  await flood(ada, roomId);
  await left;
  const back = once(deaf.socket, "connect");
  deaf.socket.io.engine.transport.ws._socket.resume();
  await back;
  assert.equal((await deaf.ask("room:join", { roomId })).success, true);
});

test("a client that is only slow gets everything in order", { timeout: 90_000 }, async (t) => {
  const server = await Server.start([...NARROW, "--stall-after", "30"]);
  t.after(() => server.dispose());
  const connect = clientsOf(server, t);
  const roomId = "den";
  const slow = await connect("/chat", { auth: { username: "Slow" } });
  const ada = await connect("/chat", { auth: { username: "Ada" } });
  await slow.ask("room:join", { roomId });
  await ada.ask("room:join", { roomId });
  const { _socket: wire } = slow.socket.io.engine.transport.ws;
  wire.pause();
  await flood(ada, roomId);
  wire.resume();
  await slow.next("message:received", ({ content }) => content.startsWith(`${MUCH - 1} `));
  const heard = slow.all("message:received").map(({ content }) => Number(content.split(" ")[0]));
  assert.deepEqual(heard.toSorted((a, b) => a - b).slice(0, 5), [0, 1, 2, 3, 4]);
  assert.equal(new Set(heard).size, MUCH - 1);
});
