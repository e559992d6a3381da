// Owns how one looks at the board: pan, zoom and fit by wheel, hand, keys and buttons, the map, and that
// a place is the same for everybody however they look.

import assert from "node:assert/strict";

import { pulls, tool, together } from "../harness/drawing.mjs";
import { eventually } from "../harness/eventually.mjs";
import { operate, putNotes } from "../harness/notes.mjs";
import { pixelAt, placeOf, pointAt, seesCursorAt, unitsAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";

const WIDE = { viewport: { width: 1440, height: 900 } };
const SMALL = { viewport: { width: 800, height: 600 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const BOARD_UNITS = 16_384;
const FASTEST = 4;
/** A browser rounds a line's edge otherwise where it is cut off. */
const UNSEEN = 32;

const button = (visitor, name) => visitor.board.getByRole("button", { name });
const zoomIn = (visitor) => button(visitor, "Zoom in");
const zoomOut = (visitor) => button(visitor, "Zoom out");
const fit = (visitor) => button(visitor, "Show the whole board");
const actual = (visitor) => button(visitor, /zoom to 100 %/);
const map = (visitor) => visitor.board.locator("[data-map]");

/** How many pixels a board unit is. */
const scaleOf = async (visitor) => (await placeOf(visitor)).width / BOARD_UNITS;

/** Turns the wheel over that pixel; with `ctrl` it zooms. */
async function wheel(visitor, pixel, { right = 0, down = 0, ctrl = false }) {
  await visitor.page.mouse.move(pixel.x, pixel.y);
  if (ctrl) {
    await visitor.page.keyboard.down("Control");
  }
  await visitor.page.mouse.wheel(right, down);
  if (ctrl) {
    await visitor.page.keyboard.up("Control");
  }
}

/** Waits until the board lies still, and returns where. */
async function settled(visitor) {
  let before = null;
  return eventually(async () => {
    const now = JSON.stringify(await placeOf(visitor));
    const moves = now !== before;
    before = now;
    assert.ok(!moves, "the board moves");
    return JSON.parse(now);
  });
}

function near(actual, expected, within, what) {
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual} and not ${expected}`);
}

scene("the wheel pans, and with Ctrl zooms where the pointer is", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: WIDE });
  const pixel = await pixelAt(ada, 0.25, 0.4);
  const place = await unitsAt(ada, pixel);
  const scale = await scaleOf(ada);
  for (let turn = 0; turn < 6; turn += 1) {
    await wheel(ada, pixel, { down: -100, ctrl: true });
  }
  await eventually(async () => near((await scaleOf(ada)) / scale, Math.exp(1.5), 0.05, "it grew"));
  const still = await unitsAt(ada, pixel);
  near(still.x, place.x, 10, "the place under the pointer, across");
  near(still.y, place.y, 10, "the place under the pointer, down");

  const before = await settled(ada);
  await wheel(ada, pixel, { right: 60, down: -35 });
  await eventually(async () => {
    const { x, y, width } = await placeOf(ada);
    near(before.x - x, 60, 1, "it went left");
    near(y - before.y, 35, 1, "it went down");
    near(width, before.width, 0.5, "it did not grow");
  });
});

scene("the middle button and the space bar hold the board", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  await zoomIn(ada).click();
  await zoomIn(ada).click();
  const drag = async (held) => {
    const before = await settled(ada);
    const from = await pixelAt(ada, 0.5, 0.5);
    await ada.page.mouse.move(from.x, from.y);
    await ada.page.mouse.down({ button: held });
    await ada.page.mouse.move(from.x + 40, from.y - 30, { steps: 4 });
    await ada.page.mouse.up({ button: held });
    await eventually(async () => {
      const { x, y } = await placeOf(ada);
      near(x - before.x, 40, 1, "across");
      near(y - before.y, -30, 1, "down");
    });
  };
  await drag("middle");
  await ada.surface.focus();
  await ada.page.keyboard.down("Space");
  await drag("left");
  await ada.page.keyboard.up("Space");
  // Without either the hand points.
  const before = await settled(ada);
  const place = await pointAt(ada, 0.45, 0.5);
  await ada.page.mouse.down();
  await ada.page.mouse.up();
  await seesCursorAt(bob, "Ada", place);
  assert.deepEqual(await placeOf(ada), before);
});

scene("keys and buttons zoom, and fit shows all of the board with its edge", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: WIDE });
  const all = await settled(ada);
  const shown = await ada.surface.boundingBox();
  assert.ok(all.x > shown.x && all.y > shown.y && all.x + all.width < shown.x + shown.width, "its edges are seen");
  await actual(ada).click();
  await eventually(async () => assert.equal(await scaleOf(ada), 1));
  assert.equal(await actual(ada).innerText(), "100 %");
  await zoomOut(ada).click();
  await eventually(async () => near(await scaleOf(ada), 0.8, 0.001, "80 %"));
  await fit(ada).click();
  await eventually(async () => assert.deepEqual(await placeOf(ada), all));

  await ada.surface.focus();
  const expected = [["+", 1.25], ["+", 1.25 ** 2], ["-", 1.25], ["Home", 1]];
  for (const [key, factor] of expected) {
    await ada.page.keyboard.press(key);
    await eventually(async () => near((await scaleOf(ada)) / (all.width / BOARD_UNITS), factor, 0.01, key));
  }
  await ada.page.keyboard.press("0");
  await eventually(async () => assert.equal(await scaleOf(ada), 1));
  const before = await settled(ada);
  await ada.page.keyboard.press("Alt+ArrowRight");
  await eventually(async () => assert.ok((await placeOf(ada)).x < before.x - 50, "it looks further right"));
  await ada.page.keyboard.press("1");
  await eventually(async () => assert.deepEqual(await placeOf(ada), all));
});

scene("it zooms to 400 % and back to 2 %, and never loses the board", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: WIDE });
  const pixel = await pixelAt(ada, 0.5, 0.5);
  for (let turn = 0; turn < 30; turn += 1) {
    await wheel(ada, pixel, { down: -200, ctrl: true });
  }
  await eventually(async () => near(await scaleOf(ada), FASTEST, 0.001, "the most"));
  await wheel(ada, pixel, { right: 1_000_000, down: 1_000_000 });
  const shown = await ada.surface.boundingBox();
  await eventually(async () => {
    const { x, y, width } = await placeOf(ada);
    near(x + width, shown.x + shown.width / 2, 2, "its right edge");
    near(y + width, shown.y + shown.height / 2, 2, "its bottom edge");
  });
  for (let turn = 0; turn < 30; turn += 1) {
    await wheel(ada, pixel, { down: 200, ctrl: true });
  }
  await eventually(async () => near(await scaleOf(ada), 0.02, 0.0001, "the least"));
});

scene("two fingers move and enlarge, one points", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: PHONE }, "Bob");
  await ada.tab("Board").tap();
  const hand = await ada.context.newCDPSession(ada.page);
  const touch = (type, ...touchPoints) => hand.send("Input.dispatchTouchEvent", { type, touchPoints });
  const before = await settled(ada);
  const { x, y } = await pixelAt(ada, 0.5, 0.5);
  const fingers = (apart, aside) => [
    { x: x - apart + aside, y, id: 0 },
    { x: x + apart + aside, y, id: 1 },
  ];
  const middle = await unitsAt(ada, { x, y });
  await touch("touchStart", ...fingers(30, 0));
  for (const apart of [40, 50, 60]) {
    await touch("touchMove", ...fingers(apart, apart - 30));
  }
  await touch("touchEnd");
  await eventually(async () => near((await scaleOf(ada)) / (before.width / BOARD_UNITS), 2, 0.02, "it grew"));
  const after = await unitsAt(ada, { x: x + 30, y });
  near(after.x, middle.x, 40, "what was between the fingers still is");
  assert.equal(await bob.cursors("Ada").count(), 0, "two fingers do not point");
  const place = await unitsAt(ada, { x, y });
  await touch("touchStart", { x, y });
  await touch("touchEnd");
  await seesCursorAt(bob, "Ada", place);
});

scene("the map shows where one looks, and leads elsewhere", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: WIDE });
  assert.equal(await map(ada).isVisible(), false, "all of the board is seen");
  await actual(ada).click();
  await map(ada).waitFor();
  const place = await map(ada).boundingBox();
  const at = async (across, down) => {
    const shown = await ada.surface.boundingBox();
    const middle = { x: shown.x + shown.width / 2, y: shown.y + shown.height / 2 };
    await eventually(async () => {
      const { x, y } = await unitsAt(ada, middle);
      near(x / BOARD_UNITS, across, 0.02, "across");
      near(y / BOARD_UNITS, down, 0.02, "down");
    });
  };
  const pixel = (across, down) => [place.x + place.width * across, place.y + place.height * down];
  await ada.page.mouse.click(...pixel(0.25, 0.75));
  await at(0.25, 0.75);
  await ada.page.mouse.move(...pixel(0.3, 0.3));
  await ada.page.mouse.down();
  await ada.page.mouse.move(...pixel(0.8, 0.4), { steps: 5 });
  await ada.page.mouse.up();
  await at(0.8, 0.4);
  await fit(ada).click();
  await map(ada).waitFor({ state: "hidden" });
  await actual(ada).click();
  await map(ada).waitFor();
  await ada.page.setViewportSize(PHONE.viewport);
  await ada.tab("Board").click();
  await map(ada).waitFor({ state: "hidden" });
});

/** Whether something is painted there on that layer of the map, at these shares of the board. */
const isOnMap = (visitor, layer, across, down) =>
  map(visitor).locator(`canvas.map-${layer}`).evaluate((element, [across, down]) => {
    // Read from a copy, as Chromium warns of canvases that are shown and read.
    const copy = new OffscreenCanvas(3, 3).getContext("2d", { willReadFrequently: true });
    copy.drawImage(element, element.width * across - 1, element.height * down - 1, 3, 3, 0, 0, 3, 3);
    return copy.getImageData(0, 0, 3, 3).data.some((value, index) => index % 4 === 3 && value > 0);
  }, [across, down]);

scene("the map shows what lies on the board, and people as they move", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  await actual(ada).click();
  await map(ada).waitFor();
  await settled(ada);
  const shows = (layer, across, down, expected = true) =>
    eventually(async () => assert.equal(await isOnMap(ada, layer, across, down), expected, `${layer} at ${across}, ${down}`));
  // Ada looks at one place all the while.
  const [note] = await putNotes(bob, [{ text: "far away", x: 12_000, y: 2_000 }]);
  const middle = [12_120 / BOARD_UNITS, 2_120 / BOARD_UNITS];
  await shows("things", ...middle);
  await pointAt(bob, 0.2, 0.3);
  await shows("people", 0.2, 0.3);
  await pointAt(bob, 0.7, 0.8);
  await shows("people", 0.7, 0.8);
  await shows("people", 0.2, 0.3, false);
  await operate(bob, [{ delete: { object: note } }]);
  await shows("things", ...middle, false);
});

scene("a place is the same however two people look at it", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, { name: "Bob", context: SMALL });
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.6, 0.4));
  const pixel = await pixelAt(bob, 0.6, 0.4);
  for (let turn = 0; turn < 8; turn += 1) {
    await wheel(bob, pixel, { down: -100, ctrl: true });
  }
  await settled(bob);
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.61, 0.41));
  // And back: what Bob points at from near by is small for Ada.
  await bob.page.mouse.move(pixel.x + 20, pixel.y + 30);
  await seesCursorAt(ada, "Bob", await unitsAt(bob, { x: pixel.x + 20, y: pixel.y + 30 }));
});

scene("a pointer that rests points elsewhere when the board moves under it", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  const pixel = await pixelAt(ada, 0.5, 0.5);
  await wheel(ada, pixel, { down: -100, ctrl: true });
  await wheel(ada, pixel, { right: 80, down: 50 });
  await settled(ada);
  await seesCursorAt(bob, "Ada", await unitsAt(ada, pixel));
});

scene("a flight takes no time for those who want less motion", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: { ...WIDE, reducedMotion: "reduce" } });
  const seen = await ada.plane.evaluateHandle((plane) => {
    const widths = new Set();
    new MutationObserver(() => widths.add(plane.style.width)).observe(plane, { attributeFilter: ["style"] });
    return widths;
  });
  await actual(ada).click();
  await eventually(async () => assert.equal(await scaleOf(ada), 1));
  await settled(ada);
  assert.equal(await seen.evaluate(({ size }) => size), 1, "it was there in one step");
});

scene("a board that was moved is painted as one that is painted anew", async ({ gather }) => {
  const [ada] = await together(gather, { name: "Ada", context: { ...WIDE, colorScheme: "light" } });
  const texts = Array.from({ length: 30 }, (_, at) => ({
    text: `Note ${at}`,
    x: 7_000 + (at % 6) * 310,
    y: 7_000 + Math.floor(at / 6) * 290,
  }));
  await putNotes(ada, texts);
  await tool(ada, "Pen").click();
  await pulls(ada, [[0.4, 0.4], [0.6, 0.6], [0.6, 0.42]]);
  await tool(ada, "Select").click();
  await button(ada, /zoom to 100 %/).click();
  await settled(ada);
  const middle = await ada.surface.evaluate((surface) => {
    const { x, y, width, height } = surface.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });
  for (const [right, down] of [[120, 0], [-40, 75], [0, -200], [-333, -57], [61, 140]]) {
    await wheel(ada, middle, { right, down });
    await settled(ada);
  }
  // It is read back for this test alone.
  ada.watch.allow(/willReadFrequently/);
  const moved = await pixels(ada);
  const off = () => farthest(ada, moved);
  await ada.page.emulateMedia({ colorScheme: "dark" });
  await eventually(async () => assert.ok((await off()) > 100, "it is dark"));
  await ada.page.emulateMedia({ colorScheme: "light" });
  await eventually(async () => assert.ok((await off()) <= UNSEEN, `${await off()} off what is painted anew`));
});

/** What is painted of the objects now. */
const pixels = (visitor) =>
  visitor.board.locator("canvas.objects").first().evaluateHandle((canvas) =>
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);

/** How far a pixel is from what it was, of 255 at most. */
const farthest = (visitor, before) =>
  visitor.board.locator("canvas.objects").first().evaluate((canvas, before) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((most, value, at) => Math.max(most, Math.abs(value - before[at])), 0);
  }, before);

scene("without its module the board says so and the chat works, until it comes", async ({ gather, visitor, ...stage }) => {
  const [ada] = await gather("Ada");
  const bob = await visitor("Bob");
  await bob.context.route(/starling-board\.[0-9a-f]+\.js$/, (route) => route.abort());
  bob.watch.allow(/Failed to load resource|ERR_FAILED/);
  await bob.page.goto(new URL(ada.page.url()).pathname);
  await bob.enter();
  await bob.isOnline();
  const told = bob.board.getByRole("alert").filter({ hasText: "could not be loaded" });
  await told.waitFor();
  await bob.say("I see no board");
  await ada.hears("I see no board");
  await bob.context.unroute(/starling-board\.[0-9a-f]+\.js$/);
  await button(bob, "Try again").click();
  await told.waitFor({ state: "detached" });
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.3, 0.3));
  assert.ok(stage.server.url);
});
