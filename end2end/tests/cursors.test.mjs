// Owns live cursors: they land where somebody points, only others' are drawn, and they go in time.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { hide, show } from "../harness/visibility.mjs";
import { pixelAt, placeOf, pointAt, seesCursorAt, unitsAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";

const WIDE = { viewport: { width: 1440, height: 900 } };
const SMALL = { viewport: { width: 800, height: 600 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const BOARD_UNITS = 16_384;
const FARTHEST_PX = 8;
/** A hand's eights and turns, in shares of the board, a place a frame. */
const LOOPS = Array.from({ length: 150 }, (_, step) => {
  const turn = (step / 150) * 2 * Math.PI;
  return [0.5 + 0.33 * Math.sin(2 * turn), 0.5 - 0.2 * Math.cos(3 * turn)];
});
const PLACES = [[0.5, 0.5], [0.2, 0.22], [0.8, 0.25], [0.25, 0.7], [0.71, 0.33]];

scene("a cursor lands where it points, in windows of two sizes, both ways", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, { name: "Bob", context: SMALL });
  for (const [x, y] of PLACES) {
    await seesCursorAt(bob, "Ada", await pointAt(ada, x, y));
    await seesCursorAt(ada, "Bob", await pointAt(bob, y, x));
  }
  assert.equal(await ada.cursors().count(), 1, "Ada sees only Bob's");
  assert.equal(await ada.cursors("Ada").count(), 0, "nobody's own is drawn");
});

scene("a cursor is right again after the window is resized", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, { name: "Bob", context: WIDE });
  const place = await pointAt(ada, 0.8, 0.6);
  await seesCursorAt(bob, "Ada", place);
  await bob.page.setViewportSize({ width: 900, height: 700 });
  await seesCursorAt(bob, "Ada", place);
});

scene("a finger moves the cursor as a mouse does", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: PHONE }, "Bob");
  await ada.tab("Board").tap();
  const finger = await ada.context.newCDPSession(ada.page);
  const touch = async (type, x, y) => {
    const pixel = await pixelAt(ada, x, y);
    const touchPoints = type === "touchEnd" ? [] : [pixel];
    await finger.send("Input.dispatchTouchEvent", { type, touchPoints });
    return unitsAt(ada, pixel);
  };
  await seesCursorAt(bob, "Ada", await touch("touchStart", 0.3, 0.3));
  await touch("touchMove", 0.4, 0.5);
  await seesCursorAt(bob, "Ada", await touch("touchMove", 0.6, 0.7));
  await touch("touchEnd");
  await seesCursorAt(ada, "Bob", await pointAt(bob, 0.2, 0.8));
});

scene("a pen moves the cursor as a mouse does", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const devtools = await ada.context.newCDPSession(ada.page);
  const pixel = await pixelAt(ada, 0.4, 0.2);
  await devtools.send("Input.dispatchMouseEvent", {
    type: "mouseMoved",
    pointerType: "pen",
    ...pixel,
  });
  await seesCursorAt(bob, "Ada", await unitsAt(ada, pixel));
});

scene("a cursor moves by its transform alone", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.1, 0.1));
  const layout = () =>
    bob.cursors("Ada").evaluate((cursor) => {
      const { left, top, margin, position } = getComputedStyle(cursor);
      return { left, top, margin, position, offset: [cursor.offsetLeft, cursor.offsetTop] };
    });
  const before = await layout();
  const transforms = await bob.cursors("Ada").evaluateHandle((cursor) => {
    const seen = new Set();
    const record = () => seen.add(getComputedStyle(cursor).transform);
    record();
    new MutationObserver(record).observe(cursor, { attributes: true });
    return seen;
  });
  const from = await pixelAt(ada, 0.1, 0.1);
  const to = await pixelAt(ada, 0.9, 0.7);
  await ada.page.mouse.move(from.x, from.y);
  await ada.page.mouse.move(to.x, to.y, { steps: 30 });
  await seesCursorAt(bob, "Ada", await unitsAt(ada, to));
  assert.deepEqual(await layout(), before, "nothing but the transform changed");
  const steps = await transforms.evaluate((seen) => seen.size);
  assert.ok(steps > 5, `it glides: ${steps} places on the way`);
});

scene("a cursor that rests pales, and comes back when it moves", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const label = bob.cursors("Ada").getByText("Ada");
  const ground = () => label.evaluate((label) => getComputedStyle(label).backgroundColor);
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.5, 0.5));
  const vivid = await ground();
  await eventually(async () => assert.notEqual(await ground(), vivid), { within: 6_000 });
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.6, 0.5));
  await eventually(async () => assert.equal(await ground(), vivid), { within: 2_000 });
});

