// What Socket.IO clients are told when something is wrong: payloads of every kind, tokens, limits.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { Server } from "../harness/server.mjs";
import { Client, account, clientsOf } from "../harness/socketio.mjs";

let server;

before(async () => {
  server = await Server.start(["--rooms-per-address", "4", "--refusals-per-minute", "1000"]);
});
after(() => server.dispose());

const roomId = "den";
const NONSENSE = [undefined, null, 0, 42, "", "text", true, [], [1, 2], {}, { roomId: null }, { roomId: 7 },
  { roomId: "" }, { roomId: "  " }, { roomId: ["den"] }, { roomId: { a: 1 } }, Buffer.from("bytes"),
  { roomId: Buffer.from("bytes") }];

test("a payload of any kind is answered with a sentence and a code", { timeout: 60_000 }, async (t) => {
  const ada = await clientsOf(server, t)("/chat", { auth: { username: "Ada" } });
  await ada.ask("room:join", { roomId });
  const wrong = async (event, payload, code, sentence) => {
    const answer = await ada.ask(event, payload);
    assert.deepEqual(Object.keys(answer).sort(), ["code", "error"], `${event} ${JSON.stringify(payload)}`);
    if (code !== undefined) {
      assert.deepEqual(answer, { error: sentence, code });
    }
  };
  for (const event of ["room:join", "room:leave", "message:send", "typing:start", "typing:stop", "cursor:move"]) {
    for (const payload of NONSENSE) {
      await wrong(event, payload, "ROOM_ID_REQUIRED", "Room ID is required");
    }
  }
  const required = ["MESSAGE_EMPTY", "Message content is required"];
  for (const content of [undefined, null, 42, "", "   ", [], {}, Buffer.from("x")]) {
    await wrong("message:send", { roomId, content }, ...required);
  }
  await wrong("message:send", { roomId, content: "x".repeat(4_001) }, "MESSAGE_TOO_LONG", "Message too long");
  await wrong("message:send", { roomId: "elsewhere", content: "x" }, "NOT_JOINED", "Join the room first.");
  await wrong("message:send", { roomId, content: "x", id: "no id" }, "BAD_ID", "The id is no UUID");
  await wrong("message:send", { roomId, content: "x", id: 5 }, "BAD_ID", "The id is no UUID");
  for (const point of [{}, { x: 1 }, { x: "1", y: 2 }, { x: -1, y: 1 }, { x: 1, y: 16_385 }, { x: null, y: 0 }]) {
    const sentence = "x and y are numbers from 0 to 16384";
    await wrong("cursor:move", { roomId, ...point }, "BAD_CURSOR", sentence);
  }
  await wrong("room:join", { roomId: "x".repeat(500) });
  const long = roomId + " ".repeat(1_000);
  for (const event of ["room:join", "room:leave", "typing:start"]) {
    assert.equal((await ada.ask(event, { roomId: long })).code, "ROOM_NAME_TOO_LONG", "events would carry it all");
  }
  await wrong("nothing of the kind", { roomId }, "UNKNOWN_EVENT", "There is no such event here");
  for (const payload of [undefined, null, {}, { filename: "a" }, { filename: 1, buffer: Buffer.from("x") },
    { filename: "a", buffer: "text" }, { filename: "x".repeat(300), buffer: Buffer.from("x") }]) {
    await wrong("file:upload", payload);
  }
  // Who wants no answer is told all the same.
  ada.tell("message:send", { roomId });
  assert.deepEqual(await ada.next("exception"), { status: "error", message: "Message content is required" });
  assert.equal((await ada.ask("message:send", { roomId, content: "still here" })).success, true);
});

test("a message whose id was sent before is stored once", { timeout: 60_000 }, async (t) => {
  const ada = await clientsOf(server, t)("/chat", { auth: { username: "Ada" } });
  await ada.ask("room:join", { roomId });
  const id = "0197f1c0-0000-7000-8000-000000000001";
  for (const _ of [1, 2]) {
    const answer = await ada.ask("message:send", { roomId, content: "once", id });
    assert.deepEqual(answer, { success: true, messageId: id });
  }
  assert.equal((await ada.ask("message:send", { roomId, content: "other", id })).code, "CONFLICT");
  const { code } = await ada.next("error");
  assert.equal(code, "MESSAGE_SAVE_FAILED");
  await ada.ask("message:send", { roomId, content: "last" });
  await ada.next("message:received", ({ content }) => content === "last");
  assert.equal(ada.all("message:received").length, 1, "once");
});

test("tokens, names and namespaces are checked before anything else", { timeout: 60_000 }, async (t) => {
  const connect = clientsOf(server, t);
  for (const token of ["nonsense", "starling_x", "a.b.c", 42, {}, true]) {
    assert.equal(await Client.refused(server, "/chat", { auth: { username: "Ada", token } }), "Unauthorized");
  }
  assert.match(await Client.refused(server, "/chat", { auth: { username: "x".repeat(300) } }), /name/i);
  assert.equal(await Client.refused(server, "/nowhere"), "Invalid namespace");
  for (const auth of [undefined, {}, { username: "" }, { username: 7 }, { token: "" }, { token: null }]) {
    const [nameless] = await (await connect("/chat", { auth })).next("users:list");
    assert.ok(nameless.username.length > 0);
    const people = await (await connect("/chat", { auth })).next("users:list");
    assert.ok(people.some(({ username }) => /^Guest\d{3,4}$/.test(username)), JSON.stringify(people));
  }
  const { token } = await account(server, "carol");
  const carol = await connect("/chat", { auth: { username: "Not Carol", userId: "1", token } });
  const names = (await carol.next("users:list")).map(({ username }) => username);
  assert.ok(names.includes("carol") && !names.includes("Not Carol"), JSON.stringify(names));
  assert.equal(await Client.refused(server, "/admin", { auth: { token } }), "Unauthorized");
});

