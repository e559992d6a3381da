// Owns the small things people expect: a link to hand on, addresses that open, a draft that stays,
// and a word when a network lets no live connection through.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";

scene("the link is copied with the browser's clipboard", async ({ gather }) => {
  const [ada] = await gather({
    name: "Ada",
    context: { permissions: ["clipboard-read", "clipboard-write"] },
  });
  await ada.copyLinkButton.click();
  await ada.page.getByRole("button", { name: "Link copied" }).waitFor();
  const copied = await ada.page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, ada.page.url());
});

scene("the link is copied where a page on plain http has no clipboard", async ({ gather }) => {
  const [ada] = await gather({ name: "Ada", context: { permissions: ["clipboard-read"] } });
  await ada.page.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    document.addEventListener("copy", () => {
      window.copied = document.getSelection().toString() || document.activeElement.value;
    });
  });
  await ada.copyLinkButton.click();
  await ada.page.getByRole("button", { name: "Link copied" }).waitFor();
  assert.equal(await ada.page.evaluate(() => window.copied), ada.page.url());
});

scene("where nothing may be copied, the address is there to be copied by hand", async ({ gather }) => {
  const [ada] = await gather("Ada");
  await ada.page.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    document.execCommand = () => false;
  });
  await ada.copyLinkButton.click();
  const field = ada.page.getByRole("textbox", { name: "This room's address, to copy" });
  await field.waitFor();
  assert.equal(await field.inputValue(), ada.page.url());
  assert.equal(await field.evaluate((it) => it === document.activeElement), true);
  await ada.page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  assert.equal(await ada.copyLinkButton.evaluate((it) => it === document.activeElement), true);
});

scene("addresses in messages open, and nothing else does", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.saysForGood("see https://example.org/a?b=1, or javascript:alert(1)");
  const link = bob.log.getByRole("link");
  await link.waitFor();
  assert.equal(await link.count(), 1);
  assert.equal(await link.getAttribute("href"), "https://example.org/a?b=1");
  assert.equal(await link.getAttribute("target"), "_blank");
  assert.match(await link.getAttribute("rel"), /noopener/);
  await bob.page.reload();
  await bob.isOnline();
  assert.equal(await bob.log.getByRole("link").count(), 1, "as the server renders it, too");
});

scene("a draft survives a reload, and goes with the message", async ({ gather }) => {
  const [ada] = await gather("Ada");
  await ada.composer.pressSequentially("half a sen");
  await ada.page.reload();
  await ada.isOnline();
  assert.equal(await ada.composer.inputValue(), "half a sen");
  await ada.composer.press("End");
  await ada.composer.pressSequentially("tence");
  await ada.composer.press("Enter");
  await ada.hears("half a sentence");
  await ada.page.reload();
  await ada.isOnline();
  assert.equal(await ada.composer.inputValue(), "");
});

scene("the second page comes with the reader's own times", async ({ visitor, room }) => {
  const ada = await visitor("Ada", { timezoneId: "Asia/Kathmandu" });
  await ada.makeRoom(room);
  await ada.isOnline();
  await ada.saysForGood("what time is it?");
  const exact = await ada.messages.locator("time").getAttribute("title");
  const [cookie] = (await ada.context.cookies()).filter(({ name }) => name === "starling-zone");
  // Browsers still say the zone's older name.
  assert.match(decodeURIComponent(cookie.value), /^Asia\/Kath?mandu$/);
  const html = await (await ada.context.request.get(ada.page.url())).text();
  assert.ok(html.includes(exact), `the server's page has ${exact}`);
});

scene("arrow keys point at the board, Escape takes the pointer away", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.surface.focus();
  await ada.page.keyboard.press("ArrowRight");
  await bob.cursors("Ada").waitFor();
  const middle = await centre(bob);
  for (let step = 0; step < 5; step += 1) {
    await ada.page.keyboard.press("ArrowRight");
  }
  await eventually(async () => {
    const { x, side } = await centre(bob);
    assert.ok(Math.abs(x - middle.x - 0.1 * side) < 3, `it went ${x - middle.x} of ${side} px`);
  });
  await ada.page.keyboard.press("Escape");
  await bob.cursors("Ada").waitFor({ state: "detached" });
});

async function centre(visitor) {
  const [cursor, plane] = [
    await visitor.cursors("Ada").boundingBox(),
    await visitor.plane.boundingBox(),
  ];
  return { x: cursor.x - plane.x, side: plane.width };
}
