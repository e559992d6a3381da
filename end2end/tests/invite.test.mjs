// Owns invitations as people meet them: the link, what it says, and what it lets them do.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { answeredWith } from "../harness/watch.mjs";

const PLAIN = { javaScriptEnabled: false };

/** Makes the room private and an invitation to it; returns the link. */
async function invite(owner, link, { uses = "" } = {}) {
  const tab = await owner.anotherTab(`${link}/settings`);
  await tab.page.getByRole("radio", { name: "Private" }).check();
  await tab.page.getByRole("button", { name: "Save" }).click();
  await tab.page.getByRole("textbox", { name: "How many people" }).fill(uses);
  await tab.page.getByRole("button", { name: "Invite" }).click();
  const picture = tab.page.getByRole("img", { name: "QR code of the link" });
  const box = await picture.boundingBox();
  assert.ok(box.width >= 200 && box.width === box.height, "a camera can see it");
  const made = await tab.page.locator("#invite-link").innerText();
  await tab.page.close();
  return made;
}

const slot = (visitor) => visitor.page.getByRole("status").filter({ hasText: /./ });

scene("by a link somebody is a member of a private room, and talks", async (stage) => {
  const [ada] = await stage.gather("Ada");
  const link = await invite(ada, stage.link);
  const bob = await stage.visitor("Bob");
  const asked = [];
  bob.page.on("request", (request) => asked.push(request.url()));
  await bob.page.goto(link);
  await slot(bob).getByText(stage.room).waitFor();
  assert.equal(new URL(bob.page.url()).hash, "", "the code has left the address");
  const code = new URL(link).hash.slice(1);
  assert.ok(asked.every((url) => !url.split("#")[0].includes(code)), "no address carries the code");
  await bob.enter();
  assert.equal(new URL(bob.page.url()).pathname, stage.link);
  await bob.isOnline();
  await bob.say("I am in");
  await ada.hears("I am in");
  await bob.page.goto("/");
  await bob.page.getByRole("link", { name: stage.room }).waitFor();
});

scene("an invitation that is over says so before and after it is sent", async (stage) => {
  const [ada] = await stage.gather("Ada");
  const link = await invite(ada, stage.link, { uses: "1" });
  const bob = await stage.visitor("Bob");
  await bob.page.goto(link);
  await bob.enter();

  const cy = await stage.visitor("Cy");
  cy.watch.allow(answeredWith(404));
  await cy.page.goto(link);
  const code = cy.page.getByRole("textbox", { name: /Code/ });
  await cy.refusedAt(code, /used as often as it could be/);
  await cy.nameField.fill("Cy");
  await cy.joinButton.click();
  await cy.refusedAt(code, /used as often as it could be/);
  assert.equal(await cy.nameField.inputValue(), "Cy");
  await eventually(async () => assert.equal(await ada.people.count(), 2));
});

scene("without JavaScript one pastes the code", async (stage) => {
  const [ada] = await stage.gather("Ada");
  const link = await invite(ada, stage.link);
  const plain = await stage.visitor("Plain", PLAIN);
  await plain.page.goto(link);
  await plain.page.getByRole("textbox", { name: /Code/ }).fill(link);
  await plain.enter();
  assert.equal(new URL(plain.page.url()).pathname, stage.link);
});

scene("nothing moves when the room's name comes", async (stage) => {
  const [ada] = await stage.gather("Ada");
  const link = await invite(ada, stage.link);
  const bob = await stage.visitor("Bob");
  await bob.page.addInitScript(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
      window.shifted += list.getEntries().reduce((sum, entry) => sum + entry.value, 0);
    }).observe({ type: "layout-shift", buffered: true });
  });
  await bob.page.goto(link);
  await slot(bob).getByText(stage.room).waitFor();
  assert.equal(await bob.page.evaluate(() => window.shifted), 0);
});
