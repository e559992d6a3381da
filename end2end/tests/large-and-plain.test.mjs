// Owns what people change about every page: forced colours, less motion, zoom, wider text.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { pointAt, seesCursorAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";
import { atEachTab, SIZES, STATES } from "../harness/states.mjs";

/** What 1440 by 900 and 390 by 844 come to at twice the size. */
const ZOOMED = [
  { width: 720, height: 450 },
  { width: 195, height: 422 },
];
/** At least what WCAG 1.4.12 lets people ask for. */
const WIDE_TEXT = `* {
  line-height: 1.5 !important;
  letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important;
} p { margin-block-end: 2em !important }`;

for (const { name, flags, arrive } of STATES) {
  scene(`${name} loses nothing at twice the size or with wider text`, { flags, ownServer: true }, async (stage) => {
    const guest = await arrive(stage, { viewport: SIZES.wide });
    const wrong = [];
    const look = async (how) => {
      for (const viewport of ZOOMED) {
        await guest.page.setViewportSize(viewport);
        await atEachTab(guest, async (tab) => {
          const found = await guest.page.evaluate(outOfReach);
          wrong.push(...found.map((what) => `${how}${viewport.width} px ${tab}: ${what}`));
        });
      }
    };
    await look("");
    // As a browser or its extension does, which no page's policy keeps from it.
    await guest.page.evaluate((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      document.adoptedStyleSheets = [sheet];
    }, WIDE_TEXT);
    await look("wide text, ");
    assert.ok(wrong.length === 0, wrong.join("\n"));
  });
}

scene("all of the header of who keeps a room is in view at every width", { ownServer: true }, async ({ gather }) => {
  const [ada] = await gather("Ada");
  await ada.page.getByRole("button", { name: "Lock" }).waitFor();
  for (const width of [1440, 1366, 1280, 1100, 900, 721, 720, 390]) {
    await ada.page.setViewportSize({ width, height: 800 });
    const cut = await ada.page.evaluate(() => {
      const parts = [...document.querySelectorAll(".room-actions > *")];
      const places = parts.map((part) => part.getBoundingClientRect()).filter(({ width }) => width > 0);
      const overlaps = (left, right) => right !== undefined && right.left < left.right;
      return places.filter((place, at) => place.right > innerWidth || overlaps(place, places[at + 1])).length;
    });
    assert.equal(cut, 0, `${width} px`);
  }
});

/** Runs in the page: whether it scrolls sideways, and which controls nobody can bring on view. */
async function outOfReach() {
  const wrong = [];
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const { scrollWidth } = document.scrollingElement;
  if (scrollWidth > window.innerWidth) {
    wrong.push(`it is ${scrollWidth} px wide`);
  }
  for (const control of document.querySelectorAll("a, button, input, textarea, [role=tab]")) {
    // What shows itself only to who points at it or has the focus on it is not there for others.
    if (control.type === "hidden" || !control.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
      continue;
    }
    const label = control.labels?.[0];
    const what = `${control.localName} “${control.innerText || label?.innerText || control.title}”`;
    // A link in a sentence may break into lines; a control may be taller than the window.
    const cover = () => {
      const middles = [...control.getClientRects()].map((line) => {
        const [top, bottom] = [Math.max(line.top, 0), Math.min(line.bottom, window.innerHeight)];
        return document.elementFromPoint((line.left + line.right) / 2, (top + bottom) / 2);
      });
      const seen = middles.some((middle) => middle && (control.contains(middle) || label?.contains(middle)));
      return seen ? null : `${middles[0]?.localName}.${middles[0]?.className}`;
    };
    // What floats covers something else at another place of the scroll, or goes when it is scrolled there.
    const covers = [];
    for (const block of ["nearest", "center", "start", "end"]) {
      control.scrollIntoView({ block, inline: "nearest", behavior: "instant" });
      if (cover() !== null) {
        await frame();
        await frame();
      }
      covers.push(cover());
      if (covers.at(-1) === null) {
        break;
      }
    }
    const { left, right } = control.getBoundingClientRect();
    if (left < -1 || right > window.innerWidth + 1) {
      wrong.push(`${what} reaches from ${left} to ${right}`);
    } else if (!covers.includes(null)) {
      wrong.push(`${what} is covered by ${covers.join(", ")}`);
    }
  }
  window.scrollTo(0, 0);
  return wrong;
}

