// Owns the page that keeps a room: who gets there, by mouse, by keyboard and without JavaScript, and
// what those in the room see of it at once.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { SIZES } from "../harness/states.mjs";
import { answeredWith } from "../harness/watch.mjs";

const PLAIN = { javaScriptEnabled: false };

function part(visitor, name) {
  return visitor.page.getByRole("region", { name, exact: true });
}

/** Opens the settings in another tab, so that the room stays open. */
async function settingsOf(visitor, link) {
  const tab = await visitor.anotherTab(`${link}/settings`);
  await part(tab, "General").waitFor();
  return tab;
}

async function headline(visitor) {
  return visitor.page.locator(".room-name").innerText();
}

scene("only who keeps the room is shown the way to its settings", async (stage) => {
  const [ada, bob] = await stage.gather("Ada", "Bob");
  const way = (visitor) => visitor.page.getByRole("link", { name: "Settings" });
  assert.equal(await way(bob).count(), 0);
  await way(ada).click();
  await part(ada, "General").waitFor();
  assert.equal(await ada.page.locator("script[type=module], link[rel=modulepreload]").count(), 0, "a plain page loads no script");
  bob.watch.allow(answeredWith(403));
  await bob.page.goto(`${stage.link}/settings`);
  await bob.page.getByText("Only moderators of this room may do that.").waitFor();
});

scene("a new name, the archive and the end of a room are seen at once", async (stage) => {
  const [ada, bob] = await stage.gather("Ada", "Bob");
  const tab = await settingsOf(ada, stage.link);
  await tab.page.getByRole("textbox", { name: "Name", exact: true }).fill("The attic");
  await tab.page.getByRole("button", { name: "Rename" }).click();
  await eventually(async () => assert.match(await headline(bob), /The attic/));
  await eventually(async () => assert.equal(await bob.page.title(), "The attic · Starling"));
  assert.match(new URL(tab.page.url()).hash, /^#general$/);

  await part(tab, "Open or closed").getByRole("button", { name: "Archive" }).click();
  await bob.page.getByText("This room is archived", { exact: false }).first().waitFor();
  assert.equal(await bob.composer.isDisabled(), true);
  assert.equal(await part(tab, "General").count(), 0, "an archived room keeps its name");
  await part(tab, "Open or closed").getByRole("button", { name: "Open again" }).click();
  await eventually(async () => assert.equal(await bob.composer.isDisabled(), false));

  tab.watch.allow(answeredWith(422));
  const confirm = tab.page.getByRole("textbox", { name: "To delete the room" });
  await confirm.fill("the attic");
  await part(tab, "Delete").getByRole("button", { name: "Delete" }).click();
  await tab.refusedAt(confirm, /This is not the room's name/);
  assert.equal(await confirm.inputValue(), "the attic");
  await confirm.fill("The attic");
  await confirm.press("Enter");
  await tab.page.waitForURL(`${stage.server.url}/`);
  await bob.page.getByText("This room was deleted.").waitFor();
});

scene("a moderator is made, and gets what moderators may, at once", async (stage) => {
  const [ada, bob] = await stage.gather("Ada", "Bob");
  const tab = await settingsOf(ada, stage.link);
  const members = part(tab, "Members");
  await members.locator("summary", { hasText: "Bob" }).click();
  await members.getByRole("button", { name: "Make moderator" }).click();
  const way = bob.page.getByRole("link", { name: "Settings" });
  await way.click();
  await part(bob, "Members").waitFor();
  assert.equal(await part(bob, "General").count(), 0);
  assert.equal(await part(bob, "Delete").count(), 0);
  assert.match(await part(bob, "Log").innerText(), /Ada made Bob a moderator/);

  // And the owner hands the room over, which is asked once more.
  await members.locator("summary", { hasText: "Bob" }).click();
  await members.getByRole("link", { name: "Hand the room over…" }).click();
  await members.getByText("You become a moderator", { exact: false }).waitFor();
  await members.getByRole("button", { name: "Hand over" }).click();
  await eventually(async () => assert.equal(await part(tab, "General").count(), 0));
  await bob.page.reload();
  await part(bob, "Delete").waitFor();
});

scene("settings by keyboard", async (stage) => {
  const [ada, bob] = await stage.gather("Ada", "Bob");
  const tab = await settingsOf(ada, stage.link);
  const focused = () => tab.page.evaluate(() => document.activeElement.innerText || document.activeElement.value);
  const tabTo = async (pattern) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await tab.page.keyboard.press("Tab");
      if (pattern.test(await focused())) {
        return;
      }
    }
    assert.fail(`the focus never comes to ${pattern}`);
  };
  await tabTo(/Bob/);
  await tab.page.keyboard.press("Enter");
  await tabTo(/^Mute$/);
  await tab.page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await bob.composer.isDisabled(), true));
  await part(tab, "Bans and mutes").getByText("is muted", { exact: false }).waitFor();
  await tabTo(/^Let talk$/);
  await tab.page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await bob.composer.isDisabled(), false));
  await tabTo(/^Lock$/);
  await tab.page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await bob.composer.isDisabled(), true));
});

scene("settings without JavaScript", async ({ visitor, room }) => {
  const ada = await visitor("Ada", PLAIN);
  await ada.makeRoom(room);
  await ada.page.getByRole("link", { name: "Settings" }).click();
  await ada.page.getByRole("radio", { name: "Private" }).check();
  await part(ada, "General").getByRole("button", { name: "Save" }).click();
  assert.equal(await ada.page.getByRole("radio", { name: "Private" }).isChecked(), true);
  assert.match(await part(ada, "Log").innerText(), /Ada made the room private/);
  ada.watch.allow(answeredWith(422));
  const uses = ada.page.getByRole("textbox", { name: "How many people" });
  await uses.fill("many");
  await ada.page.getByRole("button", { name: "Invite" }).click();
  await ada.refusedAt(uses, /a whole number from 1 to 100,000/);
  assert.equal(await uses.inputValue(), "many");
});

scene("the settings fit every window", async (stage) => {
  const [ada] = await stage.gather("Ada", "Somebody whose name is as long as can be");
  await ada.page.goto(`${stage.link}/settings`);
  await ada.page.getByRole("button", { name: "Invite" }).click();
  for (const summary of await ada.page.locator("summary").all()) {
    await summary.click();
  }
  for (const size of [...Object.values(SIZES), { width: 320, height: 568 }]) {
    await ada.page.setViewportSize(size);
    const beyond = await ada.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(beyond, 0, `at ${size.width} px nothing is cut off`);
  }
});
