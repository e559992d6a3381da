// Owns how things come onto the board and go from it: pictures that are dropped, copies, text that is pasted;
// and hands of all kinds: pens, palms, and pointers that the browser takes away.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { agree, field, isPainted, mayDraw, picture, pulls, sees, together, tool, touches } from "../harness/drawing.mjs";
import { eventually } from "../harness/eventually.mjs";
import { drops, png } from "../harness/media.mjs";
import { pixelAt, placeOf } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";
import { CONNECTION_LOST } from "../harness/watch.mjs";

/** Pastes a text, as it comes from other programs. */
const pastes = (visitor, text) =>
  visitor.surface.evaluate((surface, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    surface.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }));
  }, text);

scene("a picture lies where it was dropped, and is in what is saved though nobody looked closely", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await drops(ada.surface, await pixelAt(ada, 0.3, 0.6), ["bird.png", png(300, 200)]);
  await sees(bob, 0.3, 0.6);
  // So small that it is seen as a patch.
  await drops(ada.surface, await pixelAt(ada, 0.7, 0.2), ["dot.png", png(4, 4)]);
  await sees(bob, 0.7, 0.2);
  assert.equal(await bob.log.getByRole("img").count(), 0, "nothing of it is said in the chat");
  await tool(bob, "Save as").click();
  const saving = bob.page.waitForEvent("download");
  await bob.board.getByRole("button", { name: "Save as SVG" }).click();
  const saved = await readFile(await (await saving).path(), "utf8");
  assert.equal(saved.match(/<image [^>]*href="data:image\/png;base64,/g)?.length, 2, saved.slice(0, 400));
});

scene("a picture that could not be fetched is fetched when the board comes back", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  bob.watch.allow(CONNECTION_LOST, /ERR_FAILED/);
  let failed = 0;
  await bob.page.route("**/files/**", (route) => {
    failed += 1;
    return route.abort();
  });
  await drops(ada.surface, await pixelAt(ada, 0.5, 0.5), ["bird.png", png(300, 200)]);
  await sees(bob, 0.5, 0.5);
  await eventually(async () => {
    assert.ok(failed > 0, "Bob has asked for it");
    assert.notEqual(await picture(bob), await picture(ada), "Bob sees its name alone");
  });
  await bob.page.unroute("**/files/**");
  await bob.context.setOffline(true);
  await bob.connectionSays(/offline/i);
  await bob.context.setOffline(false);
  await bob.isOnline();
  await agree(ada, bob);
});

scene("things are copied, cut and pasted, also on another page", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  const px = 1 / (await placeOf(bob)).width;
  await tool(ada, "Rectangle").click();
  await pulls(ada, [[0.2, 0.2], [0.3, 0.3]]);
  await ada.surface.focus();
  await ada.page.keyboard.press("Control+c");
  await ada.page.keyboard.press("Control+v");
  // It lies 20 px to the right and below, and is what is selected.
  await sees(bob, 0.3 + 10 * px, 0.3 + 10 * px);
  await ada.page.keyboard.press("Control+x");
  await sees(bob, 0.3 + 10 * px, 0.3 + 10 * px, false);
  await sees(bob, 0.25, 0.25);
  await ada.page.keyboard.press("Control+v");
  await sees(bob, 0.3 + 30 * px, 0.3 + 30 * px);

  const tab = await ada.anotherTab(ada.page.url());
  await mayDraw(tab);
  await tool(tab, "Hand").click();
  const { x, y } = await pixelAt(tab, 0.7, 0.7);
  await tab.page.mouse.move(x, y);
  await tab.surface.focus();
  await tab.page.keyboard.press("Control+v");
  await sees(bob, 0.7, 0.7);
  // It is selected, so the hand is put down: a pull moves it, not the board.
  await pulls(tab, [[0.7, 0.7], [0.5, 0.8]]);
  await sees(bob, 0.5, 0.8);
  await sees(bob, 0.7, 0.7, false);
});

scene("text that is pasted is a note, and what is not taken is said", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  const { x, y } = await pixelAt(ada, 0.5, 0.5);
  await ada.page.mouse.move(x, y);
  await ada.surface.focus();
  await pastes(ada, "x".repeat(2_001));
  await ada.board.getByText("A text on the board has at most 2,000 characters; this one has 2,001.").waitFor();
  assert.equal(await isPainted(ada, 0.5, 0.5), false, "nothing is cut off");
  await pastes(ada, "Buy milk\n");
  await sees(bob, 0.5, 0.5);
  await ada.page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await field(ada).inputValue(), "Buy milk"));

  await ada.page.getByRole("button", { name: "Lock", exact: true }).click();
  await eventually(async () => assert.ok(await tool(bob, "Pen").isDisabled(), "Bob's pen rests"));
  await bob.surface.focus();
  await pastes(bob, "Me too");
  await bob.board.getByText("Nothing was changed: you may not draw here now.").waitFor();
});

