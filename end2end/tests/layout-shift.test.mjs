// Owns that nothing moves when something loads: from the first paint over hydration to the arrival
// of people, in both themes and sizes.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { SCHEMES, SIZES } from "../harness/states.mjs";
import { fill } from "../harness/wire.mjs";

const ROUNDING = 0.001;
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

/** From the next page on. */
async function observeShifts(visitor) {
  await visitor.page.addInitScript(() => {
    window.shifts = [];
    const note = (entries) => {
      for (const { value, hadRecentInput, sources } of entries) {
        if (!hadRecentInput) {
          const nodes = sources.map(({ node, previousRect: from, currentRect: to }) => {
            const name = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
            const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(",");
            return `${name?.localName}.${name?.className} from ${box(from)} to ${box(to)}`;
          });
          window.shifts.push({ value, nodes });
        }
      }
    };
    const observer = new PerformanceObserver((list) => note(list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    window.lateShifts = () => note(observer.takeRecords());
  });
}

async function stoodStill(visitor) {
  const shifts = await visitor.page.evaluate(async () => {
    // What was laid out last is painted, and told, two frames later.
    for (let frames = 0; frames < 3; frames += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    window.lateShifts();
    return window.shifts;
  });
  const total = shifts.reduce((sum, { value }) => sum + value, 0);
  assert.ok(total <= ROUNDING, `shifted by ${total}: ${JSON.stringify(shifts, null, 1)}`);
}
