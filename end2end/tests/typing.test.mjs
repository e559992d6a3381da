// Owns "… is typing": it comes, it goes, and it names those who type.

import assert from "node:assert/strict";

import { scene } from "../harness/scene.mjs";

scene("typing shows, and goes 2 seconds after the last key", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.composer.pressSequentially("hmm");
  const lastKey = performance.now();
  await bob.typingSays(/^Ada is typing/);
  assert.equal((await ada.typing.innerText()).trim(), "", "nobody is told of themselves");
  await bob.typingSays("", { within: 6_000 });
  const shown = performance.now() - lastKey;
  assert.ok(shown > 1_000, `gone after ${Math.round(shown)} ms, too soon`);
});

scene("typing stays while keys come", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.composer.focus();
  const typed = ada.page.keyboard.type("thinking aloud, slowly", { delay: 180 });
  await bob.typingSays(/^Ada is typing/);
  await bob.typing.evaluate((status) => {
    window.typingGaps = 0;
    new MutationObserver(() => {
      window.typingGaps += status.innerText.trim() === "" ? 1 : 0;
    }).observe(status, { subtree: true, childList: true, characterData: true });
  });
  await typed;
  const gaps = await bob.page.evaluate(() => window.typingGaps);
  assert.equal(gaps, 0, "it never went while keys came");
});

scene("typing goes at once with the message", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.composer.pressSequentially("now");
  await bob.typingSays(/^Ada is typing/);
  await ada.composer.press("Enter");
  await bob.hears("now");
  await bob.typingSays("", { within: 1_000 });
});

scene("two who type are named, three are counted", async ({ gather }) => {
  const [ada, bob, cleo, dan] = await gather("Ada", "Bob", "Cleo", "Dan");
  // Keys come until everybody has seen it: each name lasts only 2 seconds.
  const key = (visitor) => visitor.composer.pressSequentially("x");
  const whileTyping = async (typists, expected) => {
    let seen = false;
    const typing = (async () => {
      while (!seen) {
        await Promise.all(typists.map(key));
      }
    })();
    try {
      await dan.typingSays(expected);
    } finally {
      seen = true;
      await typing;
    }
  };
  await whileTyping([ada, bob], /^(Ada and Bob|Bob and Ada) are typing/);
  await whileTyping([ada, bob, cleo], /^3 people are typing/);
  await dan.typingSays("", { within: 6_000 });
});
