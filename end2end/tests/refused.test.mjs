// Owns messages that the server refuses: they say why, and stay until the person has decided.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { CONNECTION_LOST } from "../harness/watch.mjs";
import { Wire, slugOf } from "../harness/wire.mjs";

const TALKATIVE = ["--chat-burst", "1000"];
// A disk that is soon full, and messages of which none fits into what is left between others.
const SMALL_DISK = ["--max-pages", "60"];
const LONG = "x".repeat(3_900);

// The first tries are spread over 3 seconds; while the server is down they back off further.
const HEALED = { within: 30_000 };

scene("a refused message says why, survives a reload, and is sent again or discarded", { flags: [...TALKATIVE, ...SMALL_DISK] }, async ({ gather, server }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  for (const who of [ada, bob]) {
    who.watch.allow(CONNECTION_LOST);
  }
  await fillTheDisk(bob);
  const path = new URL(ada.page.url()).pathname;
  const [wanted, unwanted] = [`wanted ${LONG}`, `unwanted ${LONG}`];
  await ada.say(wanted);
  await isRefused(ada, wanted);
  await ada.say(unwanted);
  await isRefused(ada, unwanted);

  await ada.page.reload();
  await ada.isOnline();
  const second = await ada.anotherTab(path);
  await second.isOnline();
  for (const tab of [ada, second]) {
    await isRefused(tab, wanted);
    await isRefused(tab, unwanted);
  }

  await way(ada, unwanted, "Discard").click();
  for (const tab of [ada, second]) {
    await eventually(async () => assert.equal(await tab.saying(unwanted).count(), 0));
    await isRefused(tab, wanted);
  }

  const wire = listen(second.page);
  await second.page.reload();
  await second.isOnline();
  await isRefused(second, wanted);
  assert.equal(await second.saying(unwanted).count(), 0, "it stays discarded");
  assert.deepEqual(wire, { posts: 0, refusals: 0 }, "nothing is sent without being asked for");
  await way(second, wanted, "Retry").click();
  await eventually(() => assert.deepEqual(wire, { posts: 1, refusals: 1 }));
  await isRefused(second, wanted);

  await server.kill();
  await server.startAgain(TALKATIVE);
  const everyone = [ada, second, bob];
  await Promise.all(everyone.map((who) => who.isOnline(HEALED)));
  await ada.saysForGood("said later");
  await bob.hears("said later");
  assert.equal(await bob.saying(wanted).count(), 0);
  await way(second, wanted, "Retry").click();
  await bob.hears(wanted);
  await eventually(async () => {
    const ids = await bob.messageIds();
    for (const who of everyone) {
      assert.equal(await who.saying(wanted).count(), 1, `${who.name} has it once`);
      assert.equal(await who.saying(unwanted).count(), 0, `${who.name} has nothing of the other`);
      assert.equal(await alerts(who).count(), 0, "it is refused no more");
      assert.deepEqual(await who.messageIds(), ids);
    }
  });
  await ada.page.reload();
  await ada.isOnline();
  assert.deepEqual(await ada.messageIds(), await bob.messageIds());
});

/** Says long messages in this person's name until there is no space for another. */
async function fillTheDisk(visitor) {
  const room = slugOf(new URL(visitor.page.url()).pathname);
  const wire = await Wire.open(visitor);
  await wire.request({ type: "join", room });
  let answer;
  do {
    [answer] = await wire.postAll(room, [LONG]);
  } while (answer.type === "ack");
  assert.equal(answer.code, "storage_full");
  await wire.close();
}

/** The line is marked, gives the server's reason, and offers what can be done. */
async function isRefused(visitor, body) {
  await visitor.saying(body).getByText("Not sent: Starling's disk is full").waitFor();
  for (const name of ["Retry", "Discard"]) {
    await way(visitor, body, name).waitFor();
  }
  assert.equal(await visitor.saying(body).count(), 1);
}

const way = (visitor, body, name) => visitor.saying(body).getByRole("button", { name });

const alerts = (visitor) => visitor.log.getByRole("alert");

/** Counts, from the page's next connection on, the messages that it sends and those that are refused. */
function listen(page) {
  const wire = { posts: 0, refusals: 0 };
  const typeOf = (payload) => (typeof payload === "string" ? JSON.parse(payload).type : undefined);
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => (wire.posts += Number(typeOf(payload) === "post")));
    socket.on("framereceived", ({ payload }) => (wire.refusals += Number(typeOf(payload) === "error")));
  });
  return wire;
}