scene("a cursor goes when it leaves the board", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.5, 0.5));
  await ada.composer.hover();
  await eventually(async () => assert.equal(await visibleCursors(bob, "Ada"), 0));
});

scene("nobody's cursor outlives their connection", async ({ gather }) => {
  const [ada, bob, cleo] = await gather("Ada", "Bob", "Cleo");
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.3, 0.3));
  await seesCursorAt(bob, "Cleo", await pointAt(cleo, 0.6, 0.6));
  await ada.page.close();
  await eventually(async () => assert.equal(await bob.cursors("Ada").count(), 0), {
    within: 3_000,
  });
  await seesCursorAt(bob, "Cleo", await pointAt(cleo, 0.5, 0.2));
});

scene("two tabs of one person are two cursors", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const second = await ada.anotherTab(new URL(ada.page.url()).pathname);
  await second.isOnline();
  await pointAt(ada, 0.2, 0.2);
  await pointAt(second, 0.8, 0.8);
  await eventually(async () => assert.equal(await bob.cursors("Ada").count(), 2));
  await second.page.close();
  await eventually(async () => assert.equal(await bob.cursors("Ada").count(), 1), {
    within: 3_000,
  });
});

scene("a hidden tab is sent no cursors, and is right when it shows", async ({ gather }) => {
  const [ada, bob, cleo] = await gather("Ada", "Bob", "Cleo");
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.2, 0.2));
  await hide(bob);
  await eventually(async () => assert.match(await cleo.person("Bob").innerText(), /away/i));

  const before = bob.binaryFrames;
  let place;
  for (const [x, y] of PLACES) {
    place = await pointAt(ada, x, y);
    // Cleo has seen it, so it was in a tick's frame.
    await seesCursorAt(cleo, "Ada", place);
  }
  assert.equal(bob.binaryFrames, before, "no cursor frame came to the hidden tab");

  await show(bob);
  await seesCursorAt(bob, "Ada", place);
});

async function visibleCursors(visitor, name) {
  return visitor
    .cursors(name)
    .evaluateAll((all) => all.filter((cursor) => cursor.checkVisibility({ opacityProperty: true })).length);
}

scene("a gesture is replayed along its path, and lands exactly", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, { name: "Bob", context: WIDE });
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.5, 0.3));
  const track = await bob.cursors("Ada").evaluateHandle((cursor) => {
    const track = [];
    const note = () => {
      const { x, y } = cursor.getBoundingClientRect();
      track.push({ x, y });
      requestAnimationFrame(note);
    };
    note();
    return track;
  });
  const path = [];
  for (const [x, y] of LOOPS) {
    const pixel = await pixelAt(ada, x, y);
    await ada.page.mouse.move(pixel.x, pixel.y);
    path.push(await unitsAt(ada, pixel));
    // A hand moves as fast as frames come.
    await ada.page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await seesCursorAt(bob, "Ada", path.at(-1));
  const plane = await placeOf(bob);
  const pixels = path.map(({ x, y }) => ({
    x: plane.x + (x / BOARD_UNITS) * plane.width,
    y: plane.y + (y / BOARD_UNITS) * plane.height,
  }));
  const seen = await track.evaluate((track) => track);
  const worst = Math.max(...seen.map((place) => distance(place, pixels)));
  assert.ok(worst <= FARTHEST_PX, `it was ${worst} px beside the path, of ${seen.length} places`);
  const ways = new Set(seen.map(({ x, y }) => `${x} ${y}`)).size;
  assert.ok(ways > LOOPS.length / 4, `it was drawn at ${ways} places`);
  const end = seen.at(-1);
  assert.ok(Math.hypot(end.x - pixels.at(-1).x, end.y - pixels.at(-1).y) < 0.5, "it lands exactly");
});

/** How far a place is from a line through these points. */
function distance(place, points) {
  const toSegment = (from, to) => {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = dx * dx + dy * dy;
    const share = length === 0 ? 0 : ((place.x - from.x) * dx + (place.y - from.y) * dy) / length;
    const along = Math.min(1, Math.max(0, share));
    return Math.hypot(place.x - from.x - along * dx, place.y - from.y - along * dy);
  };
  return Math.min(...points.slice(1).map((to, index) => toSegment(points[index], to)));
}
