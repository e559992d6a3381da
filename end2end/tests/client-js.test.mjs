// Owns clients/js: the same steps in Node and in Chromium, beside a browser in the same room.

import assert from "node:assert/strict";

import WebSocket from "ws";

import { echo } from "../../clients/js/examples/echo-bot.mjs";
import { Cutter } from "../harness/cutter.mjs";
import { eventually } from "../harness/eventually.mjs";
import { join } from "../harness/identity.mjs";
import { chooses } from "../harness/media.mjs";
import { pointAt, seesCursorAt } from "../harness/plane.mjs";
import { InNode, InPage } from "../harness/programs.mjs";
import { scene } from "../harness/scene.mjs";
import { CONNECTION_LOST } from "../harness/watch.mjs";
import { slugOf } from "../harness/wire.mjs";

const HEALED = { within: 30_000 };
const bodiesOf = ({ messages }) => messages.map(({ body }) => body);

for (const kind of ["Node", "Chromium"]) {
  /** Bob with his browser in a room, and Ada's program, behind a network that breaks. */
  const both = (title, play) =>
    scene(`${title}, in ${kind}`, async (stage) => {
      const [bob] = await stage.gather("Bob");
      const { cookie } = await join(stage.server.url, "Ada", stage.room);
      const cutter = await Cutter.start(stage.server.url);
      let ada;
      if (kind === "Node") {
        ada = new InNode();
      } else {
        const visitor = await stage.visitor("Ada");
        visitor.watch.allow(CONNECTION_LOST);
        ada = new InPage(visitor);
      }
      try {
        await ada.start(cutter.url, cookie);
        await play({ ...stage, server: stage.server, bob, ada, cutter, cookie, slug: slugOf(stage.link) });
      } finally {
        await ada.dispose();
        await cutter.dispose();
      }
    });

  both("a program does what a person does", async ({ bob, ada, slug }) => {
    assert.equal(await ada.do("connect"), "Ada");
    await bob.saysForGood("good morning");
    assert.deepEqual(bodiesOf(await ada.do("join", slug)), ["good morning"]);
    await bob.seesPeople("Ada", "Bob");
    await eventually(async () => {
      const { people } = await ada.do("view");
      assert.deepEqual(people.map(({ name }) => name).sort(), ["Ada", "Bob"]);
    });

    assert.deepEqual(await ada.do("send", "hello Bob"), [2]);
    await bob.hears("hello Bob");
    await bob.saysForGood("hello program");
    await eventually(async () => {
      assert.deepEqual(bodiesOf(await ada.do("view")), ["good morning", "hello Bob", "hello program"]);
    });

    assert.equal(await ada.do("act", "edit", 2, "hello, Bob"), "done");
    await bob.hears("hello, Bob");
    assert.equal(await ada.do("act", "react", 1, "🌱"), "done");
    assert.equal(await ada.do("act", "react", 1, "☀"), "done");
    assert.equal(await ada.do("act", "react", 3, "🌱"), "done");
    assert.equal(await ada.do("act", "react", 3, "🌱", false), "done");
    assert.equal(await ada.do("act", "delete", 2), "done");
    await eventually(async () => {
      const { messages, heard, position } = await ada.do("view");
      const [first, second, third] = messages;
      assert.deepEqual(first.reactions.map(({ emoji }) => emoji), ["☀", "🌱"]);
      assert.deepEqual([second.body, second.deleted_by], [undefined, second.author.id]);
      assert.equal(third.reactions, undefined);
      assert.equal(position.seq, 9);
      for (const type of ["message_edited", "reacted", "message_deleted", "rights"]) {
        assert.ok(heard.includes(type), type);
      }
    });

    await ada.do("act", "setTyping");
    await bob.typingSays(/Ada/);
    await ada.do("act", "setTyping", false);
    await bob.typingSays("");

    await ada.do("act", "point", 8_192, 4_096);
    await seesCursorAt(bob, "Ada", { x: 8_192, y: 4_096 });
    const place = await pointAt(bob, 0.3, 0.6);
    await eventually(async () => {
      const [{ person, x, y }] = (await ada.do("view")).cursors;
      assert.equal(person.name, "Bob");
      assert.ok(Math.hypot(x - place.x, y - place.y) < 40, `${x}, ${y}`);
    });
    await ada.do("act", "point");
    await eventually(async () => assert.equal(await bob.cursors("Ada").count(), 0));

    const { people } = await ada.do("view");
    const { slug: direct } = await ada.do("direct", people.find(({ name }) => name === "Bob").id);
    assert.notEqual(direct, slug);
    assert.deepEqual(await ada.do("send", "between us"), [1]);
    assert.equal(await ada.do("close"), "idle");
    await bob.seesPeople("Bob");
  });

  both("what it was told bit by bit is what it is told at once", async ({ bob, ada, cutter, cookie, slug }) => {
    await ada.do("connect");
    await ada.do("join", slug);
    await chooses(bob, ["secret.txt", Buffer.from("secret")], ["open.txt", Buffer.from("open")]);
    await eventually(async () => assert.equal((await ada.do("view")).messages.length, 2));
    await ada.do("act", "react", 1, "🌱");
    await bob.saysForGood("said");
    const first = bob.messages.first();
    await first.hover();
    await first.getByRole("button", { name: /^Delete/ }).click();
    await first.getByRole("button", { name: "Really delete" }).click();
    await eventually(async () => assert.ok((await ada.do("view")).heard.includes("message_deleted")));
    const { messages } = await ada.do("view");
    await ada.startAgain(cutter.url, cookie);
    await ada.do("connect");
    assert.deepEqual((await ada.do("join", slug)).messages, messages);
    assert.equal(messages[1].file.name, "open.txt");
  });

  both("what is refused says why and holds up nothing", async ({ bob, ada, slug }) => {
    await bob.saysForGood("mine");
    await ada.do("connect");
    assert.equal(await ada.do("refusedToJoin", "nobody-made-this"), "no_such_room");
    await ada.do("join", slug);
    const long = "x".repeat(4_001);
    assert.deepEqual(await ada.do("send", "", "fine", long, "too"), ["message_empty", 2, "message_too_long", 3]);
    assert.equal(await ada.do("act", "edit", 1, "yours"), "forbidden");
    assert.equal(await ada.do("act", "react", 1, "word"), "bad_emoji");
    assert.equal(await ada.do("act", "react", 99, "🌱"), "no_such_message");
    assert.equal(await ada.do("act", "lock"), "forbidden");
    const { heard, pending } = await ada.do("view");
    assert.equal(heard.filter((type) => type === "post_refused").length, 2);
    assert.deepEqual(pending, []);
  });

  both("more than a person may say at once is all said in the end, in order", async ({ bob, ada, slug }) => {
    await ada.do("connect");
    await ada.do("join", slug);
    const bodies = Array.from({ length: 23 }, (_, index) => `message ${index + 1}`);
    assert.deepEqual(await ada.do("send", ...bodies), bodies.map((_, index) => index + 1));
    await bob.hears("message 23");
    assert.deepEqual(bodiesOf(await ada.do("view")), bodies);
  });

  both("cuts lose nothing and repeat nothing", async ({ bob, ada, cutter, slug }) => {
    await ada.do("connect");
    await ada.do("join", slug);
    await ada.do("send", "before");
    cutter.cut({ stayDown: true });
    await bob.saysForGood("said meanwhile");
    const during = ada.do("send", "said without a connection");
    cutter.restore();
    assert.deepEqual(await during, [3]);
    await bob.hears("said without a connection");

    // Stored, but the ack is lost with the connection.
    cutter.mute();
    const unheard = ada.do("send", "said into the void");
    await bob.hears("said into the void");
    await bob.saysForGood("an answer");
    cutter.cut();
    assert.deepEqual(await unheard, [4]);
    const said = ["before", "said meanwhile", "said without a connection", "said into the void", "an answer"];
    await eventually(async () => {
      const { messages, heard } = await ada.do("view");
      assert.deepEqual(messages.map(({ body }) => body), said);
      // Each came once, over all connections.
      assert.equal(heard.filter((type) => type === "message").length, said.length);
      assert.deepEqual(messages.map(({ id }) => id), await bob.messageIds());
    }, HEALED);
    const place = await pointAt(bob, 0.6, 0.4);
    await eventually(async () => {
      const { cursors } = await ada.do("view");
      assert.ok(cursors.some(({ x, y }) => Math.hypot(x - place.x, y - place.y) < 40));
    });
  });

  both("what was not acked survives the program", async ({ bob, ada, cutter, cookie, slug }) => {
    await ada.do("connect");
    await ada.do("join", slug);
    await ada.do("send", "first");
    // One is stored already, and nobody told; the others never left.
    cutter.mute();
    void ada.do("send", "second").catch(() => {});
    await bob.hears("second");
    cutter.cut({ stayDown: true });
    await eventually(async () => assert.equal((await ada.do("view")).heard.at(-1), "waiting"));
    void ada.do("send", "third").catch(() => {});
    void ada.do("send", "fourth").catch(() => {});
    await eventually(async () => assert.equal((await ada.do("view")).pending.length, 3));
    cutter.restore();
    await ada.startAgain(cutter.url, cookie);
    await ada.do("sendLater", slug, "fifth");
    await ada.do("connect");
    await bob.hears("fifth");
    await eventually(async () => {
      const { messages, pending } = await ada.do("view");
      assert.deepEqual(messages.map(({ body }) => body), ["first", "second", "third", "fourth", "fifth"]);
      assert.deepEqual(pending, []);
    });
    assert.equal(await bob.saying("second").count(), 1);
  });
}

