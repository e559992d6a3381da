// Owns tabs that the browser froze: nothing in them moves, and on thawing they are right by themselves.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { freeze } from "../harness/freezable.mjs";
import { scene } from "../harness/scene.mjs";
import { Wire, fill, slugOf } from "../harness/wire.mjs";

const TALKATIVE = ["--chat-burst", "1000000", "--leave-after", "0.5"];

const REAL_MINUTE = "STARLING_REAL_MINUTE";
const MINUTE_MS = 60_000;
// Within what is replayed, and what a page shows at once.
const MOST_IN_A_MINUTE = 900;

scene("a tab frozen while others talk, come and go is right after thawing", { flags: TALKATIVE }, async (stage) => {
  const [bob, cleo] = await stage.gather("Bob", "Cleo");
  const ada = await stage.freezable("Ada");
  await bob.say("before");
  await ada.hears("before");
  await marks(ada);

  const thaw = await freeze(ada);
  await isAway(bob, "Ada");
  await fill(bob, 300);
  await cleo.page.close();
  const dan = await stage.visitor("Dan");
  await dan.page.goto(stage.link);
  await dan.enter();
  await dan.saysForGood("Dan is here");
  await bob.hears("Dan is here");
  await bob.seesPeople("Ada", "Bob", "Dan");

  await thaw();
  await ada.hears("Dan is here");
  await ada.seesPeople("Ada", "Bob", "Dan");
  await isRight(ada, bob, ["before", ...numbered(300), "Dan is here"]);
  await wasNotLoadedAgain(ada);
  await ada.say("good morning");
  await Promise.all([bob.hears("good morning"), dan.hears("good morning")]);
  await bob.seesPeople("Ada", "Bob", "Dan");
});

// The browser answers pings in the name of a page that it froze; but at some time it takes no more.
const FULL = [
  ...["--stall-after", "1", "--message-chars", "60000"],
  ...["--frame-bytes", "1000000", "--body-bytes", "1000000"],
];

scene("a frozen tab that the server closed meanwhile is right after thawing", { flags: [...TALKATIVE, ...FULL] }, async (stage) => {
  const [bob] = await stage.gather("Bob");
  const ada = await stage.freezable("Ada");
  await bob.saysForGood("before");
  await ada.hears("before");
  await marks(ada);

  const thaw = await freeze(ada);
  await isAway(bob, "Ada");
  const wire = await Wire.open(bob);
  const room = slugOf(stage.link);
  await wire.request({ type: "join", room });
  const said = ["before"];
  await eventually(
    async () => {
      const large = Array.from({ length: 10 }, (_, index) => `message ${said.length + index} ${"x".repeat(59_000)}`);
      await wire.postAll(room, large);
      said.push(...large);
      await bob.person("Ada").waitFor({ state: "detached", timeout: 1_500 });
    },
    { within: 60_000 },
  );
  await wire.close();

  await thaw();
  await bob.seesPeople("Ada", "Bob");
  await ada.seesPeople("Ada", "Bob");
  await isRight(ada, bob, said);
  await wasNotLoadedAgain(ada);
});

scene(
  "a tab frozen for a real minute is right after thawing",
  { flags: ["--chat-burst", "1000"], skip: !process.env[REAL_MINUTE] && `only with ${REAL_MINUTE}=1` },
  async (stage) => {
    const [bob] = await stage.gather("Bob");
    const ada = await stage.freezable("Ada");
    await marks(ada);
    const thaw = await freeze(ada);
    const end = performance.now() + MINUTE_MS;
    const said = [];
    while (performance.now() < end && said.length < MOST_IN_A_MINUTE) {
      said.push(`message ${said.length + 1}`);
      await bob.saysForGood(said.at(-1));
    }
    await eventually(() => assert.ok(performance.now() >= end, "a minute has passed"), { within: MINUTE_MS });
    await timesItself(ada);
    await thaw();
    await isRight(ada, bob, said);
    const took = await ada.page.evaluate(() => Math.round(window.lastLineAt - window.thawedAt));
    console.log(`${said.length} messages in a minute, on the page ${took} ms after thawing`);
    await Promise.all([ada, bob].map((who) => who.seesPeople("Ada", "Bob")));
    await wasNotLoadedAgain(ada);
  },
);

const numbered = (count) => Array.from({ length: count }, (_, index) => `message ${index + 1}`);

async function isAway(visitor, name) {
  await eventually(async () => assert.match(await visitor.person(name).innerText(), /away/));
}

/** All of it, once each, in the order in which it was said, and as the other one has it. */
async function isRight(visitor, other, said) {
  await eventually(async () => {
    assert.deepEqual(await bodies(visitor), said);
    assert.deepEqual(await visitor.messageIds(), await other.messageIds());
  });
}

async function bodies(visitor) {
  return (await visitor.messages.locator(".body").allInnerTexts()).map((text) => text.trim());
}

async function marks(visitor) {
  await visitor.page.evaluate(() => (window.isTheSame = true));
}

/** Notes, by the page's clock, when it was thawed and when a line came last. */
async function timesItself(visitor) {
  await visitor.log.evaluate((log) => {
    document.addEventListener("resume", () => (window.thawedAt = performance.now()));
    const note = () => (window.lastLineAt = performance.now());
    new MutationObserver(note).observe(log, { childList: true, subtree: true });
  });
}

async function wasNotLoadedAgain(visitor) {
  assert.equal(await visitor.page.evaluate(() => window.isTheSame), true, "the page was not loaded again");
}
