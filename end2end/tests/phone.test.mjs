// Owns the narrow window: board, chat and people one tap apart, within a thumb's reach.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { putNotes } from "../harness/notes.mjs";
import { scene } from "../harness/scene.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

scene("board, chat and people are one tap apart", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: PHONE }, "Bob");
  const parts = {
    Board: ada.plane,
    Chat: ada.composer,
    People: ada.person("Bob"),
  };
  for (const shown of ["Board", "People", "Chat"]) {
    await ada.tab(shown).tap();
    assert.equal(await ada.tab(shown).getAttribute("aria-selected"), "true");
    for (const [name, part] of Object.entries(parts)) {
      assert.equal(await part.isVisible(), name === shown, `${name} while ${shown} is shown`);
    }
  }
  await ada.tab("Board").tap();
  await bob.say("look at the chat");
  await ada.tab("Chat").filter({ hasText: "1" }).waitFor();
  await ada.tab("Chat").tap();
  await ada.hears("look at the chat");
  await eventually(async () => assert.doesNotMatch(await ada.tab("Chat").innerText(), /1/));
});

scene("arrow keys turn the tabs", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: { viewport: PHONE.viewport } });
  await ada.tab("Chat").focus();
  await ada.page.keyboard.press("ArrowRight");
  assert.equal(await ada.tab("People").getAttribute("aria-selected"), "true");
  await ada.page.keyboard.press("ArrowRight");
  assert.equal(await ada.tab("Board").getAttribute("aria-selected"), "true");
  assert.equal(await ada.tab("Board").evaluate((it) => it === document.activeElement), true);
});

scene("what a thumb touches is 44 px, and touching a field does not zoom", async ({ gather, visitor }) => {
  const [ada] = await gather({ name: "Ada", context: PHONE });
  await ada.say("hello");
  const guest = await visitor("Guest", PHONE);
  await guest.page.goto("/");
  for (const page of [ada.page, guest.page]) {
    for (const tab of (await page.getByRole("tab").count()) > 0 ? ["People", "Board", "Chat"] : [""]) {
      if (tab !== "") {
        await page.getByRole("tab", { name: tab }).tap();
      }
      const small = await page
        .locator("button, input:not([type=hidden]):not([type=checkbox]), textarea, label.tick, a.room-link")
        .evaluateAll((all) =>
          all
            .filter((element) => element.checkVisibility({ visibilityProperty: true }))
            .map((element) => [element.outerHTML.slice(0, 90), element.getBoundingClientRect()])
            .filter(([, { width, height }]) => width < 44 || height < 44)
            .map(([html, { width, height }]) => `${width}×${height} ${html}`),
        );
      assert.deepEqual(small, []);
    }
    const sizes = await page
      .locator("input[type=text], textarea")
      .evaluateAll((all) => all.map((field) => parseFloat(getComputedStyle(field).fontSize)));
    assert.ok(sizes.every((size) => size >= 16), `${sizes}: below 16 px phones zoom in`);
  }
});

scene("a thumb ends writing in the list of contents, and keeps it or not", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: PHONE });
  await putNotes(ada, [{ text: "milk", x: 2_000, y: 2_000 }]);
  await ada.tab("Board").tap();
  await ada.board.getByRole("button", { name: "Contents" }).tap();
  const list = ada.page.getByRole("region", { name: "Contents" });
  const words = list.getByRole("textbox", { name: "Text of the note" });
  const discard = list.getByRole("button", { name: "Discard what you wrote", exact: true });
  await list.getByRole("button", { name: "Edit: Note: milk" }).tap();
  const hint = await words.evaluate((field) => document.getElementById(field.getAttribute("aria-describedby")).innerText);
  assert.match(hint, /elsewhere .* keeps it, Discard .* as it was/);
  const { width, height } = await discard.boundingBox();
  assert.ok(width >= 44 && height >= 44, `${width}×${height}`);
  await words.fill("no milk");
  // A finger that misses is no end.
  await list.getByText(hint).tap();
  assert.ok(await words.evaluate((field) => field === document.activeElement));
  await discard.tap();
  await words.waitFor({ state: "detached" });
  // To go elsewhere keeps it.
  await list.getByRole("button", { name: "Edit: Note: milk" }).tap();
  await words.fill("oat milk");
  await list.getByRole("button", { name: "Close the contents" }).tap();
  await list.waitFor({ state: "hidden" });
  await ada.board.getByRole("button", { name: "Contents" }).tap();
  await list.getByRole("button", { name: "Edit: Note: oat milk" }).waitFor();
  assert.equal(await list.getByText("no milk").count(), 0);
  // What it leads to lies behind the list.
  await list.getByRole("button", { name: /^Note.*oat milk/ }).tap();
  await list.waitFor({ state: "hidden" });
  const remove = ada.board.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name: "Delete" });
  await remove.waitFor();
  // The narrowest phone has room for all that can be done with it.
  await ada.page.setViewportSize({ width: 320, height: 640 });
  await eventually(async () => {
    const { x, width } = await remove.boundingBox();
    assert.ok(x >= 0 && x + width <= 320 && width >= 44, `${x} to ${x + width}`);
  });
});

scene("a soft keyboard leaves composer and tabs on view", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: PHONE });
  await ada.composer.tap();
  await ada.page.setViewportSize({ width: 390, height: 480 });
  await eventually(async () => {
    for (const part of [ada.composer, ada.sendButton, ada.tab("Chat")]) {
      const box = await part.boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height <= 480, `${box.y} to ${box.y + box.height}`);
    }
  });
});
