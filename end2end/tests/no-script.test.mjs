// Owns what works without JavaScript: reading, joining and writing by form.

import assert from "node:assert/strict";

import { scene } from "../harness/scene.mjs";
import { answeredWith } from "../harness/watch.mjs";

const PLAIN = { javaScriptEnabled: false };

scene("without JavaScript the history reads", async ({ gather, visitor }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.saysForGood("plain words");
  await bob.saysForGood("plainly read");
  await ada.hears("plainly read");
  const reader = await visitor("Reader", PLAIN);
  const answer = await reader.page.goto(new URL(ada.page.url()).pathname);
  assert.equal(answer.status(), 200);
  await reader.hears("plain words");
  await reader.hears("plainly read");
  for (const name of ["Ada", "Bob"]) {
    await reader.log.getByText(name, { exact: true }).first().waitFor();
  }
  assert.equal(await reader.log.locator("time").count() > 0, true, "with the time");
});

scene("without JavaScript one joins by form, from the lobby and in the room", async ({ gather, visitor, room }) => {
  const [ada] = await gather("Ada");
  await ada.saysForGood("welcome");
  await ada.hears("welcome");

  const newcomer = await visitor("Newcomer", PLAIN);
  await newcomer.page.goto(new URL(ada.page.url()).pathname);
  await newcomer.enter();
  assert.equal(newcomer.page.url(), ada.page.url());
  await newcomer.hears("welcome");

  const founder = await visitor("Founder", PLAIN);
  await founder.makeRoom(`${room} by form`);
  assert.match(new URL(founder.page.url()).pathname, /^\/r\/./);
  await founder.page.getByRole("heading", { name: `${room} by form` }).waitFor();
});

scene("without JavaScript the lobby lists rooms", async ({ gather, visitor, room }) => {
  const [ada] = await gather("Ada");
  const guest = await visitor("Guest", PLAIN);
  await guest.page.goto("/");
  await guest.page.getByRole("link", { name: room }).click();
  assert.equal(guest.page.url(), ada.page.url());
});

scene("without JavaScript one writes by form, in as many lines as one likes", async ({ gather, visitor }) => {
  const [ada] = await gather("Ada");
  const plain = await visitor("Plain", PLAIN);
  await plain.page.goto(new URL(ada.page.url()).pathname);
  await plain.enter();
  await plain.composer.fill("two\nlines");
  await plain.sendButton.click();
  await plain.hears("two\nlines");
  assert.equal(plain.page.url(), ada.page.url());
  await ada.hears("two\nlines");
  assert.equal(await plain.composer.inputValue(), "");

  plain.watch.allow(answeredWith(422));
  const long = "x".repeat(4_001);
  await plain.composer.fill(long);
  await plain.sendButton.click();
  await plain.page.getByText("A message has 1 to 4,000 characters; this one has 4,001.").waitFor();
  assert.equal(await plain.composer.inputValue(), long, "what was typed is still there");
  assert.equal(await ada.messages.count(), 1);
});
