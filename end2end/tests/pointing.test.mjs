// Owns pointing something out on the board: words at a pointer, beacons, thrown signs, light, messages
// that lead to a place, and the list of what lies on the board.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { objectPlace, operate, putNotes } from "../harness/notes.mjs";
import { looksAt, pixelAt, placeOf, pointAt, seesCursorAt, unitsAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";

const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const BOARD_UNITS = 16_384;

const button = (visitor, name) => visitor.board.getByRole("button", { name });
const bubble = (visitor) => visitor.page.getByRole("textbox", { name: "Say something at your pointer" });
const said = (visitor, name) => visitor.cursors(name).locator(".cursor-said");
const beacons = (visitor) => visitor.board.locator(".beacon");
const thrown = (visitor) => visitor.board.locator(".thrown");
const signs = (visitor) => visitor.board.getByRole("group", { name: "Signs to throw" });
const target = (visitor) => visitor.board.locator(".target");
const contents = (visitor) => visitor.page.getByRole("region", { name: "Contents" });
const rows = (visitor) => contents(visitor).getByRole("listitem");

/** Whether the element's middle is at that place of the board, within a few pixels. */
async function liesAt(visitor, locator, units) {
  await eventually(async () => {
    const plane = await placeOf(visitor);
    const { x, y, width, height } = await locator.evaluate((element) => element.getBoundingClientRect().toJSON());
    const off = Math.hypot(
      x + width / 2 - (plane.x + (units.x / BOARD_UNITS) * plane.width),
      y + height / 2 - (plane.y + (units.y / BOARD_UNITS) * plane.height),
    );
    assert.ok(off <= 3, `${off} px off`);
  });
}

/** How many pixels of light there are, which lies on a canvas of its own. */
const light = (visitor) =>
  visitor.board.locator("canvas.light").evaluate((canvas) => {
    // Read from a copy, as Chromium warns of canvases that are shown and read.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, index) => index % 4 === 3 && value > 0).length;
  });

/** Loads the page anew with a clock that can be put forward. */
async function withClock(visitor) {
  await visitor.page.clock.install();
  await visitor.page.reload();
  await visitor.isOnline();
  await visitor.surface.waitFor();
}

/** The board has the keys, and nothing else is hit by the click. */
async function focusBoard(visitor) {
  await visitor.surface.waitFor();
  await visitor.surface.focus();
}

scene("words at a pointer are seen as they are typed, and go ten seconds after the last key", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  await withClock(ada);
  await withClock(bob);
  await focusBoard(ada);
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.4, 0.4));
  await ada.page.keyboard.press("/");
  assert.ok(await bubble(ada).evaluate((field) => field === document.activeElement), "one can write at once");
  await ada.page.keyboard.type("look");
  await eventually(async () => assert.equal(await said(bob, "Ada").innerText(), "look"));
  await ada.page.keyboard.type(" here");
  await eventually(async () => assert.equal(await said(bob, "Ada").innerText(), "look here"));
  // The count comes near the end, and no more than 42 characters count.
  assert.equal(await ada.board.getByText("of 42").count(), 0);
  await bubble(ada).fill("é".repeat(50));
  await ada.board.getByText("42 of 42").waitFor();
  await eventually(async () => assert.equal(await said(bob, "Ada").innerText(), "é".repeat(42)));
  // Enter leaves the words and starts anew.
  await bubble(ada).fill("first");
  await bubble(ada).press("Enter");
  assert.equal(await bubble(ada).inputValue(), "");
  await eventually(async () => assert.equal(await said(bob, "Ada").innerText(), "first"));
  await ada.page.keyboard.type("s");
  await eventually(async () => assert.equal(await said(bob, "Ada").innerText(), "s"));

  await ada.page.clock.fastForward(9_000);
  assert.ok(await bubble(ada).isVisible(), "nine seconds are not ten");
  await ada.page.clock.fastForward(1_500);
  await bubble(ada).waitFor({ state: "hidden" });
  await said(bob, "Ada").waitFor({ state: "hidden" });
  assert.ok(await ada.surface.evaluate((surface) => surface === document.activeElement), "the board has the keys");

  // Nobody hears of it if the last words get lost: then the others' own clock ends them.
  await ada.page.keyboard.press("/");
  await ada.page.keyboard.type("bye");
  await eventually(async () => assert.equal(await said(bob, "Ada").innerText(), "bye"));
  await bob.page.clock.fastForward(10_500);
  await said(bob, "Ada").waitFor({ state: "hidden" });
  await ada.page.keyboard.press("Escape");
  await bubble(ada).waitFor({ state: "hidden" });
});

