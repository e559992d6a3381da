// Owns that whatever people type is shown as text and runs nothing.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { pointAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";

const TEXTS = [
  "<script>window.ran = true</script>",
  "<img src=x onerror='window.ran = true'>",
  "</script><script>window.ran = true</script>",
  "<!-- a comment --> &amp; &lt;b&gt;",
  "]]></textarea><b>bold</b>",
  "مرحبا بالعالم",
  "\u202Egnirts\u202C a right-to-left override",
  "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽",
  "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
  "\u2028line\u2029separators",
  "{{7*7}} ${7*7} %s",
];

const NAMES = ["<b onclick='ran=1'>Ann</b>", "</script><i>Ben", "مريم", "👩‍🚀 n̈ø"];

scene("messages show as text", async ({ gather, visitor }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  for (const text of TEXTS) {
    await ada.say(text);
    await eventually(async () => {
      const shown = await bob.messages.allInnerTexts();
      assert.ok(shown.some((message) => message.includes(visible(text))), text);
    });
  }
  // And as the server renders them, for scripts and for none.
  const reader = await visitor("Reader", { javaScriptEnabled: false });
  await reader.page.goto(new URL(ada.page.url()).pathname);
  await bob.page.reload();
  await bob.isOnline();
  for (const who of [ada, bob, reader]) {
    const shown = (await who.messages.allInnerTexts()).join("\n");
    for (const text of TEXTS) {
      assert.ok(shown.includes(visible(text)), `${who.name} reads ${text}`);
    }
    assert.equal(await who.log.locator("script, img, b").count(), 0, "no markup came through");
  }
  for (const who of [ada, bob]) {
    assert.equal(await who.page.evaluate(() => window.ran), undefined, "nothing ran");
  }
});

scene("names show as text, in the list, the log and on cursors", async ({ gather }) => {
  const [watcher, ...odd] = await gather("Watcher", ...NAMES);
  await watcher.seesPeople("Watcher", ...NAMES);
  for (const [index, who] of odd.entries()) {
    await who.say(`I am number ${index}`);
    await watcher.hears(`I am number ${index}`);
    await watcher.log.getByText(who.name, { exact: true }).first().waitFor();
    await pointAt(who, 0.2 + index * 0.15, 0.5);
    await eventually(async () => {
      assert.equal(await watcher.cursors(who.name).count(), 1, `a cursor of ${who.name}`);
    });
  }
  assert.equal(await watcher.page.evaluate(() => window.ran), undefined, "nothing ran");
});

scene("a right-to-left name does not turn what is beside it", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "\u202Eevil");
  await bob.say("plain");
  await ada.hears("plain");
  // The override must end with the name: it sits in an element of its own direction.
  const isolated = await ada.log
    .getByText("evil")
    .first()
    .evaluate((element) => {
      const { unicodeBidi } = getComputedStyle(element);
      return element.localName === "bdi" || /isolate|plaintext/.test(unicodeBidi);
    });
  assert.equal(isolated, true);
});

const visible = (text) => text.replaceAll(/[\u2028\u2029]/g, "\u2028").split("\u2028").find(Boolean);
