// Owns notes on a board that nobody had to draw: put there by hand, over a connection of their author's own.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { slugOf, Wire } from "./wire.mjs";

const QUARTERS = 4;
const NEUTRAL = 12;

/** Does changes to the board in this person's name, and waits until they are stored. */
export async function operate(visitor, changes) {
  const room = slugOf(new URL(visitor.page.url()).pathname);
  const wire = await Wire.open(visitor);
  assert.equal((await wire.request({ type: "join", room })).type, "joined");
  const answer = await wire.request({ type: "operate", room, operation: { id: randomUUID(), changes } });
  assert.equal(answer.type, "ack", JSON.stringify(answer));
  await wire.close();
}

/** Puts a note of 240 board units at each place `{ text, x, y }`; returns their ids. */
export async function putNotes(visitor, notes) {
  const objects = notes.map(({ text, x, y }) => ({
    id: randomUUID(),
    at: { x: x * QUARTERS, y: y * QUARTERS },
    size: { width: 240 * QUARTERS, height: 240 * QUARTERS },
    layer: 0,
    tint: NEUTRAL,
    // The server writes who it was.
    by: randomUUID(),
    content: { note: { text } },
  }));
  await operate(visitor, objects.map((object) => ({ put: { object } })));
  return objects.map(({ id }) => id);
}

/** How a message names an object. */
export const objectPlace = (id) => `#object=${id.slice(-12)}`;