scene("Escape takes words back at once, and who has no mouse speaks where the keys point", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  await focusBoard(ada);
  await ada.page.keyboard.press("/");
  await ada.page.keyboard.type("from the keys");
  await eventually(async () => assert.equal(await said(bob, "Ada").innerText(), "from the keys"));
  await seesCursorAt(bob, "Ada", { x: BOARD_UNITS / 2, y: BOARD_UNITS / 2 });
  await ada.page.keyboard.press("Escape");
  await said(bob, "Ada").waitFor({ state: "hidden" });
  await ada.page.keyboard.press("ArrowRight");
  await eventually(async () => assert.equal(await bob.cursors("Ada").count(), 1));
});

scene("words at the window's edge stay inside", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, { name: "Bob", context: WIDE });
  await focusBoard(ada);
  for (const [across, down] of [[0.99, 0.99], [0.01, 0.99], [0.99, 0.01]]) {
    await pointAt(ada, across, down);
    await ada.page.keyboard.press("/");
    await bubble(ada).fill("WWWW WWWW WWWW WWWW WWWW WWWW WWWW WWWW WW");
    await eventually(async () => {
      const shown = await bob.surface.boundingBox();
      const words = await said(bob, "Ada").boundingBox();
      assert.ok(words.x >= shown.x && words.x + words.width <= shown.x + shown.width, "across");
      assert.ok(words.y >= shown.y && words.y + words.height <= shown.y + shown.height, "down");
      const own = await bubble(ada).boundingBox();
      const window = await ada.surface.boundingBox();
      assert.ok(own.x >= window.x && own.x + own.width <= window.x + window.width, "one's own, across");
      assert.ok(own.y >= window.y && own.y + own.height <= window.y + window.height, "one's own, down");
    });
    await bubble(ada).press("Escape");
  }
});

scene("a beacon is seen by everyone, and who looks elsewhere is led there", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  await withClock(bob);
  const pixel = await pixelAt(ada, 0.3, 0.3);
  await ada.page.mouse.dblclick(pixel.x, pixel.y);
  const place = await unitsAt(ada, pixel);
  for (const visitor of [ada, bob]) {
    await eventually(async () => assert.equal(await beacons(visitor).count(), 1));
    await liesAt(visitor, beacons(visitor), place);
  }
  await bob.page.clock.fastForward(3_000);
  await eventually(async () => assert.equal(await beacons(bob).count(), 0));

  // Bob looks at another corner.
  await button(bob, "Show the whole board").click();
  const far = await pixelAt(bob, 0.8, 0.7);
  await bob.page.mouse.move(far.x, far.y);
  await bob.page.keyboard.down("Control");
  for (let turn = 0; turn < 12; turn += 1) {
    await bob.page.mouse.wheel(0, -100);
  }
  await bob.page.keyboard.up("Control");
  await focusBoard(ada);
  await pointAt(ada, 0.3, 0.3);
  await ada.page.keyboard.press("b");
  const arrow = bob.board.locator(".rim-arrow[data-calls]");
  await arrow.waitFor();
  assert.match(await arrow.getAttribute("aria-label"), /Ada/);
  await arrow.click();
  await looksAt(bob, place);
  await bob.page.clock.fastForward(3_000);
  await arrow.waitFor({ state: "detached" });
});

scene("signs are thrown by keys and by hand", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  await withClock(bob);
  await focusBoard(ada);
  const place = await pointAt(ada, 0.6, 0.5);
  await ada.page.keyboard.press("e");
  await signs(ada).waitFor();
  await ada.page.keyboard.press("4");
  await eventually(async () => assert.equal(await thrown(bob).innerText(), "🎉"));
  await liesAt(bob, thrown(bob), place);
  assert.ok(await signs(ada).isVisible(), "another one can follow");
  await bob.page.clock.fastForward(1_600);
  await eventually(async () => assert.equal(await thrown(bob).count(), 0));
  await signs(ada).getByRole("button", { name: /heart/ }).click();
  await eventually(async () => assert.equal(await thrown(bob).innerText(), "❤️"));
  await ada.page.keyboard.press("Escape");
  await signs(ada).waitFor({ state: "hidden" });
  assert.ok(await ada.surface.evaluate((surface) => surface === document.activeElement));
});

