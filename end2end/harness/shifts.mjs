// Owns what moved on a page although nobody touched it.

import assert from "node:assert/strict";

const ROUNDING = 0.001;

/** From the next page on. */
export async function observeShifts(visitor) {
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

/** Nothing has moved since, but what somebody's own input moved. */
export async function stoodStill(visitor) {
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
