// Owns the geometry of the board: from window pixels to board units and to another window's pixels.

import assert from "node:assert/strict";

import { eventually } from "./eventually.mjs";

export const BOARD_UNITS = 16_384;
const NEAR_PX = 2;

/** The window pixel at these fractions of the plane. */
export async function pixelAt(visitor, fractionX, fractionY) {
  const plane = await placeOf(visitor);
  return {
    x: Math.round(plane.x + plane.width * fractionX),
    y: Math.round(plane.y + plane.height * fractionY),
  };
}

/** Points with the mouse; returns the place in board units. */
export async function pointAt(visitor, fractionX, fractionY) {
  const pixel = await pixelAt(visitor, fractionX, fractionY);
  await visitor.page.mouse.move(pixel.x, pixel.y);
  return unitsAt(visitor, pixel);
}

export async function unitsAt(visitor, pixel) {
  const plane = await placeOf(visitor);
  return {
    x: ((pixel.x - plane.x) / plane.width) * BOARD_UNITS,
    y: ((pixel.y - plane.y) / plane.height) * BOARD_UNITS,
  };
}

/** Waits until that place is in the middle of what they see. */
export async function looksAt(visitor, units) {
  await eventually(async () => {
    const shown = await visitor.surface.boundingBox();
    const middle = await unitsAt(visitor, { x: shown.x + shown.width / 2, y: shown.y + shown.height / 2 });
    const off = Math.hypot(middle.x - units.x, middle.y - units.y);
    assert.ok(off < 20, `they look at ${middle.x}, ${middle.y} and not at ${units.x}, ${units.y}`);
  });
}

/** Waits until `visitor` sees that person's one cursor at this place, within 2 px. */
export async function seesCursorAt(visitor, name, units) {
  await eventually(async () => {
    const cursor = visitor.cursors(name);
    assert.equal(await cursor.count(), 1, `${visitor.name} sees one cursor of ${name}`);
    const plane = await placeOf(visitor);
    const expected = {
      x: plane.x + (units.x / BOARD_UNITS) * plane.width,
      y: plane.y + (units.y / BOARD_UNITS) * plane.height,
    };
    const seen = await tipOf(cursor);
    const off = Math.hypot(seen.x - expected.x, seen.y - expected.y);
    assert.ok(
      off <= NEAR_PX,
      `${visitor.name} sees ${name} at ${seen.x}, ${seen.y}: ${off} px off ${expected.x}, ${expected.y}`,
    );
  });
}

/** Where the board lies, in pixels of the page. */
export async function placeOf(visitor) {
  const plane = await visitor.plane.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x, y, width, height };
  });
  assert.ok(Math.abs(plane.width - plane.height) < 1, "the plane is a square");
  assert.ok(plane.width > 50, `the plane is ${plane.width} px wide`);
  return plane;
}

// A cursor's element has its origin at the tip.
async function tipOf(cursor) {
  return cursor.evaluate((element) => {
    const { x, y } = element.getBoundingClientRect();
    return { x, y };
  });
}
