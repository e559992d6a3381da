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

import { decodeCursors, encodeCursor } from "../../clients/js/src/cursors.js";
import { newId } from "../../clients/js/src/id.js";
import { FINAL_CODES, Link } from "../../clients/js/src/link.js";
import { react } from "../../clients/js/src/message.js";

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
  const [move, hide, changes, all] = examples;
  assert.equal(examples.length, 4);
  assert.deepEqual(encodeCursor(7, { x: 8_192, y: 4_096 }), move);
  assert.deepEqual(encodeCursor(7, null), hide);
  const resting = { slot: 1, hidden: false, x: 8_192, y: 4_096 };
  assert.deepEqual(decodeCursors(changes.buffer), {
    channel: 7,
    revision: 13,
    complete: false,
    records: [{ ...resting, age: 9 }, { slot: 4, hidden: true }],
  });
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