scene("with forced colours, buttons, fields, focus and cursors are there", async ({ gather, visitor }) => {
  const forced = { context: { forcedColors: "active" } };
  const [ada, bob] = await gather({ name: "Ada", ...forced }, "Bob");
  await pointAt(bob, 0.5, 0.5);
  const cursor = ada.cursors("Bob");
  await cursor.waitFor();
  const { backgroundColor: ground } = await styleOf(ada.page.locator("html"));
  const wrong = [];

  const { fill, stroke } = await styleOf(cursor.locator("path").first());
  if (![fill, stroke].some((colour) => stands(colour, ground))) {
    wrong.push(`a cursor is ${fill}, ${stroke}`);
  }
  for (const target of [ada.composer, ada.sendButton]) {
    wrong.push(...(await lacksAnEdge(target, ground)));
    await target.focus();
    // A focus that a program set is shown once a key was pressed.
    await ada.page.keyboard.press("Shift");
    const { outlineStyle, outlineWidth, outlineColor } = await styleOf(target);
    if (outlineStyle === "none" || Number.parseFloat(outlineWidth) < 2 || !stands(outlineColor, ground)) {
      wrong.push(`${target} with the focus: ${outlineWidth} ${outlineStyle} ${outlineColor}`);
    }
  }
  await ada.page.setViewportSize(SIZES.phone);
  for (const tab of await ada.page.getByRole("tab").all()) {
    const [before, after] = [await lookOf(tab), await tab.click().then(() => lookOf(tab))];
    const wasSelected = before.selected === "true";
    if (!wasSelected && JSON.stringify(before.style) === JSON.stringify(after.style)) {
      wrong.push(`${tab} looks the same when it is selected`);
    }
  }

  const guest = await visitor("A guest", forced.context);
  await guest.page.goto("/");
  for (const target of [guest.joinButton, guest.nameField]) {
    wrong.push(...(await lacksAnEdge(target, ground)));
  }
  // Drawn with a gradient, which forced colours take away.
  const { color } = await styleOf(guest.page.getByRole("heading", { level: 1 }));
  if (!stands(color, ground)) {
    wrong.push(`the lobby's heading is ${color}`);
  }
  assert.ok(wrong.length === 0, `on ${ground}:\n${wrong.join("\n")}`);
});

scene("with less motion, nothing slides and cursors are where they point", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: { reducedMotion: "reduce" } }, "Bob");
  await seesCursorAt(ada, "Bob", await pointAt(bob, 0.5, 0.5));
  const places = await ada.cursors("Bob").evaluateHandle((cursor) => {
    const seen = { places: new Set() };
    new MutationObserver(() => seen.places.add(cursor.style.transform)).observe(cursor, {
      attributeFilter: ["style"],
    });
    return seen;
  });
  const there = await pointAt(bob, 0.8, 0.3);
  await eventually(async () => assert.ok((await places.evaluate(({ places }) => places.size)) > 0));
  await seesCursorAt(ada, "Bob", there);
  assert.equal(await places.evaluate(({ places }) => places.size), 1, "it goes there in one step");
  const running = await ada.page.evaluate(() =>
    document.getAnimations().filter(({ effect }) => effect.getComputedTiming().activeDuration > 1).length,
  );
  assert.equal(running, 0, "nothing moves");
});

async function lacksAnEdge(target, ground) {
  const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = await styleOf(target);
  const hasBorder =
    Number.parseFloat(borderTopWidth) > 0 && borderTopStyle !== "none" && stands(borderTopColor, ground);
  return hasBorder || stands(backgroundColor, ground)
    ? []
    : [`${target} has no edge: border ${borderTopWidth} ${borderTopColor}, background ${backgroundColor}`];
}

async function lookOf(tab) {
  const { borderTopColor, borderTopWidth, borderBottomWidth, outlineStyle, backgroundColor, color, textDecorationLine } = await styleOf(tab);
  return {
    selected: await tab.getAttribute("aria-selected"),
    style: { borderTopColor, borderTopWidth, borderBottomWidth, outlineStyle, backgroundColor, color, textDecorationLine },
  };
}

async function styleOf(target) {
  return target.evaluate((element) => {
    const style = getComputedStyle(element);
    const camel = (name) => name.replace(/^-/, "").replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
    return Object.fromEntries([...style].map((name) => [camel(name), style.getPropertyValue(name)]));
  });
}

/** Whether it can be told from the ground. */
const stands = (colour, ground) => colour !== ground && !/^none$|^rgba\(.*, 0\)$/.test(colour);
