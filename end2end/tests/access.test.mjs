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

/** Runs in the page: what axe finds, and the contrast on gradients, which axe leaves open. */
async function violationsOnPage() {
  const { violations, incomplete } = await window.axe.run(document, {
    resultTypes: ["violations", "incomplete"],
  });
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
      const share = byte / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const open = incomplete
    .filter(({ id }) => id === "color-contrast")
    .flatMap(({ nodes }) => nodes)
    .filter(({ any }) => any.some(({ data }) => data?.messageKey === "bgGradient"));
  for (const { target } of open) {
    const style = getComputedStyle(document.querySelector(target[0]));
    const stops = style.backgroundImage.match(/(rgb|rgba|oklch|oklab|color)\([^()]*\)/g) ?? [];
    // A text that shows the gradient itself stands on the page's ground.
    const text =
      style.backgroundClip === "text"
        ? getComputedStyle(document.documentElement).backgroundColor
        : style.color;
    const large = Number.parseFloat(style.fontSize) >= 24;
    if (stops.length === 0) {
      found.push(`contrast at ${target[0]}: its gradient is not one of its own`);
    }
    for (const stop of stops) {
      const ratio = contrast(text, stop);
      if (ratio < (large ? 3 : 4.5)) {
        found.push(`contrast at ${target[0]}: ${ratio.toFixed(2)} between ${text} and ${stop}`);
      }
    }
  }
  return found;
}