scene("a program comes back to a server that was restarted, and ends when it is not wanted", { ownServer: true }, async ({ gather, server, room }) => {
  const [bob] = await gather("Bob");
  bob.watch.allow(CONNECTION_LOST);
  const { cookie, path } = await join(server.url, "Ada", room);
  const ada = new InNode();
  await ada.start(server.url, cookie);
  await ada.do("connect");
  await ada.do("join", slugOf(path));
  await server.stop();
  await server.startAgain();
  await bob.isOnline(HEALED);
  await bob.saysForGood("still here?");
  await eventually(async () => {
    const { messages, heard } = await ada.do("view");
    assert.deepEqual(messages.map(({ body }) => body), ["still here?"]);
    assert.equal(heard.filter((type) => type === "message").length, 1);
  }, HEALED);
  await fetch(new URL("/sign-out", server.url), { method: "POST", headers: { cookie, origin: server.url } });
  await eventually(async () => assert.equal((await ada.do("view")).heard.at(-1), "ended 4402"));
  assert.equal(await ada.do("refusedToConnect"), "no_identity");
  await ada.dispose();
});

scene("the echo bot answers", async ({ gather, server, room }) => {
  const [bob] = await gather("Bob");
  const { cookie, path } = await join(server.url, "Echo", room);
  const bot = await echo(server.url, slugOf(path), { headers: { cookie, origin: server.url }, WebSocket });
  await bob.say("echo, are you there?");
  await bob.say("echo yes");
  await bob.hears("yes");
  await bot.close();
});