test("a token that only reads may not talk, and one that ends is no good any more", { timeout: 60_000 }, async (t) => {
  const connect = clientsOf(server, t);
  const reader = await account(server, "reader", ["read"]);
  const read = await connect("/chat", { auth: { token: reader.token } });
  assert.equal((await read.ask("room:join", { roomId })).success, true);
  assert.equal((await read.ask("message:send", { roomId, content: "x" })).code, "SCOPE_MISSING");
  assert.equal((await read.next("error")).code, "MESSAGE_SAVE_FAILED");
  assert.equal((await read.ask("room:join", { roomId: "a new one" })).code, "SCOPE_MISSING");
  const gone = once(read.socket, "disconnect");
  const headers = { origin: server.url, cookie: reader.cookie };
  const { tokens } = await (await fetch(new URL("/api/v1/tokens", server.url), { headers })).json();
  for (const { id } of tokens) {
    await fetch(new URL(`/api/v1/tokens/${id}`, server.url), { method: "DELETE", headers });
  }
  await gone;
  assert.equal(await Client.refused(server, "/chat", { auth: { token: reader.token } }), "Unauthorized");
});

test("a cookie counts from our own page and from no other", { timeout: 60_000 }, async (t) => {
  const connect = clientsOf(server, t);
  const { cookie } = await account(server, "dora");
  const from = async (origin) => {
    const extraHeaders = { cookie, ...(origin && { origin }) };
    const client = await connect("/chat", { auth: { username: "Somebody" }, extraHeaders });
    const people = await client.next("users:list");
    client.close();
    return people.map(({ username }) => username).includes("dora");
  };
  assert.equal(await from(server.url), true);
  assert.equal(await from(undefined), false);
  const foreign = { extraHeaders: { cookie, origin: "https://evil.example" } };
  for (const transports of [["websocket"], ["polling"]]) {
    assert.match(await Client.refused(server, "/chat", { ...foreign, transports }), /error/);
  }
});

test("an address makes as many rooms as by the form", { timeout: 60_000 }, async (t) => {
  const ada = await clientsOf(server, t)("/chat", { auth: { username: "Ada" } });
  const answers = [];
  for (const number of [1, 2, 3, 4, 5]) {
    answers.push(await ada.ask("room:join", { roomId: `room number ${number}` }));
  }
  assert.equal(answers.at(-1).code, "ROOM_CAP");
  assert.equal((await ada.ask("room:join", { roomId })).success, true, "a room that exists is no new one");
});

test("the text of a hidden room is a room of one's own, however it is written", { timeout: 60_000 }, async (t) => {
  const server = await Server.start();
  t.after(() => server.dispose());
  const keeper = await account(server, "keeper");
  const made = await fetch(new URL("/api/v1/rooms", server.url), {
    method: "POST",
    headers: { authorization: `Bearer ${keeper.token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Vault", visibility: "private" }),
  });
  assert.equal(made.status, 201);
  const eve = await clientsOf(server, t)("/chat", { auth: { username: "Eve" } });
  await eve.ask("room:join", { roomId: "Vault" });
  const { roomId: address } = await eve.next("room:created");
  assert.match(address, /^vault-[a-z0-9]{5}$/);
  for (const roomId of [" vault ", "VAULT!", address, "Vault"]) {
    assert.equal((await eve.ask("message:send", { roomId, content: "here" })).success, true, roomId);
    await eve.next("message:received");
    assert.equal((await eve.ask("room:join", { roomId })).success, true);
    await eve.ask("message:send", { roomId, content: "and here" });
    assert.equal((await eve.next("message:received")).roomId, roomId, "as it was written last");
  }
  assert.deepEqual(eve.all("room:created"), [], "it is one room");
});

for (const transport of ["polling", "websocket"]) {
  test(`a mebibyte is taken and more is refused, over ${transport}`, { timeout: 60_000 }, async (t) => {
    const connect = clientsOf(server, t);
    const ada = await connect("/chat", { auth: { username: "Ada" }, transports: [transport] });
    // Binary data are a third longer in a body.
    const largest = transport === "polling" ? 780_000 : 1_048_576;
    const taken = await ada.ask("file:upload", { filename: "a.bin", buffer: Buffer.alloc(largest, 7) });
    assert.deepEqual([taken.success, taken.size], [true, largest], JSON.stringify(taken));
    assert.equal((await ada.ask("message:send", { roomId, content: "x".repeat(1_000_000) })).code, "NOT_JOINED");
    const gone = once(ada.socket, "disconnect");
    ada.tell("message:send", { roomId, content: "x".repeat(1_100_000) });
    const [reason] = await gone;
    assert.match(reason, /^transport (close|error)$/, "so that it comes back by itself");
  });
}