scene("a pen draws while the hand that holds it lies on the board", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  const pen = { pointerId: 31, pointerType: "pen" };
  const palm = { pointerId: 32, pointerType: "touch" };
  const more = { pointerId: 33, pointerType: "touch", isPrimary: false };
  await tool(ada, "Pen").click();
  // The hand lies down before the pen does, and with more of it afterwards.
  await touches(ada, palm, "pointerdown", 0.6, 0.7);
  await touches(ada, pen, "pointerdown", 0.2, 0.3);
  await touches(ada, pen, "pointermove", 0.3, 0.3);
  await touches(ada, more, "pointerdown", 0.7, 0.8);
  await touches(ada, palm, "pointermove", 0.6, 0.8);
  await touches(ada, pen, "pointermove", 0.4, 0.3);
  await sees(bob, 0.35, 0.3);
  await touches(ada, palm, "pointerup", 0.6, 0.8);
  await touches(ada, pen, "pointermove", 0.5, 0.3);
  await touches(ada, pen, "pointerup", 0.5, 0.3);
  await touches(ada, more, "pointermove", 0.7, 0.7);
  await touches(ada, more, "pointerup", 0.7, 0.7);
  await sees(bob, 0.45, 0.3);
  await agree(ada, bob);
  for (const [across, down] of [[0.6, 0.7], [0.6, 0.75], [0.5, 0.55], [0.7, 0.75]]) {
    assert.equal(await isPainted(bob, across, down), false, `nothing at ${across}, ${down}`);
  }
  await tool(ada, "Undo").click();
  await sees(bob, 0.35, 0.3, false);
  await eventually(async () => assert.ok(await tool(ada, "Undo").isDisabled(), "it was one stroke"));
  // Without the pen a finger draws.
  const finger = { pointerId: 34, pointerType: "touch" };
  await touches(ada, finger, "pointerdown", 0.2, 0.6);
  await touches(ada, finger, "pointermove", 0.3, 0.6);
  await touches(ada, finger, "pointerup", 0.3, 0.6);
  await sees(bob, 0.25, 0.6);
});

scene("what the browser takes away comes to nothing", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  const finger = { pointerId: 41, pointerType: "touch" };
  await tool(ada, "Rectangle").click();
  await pulls(ada, [[0.2, 0.2], [0.4, 0.4]]);
  await sees(bob, 0.3, 0.3);
  await touches(ada, finger, "pointerdown", 0.3, 0.3);
  await touches(ada, finger, "pointermove", 0.5, 0.5);
  await touches(ada, finger, "pointermove", 0.7, 0.7);
  await sees(bob, 0.7, 0.7);
  await touches(ada, finger, "pointercancel", 0.7, 0.7);
  await sees(bob, 0.7, 0.7, false);
  await sees(bob, 0.3, 0.3);
  await tool(ada, "Pen").click();
  await touches(ada, finger, "pointerdown", 0.6, 0.2);
  await touches(ada, finger, "pointermove", 0.7, 0.2);
  await touches(ada, finger, "pointermove", 0.8, 0.2);
  await sees(bob, 0.7, 0.2);
  await touches(ada, finger, "pointercancel", 0.8, 0.2);
  await sees(bob, 0.7, 0.2, false);
  await agree(ada, bob);
  // Only the rectangle was ever done.
  await tool(ada, "Undo").click();
  await sees(bob, 0.3, 0.3, false);
  await eventually(async () => assert.ok(await tool(ada, "Undo").isDisabled(), "nothing else can be undone"));
});

scene("one draws where a browser tells nothing of what was between two moves", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  // As Safari before 18.2, and others on pages that came over plain http.
  await ada.page.evaluate(() => delete PointerEvent.prototype.getCoalescedEvents);
  await tool(ada, "Pen").click();
  await pulls(ada, [[0.2, 0.2], [0.4, 0.2]]);
  await sees(bob, 0.3, 0.2);
  await tool(ada, "Rectangle").click();
  await pulls(ada, [[0.6, 0.6], [0.7, 0.7]]);
  await sees(bob, 0.65, 0.65);
});
