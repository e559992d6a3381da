// What Socket.IO clients hear that is for one person, for some, or for all: private messages, mentions, rooms,
// and who gets a broadcast.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { join } from "../harness/identity.mjs";
import { Server } from "../harness/server.mjs";
import { Client, account, clientsOf } from "../harness/socketio.mjs";

let server;

before(async () => {
  server = await Server.start(["--chat-burst", "1000", "--log", "starling_server=debug"]);
});
after(() => server.dispose());

/** Waits until a client has all that was sent to it before: its own message comes last. */
async function settled(client, roomId) {
  const { messageId } = await client.ask("message:send", { roomId, content: "settled" });
  await client.next("message:received", ({ id }) => id === messageId);
}

for (const transport of ["polling", "websocket"]) {
  test(`private messages reach the two they are between, over ${transport}`, { timeout: 60_000 }, async (t) => {
    const connect = clientsOf(server, t);
    const token = async (handle) => (await account(server, handle + transport)).token;
    const [ada, bob] = [await token("ada"), await token("bob")];
    const as = (token, namespace = "/chat") => connect(namespace, { auth: { token }, transports: [transport] });
    const [a, b, alsoB, eve] = [await as(ada), await as(bob), await as(bob), await as(await token("eve"))];
    const told = await as(bob, "/notifications");
    const [adas, bobs] = ["ada", "bob"].map((name) => name + transport);
    const people = await eve.next("users:list");
    const idOf = (name) => people.find(({ username }) => username === name).id;

    const content = "between us @everybody";
    const { success, messageId } = await a.ask("message:private", { recipientId: idOf(bobs), content });
    assert.equal(success, true);
    const expected = {
      id: messageId,
      senderId: idOf(adas),
      senderUsername: adas,
      recipientId: idOf(bobs),
      content,
    };
    for (const [client, event] of [[b, "message:private"], [alsoB, "message:private"],
      [told, "message:private"], [a, "message:private:sent"]]) {
      const { timestamp, ...message } = await client.next(event);
      assert.deepEqual(message, expected, event);
      assert.ok(Date.parse(timestamp));
    }
    await b.ask("message:private", { recipientId: idOf(adas), content: "answer" });
    assert.equal((await a.next("message:private")).content, "answer");
    assert.equal((await b.next("message:private:sent")).content, "answer");

    for (const recipientId of ["nobody", "0197f1c0-0000-7000-8000-000000000001"]) {
      const answer = await a.ask("message:private", { recipientId, content: "x" });
      assert.deepEqual(answer, { error: "Recipient not found", code: "NO_SUCH_PERSON" });
    }
    const wrong = [
      [undefined, "Recipient ID is required"],
      [{ recipientId: 7, content: "x" }, "Recipient ID is required"],
      [{ recipientId: idOf(bobs) }, "Message content is required"],
      [{ recipientId: idOf(bobs), content: " " }, "Message content is required"],
      [{ recipientId: idOf(bobs), content: "x".repeat(4_001) }, "Message too long"],
    ];
    for (const [payload, sentence] of wrong) {
      assert.equal((await a.ask("message:private", payload)).error, sentence);
    }
    assert.ok("error" in (await a.ask("message:private", { recipientId: idOf(adas), content: "me" })));
    const roomId = `quiet ${transport}`;
    await eve.ask("room:join", { roomId });
    await settled(eve, roomId);
    assert.ok(!JSON.stringify(eve.heard).includes("between us"), "nobody else hears it");
  });
}

test("a file comes through the socket and is there for who reads the room", { timeout: 60_000 }, async (t) => {
  const connect = clientsOf(server, t);
  const [fay, max, eve] = await Promise.all(["fay", "max", "eve-of-files"].map((handle) => account(server, handle)));
  const [from, to] = [fay, max].map(({ token }) => connect("/chat", { auth: { token } }));
  const [sender, reader] = [await from, await to];
  const roomId = "files";
  await sender.ask("room:join", { roomId });
  await reader.ask("room:join", { roomId });
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
  const { success, fileId, size } = await sender.ask("file:upload", { filename: "../a b.bin", buffer: bytes });
  assert.deepEqual([success, size], [true, bytes.length]);
  assert.equal((await sender.ask("message:send", { roomId, fileId })).success, true);
  const { content, file, userId } = await reader.next("message:received");
  assert.deepEqual([content, file.id, file.size], ["", fileId, bytes.length]);
  const fetched = await fetch(new URL(file.url, server.url), { headers: { authorization: `Bearer ${max.token}` } });
  assert.deepEqual(Buffer.from(await fetched.arrayBuffer()), bytes);
  const again = await reader.ask("file:upload", { filename: "b", buffer: bytes });
  await reader.ask("message:private", { recipientId: userId, content: "for you", fileId: again.fileId });
  const received = await sender.next("message:private");
  assert.deepEqual([received.content, received.file.id], ["for you", again.fileId]);
  const stranger = await fetch(new URL(received.file.url, server.url), {
    headers: { authorization: `Bearer ${eve.token}` },
  });
  assert.equal(stranger.status, 404);
  for (const wrong of [7, "x", {}]) {
    assert.equal((await sender.ask("message:send", { roomId, content: "x", fileId: wrong })).code, "BAD_FILE_ID");
  }
  assert.ok("error" in (await sender.ask("message:send", { roomId, content: "x", fileId: again.fileId })));
});

