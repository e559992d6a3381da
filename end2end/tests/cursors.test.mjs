// Owns live cursors: they land where somebody points, only others' are drawn, and they go in time.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { replay } from "../harness/gesture.mjs";
import { movingCrowd } from "../harness/moving-crowd.mjs";
import { BOARD_UNITS, pixelAt, placeOf, pointAt, seesCursorAt, unitsAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";
import { hide, show } from "../harness/visibility.mjs";

const WIDE = { viewport: { width: 1440, height: 900 } };
const SMALL = { viewport: { width: 800, height: 600 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** How far a cursor may be beside the path that was moved, and how much of that it may leave out. */
const FARTHEST_PX = 8;
/** When the machine had no time while a hand moves for so long, what was moved and seen about then says nothing. */
const HELD_UP_MS = 40;
/** So long before and after it: a cursor is shown a little later than it was moved. */
const ABOUT_THEN_MS = 400;
/** How much of the path must be left. Else the hand moves again, and so many times slower. */
const ENOUGH = 0.25;
const PACES = [1, 4];
/** With Ada and Bob they are fifty. */
const OTHERS = 48;
const MOVES_A_SECOND = 20;
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

scene("among fifty people who all point, a hand's path is shown as it was, and lands exactly", async ({ gather, ...stage }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, { name: "Bob", context: WIDE });
  const crowd = await movingCrowd(stage.server, stage.room, OTHERS, MOVES_A_SECOND);
  try {
    await seesCursorAt(bob, "Ada", await pointAt(ada, 0.5, 0.375));
    await eventually(async () => assert.equal(await bob.cursors().count(), OTHERS + 1, "everyone points"));
    for (const slower of PACES) {
      const { beside, missed, judged } = await movesLikeAHand(ada, bob, slower);
      if (beside <= FARTHEST_PX && missed <= FARTHEST_PX && judged >= ENOUGH) {
        break;
      }
      const what = `it was ${beside} px beside the path, and left out ${missed} px; ${judged} of it is judged`;
      assert.ok(judged < 1 && slower !== PACES.at(-1), what);
    }
    assert.equal(await bob.cursors().count(), OTHERS + 1, "everyone still points");
  } finally {
    await crowd.end();
  }
});

/**
 * Has Ada's hand move and waits until Bob sees it exactly where it ended. How far beside its path he saw it on the
 * way, how far of it was from where he saw it, and for what share of it the machine had time, for the hand and for
 * the frames of both pages: the rest is not looked at.
 */
async function movesLikeAHand(ada, bob, slower) {
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.5, 0.375));
  const [own, shown] = [await framesOf(ada), await framesOf(bob, "Ada")];
  const path = await replay(ada, slower);
  const plane = await placeOf(bob);
  const moved = path.map(({ x, y, at }) => ({
    x: plane.x + (x / BOARD_UNITS) * plane.width,
    y: plane.y + (y / BOARD_UNITS) * plane.height,
    at,
  }));
  const end = moved.at(-1);
  await eventually(async () => {
    const { x, y } = await shown.evaluate((frames) => frames.at(-1));
    assert.ok(Math.hypot(x - end.x, y - end.y) < 0.5, `it is at ${x}, ${y} and not exactly at ${end.x}, ${end.y}`);
  });
  const seen = await shown.evaluate((frames) => frames);
  const delays = [
    ...path.map(({ at, late }) => ({ from: at - late, to: at })),
    ...[seen, await own.evaluate((frames) => frames)].flatMap(pausesBetween),
  ].filter(({ from, to }) => to - from > HELD_UP_MS * slower);
  const says = ({ at }) => !delays.some(({ from, to }) => at > from - ABOUT_THEN_MS && at < to + ABOUT_THEN_MS);
  const farthest = (places, line) => Math.max(0, ...places.filter(says).map((place) => distance(place, line)));
  return {
    beside: farthest(seen, moved),
    missed: farthest(moved, seen),
    judged: moved.filter(says).length / moved.length,
  };
}

/** When this page has frames from now on, in milliseconds since 1970, and where it shows somebody's cursor then. */
async function framesOf(visitor, name) {
  const cursor = name === undefined ? null : await visitor.cursors(name).elementHandle();
  return visitor.page.evaluateHandle((cursor) => {
    const frames = [];
    const note = (at) => {
      const { x, y } = cursor?.getBoundingClientRect() ?? {};
      frames.push({ at: performance.timeOrigin + at, x, y });
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    return frames;
  }, cursor);
}

function pausesBetween(frames) {
  return frames.slice(1).map(({ at }, index) => ({ from: frames[index].at, to: at }));
}

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
