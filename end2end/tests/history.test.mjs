// Owns long conversations: older messages on the way up, and the view that sticks to the end.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { slugOf, Wire } from "../harness/wire.mjs";

const TALKATIVE = { flags: ["--chat-burst", "1000"] };
const MANY = 120;

async function fill(visitor, count) {
  const room = slugOf(new URL(visitor.page.url()).pathname);
  const wire = await Wire.open(visitor);
  assert.equal((await wire.request({ type: "join", room })).type, "joined");
  const answers = await wire.postAll(
    room,
    Array.from({ length: count }, (_, index) => `message ${index + 1}`),
  );
  assert.ok(answers.every(({ type }) => type === "ack"), JSON.stringify(answers[0]));
  await wire.close();
}

// The log itself scrolls, or something around it.
const scroller = (visitor) =>
  visitor.log.evaluateHandle((log) => {
    let element = log;
    while (element !== null && element.scrollHeight <= element.clientHeight + 1) {
      element = element.parentElement;
    }
    return element ?? log;
  });

const distanceToEnd = (scrolling) =>
  scrolling.evaluate(({ scrollHeight, scrollTop, clientHeight }) =>
    Math.abs(scrollHeight - scrollTop - clientHeight),
  );

scene("scrolling up loads older messages, none twice, without a jump", TALKATIVE, async ({ gather }) => {
  const [ada] = await gather("Ada");
  await fill(ada, MANY);
  await ada.page.reload();
  await ada.isOnline();
  await ada.hears(`message ${MANY}`);
  assert.equal(await ada.messages.count(), 50, "the page comes with the last 50");
  const scrolling = await scroller(ada);
  await eventually(async () => assert.ok((await distanceToEnd(scrolling)) < 4, "it starts at the end"));

  // Remember where the topmost message on view is, and reach the top.
  const anchor = ada.saying(`message ${MANY - 49}`);
  await scrolling.evaluate((element) => {
    element.scrollTop = 0;
  });
  const before = (await anchor.boundingBox()).y;
  await ada.saying(`message ${MANY - 50}`).waitFor({ state: "attached" });
  await eventually(async () => {
    const after = (await anchor.boundingBox()).y;
    assert.ok(Math.abs(after - before) <= 60, `jumped by ${after - before} px`);
  });

  // On to the very first.
  await eventually(
    async () => {
      await scrolling.evaluate((element) => {
        element.scrollTop = 0;
      });
      assert.equal(await ada.saying("message 1").count(), 1);
    },
    { within: 15_000 },
  );
  const ids = await ada.messageIds();
  assert.equal(ids.length, MANY);
  assert.equal(new Set(ids).size, MANY, "none twice");
  const numbers = (await ada.messages.allInnerTexts()).map((text) =>
    Number(text.match(/message (\d+)/)[1]),
  );
  assert.deepEqual(numbers, Array.from({ length: MANY }, (_, index) => index + 1));
});

scene("the view sticks to the end when it is there, and stays when it is not", TALKATIVE, async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await fill(ada, 60);
  await ada.hears("message 60");
  const scrolling = await scroller(ada);
  await eventually(async () => assert.ok((await distanceToEnd(scrolling)) < 4));
  await bob.say("a\nmessage\nof\nsome\nlines");
  await ada.messages.filter({ hasText: "some" }).waitFor();
  await eventually(async () => assert.ok((await distanceToEnd(scrolling)) < 4, "it stuck to the end"));

  // Reading in the middle: what comes does not move it.
  const middle = await scrolling.evaluate((element) => {
    element.scrollTop = Math.round(element.scrollHeight / 2);
    return element.scrollTop;
  });
  await bob.say("do not disturb");
  await ada.saying("do not disturb").waitFor({ state: "attached" });
  assert.equal(await scrolling.evaluate(({ scrollTop }) => scrollTop), middle);

  // One's own message is where one wants to be.
  await ada.say("mine");
  await ada.hears("mine");
  await eventually(async () => assert.ok((await distanceToEnd(scrolling)) < 4));
});
