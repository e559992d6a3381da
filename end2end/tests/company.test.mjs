// Owns being together on a board that is larger than its window: arrows to people elsewhere, following
// somebody, and bringing everyone to oneself.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { placeOf, pixelAt, pointAt, seesCursorAt, unitsAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";

const WIDE = { viewport: { width: 1440, height: 900 } };
const BOARD_UNITS = 16_384;

const button = (visitor, name) => visitor.board.getByRole("button", { name });
const arrow = (visitor, name) => button(visitor, `Go to ${name}`);
const face = (visitor, name) => visitor.person(name).getByRole("button", { name: `Follow ${name}` });
const banner = (visitor) => visitor.board.locator(".board-banner");

/** Zooms in so far that a board unit is a pixel, around that place. */
async function closeTo(visitor, across, down) {
  const pixel = await pixelAt(visitor, across, down);
  await visitor.page.mouse.move(pixel.x, pixel.y);
  await visitor.page.keyboard.down("Control");
  for (let turn = 0; turn < 10; turn += 1) {
    await visitor.page.mouse.wheel(0, -100);
  }
  await visitor.page.keyboard.up("Control");
  await eventually(async () => assert.ok((await placeOf(visitor)).width > 5_000));
}

/** The part of the board that somebody sees, in shares of it. */
async function seenBy(visitor) {
  const { x, y, width, height } = await visitor.surface.boundingBox();
  const from = await unitsAt(visitor, { x, y });
  const to = await unitsAt(visitor, { x: x + width, y: y + height });
  return { left: from.x / BOARD_UNITS, top: from.y / BOARD_UNITS, right: to.x / BOARD_UNITS, bottom: to.y / BOARD_UNITS };
}

/** Waits until `visitor` sees all that `other` sees, in the middle of the window. */
async function seesWhat(visitor, other) {
  await eventually(async () => {
    const [own, wanted] = [await seenBy(visitor), await seenBy(other)];
    const off = [own.left + own.right - wanted.left - wanted.right, own.top + own.bottom - wanted.top - wanted.bottom];
    assert.ok(off.every((far) => Math.abs(far) < 0.02), `the middle is ${off} beside theirs`);
    assert.ok(own.left <= wanted.left + 0.01 && own.right >= wanted.right - 0.01, "all of it, across");
    assert.ok(own.top <= wanted.top + 0.01 && own.bottom >= wanted.bottom - 0.01, "all of it, down");
  });
}

scene("an arrow leads to who points outside the window", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  await seesCursorAt(ada, "Bob", await pointAt(bob, 0.8, 0.7));
  assert.equal(await arrow(ada, "Bob").count(), 0, "Bob is in the window");
  await closeTo(ada, 0.2, 0.2);
  await arrow(ada, "Bob").waitFor();
  const [shown, at] = [await ada.surface.boundingBox(), await arrow(ada, "Bob").boundingBox()];
  assert.ok(at.x > shown.x + shown.width / 2 && at.y > shown.y + shown.height / 2, "it is where Bob is");
  const colour = (locator) => locator.evaluate((it) => getComputedStyle(it).getPropertyValue("--hue"));
  assert.equal(await colour(arrow(ada, "Bob")), await colour(ada.cursors("Bob")), "it has their colour");
  await arrow(ada, "Bob").press("Enter");
  await arrow(ada, "Bob").waitFor({ state: "detached" });
  await eventually(async () => {
    const cursor = await ada.cursors("Bob").boundingBox();
    const off = [cursor.x - shown.x - shown.width / 2, cursor.y - shown.y - shown.height / 2];
    assert.ok(off.every((far) => Math.abs(far) < 5), `Bob is ${off} beside the middle`);
  });
  await seesCursorAt(ada, "Bob", await pointAt(bob, 0.8, 0.68));
});

scene("who follows sees what the other sees, until they move themselves", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  await face(ada, "Bob").click();
  await banner(ada).getByText("Following Bob").waitFor();
  assert.equal(await face(ada, "Bob").getAttribute("aria-pressed"), "true");
  await closeTo(bob, 0.8, 0.3);
  await seesWhat(ada, bob);
  await closeTo(bob, 0.4, 0.6);
  await seesWhat(ada, bob);
  await button(ada, "Zoom out").click();
  await banner(ada).waitFor({ state: "hidden" });
  assert.equal(await face(ada, "Bob").getAttribute("aria-pressed"), "false");

  await face(ada, "Bob").click();
  await seesWhat(ada, bob);
  await button(ada, "Stop following Bob").click();
  await banner(ada).waitFor({ state: "hidden" });
  await face(ada, "Bob").click();
  await banner(ada).waitFor();
  await ada.surface.press("Escape");
  await banner(ada).waitFor({ state: "hidden" });
});

scene("following ends when the other one leaves", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await face(ada, "Bob").click();
  await banner(ada).waitFor();
  await bob.page.close();
  await banner(ada).waitFor({ state: "hidden", timeout: 30_000 });
});

scene("who keeps the room brings everyone to where they look", async ({ gather }) => {
  const [ada, bob, cleo] = await gather({ name: "Ada", context: WIDE }, "Bob", "Cleo");
  await closeTo(ada, 0.7, 0.8);
  await closeTo(cleo, 0.1, 0.1);
  assert.equal(await button(bob, "Bring everyone to me").isVisible(), false, "Bob is nobody to do so");
  await button(ada, "Bring everyone to me").click();
  for (const other of [bob, cleo]) {
    await seesWhat(other, ada);
    await banner(other).getByText("Ada brought everyone here").waitFor();
  }
  await banner(bob).waitFor({ state: "hidden", timeout: 10_000 });
});
