// Owns what keys and screen readers find on the board: its name, the Tab key's stops, where the focus goes
// when what had it is gone, and what is not offered.

import assert from "node:assert/strict";

import { clicks, deed, field, notes, pulls, sees, together, tool } from "../harness/drawing.mjs";
import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";

const MOST_TABS = 40;
const STROKE = [[0.2, 0.2], [0.3, 0.3], [0.4, 0.2]];
const ON_STROKE = [0.25, 0.25];

const bar = (visitor) => visitor.board.getByRole("toolbar", { name: "Selection" });
const tools = (visitor) => visitor.board.getByRole("toolbar", { name: "Tools" });
const hasFocus = (locator) => locator.evaluate((element) => element.contains(document.activeElement));
const focused = (visitor) => visitor.page.evaluate(() => document.activeElement.getAttribute("aria-label"));

async function tabsTo(visitor, locator) {
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    if (await hasFocus(locator)) {
      return;
    }
    await visitor.page.keyboard.press("Tab");
  }
  assert.fail(`${locator} is not within ${MOST_TABS} tabs`);
}

scene("the Tab key leads to what can be done with a stroke", async ({ gather }) => {
  const [ada] = await together(gather, "Ada");
  await tool(ada, "Pen").click();
  await pulls(ada, STROKE);
  await ada.page.keyboard.press("Escape");
  await clicks(ada, ...ON_STROKE);
  await deed(ada, "Duplicate").waitFor();
  await ada.surface.focus();
  await tabsTo(ada, bar(ada));
  assert.equal(await focused(ada), "Colour of the selection", "a stroke has no text");
  await ada.page.keyboard.press("ArrowRight");
  assert.equal(await focused(ada), "Duplicate");
  await ada.page.keyboard.press("End");
  assert.equal(await focused(ada), "Delete");
  await ada.page.keyboard.press("Enter");
  await sees(ada, ...ON_STROKE, false);
  assert.ok(await hasFocus(ada.surface), "the board has the focus");
});

scene("the focus stays on the board when what had it is gone", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await tool(ada, "Rectangle").click();
  await pulls(ada, [[0.2, 0.2], [0.3, 0.3]]);
  await sees(bob, 0.25, 0.25);
  // The drawer closes.
  await tool(ada, "Colour").focus();
  await ada.page.keyboard.press("Enter");
  const jade = ada.board.getByRole("button", { name: "Jade", exact: true });
  await jade.focus();
  await ada.page.keyboard.press("Enter");
  await jade.waitFor({ state: "hidden" });
  await eventually(async () => assert.ok(await hasFocus(ada.surface), "after the drawer"));
  // Somebody takes away what is selected.
  await deed(ada, "Duplicate").focus();
  await clicks(bob, 0.25, 0.25);
  await deed(bob, "Delete").click();
  await bar(ada).waitFor({ state: "hidden" });
  await eventually(async () => assert.ok(await hasFocus(ada.surface), "after the bar"));
  // There is nothing left to undo.
  await tool(ada, "Pen").click();
  await pulls(ada, [[0.6, 0.6], [0.7, 0.7]]);
  await tool(ada, "Undo").focus();
  await eventually(async () => {
    await ada.page.keyboard.press("Enter");
    assert.ok(await tool(ada, "Undo").isDisabled());
  });
  await eventually(async () => assert.ok(await hasFocus(tools(ada)), "after the last act"));
});

scene("a text that was never written leaves nothing to undo", async ({ gather }) => {
  const [ada] = await together(gather, "Ada");
  await tool(ada, "Text").click();
  await clicks(ada, 0.5, 0.5);
  await field(ada).waitFor();
  await field(ada).press("Escape");
  await field(ada).waitFor({ state: "detached" });
  await eventually(async () => assert.ok(await tool(ada, "Undo").isDisabled()));
});

scene("the board says what it is, how keys use it, and why one may not draw", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  const surface = bob.board.getByRole("application", { name: "Board", exact: true });
  await surface.waitFor();
  const described = await surface.evaluate(
    (element) => document.getElementById(element.getAttribute("aria-describedby")).textContent,
  );
  assert.match(described, /Arrow keys.*Contents lists/);
  await notes(ada, 0.5, 0.5, "Mine");
  await sees(bob, 0.5, 0.5);
  await clicks(bob, 0.5, 0.5);
  assert.ok(await deed(bob, "Mention in chat").isEnabled());
  await ada.page.getByRole("button", { name: "Lock", exact: true }).click();
  await bob.board.getByRole("status").filter({ hasText: /locked/ }).waitFor();
  assert.ok(await deed(bob, "Mention in chat").isDisabled(), "who may not talk is not offered to");
});
