// Owns that a private room is nowhere for whoever does not belong to it.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { answeredWith } from "../harness/watch.mjs";

async function makePrivate(owner, link) {
  const tab = await owner.anotherTab(`${link}/settings`);
  await tab.page.getByRole("radio", { name: "Private" }).check();
  await tab.page.getByRole("button", { name: "Save" }).click();
  await tab.page.getByText("made the room private").waitFor();
  return tab;
}

scene("a private room is found by nobody else, in no way", async (stage) => {
  const [ada, bob] = await stage.gather("Ada", "Bob");
  await makePrivate(ada, stage.link);
  await bob.page.getByText("This room is for its members alone now.").waitFor();
  const eve = await stage.visitor("Eve");
  for (const other of [bob, eve]) {
    other.watch.allow(answeredWith(404));
    await other.page.goto("/");
    assert.equal(await other.page.getByRole("link", { name: stage.room }).count(), 0);
    await other.page.goto(stage.link);
    await other.page.getByText("This room does not exist yet").waitFor();
    await other.page.goto(`${stage.link}/settings`);
    await other.page.getByText("There is no such room.").waitFor();
  }
  // Who asks for a room of that name gets one of their own.
  await eve.makeRoom(stage.room);
  const own = new URL(eve.page.url()).pathname;
  assert.ok(own.startsWith(`${stage.link}-`), own);
  await eve.isOnline();
  await eve.seesPeople("Eve");
  await ada.seesPeople("Ada");
});

scene("who is removed loses the room under their hands", async (stage) => {
  const [ada, bob] = await stage.gather("Ada", "Bob");
  const tab = await ada.anotherTab(`${stage.link}/settings`);
  const entry = () => tab.page.locator("summary", { hasText: "Bob" });
  await entry().click();
  await tab.page.getByRole("button", { name: "Make member" }).click();
  await tab.page.getByRole("radio", { name: "Private" }).check();
  await tab.page.getByRole("button", { name: "Save" }).click();
  await bob.isOnline();
  await bob.say("still a member");
  await ada.hears("still a member");
  await entry().click();
  await tab.page.getByRole("button", { name: "Remove from the members" }).click();
  await bob.page.getByText("This room is for its members alone now.").waitFor();
  await eventually(async () => assert.equal(await bob.composer.isDisabled(), true));
  await bob.page.goto("/");
  assert.equal(await bob.page.getByRole("link", { name: stage.room }).count(), 0);
});
