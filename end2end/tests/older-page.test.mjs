// Owns pages that are older than their server: they go on, and load themselves again once nothing is
// lost by it.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { CONNECTION_LOST } from "../harness/watch.mjs";

// The first tries are spread over 3 seconds; while the server is down they back off further.
const HEALED = { within: 30_000 };

scene("a page older than its server delivers what it holds, keeps a draft, and then loads itself again", { ownServer: true }, async ({ gather, server }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  for (const who of [ada, bob]) {
    who.watch.allow(CONNECTION_LOST);
  }
  await greetsAsNewer(ada.page);
  await ada.page.reload();
  await ada.isOnline();
  await ada.page.evaluate(() => (window.isTheSame = true));

  await server.kill();
  await ada.connectionSays(/reconnecting/i);
  await ada.say("said while it was down");
  await ada.composer.pressSequentially("half a sen");
  await ada.page.evaluate(() => (window.serverIsNewer = true));
  await server.startAgain();
  await Promise.all([ada, bob].map((who) => who.isOnline(HEALED)));
  await bob.hears("said while it was down");
  await bob.say("are you there?");
  await ada.hears("are you there?");
  assert.equal(await ada.page.evaluate(() => window.isTheSame), true, "a draft holds the page");
  assert.equal(await ada.composer.inputValue(), "half a sen");

  await ada.composer.pressSequentially("tence");
  await ada.composer.press("Enter");
  await bob.hears("half a sentence");
  await eventually(async () => {
    assert.equal(await ada.page.evaluate(() => window.isTheSame), undefined, "it loads itself again");
  });
  await ada.isOnline();
  assert.equal(await ada.composer.inputValue(), "");
  for (const who of [ada, bob]) {
    await eventually(async () => {
      const said = (await who.messages.locator(".body").allInnerTexts()).map((text) => text.trim());
      assert.deepEqual(said, ["said while it was down", "are you there?", "half a sentence"], who.name);
    });
  }
});

/** From the next load on, a server's greeting names another build once the page says `serverIsNewer`. */
async function greetsAsNewer(page) {
  await page.addInitScript(() => {
    const { WebSocket: Real } = window;
    window.WebSocket = class extends Real {
      set onmessage(tell) {
        super.onmessage = tell && ((event) => tell(window.serverIsNewer ? newer(event) : event));
      }
    };
    function newer(event) {
      if (typeof event.data !== "string" || JSON.parse(event.data).type !== "hello") {
        return event;
      }
      return new MessageEvent("message", { data: JSON.stringify({ ...JSON.parse(event.data), build: "newer" }) });
    }
  });
}
