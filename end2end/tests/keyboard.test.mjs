// Owns that keys alone do it: from the lobby to a message that was sent.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";

const MOST_TABS = 25;

scene("Tab, Enter and typing lead from the lobby to a sent message", async ({ visitor, room }) => {
  const ada = await visitor("Ada");
  const { keyboard } = ada.page;
  await ada.page.goto("/");
  const tabTo = async (target) => {
    for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) {
        return;
      }
      await keyboard.press("Tab");
    }
    assert.fail(`${target} is not within ${MOST_TABS} tabs`);
  };
  await tabTo(ada.nameField);
  await keyboard.type("Ada");
  await tabTo(ada.roomField);
  await keyboard.type(room);
  await tabTo(ada.listBox);
  const ticked = await ada.listBox.isChecked();
  await keyboard.press("Space");
  assert.notEqual(await ada.listBox.isChecked(), ticked);
  await tabTo(ada.joinButton);
  await keyboard.press("Enter");

  await ada.composer.waitFor();
  await ada.isOnline();
  await tabTo(ada.composer);
  await keyboard.type("look, no hands");
  await keyboard.press("Enter");
  await ada.hears("look, no hands");

  await keyboard.type("by the button");
  await tabTo(ada.sendButton);
  await keyboard.press("Enter");
  await ada.hears("by the button");
  await eventually(async () => assert.equal(await ada.messages.count(), 2));
});
