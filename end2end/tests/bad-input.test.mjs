// Owns what no page does but somebody will: each is refused or slowed down, and nobody else notices.

import assert from "node:assert/strict";
import { request } from "node:http";

import { eventually } from "../harness/eventually.mjs";
import { pointAt, seesCursorAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";
import { slugOf, Wire } from "../harness/wire.mjs";

const roomOf = (visitor) => slugOf(new URL(visitor.page.url()).pathname);
const id = () => crypto.randomUUID();

scene("broken and wrong requests are errors, and the connection goes on", async ({ gather }) => {
  const [ada, bob, mallory] = await gather("Ada", "Bob", "Mallory");
  const room = roomOf(ada);
  const wire = await Wire.open(mallory);
  const refused = async (event, code) => {
    const answer = await wire.request(event);
    assert.equal(answer.type, "error", JSON.stringify(answer));
    assert.equal(answer.code, code);
    assert.match(answer.message, /^\p{Lu}.*\.$/u, "a sentence");
  };

  for (const text of ["", "{", "null", "[]", '{"type":7}', '{"type":"post"}', "\u0000"]) {
    assert.equal((await wire.sendText(text)).code, "bad_json", JSON.stringify(text));
  }
  await refused({ type: "post", room, id: id(), body: "not joined" }, "not_joined");
  await refused({ type: "history", room, before: 5 }, "not_joined");
  await refused({ type: "join", room: "there-is-no-such-room" }, "no_such_room");
  const joined = await wire.request({ type: "join", room });
  assert.equal(joined.type, "joined");
  await refused({ type: "join", room }, "already_joined");
  await refused({ type: "post", room, id: id(), body: "   " }, "message_empty");
  await refused({ type: "post", room, id: id(), body: "x".repeat(4_001) }, "message_too_long");
  await refused({ type: "rename", name: "" }, "name_empty");
  await refused({ type: "rename", name: "x".repeat(41) }, "name_too_long");

  for (const bytes of [[], [1], [1, 0, 0, 0, 0, 0, 0, 0], [2, 0], [0x81, 0, 0, 0, 0], [9, 9, 9]]) {
    await wire.sendBytes(bytes);
    assert.equal((await wire.nextError()).code, "bad_frame", JSON.stringify(bytes));
  }
  // A channel that this connection does not have.
  await wire.sendBytes([1, 255, 255, 255, 255, 0, 0, 0, 0]);

  const post = { type: "post", room, id: id(), body: "behaving now" };
  const first = await wire.request(post);
  assert.equal(first.type, "ack");
  assert.deepEqual({ ...(await wire.request(post)), ref: 0 }, { ...first, ref: 0 }, "a repeat");
  await refused({ ...post, body: "something else" }, "conflict");
  await wire.close();

  await Promise.all([ada.hears("behaving now"), bob.hears("behaving now")]);
  assert.equal(await ada.messages.count(), 1);
  await ada.say("all well?");
  await bob.hears("all well?");
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.4, 0.4));
});

scene("a flood of messages slows down its author alone, and then ends", async ({ gather }) => {
  const [ada, bob, mallory] = await gather("Ada", "Bob", "Mallory");
  const room = roomOf(ada);
  const wire = await Wire.open(mallory);
  await wire.request({ type: "join", room });
  await wire.flood(room, 10_000);
  for (const body of ["is it loud?", "a little"]) {
    await ada.say(body);
    await bob.hears(body, { within: 3_000 });
  }
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.6, 0.2));
  await eventually(async () => assert.equal((await wire.tally())["closed 4429"], 1));
  const { ack, slow_down } = await wire.tally();
  assert.ok(ack <= 60, `${ack} went through`);
  assert.ok(slow_down >= 90, `closed after being told ${slow_down} times`);
  await bob.connectionSays(/online/i);
});

scene("a frame past the limit ends its connection alone", async ({ gather }) => {
  const [ada, bob, mallory] = await gather("Ada", "Bob", "Mallory");
  const wire = await Wire.open(mallory);
  await assert.rejects(wire.sendText("x".repeat(70_000)), /closed: 1009/);
  await ada.say("what was that?");
  await bob.hears("what was that?");
});

scene("other sites' pages can neither join nor connect", async ({ server }) => {
  const foreign = { origin: "https://elsewhere.example" };
  const post = {
    method: "POST",
    headers: { ...foreign, "content-type": "application/x-www-form-urlencoded" },
  };
  const joining = await fetch(`${server.url}/join`, {
    ...post,
    body: "name=Eve&room=Stolen",
    redirect: "manual",
  });
  assert.equal(joining.status, 403);
  assert.equal(joining.headers.get("set-cookie"), null);
  assert.equal((await fetch(`${server.url}/r/stolen`)).status, 404, "no room was made");
  assert.equal(await upgradeStatus(server, foreign), 403);
});

async function upgradeStatus(server, headers) {
  return new Promise((resolve, reject) => {
    const upgrade = request(`${server.url}/ws`, {
      headers: {
        ...headers,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-protocol": "starling.v1",
      },
    });
    upgrade.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    upgrade.on("upgrade", (answer, socket) => {
      socket.destroy();
      resolve(answer.statusCode);
    });
    upgrade.on("error", reject);
    upgrade.end();
  });
}
