// A network that lets no WebSocket through: the page turns to events and posts by itself.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { Wall } from "../harness/wall.mjs";

/** Two people behind a wall of their own each, in one room. */
async function behindWalls({ gather, server }) {
  const walls = [await Wall.before(server.url), await Wall.before(server.url)];
  const people = await gather(
    ...["Ada", "Bob"].map((name, index) => ({ name, context: { baseURL: walls[index].url } })),
  );
  for (const { watch } of people) {
    watch.allow(/WebSocket connection|Failed to load resource|net::ERR/);
  }
  return { walls, people };
}

scene("two people behind walls talk and point all the same", async (stage) => {
  const { walls, people } = await behindWalls(stage);
  const [ada, bob] = people;
  try {
    assert.ok(walls.every(({ refused }) => refused > 0), "WebSockets were tried");
    await ada.say("through the wall");
    await bob.hears("through the wall");
    await bob.say("and back");
    await ada.hears("and back");
    await ada.seesPeople("Ada", "Bob");
    await bob.composer.pressSequentially("hm");
    await ada.typingSays(/Bob/);
    const plane = await ada.plane.boundingBox();
    await ada.page.mouse.move(plane.x + plane.width / 2, plane.y + plane.height / 2);
    await bob.cursors("Ada").waitFor();
    await ada.page.mouse.move(plane.x + plane.width / 4, plane.y + plane.height / 4, { steps: 20 });
    await eventually(async () => {
      const [cursor, there] = [
        await bob.cursors("Ada").boundingBox(),
        await bob.plane.boundingBox(),
      ];
      const off = cursor.x - there.x - there.width / 4;
      assert.ok(Math.abs(off) < 3, `the cursor is ${off} px beside its place`);
    });
    assert.equal(await ada.page.getByText(/block live connections/).count(), 0);
  } finally {
    walls.forEach((wall) => wall.stop());
  }
});

scene("a cut behind the wall loses nothing, and twice nothing", async (stage) => {
  const { walls, people } = await behindWalls(stage);
  const [ada, bob] = people;
  try {
    await ada.saysForGood("one");
    await bob.hears("one");
    walls[1].cut();
    await ada.saysForGood("two");
    // Posts that are cut off are sent again.
    await ada.say("three");
    walls[0].cut();
    await ada.say("four");
    await Promise.all(people.map((person) => person.hears("four", { within: 30_000 })));
    await Promise.all(people.map((person) => person.isOnline({ within: 30_000 })));
    for (const person of people) {
      await eventually(async () => {
        const said = await person.messages.locator(".body").allInnerTexts();
        assert.deepEqual(said, ["one", "two", "three", "four"]);
      });
    }
    await stage.server.stop();
    await bob.say("while it was away");
    await stage.server.startAgain();
    await ada.hears("while it was away", { within: 40_000 });
  } finally {
    walls.forEach((wall) => wall.stop());
  }
});

scene("where nothing gets through it says so, and goes on as soon as something does", async (stage) => {
  const wall = await Wall.before(stage.server.url);
  try {
    const [ada] = await stage.gather({ name: "Ada", context: { baseURL: wall.url } });
    ada.watch.allow(/WebSocket connection|Failed to load resource|net::ERR|status 403: (GET|POST) .*\/events/);
    wall.passesEvents = false;
    wall.cut();
    const words = ada.page.getByText(/block live connections/);
    await words.waitFor({ timeout: 40_000 });
    await ada.say("kept");
    wall.open = true;
    await ada.page.evaluate(() => window.dispatchEvent(new Event("online")));
    await ada.isOnline({ within: 40_000 });
    await words.waitFor({ state: "detached" });
    await eventually(async () => {
      assert.equal(await ada.messages.locator(":scope:not(.pending)").count(), 1);
    });
  } finally {
    wall.stop();
  }
});
