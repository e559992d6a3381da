// Owns that every state of every page keeps the rules of accessibility that a program can check,
// contrast included, in both themes and sizes.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";

import { scene } from "../harness/scene.mjs";
import { atEachTab, resize, SCHEMES, SIZES, STATES } from "../harness/states.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

for (const { name, flags, arrive } of STATES) {
  scene(`${name} has nothing that hinders anybody`, { flags, ownServer: true }, async (stage) => {
    // Colours are judged where they end up, not on their way.
    const guest = await arrive(stage, { viewport: SIZES.wide, reducedMotion: "reduce" });
    await guest.page.evaluate(axe);
    const found = [];
    for (const size of Object.keys(SIZES)) {
      await resize(guest, size);
      for (const colorScheme of SCHEMES) {
        await guest.page.emulateMedia({ colorScheme });
        await atEachTab(guest, async (tab) => {
          const where = [size, colorScheme, tab].filter(Boolean).join(" ");
          const violations = await guest.page.evaluate(violationsOnPage);
          found.push(...violations.map((violation) => `${where}: ${violation}`));
        });
      }
    }
    assert.ok(found.length === 0, found.join("\n"));
  });
}

/** Runs in the page. */
async function violationsOnPage() {
  const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
}
