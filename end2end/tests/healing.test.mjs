// Owns what survives: reloads, restarts, a killed server, a lost network, and the time between a page and
// its connection.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { pointAt, seesCursorAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";
import { CONNECTION_LOST } from "../harness/watch.mjs";

// The first tries are spread over 3 seconds; while the server is down they back off further.
const HEALED = { within: 30_000 };

scene("a reload keeps the history", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.say("remember this");
  await bob.say("and that");
  await ada.hears("and that");
  await ada.hears("remember this");
  const before = await ada.messageIds();
  await ada.page.reload();
  await ada.isOnline();
  assert.deepEqual(await ada.messageIds(), before);
});

scene("what is said between a page and its connection is shown once", async ({ gather, visitor }) => {
  const [bob] = await gather("Bob");
  await bob.saysForGood("before the page");
  const ada = await visitor("Ada");
  const path = new URL(bob.page.url()).pathname;
  await ada.page.goto(path);
  await ada.enter();
  await ada.isOnline();

  const { letThrough, joins } = await holdConnectionsBack(ada.page);
  await ada.page.reload();
  await ada.connectionSays(/connecting/i);
  const [position] = await ada.messageIds();
  await bob.saysForGood("after the page");
  await bob.saysForGood("and once more");
  assert.deepEqual(await ada.messageIds(), [position], "the page knows nothing of it yet");
  assert.deepEqual(joins, []);

  letThrough();
  await ada.isOnline();
  await ada.hears("and once more");
  assert.deepEqual(await ada.messageIds(), await bob.messageIds());
  const said = (await ada.messages.locator(".body").allInnerTexts()).map((text) => text.trim());
  assert.deepEqual(said, ["before the page", "after the page", "and once more"]);
  assert.deepEqual(joins, [{ from: 1, recovered: true }], "it went on where the page ended");
});

scene("what was said and written offline survives a reload that fails", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  ada.watch.allow(CONNECTION_LOST);
  const path = new URL(ada.page.url()).pathname;
  await ada.context.setOffline(true);
  await ada.connectionSays(/offline/i);
  await ada.say("said in the tunnel");
  await ada.hears("said in the tunnel");
  await ada.composer.fill("half a sentence");
  await assert.rejects(ada.page.reload(), /ERR_INTERNET_DISCONNECTED/);
  assert.equal(await ada.messages.count(), 0, "what is shown is the browser's own page");
  await ada.context.setOffline(false);
  await ada.page.goto(path);
  await ada.isOnline();
  await bob.hears("said in the tunnel");
  await eventually(async () => assert.equal(await ada.page.locator(".pending").count(), 0));
  assert.deepEqual(await ada.messageIds(), await bob.messageIds());
  assert.equal(await bob.saying("said in the tunnel").count(), 1);
  assert.equal(await ada.composer.inputValue(), "half a sentence");
});

scene("a restart keeps the history", { ownServer: true }, async ({ gather, server }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  for (const who of [ada, bob]) {
    who.watch.allow(CONNECTION_LOST);
  }
  await ada.say("before the restart");
  await bob.hears("before the restart");
  await server.stop();
  await server.startAgain();
  await Promise.all([ada.isOnline(HEALED), bob.isOnline(HEALED)]);
  await bob.say("after the restart");
  await ada.hears("after the restart");
  await ada.page.reload();
  await ada.isOnline();
  for (const body of ["before the restart", "after the restart"]) {
    assert.equal(await ada.saying(body).count(), 1, body);
  }
});

scene("a killed server heals without anybody's touch", { ownServer: true }, async ({ gather, server }) => {
  const [ada, bob, cleo] = await gather("Ada", "Bob", "Cleo");
  const everyone = [ada, bob, cleo];
  for (const who of everyone) {
    who.watch.allow(CONNECTION_LOST);
  }
  await ada.say("one");
  await bob.say("two");
  await Promise.all(everyone.flatMap((who) => [who.hears("one"), who.hears("two")]));
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.3, 0.3));

  await server.kill();
  await Promise.all(everyone.map((who) => who.connectionSays(/reconnecting/i)));
  await ada.say("said while it was down");
  await ada.say("and another");

  await server.startAgain();
  await Promise.all(everyone.map((who) => who.isOnline(HEALED)));
  await cleo.say("three");
  const bodies = ["one", "two", "said while it was down", "and another", "three"];
  await Promise.all(everyone.flatMap((who) => bodies.map((body) => who.hears(body))));
  await eventually(async () => {
    const [first, ...rest] = await Promise.all(everyone.map((who) => who.messageIds()));
    assert.equal(first.length, bodies.length);
    for (const other of rest) {
      assert.deepEqual(other, first);
    }
  });
  for (const who of everyone) {
    for (const body of bodies) {
      assert.equal(await who.saying(body).count(), 1, `${who.name} has ${body} once`);
    }
    await who.seesPeople("Ada", "Bob", "Cleo");
  }
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.7, 0.6));
  await seesCursorAt(ada, "Cleo", await pointAt(cleo, 0.2, 0.9));
});

