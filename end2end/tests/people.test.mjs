// Owns the list of people: one entry each, who comes, who goes, and how they are here.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { hide, show } from "../harness/visibility.mjs";

scene("people come, and everybody's list has them", async ({ gather, visitor }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await Promise.all([ada.seesPeople("Ada", "Bob"), bob.seesPeople("Ada", "Bob")]);
  const cleo = await visitor("Cleo");
  await cleo.page.goto(new URL(ada.page.url()).pathname);
  await cleo.enter();
  await Promise.all(
    [ada, bob, cleo].map((someone) => someone.seesPeople("Ada", "Bob", "Cleo")),
  );
});

scene("who only reads is not in the list", async ({ gather, visitor }) => {
  const [ada] = await gather("Ada");
  await ada.saysForGood("hello out there");
  const reader = await visitor("Reader");
  await reader.page.goto(new URL(ada.page.url()).pathname);
  await reader.hears("hello out there");
  await ada.seesPeople("Ada");
});

scene("two people of one name are two entries", async ({ gather }) => {
  const [ada, other] = await gather("Ada", "Ada");
  await Promise.all([ada.seesPeople("Ada", "Ada"), other.seesPeople("Ada", "Ada")]);
});

scene(
  "a person is one entry however many tabs, and gone with the last",
  { flags: ["--leave-after", "1"] },
  async ({ gather }) => {
    const [ada, bob] = await gather("Ada", "Bob");
    const path = new URL(ada.page.url()).pathname;
    const second = await ada.anotherTab(path);
    await second.isOnline();
    await second.seesPeople("Ada", "Bob");
    await bob.seesPeople("Ada", "Bob");

    await ada.page.close();
    await second.say("still here");
    await bob.hears("still here");
    await bob.seesPeople("Ada", "Bob");

    await second.page.close();
    await bob.seesPeople("Bob");
  },
);

scene("a reload is no goodbye", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await bob.seesPeople("Ada", "Bob");
  const fewest = await bob.peopleList.evaluateHandle((list) => {
    const seen = { entries: Infinity };
    new MutationObserver(() => {
      seen.entries = Math.min(seen.entries, list.childElementCount);
    }).observe(list, { subtree: true, childList: true });
    return seen;
  });
  await ada.page.reload();
  await ada.isOnline();
  await ada.say("back");
  await bob.hears("back");
  await bob.seesPeople("Ada", "Bob");
  assert.ok((await fewest.evaluate(({ entries }) => entries)) >= 2, "Ada never left the list");
});

scene("who looks at something else is away, and active again when back", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await bob.seesPeople("Ada", "Bob");
  const adaAtBob = () => bob.person("Ada").innerText();
  await hide(ada);
  await eventually(async () => assert.match(await adaAtBob(), /away/i));
  await show(ada);
  await eventually(async () => assert.doesNotMatch(await adaAtBob(), /away/i));
});

scene("of several tabs the most active counts", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const second = await ada.anotherTab(new URL(ada.page.url()).pathname);
  await second.isOnline();
  await hide(ada);
  await second.say("I am over here");
  await bob.hears("I am over here");
  assert.doesNotMatch(await bob.person("Ada").innerText(), /away/i);
  await hide(second);
  await eventually(async () => assert.match(await bob.person("Ada").innerText(), /away/i));
});

scene("who does nothing is idle, and active again with the first move", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const adaAtBob = () => bob.person("Ada").innerText();
  // Timers that started before the clock was replaced would not hear of it.
  await ada.page.clock.install();
  await ada.page.reload();
  await ada.isOnline();
  await eventually(async () => assert.match(await adaAtBob(), /active/i));
  // Her page thinks that ten minutes passed; to its connection that is a nap it wakes from.
  await ada.page.clock.fastForward("10:00");
  await eventually(async () => assert.match(await adaAtBob(), /idle/i), { within: 15_000 });
  await ada.page.mouse.move(300, 300);
  await eventually(async () => assert.doesNotMatch(await adaAtBob(), /idle/i));
});
