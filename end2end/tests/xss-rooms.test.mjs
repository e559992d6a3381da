// Owns that the name of a room never becomes markup: in the lobby, in the rail, in headings and titles, in the
// settings and in the log. The rest of what is kept is in `xss.test.mjs`.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { HOSTILE } from "../harness/hostile.mjs";
import { logOf, nothingForeign, oneLine, ROOMY, sends, textsOf } from "../harness/only-text.mjs";
import { scene } from "../harness/scene.mjs";

scene("hostile names of rooms are text in lists, headings and titles", { flags: ROOMY }, async (stage) => {
  const ada = await stage.visitor("Ada");
  await ada.page.goto("/");
  const names = HOSTILE.map((text, index) => `${text} ${index}`);
  const paths = [];
  for (const room of names) {
    const answer = await sends(ada, stage.server, "/join", { name: "Ada", room, listed: "true" });
    paths.push(answer.headers().location);
  }
  assert.equal(new Set(paths).size, 100);
  const stranger = await stage.visitor("Stranger");
  for (const { page } of [ada, stranger]) {
    await page.goto("/");
    const listed = await textsOf(page, ".room-link-name");
    assert.deepEqual(listed.toSorted(), names.map(oneLine).toSorted());
    await nothingForeign(page);
  }
  // All as the server writes them; live, one room gets all names below, and this rail has them all.
  const storageState = await ada.context.storageState();
  const plain = await stage.visitor("Plain", { javaScriptEnabled: false, storageState });
  for (const [index, path] of paths.entries()) {
    const { page } = index % 20 === 0 ? ada : plain;
    await page.goto(path);
    await hasHeadAndTitle(page, oneLine(names[index]));
    const here = page.locator(".rail-room[aria-current]");
    assert.equal((await here.textContent()).trim(), oneLine(names[index]));
  }
  await ada.page.goto(paths[0]);
  await ada.isOnline();
  const rail = await textsOf(ada.page, ".rail-list .visually-hidden");
  assert.deepEqual(rail.toSorted(), names.map(oneLine).toSorted());
  await nothingForeign(ada.page);
});

async function hasHeadAndTitle(page, name) {
  assert.deepEqual(await textsOf(page, ".room-name bdi"), [name]);
  assert.equal(await page.title(), `${name} · Starling`);
}

scene("a room that gets hostile names shows them live, in its settings and in its log", { flags: ROOMY }, async (stage) => {
  const [ada] = await stage.gather("Ada");
  for (const name of HOSTILE) {
    await sends(ada, stage.server, `${stage.link}/settings/name`, { name });
    await eventually(async () => hasHeadAndTitle(ada.page, oneLine(name)));
  }
  await nothingForeign(ada.page);
  const last = oneLine(HOSTILE.at(-1));
  const log = await logOf(ada.page, `${stage.link}/settings`);
  assert.deepEqual(log.slice(0, 100), HOSTILE.map((name) => `Ada renamed the room to ${oneLine(name)}`).toReversed());
  await ada.page.goto(`${stage.link}/settings`);
  assert.equal(await ada.page.locator("#name").inputValue(), last);
  assert.deepEqual(await textsOf(ada.page, "label[for=confirm] bdi"), [last]);
});