scene("who wants less motion sees a still ring", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", { name: "Bob", context: { ...WIDE, reducedMotion: "reduce" } });
  await focusBoard(ada);
  await pointAt(ada, 0.5, 0.5);
  const moves = (which) =>
    beacons(which).evaluate((beacon) => getComputedStyle(beacon, "::before").animationName);
  // Asked before there is a beacon: on a slow machine it may be gone before a second question.
  const moving = Promise.all([moves(ada), moves(bob)]);
  await ada.page.keyboard.press("b");
  assert.deepEqual(await moving, ["ripple", "none"]);
});

scene("the laser leaves light behind that fades", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, "Bob");
  await focusBoard(ada);
  await pointAt(ada, 0.3, 0.3);
  await ada.page.keyboard.press("l");
  const sweep = async (from) => {
    for (let step = 0; step <= 12; step += 1) {
      await pointAt(ada, from + step * 0.02, 0.4);
    }
  };
  await eventually(async () => {
    await sweep(0.3);
    assert.ok((await light(bob)) > 0, "Bob sees light");
  });
  await eventually(async () => {
    await sweep(0.3);
    assert.ok((await light(ada)) > 0, "and so does Ada");
  });
  await eventually(async () => assert.equal(await light(bob), 0));
  await eventually(async () => assert.equal(await light(ada), 0));
  await ada.page.keyboard.press("v");
  await sweep(0.35);
  await seesCursorAt(bob, "Ada", await pointAt(ada, 0.7, 0.7));
  assert.equal(await light(ada), 0);
});

scene("a message leads to a place of the board, and again", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, { name: "Bob", context: WIDE });
  await button(ada, /zoom to 100 %/).click();
  await looksAt(ada, { x: BOARD_UNITS / 2, y: BOARD_UNITS / 2 });
  await ada.composer.fill("Look");
  await ada.page.getByRole("button", { name: "Point at the board" }).click();
  assert.equal(await ada.composer.inputValue(), "Look #at=8192,8192 ");
  await eventually(async () => assert.ok(await ada.composer.evaluate((it) => it === document.activeElement)));
  await ada.composer.press("Enter");
  const link = bob.messages.getByRole("link", { name: "on the board" });
  await link.click();
  await looksAt(bob, { x: 8_192, y: 8_192 });
  await liesAt(bob, target(bob), { x: 8_192, y: 8_192 });
  await target(bob).waitFor({ state: "hidden" });
  // The address says so already: it leads there all the same.
  await bob.board.locator("[data-map]").click({ position: { x: 20, y: 100 } });
  await link.click();
  await looksAt(bob, { x: 8_192, y: 8_192 });
  // And who opens that address comes there.
  await bob.page.goto(`${new URL(bob.page.url()).pathname}#at=3000,4000`);
  await looksAt(bob, { x: 3_000, y: 4_000 });
  await bob.page.reload();
  await bob.isOnline();
  await bob.surface.waitFor();
  await looksAt(bob, { x: 3_000, y: 4_000 });
});

scene("who opens a link to a place and joins by it comes there", async ({ gather, visitor }) => {
  const [ada] = await gather("Ada");
  const guest = await visitor("A guest", WIDE);
  await guest.page.goto(`${new URL(ada.page.url()).pathname}#at=3000,4000`);
  // The form is a plain one until its script is there.
  await guest.page.waitForLoadState("networkidle");
  await guest.enter();
  await guest.isOnline();
  await looksAt(guest, { x: 3_000, y: 4_000 });
});

scene("a message leads to a thing on the board, also on a phone, or says kindly that it is gone", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", { name: "Bob", context: PHONE });
  const [id] = await putNotes(ada, [{ text: "the plan", x: 3_000, y: 12_000 }]);
  await ada.say(`see ${objectPlace(id)}`);
  const link = bob.messages.getByRole("link", { name: "on the board" });
  await link.tap();
  await bob.surface.waitFor();
  assert.equal(await bob.tab("Board").getAttribute("aria-selected"), "true");
  await looksAt(bob, { x: 3_120, y: 12_120 });
  await liesAt(bob, target(bob), { x: 3_120, y: 12_120 });
  await operate(ada, [{ delete: { object: id } }]);
  await bob.tab("Chat").tap();
  await eventually(async () => {
    await bob.tab("Chat").tap();
    await link.tap();
    await bob.board.getByText("not on the board any more").first().waitFor({ timeout: 500 });
  });
});