test("a mention is told to whoever is named, and to nobody else", { timeout: 60_000 }, async (t) => {
  const connect = clientsOf(server, t);
  const mia = await account(server, "mia");
  const [told, chat, ada] = [
    await connect("/notifications", { auth: { token: mia.token } }),
    await connect("/chat", { auth: { token: mia.token } }),
    await connect("/chat", { auth: { username: "Ada" } }),
  ];
  const stranger = await connect("/notifications", { auth: { username: "mia" } });
  await chat.ask("room:join", { roomId: "den" });
  await ada.ask("room:join", { roomId: "den" });
  await ada.ask("room:join", { roomId: "where mia was never" });
  for (const roomId of ["den", "where mia was never"]) {
    for (const content of ["@miamore is another", "hello @Mia, look"]) {
      await ada.ask("message:send", { roomId, content });
    }
  }
  await ada.ask("message:send", { roomId: "den", content: "@mia again" });
  const mention = await told.next("mention");
  assert.equal(mention.content, "hello @Mia, look");
  assert.deepEqual([mention.roomId, mention.username], ["den", "Ada"]);
  assert.equal((await told.next("mention")).content, "@mia again");
  assert.deepEqual(stranger.all("mention"), [], "a guest of the name was not there");
});

test("a broadcast reaches all, one room, several rooms once each, one client, all but the sender", { timeout: 60_000 }, async (t) => {
  const connect = clientsOf(server, t);
  const clients = [];
  for (const index of [0, 1, 2, 3, 4, 5]) {
    const transports = [["polling"], ["websocket"]][index % 2];
    clients.push(await connect("/chat", { auth: { username: `Person ${index}` }, transports }));
  }
  const [one, both, two, alsoTwo, outside, sender] = clients;
  const rooms = ["first room", "second room"];
  for (const [roomId, members] of [[rooms[0], [one, both, sender]], [rooms[1], [both, two, alsoTwo, sender]]]) {
    for (const member of members) {
      await member.ask("room:join", { roomId });
    }
  }
  for (const client of clients) {
    await client.ask("room:join", { roomId: "everybody" });
  }

  // Several rooms: who is in both hears each message once, for each room.
  for (const roomId of rooms) {
    await sender.ask("message:send", { roomId, content: `for ${roomId}` });
  }
  // All but the sender.
  sender.tell("typing:start", { roomId: rooms[0] });
  await both.next("typing:start");
  // All: a public room is made by form.
  await join(server.url, "Zoe", "A public room", { listed: true });
  for (const client of clients) {
    await client.next("room:created", ({ roomId }) => roomId === "a-public-room");
  }
  for (const client of clients) {
    await settled(client, "everybody");
  }
  const heard = (client) =>
    client.all("message:received").map(({ content }) => content).filter((it) => it.startsWith("for ")).sort();
  const [first, second] = rooms.map((roomId) => `for ${roomId}`);
  assert.deepEqual(clients.map(heard), [[first], [first, second], [second], [second], [], [first, second]]);
  assert.deepEqual(sender.all("typing:start"), []);
  assert.deepEqual(outside.all("typing:start"), []);
  // One client: an answer is nobody else's.
  assert.equal(clients.filter((client) => client.all("exception").length > 0).length, 0);
  one.tell("message:send", {});
  await one.next("exception");
  await settled(two, "everybody");
  assert.deepEqual(two.all("exception"), []);
});

test("rooms that one may find are told of when they are made and deleted", { timeout: 60_000 }, async (t) => {
  const connect = clientsOf(server, t);
  const owner = await account(server, "owner");
  const [own, ada] = [
    await connect("/chat", { auth: { token: owner.token } }),
    await connect("/chat", { auth: { username: "Ada" } }),
  ];
  const roomId = "Not for the lobby";
  await own.ask("room:join", { roomId });
  assert.deepEqual(await own.next("room:created"), { roomId: "not-for-the-lobby", name: roomId });
  await ada.ask("room:join", { roomId });
  const deleted = await fetch(new URL("/r/not-for-the-lobby/settings/delete", server.url), {
    method: "POST",
    redirect: "manual",
    headers: { origin: server.url, cookie: owner.cookie },
    body: new URLSearchParams({ confirm: roomId }),
  });
  assert.equal(deleted.status, 303);
  for (const client of [own, ada]) {
    assert.deepEqual(await client.next("room:deleted"), { roomId, name: roomId });
  }
  assert.equal((await ada.ask("message:send", { roomId, content: "x" })).code, "NOT_JOINED");
  assert.equal(ada.all("room:created").filter(({ name }) => name === roomId).length, 0);
});

test("administrators watch connections, rates, rooms and the log", { timeout: 60_000 }, async (t) => {
  const connect = clientsOf(server, t);
  const boss = await account(server, "boss");
  assert.equal(await Client.refused(server, "/admin", { auth: { token: boss.token } }), "Unauthorized");
  assert.equal(await Client.refused(server, "/admin", { auth: { username: "boss" } }), "Unauthorized");
  await server.command("admin", "grant", "boss");
  const admin = await connect("/admin", { auth: { token: boss.token } });
  const ada = await connect("/chat", { auth: { username: "Ada" } });
  await ada.ask("room:join", { roomId: "watched" });
  await ada.ask("message:send", { roomId: "watched", content: "x" });
  await admin.next("connections", ({ people, sessions }) => people >= 2 && sessions >= 2);
  await admin.next("rooms", (rooms) => rooms.some(({ roomId, people }) => roomId === "watched" && people === 1));
  await admin.next("rates", ({ messages, messagesPerSecond }) => messages > 0 && messagesPerSecond >= 0);
  await ada.ask("room:join", { roomId: "one more" });
  await admin.next("log", ({ level, message }) => level === "INFO" && message.includes("a room was made"));
  assert.equal((await admin.ask("anything", {})).code, "UNKNOWN_EVENT");
  // Who is no administrator any more is sent away.
  const gone = once(admin.socket, "disconnect");
  await server.command("admin", "revoke", "boss");
  await gone;
  assert.equal(await Client.refused(server, "/admin", { auth: { token: boss.token } }), "Unauthorized");
});
