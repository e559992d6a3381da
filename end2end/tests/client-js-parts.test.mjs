// Owns the parts of clients/js that need no server: that they agree with docs/protocol.md and with their
// types, and when a client comes back.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { decodeCursors, encodeCursor, encodeView } from "../../clients/js/src/cursors.js";
import { eventsOf } from "../../clients/js/src/events.js";
import { newId } from "../../clients/js/src/id.js";
import { FINAL_CODES, Link } from "../../clients/js/src/link.js";
import { delete_, react } from "../../clients/js/src/message.js";
import { Outbox } from "../../clients/js/src/outbox.js";
import { Refusal } from "../../clients/js/src/refusal.js";
import { Room } from "../../clients/js/src/room.js";

const file = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const protocol = await readFile(file("docs/protocol.md"), "utf8");

test("the codes that end a client are those of the table", () => {
  const rows = protocol.split("\n## Close codes\n")[1].match(/^\| \d{4} .*$/gm);
  const final = rows.map((row) => row.split(" | ")).filter((cells) => cells[3] === "not by itself");
  assert.ok(final.length > 0);
  assert.deepEqual(FINAL_CODES, Object.fromEntries(final.map(([code, text]) => [code.slice(2), text])));
});

test("cursor frames are those of the examples", () => {
  const examples = protocol
    .match(/(?<=```hex\n)[^`]*/g)
    .flatMap((block) => block.trim().split("\n"))
    .filter((line) => !line.startsWith("#"))
    .map((line) => Uint8Array.from(line.replaceAll(" ", "").match(/../g), (byte) => parseInt(byte, 16)));
  const [move, hide, look, changes, all, shownChanges, shown] = examples;
  assert.equal(examples.length, 7);
  assert.deepEqual(encodeView(7, [4_096, 4_096, 6_016, 5_176]), look);
  assert.deepEqual(encodeCursor(7, { x: 8_192, y: 4_096 }), move);
  assert.deepEqual(encodeCursor(7, null), hide);
  const resting = { slot: 1, hidden: false, x: 8_192, y: 4_096 };
  assert.deepEqual(decodeCursors(changes.buffer), {
    channel: 7,
    revision: 13,
    complete: false,
    others: 0,
    records: [{ ...resting, age: 9 }, { slot: 4, hidden: true }],
  });
  assert.deepEqual(decodeCursors(shownChanges.buffer), { ...decodeCursors(changes.buffer), others: 40 });
  assert.deepEqual(decodeCursors(shown.buffer), decodeCursors(all.buffer));
  assert.equal(decodeCursors(shown.buffer.slice(0, 10)), null, "no count");
  for (const edges of [[5, 0, 4, 9], [0, 5, 9, 4], [0, 0, 9], [0, 0, 9, 16_385]]) {
    assert.throws(() => encodeView(7, edges), RangeError, String(edges));
  }
  assert.deepEqual(decodeCursors(all.buffer).records, [{ ...resting, age: 254 }]);
  assert.equal(decodeCursors(all.buffer.slice(0, -1)), null, "a wrong length");
  assert.equal(decodeCursors(Uint8Array.of(0x99, ...all.slice(1)).buffer), null, "an unknown kind");
  assert.throws(() => encodeCursor(7, { x: 16_385, y: 0 }), RangeError);
  assert.throws(() => encodeCursor(7, { x: NaN, y: 0 }), RangeError);
});

test("tries are spread over a time that doubles, and begin anew after a stable connection", () => {
  const link = new Link(() => 1);
  assert.equal(link.start(0), "connect");
  const waits = [];
  for (let now = 0; waits.length < 6; now = link.due) {
    link.timer(now);
    link.closed(now, 1006);
    waits.push(link.due - now);
  }
  assert.deepEqual(waits, [3_000, 6_000, 12_000, 24_000, 30_000, 30_000]);
  const now = link.due;
  link.timer(now);
  link.greeted(now, 25_000, 8_000);
  link.closed(now + 5_000, 1006);
  assert.equal(link.due, now + 8_000);
});

test("a goodbye sets the time, and nobody who wakes hurries it", () => {
  const link = new Link(() => 1);
  link.start(0);
  link.greeted(0, 25_000, 8_000);
  link.announced(1_270);
  link.closed(100, 1012);
  assert.equal(link.due, 1_370);
  assert.equal(link.woken(200), null);
  assert.equal(link.timer(1_370), "connect");
});