scene("the list of contents is read and written by keys alone, and reaches the others", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: WIDE }, { name: "Bob", context: WIDE });
  await putNotes(ada, [
    { text: "milk", x: 9_000, y: 2_000 },
    { text: "bread", x: 2_000, y: 2_040 },
    { text: "cheese", x: 500, y: 6_000 },
  ]);
  await button(bob, "Contents").focus();
  await bob.page.keyboard.press("Enter");
  await contents(bob).waitFor();
  await contents(bob).getByText("3 things on the board").waitFor();
  const words = () =>
    rows(bob).evaluateAll((all) => all.map((row) => row.querySelector("button").textContent));
  await eventually(async () =>
    assert.deepEqual(await words(), ["Note: bread, by Ada", "Note: milk, by Ada", "Note: cheese, by Ada"]),
  );
  await bob.page.keyboard.press("ArrowDown");
  await bob.page.keyboard.press("ArrowDown");
  await bob.page.keyboard.press("Enter");
  await liesBesideContents(bob, { x: 9_120, y: 2_120 });
  // The next stop is that row's own button.
  await bob.page.keyboard.press("Tab");
  await bob.page.keyboard.press("Enter");
  const field = contents(bob).getByRole("textbox", { name: "Text of the note" });
  await field.waitFor();
  assert.equal(await field.inputValue(), "milk");
  await field.fill("oat milk");
  await field.press("Control+Enter");
  await eventually(async () => assert.equal((await words())[1], "Note: oat milk, by Ada"));
  const focused = await bob.page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.match(focused, /^Edit/);

  await button(ada, "Contents").click();
  await eventually(async () => assert.match(await rows(ada).nth(1).innerText(), /oat milk/));
  // Escape leaves what was written as it was.
  await bob.page.keyboard.press("Enter");
  await field.fill("no");
  await field.press("Escape");
  await field.waitFor({ state: "detached" });
  assert.equal((await words())[1], "Note: oat milk, by Ada");
  // What changes is told, and whoever is at a line stays there.
  await putNotes(ada, [{ text: "eggs", x: 100, y: 100 }]);
  await contents(bob).getByText("4 things on the board").waitFor();
  await contents(bob).getByRole("status").filter({ hasText: "eggs" }).waitFor({ state: "attached" });
  assert.match(await bob.page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^Edit: Note: oat/);
  await bob.page.keyboard.press("Escape");
  await contents(bob).waitFor({ state: "hidden" });
  assert.equal(await bob.page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Contents");
});

scene("a long list shows its beginning, and more when asked", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: WIDE });
  const notes = Array.from({ length: 230 }, (_, index) => ({
    text: `note ${index + 1}`,
    x: (index % 20) * 300,
    y: Math.floor(index / 20) * 400,
  }));
  await putNotes(ada, notes);
  await button(ada, "Contents").click();
  await contents(ada).getByText("230 things on the board").waitFor();
  await eventually(async () => assert.equal(await rows(ada).count(), 200));
  await contents(ada).getByRole("button", { name: "Show more" }).click();
  await eventually(async () => assert.equal(await rows(ada).count(), 230));
  await contents(ada).getByRole("button", { name: "Show more" }).waitFor({ state: "hidden" });
  assert.match(await ada.page.evaluate(() => document.activeElement.textContent), /note 201,/);
});

/** Waits until the place is in the middle of what the list of contents leaves of the board. */
async function liesBesideContents(visitor, at) {
  await eventually(async () => {
    const [board, list] = [await visitor.board.boundingBox(), await contents(visitor).boundingBox()];
    const plane = await placeOf(visitor);
    const free = board.width - list.width;
    const right = plane.x + (at.x / BOARD_UNITS) * plane.width - board.x - free / 2;
    const down = plane.y + (at.y / BOARD_UNITS) * plane.height - board.y - board.height / 2;
    assert.ok(Math.hypot(right, down) < 3, `it is ${right} px to the right, and ${down} down`);
  });
}
