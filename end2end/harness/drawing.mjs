// Owns the hands of people who work on a board, and their eyes: what they do with tools, and what they see
// painted.

import assert from "node:assert/strict";

import { eventually } from "./eventually.mjs";
import { pixelAt } from "./plane.mjs";

const STEPS = 6;

/** The canvas that the board's objects are painted on. */
const canvas = (visitor) => visitor.surface.locator("canvas.objects").first();

/** A tool's button. */
export const tool = (visitor, name) =>
  visitor.board.getByRole("toolbar", { name: "Tools" }).getByRole("button", { name, exact: true });

/** A button above what is selected. */
export const deed = (visitor, name) =>
  visitor.board.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name, exact: true });

/** The bar that says what was refused, with its buttons. */
export const refusal = (visitor) => visitor.board.getByRole("toolbar", { name: "What was not stored" });

export const field = (visitor) => visitor.board.locator("textarea.board-field");

/** Waits until the tools can be used. */
export async function mayDraw(visitor) {
  await visitor.surface.waitFor({ state: "attached" });
  await eventually(async () => assert.ok(await tool(visitor, "Pen").isEnabled(), "the pen can be used"));
}

/** People in one room, whose tools can all be used. */
export async function together(gather, ...people) {
  const visitors = await gather(...people);
  await Promise.all(visitors.map(mayDraw));
  return visitors;
}

/** Pulls the mouse through these shares of the plane; with `release` false it is held at the end. */
export async function pulls(visitor, shares, { release = true } = {}) {
  const { mouse } = visitor.page;
  const pixels = [];
  for (const [across, down] of shares) {
    pixels.push(await pixelAt(visitor, across, down));
  }
  await mouse.move(pixels[0].x, pixels[0].y);
  await mouse.down();
  for (const { x, y } of pixels.slice(1)) {
    await mouse.move(x, y, { steps: STEPS });
  }
  if (release) {
    await mouse.up();
  }
}

export async function clicks(visitor, across, down, options) {
  const { x, y } = await pixelAt(visitor, across, down);
  await visitor.page.mouse.click(x, y, options);
}

/**
 * What a pen or a finger does, as a browser tells it: `type` is "pointerdown" or another such event, `pointer`
 * says which one it is (`pointerId`, `pointerType`) and how it is held.
 */
export async function touches(visitor, pointer, type, across, down) {
  const { x, y } = await pixelAt(visitor, across, down);
  const ends = type === "pointerup" || type === "pointercancel";
  const init = {
    bubbles: true,
    cancelable: true,
    isPrimary: true,
    pressure: ends ? 0 : 0.5,
    button: type === "pointermove" ? -1 : 0,
    buttons: ends ? 0 : 1,
    clientX: x,
    clientY: y,
    ...pointer,
  };
  await visitor.surface.evaluate(
    (surface, [type, init]) => surface.dispatchEvent(new PointerEvent(type, init)),
    [type, init],
  );
}

/** Puts a note there that says this. */
export async function notes(visitor, across, down, text) {
  await tool(visitor, "Note").click();
  await clicks(visitor, across, down);
  await field(visitor).fill(text);
  await field(visitor).press("Control+Enter");
  await field(visitor).waitFor({ state: "detached" });
}

/** Whether something is painted at that share of the plane. */
export async function isPainted(visitor, across, down) {
  const { x, y } = await pixelAt(visitor, across, down);
  return canvas(visitor).evaluate(
    (element, [x, y]) => {
      const box = element.getBoundingClientRect();
      const ratio = element.width / box.width;
      const at = [(x - box.left) * ratio - 3, (y - box.top) * ratio - 3];
      // Read from a copy, as Chromium warns of canvases that are shown and read.
      const copy = new OffscreenCanvas(7, 7).getContext("2d", { willReadFrequently: true });
      copy.drawImage(element, ...at, 7, 7, 0, 0, 7, 7);
      const { data } = copy.getImageData(0, 0, 7, 7);
      return data.some((value, index) => index % 4 === 3 && value > 0);
    },
    [x, y],
  );
}

/** Waits until something is painted there, or nothing any more. */
export async function sees(visitor, across, down, expected = true) {
  await eventually(
    async () => assert.equal(await isPainted(visitor, across, down), expected, `${visitor.name} at ${across}, ${down}`),
    { within: 10_000 },
  );
}

/** Everything that is painted, as one text. */
export const picture = (visitor) => canvas(visitor).evaluate((element) => element.toDataURL());

/** Waits until all of them, whose windows are of one size, see the same board. */
export async function agree(...visitors) {
  await eventually(
    async () => {
      const pictures = await Promise.all(visitors.map(picture));
      assert.ok(pictures.every((it) => it === pictures[0]), "they see different boards");
    },
    { within: 10_000 },
  );
}
