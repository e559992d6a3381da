// Owns what is new to a reader: the mark, the way to the end, the count in the title.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { hide, show } from "../harness/visibility.mjs";

const TALKATIVE = { flags: ["--chat-burst", "1000"] };

scene("who reads further up is told what is new, and jumps to it", TALKATIVE, async ({ gather, room }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await fillWindow(ada);
  assert.equal(await ada.jumpButton.count(), 0, "at the end there is nowhere to jump to");
  await ada.log.evaluate((log) => log.scrollBy({ top: -600, behavior: "instant" }));
  await ada.jumpButton.waitFor();
  assert.equal(await ada.newMark.count(), 0);

  await bob.say("first news");
  await bob.say("second news");
  await ada.jumpButton.filter({ hasText: "2 new" }).waitFor();
  assert.equal(await ada.page.title(), `(2) ${room} · Starling`);
  assert.equal(await ada.newMark.count(), 1);
  const order = await ada.log.evaluate((log) => {
    const mark = log.querySelector("[role=separator]");
    return mark.closest("[data-message]").innerText;
  });
  assert.match(order, /first news/, "the mark stands above the first new message");

  await ada.jumpButton.click();
  await ada.jumpButton.waitFor({ state: "detached" });
  await eventually(async () => assert.equal(await ada.page.title(), `${room} · Starling`));
  assert.equal(await ada.newMark.count(), 1, "the mark stays while one looks");
  await ada.say("seen");
  await ada.newMark.waitFor({ state: "detached" });
});

scene("what comes while the page is hidden is counted in the title, one's own is not", async ({ gather, room }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await hide(ada);
  await bob.say("are you there?");
  await eventually(async () => assert.equal(await ada.page.title(), `(1) ${room} · Starling`));
  await bob.say("hello?");
  await eventually(async () => assert.equal(await ada.page.title(), `(2) ${room} · Starling`));
  assert.equal(await bob.page.title(), `${room} · Starling`);
  await show(ada);
  await eventually(async () => assert.equal(await ada.page.title(), `${room} · Starling`));
});

/** Says as much as the log is high, and more. */
async function fillWindow(visitor) {
  for (let part = 0; part < 4; part += 1) {
    await visitor.say(`part ${part}\n${"line\n".repeat(20)}end ${part}`);
  }
  await visitor.messages.nth(3).waitFor();
}
