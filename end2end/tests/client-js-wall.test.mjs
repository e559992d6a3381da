// Owns clients/js behind a network that lets no WebSocket through, in Node and in Chromium.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { join } from "../harness/identity.mjs";
import { pointAt, seesCursorAt } from "../harness/plane.mjs";
import { InNode, InPage } from "../harness/programs.mjs";
import { scene } from "../harness/scene.mjs";
import { Wall } from "../harness/wall.mjs";
import { slugOf } from "../harness/wire.mjs";

const HEALED = { within: 30_000 };

for (const kind of ["Node", "Chromium"]) {
  scene(`behind a wall a program does what it does elsewhere, in ${kind}`, async (stage) => {
    const [bob] = await stage.gather("Bob");
    const { cookie } = await join(stage.server.url, "Ada", stage.room);
    const wall = await Wall.before(stage.server.url);
    let ada;
    if (kind === "Node") {
      ada = new InNode();
    } else {
      const visitor = await stage.visitor("Ada");
      visitor.watch.allow(/WebSocket connection|Failed to load resource|net::ERR/);
      ada = new InPage(visitor);
    }
    try {
      await ada.start(wall.url, cookie);
      assert.equal(await ada.do("connect"), "Ada");
      const { refused } = wall;
      assert.ok(refused >= 2, "one WebSocket to doubt them, and one to know");
      await ada.do("join", slugOf(stage.link));
      assert.deepEqual(await ada.do("send", "through the wall", "Björn 🌱"), [1, 2]);
      await bob.hears("Björn 🌱");
      await bob.saysForGood("and back");
      await ada.do("act", "setTyping");
      await bob.typingSays(/Ada/);
      await ada.do("act", "point", 8_192, 4_096);
      await seesCursorAt(bob, "Ada", { x: 8_192, y: 4_096 });
      const place = await pointAt(bob, 0.3, 0.6);
      await eventually(async () => {
        const { cursors } = await ada.do("view");
        assert.ok(cursors.some(({ x, y }) => Math.hypot(x - place.x, y - place.y) < 40));
      });

      // What is cut off is sent again, and counts once.
      const said = ada.do("send", "said while it breaks");
      wall.cut();
      await bob.saysForGood("said meanwhile");
      assert.equal((await said).length, 1);
      await eventually(async () => {
        const { messages, heard, pending } = await ada.do("view");
        assert.deepEqual(pending, []);
        assert.deepEqual(messages.map(({ id }) => id), await bob.messageIds());
        assert.equal(messages.length, 5);
        assert.equal(heard.filter((type) => type === "message").length, 5, "each came once");
      }, HEALED);
      assert.equal(wall.refused, refused, "no WebSocket is tried in vain");
      assert.equal(await ada.do("close"), "idle");
      await bob.seesPeople("Bob");
    } finally {
      await ada.dispose();
      wall.stop();
    }
  });
}