test("a silent connection is asked, and given up when it does not answer", () => {
  const link = new Link();
  link.start(0);
  link.greeted(0, 25_000, 8_000);
  link.heard(1_000);
  assert.equal(link.timer(25_999), null);
  assert.equal(link.timer(26_000), "ping");
  link.heard(26_100);
  assert.equal(link.timer(51_100), "ping");
  assert.equal(link.timer(59_100), "give up");
  assert.equal(link.is, "waiting");
});

test("who wakes knows within a second, and does not wait for the next try", () => {
  const link = new Link(() => 1);
  link.start(0);
  link.greeted(0, 25_000, 8_000);
  assert.equal(link.woken(10_000), "ping");
  assert.equal(link.timer(11_000), "give up");
  assert.equal(link.timer(link.due), "connect");
  assert.equal(link.due, 21_000, "and that at once");
  link.closed(11_100, 1006);
  assert.equal(link.due, 14_100, "what fails then is spread");
  link.woken(11_200);
  assert.equal(link.due, 12_000, "and no two tries come within a second");
});

test("where a server answers and no WebSocket opens, the next try goes over events", () => {
  const link = new Link(() => 1);
  link.start(0);
  link.closed(100, 1006);
  assert.ok(link.takeAsks() && !link.takeAsks(), "it is asked once");
  assert.equal(link.answered(200, true), null);
  assert.equal(link.timer(1_000), "connect", "soon, as something is to be learnt");
  assert.equal(link.carrier, "websocket", "it was asked after the first try began");
  link.closed(1_100, 1006);
  assert.equal(link.timer(2_000), "connect");
  assert.equal(link.carrier, "events");
  link.greeted(2_100, 25_000, 8_000);
  link.closed(3_000, null);
  link.timer(link.due);
  assert.equal(link.carrier, "events", "for ten minutes");
  link.greeted(8_000, 25_000, 8_000);
  link.closed(700_000, null);
  link.timer(link.due);
  assert.equal(link.carrier, "websocket");
});

test("what says nothing of WebSockets turns nobody away from them", () => {
  for (const [code, how] of [[1012, {}], [4429, {}], [null, { tried: false }]]) {
    const link = new Link(() => 1);
    for (let count = 0, now = 0; count < 4; count += 1, now = link.due) {
      assert.equal(count === 0 ? link.start(now) : link.timer(now), "connect");
      assert.equal(link.carrier, "websocket");
      link.closed(now, code, how);
      assert.equal(link.takeAsks(), false);
      link.answered(now, true);
    }
  }
});

test("events are those of the example, however they are cut", async () => {
  const [, example] = protocol.match(/```events\n([^]*?)```/);
  const bytes = new TextEncoder().encode(`: a comment\n\n${example}data: {"of":\r\ndata: "two lines, Björn"}\r\n\r\n`);
  for (const length of [1, 7, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / length) }, (_, at) =>
      bytes.slice(at * length, (at + 1) * length),
    );
    const heard = [];
    for await (const event of eventsOf(ReadableStream.from(chunks))) {
      heard.push(event);
    }
    assert.deepEqual(heard.map(({ type }) => type), ["connection", "message", "binary", "ping", "close", "message"]);
    assert.deepEqual(heard[1], { type: "message", data: '{"type":"pong"}' });
    assert.deepEqual(JSON.parse(heard[5].data), { of: "two lines, Björn" });
  }
});

test("reactions end in the order of the server, whatever came first", () => {
  const signs = ["🌱", "☀", "\u{ffe6}", "❤️", "❤"];
  const all = signs.reduce(
    (message, emoji) => react(message, { emoji, user: "b", active: true }),
    { body: "x", reactions: [{ emoji: "☀", by: ["c"] }] },
  );
  assert.deepEqual(all.reactions.map(({ emoji }) => emoji), ["☀", "❤", "❤️", "\u{ffe6}", "🌱"]);
  assert.deepEqual(all.reactions[0].by, ["b", "c"]);
  const none = signs.reduce((message, emoji) => react(message, { emoji, user: "b", active: false }), all);
  assert.deepEqual(none.reactions, [{ emoji: "☀", by: ["c"] }]);
});

