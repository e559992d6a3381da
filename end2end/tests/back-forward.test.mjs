// Owns the way back: the browser keeps a room's page that is left, and gives it back as it was, live.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { pointAt, seesCursorAt } from "../harness/plane.mjs";
import { scene, useBrowser } from "../harness/scene.mjs";
import { fill } from "../harness/wire.mjs";

// Playwright turns it off.
useBrowser({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });

const TALKATIVE = { flags: ["--chat-burst", "1000"] };
const DRAFT = "what I was about to say";

scene("the way back finds place, draft and a live room", TALKATIVE, async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await fill(bob, 60);
  await ada.hears("message 60");
  await ada.composer.fill(DRAFT);
  const anchor = ada.saying("message 20");
  const top = await anchor.evaluate((line) => {
    line.scrollIntoView({ block: "start", behavior: "instant" });
    return line.getBoundingClientRect().top;
  });

  await leaveForTheLobby(ada);
  await bob.say("said meanwhile");
  await bob.hears("said meanwhile");
  await comeBack(ada);

  await ada.isOnline();
  await ada.saying("said meanwhile").waitFor({ state: "attached" });
  assert.equal(await ada.saying("said meanwhile").count(), 1);
  assert.equal(await ada.composer.inputValue(), DRAFT);
  await eventually(
    async () => {
      const moved = (await anchor.evaluate((line) => line.getBoundingClientRect().top)) - top;
      assert.ok(Math.abs(moved) <= 2, `the log moved by ${moved} px`);
    },
    { within: 1_000 },
  );

  await bob.say("and now live");
  await bob.hears("and now live");
  await ada.saying("and now live").waitFor({ state: "attached" });
  assert.deepEqual(await ada.messageIds(), await bob.messageIds());
  await ada.composer.press("Enter");
  await bob.hears(DRAFT);
  assert.equal(await bob.saying(DRAFT).count(), 1);
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.4, 0.6));
  await seesCursorAt(ada, "Bob", await pointAt(bob, 0.7, 0.2));
  await Promise.all([ada, bob].map((who) => who.seesPeople("Ada", "Bob")));
});

scene("what was said right before leaving is said once", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.say("bye for now");
  await leaveForTheLobby(ada);
  await comeBack(ada);
  await ada.isOnline();
  await bob.hears("bye for now");
  await ada.say("back again");
  await bob.hears("back again");
  for (const who of [ada, bob]) {
    assert.equal(await who.saying("bye for now").count(), 1, who.name);
  }
});

async function leaveForTheLobby(visitor) {
  await visitor.page.evaluate(() => {
    window.addEventListener("pageshow", ({ persisted }) => {
      window.wasKept = persisted;
    });
  });
  await visitor.page.getByRole("link", { name: "Starling" }).click();
  await visitor.roomField.waitFor();
}

async function comeBack(visitor) {
  await visitor.page.goBack({ waitUntil: "commit" });
  await visitor.board.waitFor();
  await eventually(async () => {
    const { wasKept, why } = await visitor.page.evaluate(() => ({
      wasKept: window.wasKept,
      why: performance.getEntriesByType("navigation")[0].notRestoredReasons,
    }));
    assert.equal(wasKept, true, `the browser did not keep the page: ${JSON.stringify(why)}`);
  });
}