scene("what was said without a connection survives its tab, and is said once", { ownServer: true }, async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  ada.watch.allow(CONNECTION_LOST);
  const path = new URL(ada.page.url()).pathname;
  await ada.context.setOffline(true);
  await ada.connectionSays(/offline/i);
  await ada.say("one in the tunnel");
  await ada.say("two in the tunnel");
  await ada.page.close();
  await ada.context.setOffline(false);

  const [first, second] = [await ada.anotherTab(path), await ada.anotherTab(path)];
  await Promise.all([first, second].map((tab) => tab.isOnline()));
  await second.saysForGood("three, back again");
  const bodies = ["one in the tunnel", "two in the tunnel", "three, back again"];
  for (const who of [first, second, bob]) {
    await who.hears("three, back again");
    await eventually(async () => assert.equal(await who.page.locator(".pending").count(), 0));
    const said = (await who.messages.locator(".body").allInnerTexts()).map((text) => text.trim());
    assert.deepEqual(said, bodies, who.name);
  }
});

scene("what a closed tab leaves behind is sent by another one", { ownServer: true }, async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const other = await ada.anotherTab(new URL(ada.page.url()).pathname);
  await other.isOnline();
  for (const tab of [ada, other]) {
    tab.watch.allow(CONNECTION_LOST);
  }
  await ada.context.setOffline(true);
  await Promise.all([ada, other].map((tab) => tab.connectionSays(/offline/i)));
  await ada.say("left behind");
  await ada.page.close();
  await ada.context.setOffline(false);
  for (const who of [bob, other]) {
    await who.hears("left behind", { within: 30_000 });
    assert.equal(await who.saying("left behind").count(), 1, who.name);
  }
  await eventually(async () => assert.equal(await other.page.locator(".pending").count(), 0));
});

scene("a server that does not answer is named, and can be tried at once", { ownServer: true }, async ({ gather, server }) => {
  const [ada] = await gather({ name: "Ada", context: { viewport: { width: 390, height: 844 } } });
  ada.watch.allow(CONNECTION_LOST);
  await ada.tab("Board").click();
  await server.kill();
  const words = ada.page.getByText("The server does not answer");
  await words.waitFor({ timeout: 30_000 });
  const tryNow = ada.page.getByRole("button", { name: "Try now" });
  await tryNow.waitFor();
  await server.startAgain();
  await tryNow.click();
  await ada.isOnline();
  await words.waitFor({ state: "detached" });
});

scene("who comes while others were cut off is seen by them", { ownServer: true }, async ({ gather, visitor, server }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  ada.watch.allow(CONNECTION_LOST);
  bob.watch.allow(CONNECTION_LOST);
  await bob.say("last words");
  await ada.hears("last words");
  const path = new URL(ada.page.url()).pathname;
  await server.kill();
  await bob.page.close();
  await server.startAgain();
  const cleo = await visitor("Cleo");
  await cleo.page.goto(path);
  await cleo.enter();
  await cleo.say("anybody here?");
  await ada.isOnline(HEALED);
  await ada.hears("anybody here?");
  // Bob had no connection to the new server, so he is in nobody's list.
  await Promise.all([ada.seesPeople("Ada", "Cleo"), cleo.seesPeople("Ada", "Cleo")]);
});

scene("offline says so, and online catches up", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  ada.watch.allow(CONNECTION_LOST);
  await ada.context.setOffline(true);
  await ada.connectionSays(/offline|reconnecting/i);
  await bob.say("did you miss me?");
  await bob.hears("did you miss me?");
  await ada.context.setOffline(false);
  await ada.isOnline(HEALED);
  await ada.hears("did you miss me?");
  assert.equal(await ada.saying("did you miss me?").count(), 1);
});

/**
 * From the next load on, no connection of the page gets anywhere until `letThrough`. `joins` is filled with
 * where each join went on from, and whether the server recovered it.
 */
async function holdConnectionsBack(page) {
  let letThrough;
  const opened = new Promise((resolve) => (letThrough = resolve));
  const joins = [];
  await page.routeWebSocket("**/ws", async (client) => {
    await opened;
    const server = client.connectToServer();
    let from;
    client.onMessage((frame) => {
      const event = typeof frame === "string" ? JSON.parse(frame) : {};
      from = event.type === "join" ? event.resume?.seq : from;
      server.send(frame);
    });
    server.onMessage((frame) => {
      const event = typeof frame === "string" ? JSON.parse(frame) : {};
      if (event.type === "joined") {
        joins.push({ from, recovered: event.recovered });
      }
      client.send(frame);
    });
  });
  return { letThrough, joins };
}