test("of a deleted message there is left who said it when, and who deleted it", () => {
  const [, table] = protocol.match(/\n### Message\n(\n\| field [^]*?)\n\n/g).at(-1).split("|---|---|---|");
  const fields = table.match(/(?<=^\| `)\w+/gm);
  assert.ok(["body", "file", "reactions"].every((field) => fields.includes(field)), `${fields}`);
  const whole = Object.fromEntries(fields.map((field) => [field, `its ${field}`]));
  const left = delete_(whole, { by: "ada" });
  assert.deepEqual(left, { seq: "its seq", id: "its id", author: "its author", deleted_by: "ada", at: "its at" });
});

/** A room that was joined, by a client that only hands on. */
function joined() {
  const room = new Room({ pump() {} }, "den", null);
  const position = { epoch: "e", seq: 0 };
  room.apply({ type: "joined", channel: 1, slot: 1, position, recovered: false, messages: [], more: false }, "me");
  return room;
}

const REMOVED = { type: "removed", room: "den", code: "room_deleted", message: "It is gone." };

test("what waits when one is sent out is refused, and so is what is said later", async () => {
  const room = joined();
  const refused = [];
  room.on("post_refused", ({ body, refusal }) => refused.push(`${body}: ${refusal.code}`));
  const [first, second] = [room.send("under way"), room.send("waits")];
  assert.equal([...room.take(0, false)][0].post.body, "under way");
  room.apply(REMOVED, "me");
  await assert.rejects(second, { code: "room_deleted" });
  await assert.rejects(room.send("later"), { code: "room_deleted" });
  assert.deepEqual(refused, ["waits: room_deleted", "later: room_deleted"]);
  room.acked(room.pending[0].id, 1);
  assert.equal((await first).seq, 1, "what was under way has its own answer");
});

test("what was under way when one was sent out does not outlive the connection", async () => {
  const room = joined();
  const said = room.send("under way");
  assert.equal([...room.take(0, false)].length, 1);
  room.apply(REMOVED, "me");
  room.disconnected();
  await assert.rejects(said, { code: "room_deleted" });
  assert.deepEqual(room.pending, []);
});

test("a join that is refused for good refuses what waits, and one that is not keeps it", async () => {
  const room = new Room({ pump() {} }, "den", null);
  const said = room.send("waits");
  room.refused(0, new Refusal("room_full", "It is full."));
  assert.equal(room.pending.length, 1);
  room.refused(0, new Refusal("banned", "You are banned."));
  await assert.rejects(said, { code: "banned" });
});

/** A storage of which other pages take things away, and in which there is no more room. */
function storage(kept) {
  const keys = Object.keys(kept);
  return {
    length: keys.length,
    key: (index) => keys[index],
    getItem: (key) => kept[key],
    setItem() {
      throw new DOMException("There is no more room.", "QuotaExceededError");
    },
    removeItem() {},
  };
}

test("a storage that is full, or that other pages write to, keeps nobody from talking", async () => {
  const at = { at: 1 };
  const outbox = new Outbox(
    storage({ "p a": null, "p b": "of another version", "p c": '{"body":1}', "p d": JSON.stringify({ body: "left", ...at }) }),
  );
  outbox.takeOver("p ");
  const said = outbox.push("e", "said");
  assert.deepEqual(outbox.pending, [{ id: "d", body: "left" }, { id: "e", body: "said" }]);
  outbox.acked("e", 1);
  assert.deepEqual(await said, { id: "e", seq: 1 });
});

test("ids are UUIDs of version 7", () => {
  const ids = Array.from({ length: 100 }, newId);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) {
    assert.match(id, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  }
});

test("README's example has its types, and what is wrong has none", async () => {
  const readme = await readFile(file("clients/js/README.md"), "utf8");
  const [, example] = readme.match(/```js\n([^`]*(?:`[^`]+`[^`]*)*?)```/);
  const wrong = `
import { Starling, type Message, type ServerEvent } from "starling-client";
const room = new Starling("https://rooms.example").room("x");
// @ts-expect-error A number says which message.
void room.edit("2", "x");
// @ts-expect-error There is no such event.
room.on("dance", () => {});
// @ts-expect-error A message that was deleted says nothing.
room.on("message", ({ message }) => message.body.trim());
const said: ServerEvent = { type: "ack", ref: 1, seq: 2 };
// @ts-expect-error An event has the fields of its type.
const other: ServerEvent = { type: "ack", body: "x" };
export const both: [ServerEvent, ServerEvent, Message[]] = [said, other, room.messages];
`;
  const folder = await mkdtemp(join(tmpdir(), "starling-types-"));
  try {
    await writeFile(join(folder, "example.ts"), example);
    await writeFile(join(folder, "wrong.ts"), wrong);
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          types: [],
          target: "es2022",
          module: "esnext",
          moduleResolution: "bundler",
          lib: ["es2023", "dom"],
          paths: { "starling-client": [file("clients/js/starling.d.ts")] },
        },
        include: ["*.ts"],
      }),
    );
    const tsc = file("end2end/node_modules/typescript/bin/tsc");
    await promisify(execFile)(process.execPath, [tsc, "--project", folder]).catch(({ stdout, message }) =>
      assert.fail(stdout || message),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
