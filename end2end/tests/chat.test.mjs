// Owns what people say to each other: order, grouping, the composer and its limit.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";

scene("two people read the same messages in the same order", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.say("Is this on?");
  await bob.hears("Is this on?");
  await bob.say("It is.");
  await ada.hears("It is.");
  // Both at once: whoever comes first, both pages agree.
  await Promise.all([ada.say("Me first!"), bob.say("No, me!")]);
  await Promise.all([ada.hears("No, me!"), bob.hears("Me first!")]);
  await eventually(async () => {
    const [atAda, atBob] = [await ada.messageIds(), await bob.messageIds()];
    assert.equal(atAda.length, 4);
    assert.deepEqual(atAda, atBob);
  });
});

scene("clocks that are hours wrong change no order", async ({ visitor, room }) => {
  const [ada, bob] = [await visitor("Ada"), await visitor("Bob")];
  await Promise.all([clockIsWrongBy(ada, 7), clockIsWrongBy(bob, -7)]);
  await ada.makeRoom(room);
  await bob.page.goto(new URL(ada.page.url()).pathname);
  await bob.enter();
  await Promise.all([ada, bob].map((who) => who.isOnline()));
  const said = [];
  for (const who of [ada, bob, ada, bob]) {
    said.push(`${said.length + 1}, says ${who.name}`);
    await who.say(said.at(-1));
    await Promise.all([ada, bob].map((reader) => reader.hears(said.at(-1))));
  }
  for (const reload of [false, true]) {
    for (const reader of [ada, bob]) {
      if (reload) {
        await reader.page.reload();
        await reader.isOnline();
      }
      await eventually(async () => {
        const bodies = await reader.messages.locator(".body").allInnerTexts();
        assert.deepEqual(bodies.map((text) => text.trim()), said, reader.name);
      });
    }
  }
});

scene("messages are grouped by sender", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  for (const [who, body] of [[ada, "one"], [ada, "two"], [bob, "three"], [ada, "four"]]) {
    await who.say(body);
    await Promise.all([ada.hears(body), bob.hears(body)]);
  }
  for (const reader of [ada, bob]) {
    await eventually(async () => {
      assert.equal(await reader.log.getByText("Ada", { exact: true }).count(), 2, "Ada twice");
      assert.equal(await reader.log.getByText("Bob", { exact: true }).count(), 1, "Bob once");
    });
  }
});

scene("Enter sends, Shift+Enter makes a line, Send sends", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.composer.click();
  await ada.page.keyboard.type("first line");
  await ada.page.keyboard.press("Shift+Enter");
  await ada.page.keyboard.type("second line");
  assert.equal(await ada.composer.inputValue(), "first line\nsecond line");
  assert.equal(await bob.messages.count(), 0, "nothing was sent yet");
  await ada.page.keyboard.press("Enter");

  const message = bob.messages.filter({ hasText: "first line" });
  await message.waitFor();
  // innerText has the line end only if the page shows one.
  assert.match(await message.innerText(), /first line\nsecond line/);
  await eventually(async () => assert.equal(await ada.composer.inputValue(), ""));

  await ada.composer.fill("by button");
  await ada.sendButton.click();
  await bob.hears("by button");
  assert.equal(await ada.messages.count(), 2);
});

scene("an empty message sends nothing", async ({ gather }) => {
  const [ada] = await gather("Ada");
  for (const empty of ["", "   ", "\n\n"]) {
    await ada.say(empty);
  }
  await ada.say("something");
  await ada.hears("something");
  assert.equal(await ada.messages.count(), 1);
});

scene("3,000 characters go through", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const long = "starling ".repeat(334).slice(0, 2_999) + ".";
  await paste(ada, long);
  await ada.composer.press("Enter");
  await bob.hears(long);
  await ada.hears(long);
});

scene("4,001 characters are refused beside the field, and kept", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const tooLong = "x".repeat(4_001);
  await paste(ada, tooLong);
  await ada.composer.press("Enter");
  await ada.refusedAt(ada.composer, /4,?000 characters.* 4,?001/);
  assert.equal(await ada.composer.inputValue(), tooLong, "the text is kept");

  // One less is a message, and the complaint goes.
  await ada.composer.press("End");
  await ada.composer.press("Backspace");
  await ada.composer.press("Enter");
  await bob.hears("x".repeat(4_000));
  assert.equal(await bob.messages.count(), 1, "the refused text was never sent");
  await ada.notRefusedAt(ada.composer);
});

async function paste(visitor, text) {
  await visitor.composer.focus();
  await visitor.page.keyboard.insertText(text);
}

async function clockIsWrongBy(visitor, hours) {
  await visitor.page.addInitScript((ms) => {
    const { Date: Right } = window;
    window.Date = class extends Right {
      constructor(...args) {
        super(...(args.length === 0 ? [Right.now() + ms] : args));
      }
      static now() {
        return Right.now() + ms;
      }
    };
  }, hours * 3_600_000);
}
