// Owns long conversations: older messages on the way up, and the view that sticks to the end.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { CONNECTION_LOST } from "../harness/watch.mjs";
import { fill } from "../harness/wire.mjs";

const TALKATIVE = { flags: ["--chat-burst", "1000"] };
const MANY = 120;
const PAGE = 50;

scene("scrolling up loads older messages, none twice, without a jump", TALKATIVE, async ({ gather }) => {
  const [ada] = await gather("Ada");
  await fill(ada, MANY);
  await ada.page.reload();
  await ada.isOnline();
  await isAtEnd(ada, ada.saying(`message ${MANY}`));
  assert.equal(await ada.saying(`message ${MANY - PAGE}`).count(), 0, "the page has the last 50");

  // The topmost one changes its look when it opens a group no more; one below it must not move.
  const anchor = ada.saying(`message ${MANY - PAGE + 4}`);
  const before = await scrollUpTo(anchor);
  await ada.saying(`message ${MANY - PAGE}`).waitFor({ state: "attached" });
  await staysAt(anchor, before);

  await eventually(
    async () => {
      await scrollUpTo(ada.messages.first());
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

scene("history that a cut interrupts, and what was missed meanwhile, come once each", TALKATIVE, async ({ gather, server }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  ada.watch.allow(CONNECTION_LOST);
  await fill(bob, MANY);
  const missed = [];
  for (const round of [1, 2]) {
    // With only the latest page of it, however much was loaded before.
    await ada.page.reload();
    // Who is here is known once one is in: before that, nothing older would be asked for.
    await ada.person("Bob").waitFor();
    // Neither the answer nor what comes after it gets through before the connection is gone.
    server.pause();
    await scrollUpTo(ada.messages.first());
    await ada.log.getByText("Loading older messages").waitFor();
    await ada.context.setOffline(true);
    await ada.connectionSays(/offline/i);
    server.goOn();
    for (const body of [`missed ${round}a`, `missed ${round}b`]) {
      await bob.saysForGood(body);
      missed.push(body);
    }
    const before = await ada.messages.count();
    await ada.context.setOffline(false);
    await ada.isOnline();
    await eventually(async () => {
      await scrollUpTo(ada.messages.first());
      assert.ok((await ada.messages.count()) >= Math.min(before + PAGE, MANY) + 2);
    });
  }
  await eventually(async () => {
    await scrollUpTo(ada.messages.first());
    const said = (await ada.messages.locator(".body").allInnerTexts()).map((text) => text.trim());
    const all = Array.from({ length: MANY }, (_, index) => `message ${index + 1}`);
    assert.deepEqual(said, [...all, ...missed]);
  });
  const ids = await ada.messageIds();
  assert.equal(new Set(ids).size, ids.length, "none twice");
});

scene("whoever scrolls up before they are in the room reads on once they are", TALKATIVE, async ({ gather }) => {
  const [ada] = await gather("Ada");
  await fill(ada, MANY);
  const letIn = await holdTheDoor(ada);
  await ada.page.reload();
  await ada.isOnline();
  await scrollUpTo(ada.messages.first());
  letIn();
  await eventually(async () => assert.ok((await ada.messages.count()) > PAGE));
});

scene("the wheel reaches the first message", TALKATIVE, async ({ gather }) => {
  const [ada] = await gather("Ada");
  await fill(ada, MANY);
  await ada.hears(`message ${MANY}`);
  await ada.log.hover();
  await eventually(
    async () => {
      await ada.page.mouse.wheel(0, -900);
      assert.equal(await ada.saying("message 1").count(), 1);
    },
    { within: 20_000 },
  );
});

scene("the view sticks to the end when it is there, and stays when it is not", TALKATIVE, async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await fill(ada, 60);
  await isAtEnd(ada, ada.saying("message 60"));
  await bob.say("some\nlines\nat\nonce");
  await isAtEnd(ada, ada.messages.filter({ hasText: "at\nonce" }));

  // Whoever reads further up is not disturbed by what comes.
  const anchor = ada.saying("message 20");
  const before = await scrollUpTo(anchor);
  await bob.say("do not disturb");
  await ada.saying("do not disturb").waitFor({ state: "attached" });
  await staysAt(anchor, before);

  // Whoever says something sees it.
  await ada.say("mine");
  await isAtEnd(ada, ada.saying("mine"));
});

/** From the next load on, the page is told nothing of the room before the function that is returned is called. */
async function holdTheDoor(visitor) {
  let letIn;
  const opened = new Promise((resolve) => (letIn = resolve));
  await visitor.page.routeWebSocket("**/ws", (page) => {
    const server = page.connectToServer();
    server.onMessage(async (frame) => {
      if (typeof frame !== "string" || JSON.parse(frame).type !== "hello") {
        await opened;
      }
      page.send(frame);
    });
  });
  return letIn;
}

/** Scrolls until it is the topmost, as far as there is something to scroll; returns its top then. */
async function scrollUpTo(message) {
  return message.evaluate((element) => {
    element.scrollIntoView({ block: "start", behavior: "instant" });
    return element.getBoundingClientRect().top;
  });
}

async function staysAt(message, top) {
  await eventually(
    async () => {
      const now = await message.evaluate((element) => element.getBoundingClientRect().top);
      assert.ok(Math.abs(now - top) <= 2, `it moved by ${now - top} px`);
    },
    { within: 1_000 },
  );
}

/** Waits until this message is the last one and wholly on view. */
async function isAtEnd(visitor, message) {
  await eventually(async () => {
    const gap = await message.evaluate((element) => {
      const log = element.closest("[role=log]").getBoundingClientRect();
      return log.bottom - element.getBoundingClientRect().bottom;
    });
    assert.ok(gap >= -1 && gap < 60, `the end is ${gap} px above the log's lower edge`);
    assert.equal(
      await message.getAttribute("data-message"),
      await visitor.messages.last().getAttribute("data-message"),
    );
  });
}
