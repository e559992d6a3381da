// Owns that nothing moves when something loads: from the first paint over hydration to the arrival
// of people, in both themes and sizes.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { observeShifts, stoodStill } from "../harness/shifts.mjs";
import { SCHEMES, SIZES } from "../harness/states.mjs";
import { fill } from "../harness/wire.mjs";

const TALKATIVE = { flags: ["--chat-burst", "1000"] };

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of SCHEMES) {
    const options = { viewport, colorScheme, hasTouch: size === "phone" };
    const where = `${size} and ${colorScheme}`;

    scene(`the lobby stands still, ${where}`, async ({ gather, visitor }) => {
      await gather("Ada");
      const guest = await visitor("A guest", options);
      await observeShifts(guest);
      await guest.page.goto("/");
      // Nothing on the lobby says that it lives; it does once its last file is there.
      await guest.page.waitForLoadState("networkidle");
      await stoodStill(guest);
    });

    for (const messages of [0, 50]) {
      scene(`a room with ${messages} messages stands still, ${where}`, TALKATIVE, async ({ gather, visitor }) => {
        const [ada] = await gather("Ada");
        await fill(ada, messages);
        const guest = await visitor("A guest", options);
        await guest.page.goto(new URL(ada.page.url()).pathname);
        await guest.enter();
        await guest.isOnline();
        await observeShifts(guest);
        await guest.page.reload();
        await guest.isOnline();
        await hasInList(guest, 2);
        const bob = await visitor("Bob");
        await bob.page.goto(new URL(ada.page.url()).pathname);
        await bob.enter();
        await hasInList(guest, 3);
        await stoodStill(guest);
      });
    }
  }
}

/** Whether or not the tab with the list is in front. */
async function hasInList(visitor, count) {
  const list = visitor.page.getByRole("list", { name: "People", includeHidden: true });
  const people = list.getByRole("listitem", { includeHidden: true });
  await eventually(async () => assert.equal(await people.count(), count));
}
