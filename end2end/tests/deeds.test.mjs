// What people do about messages, and with each other alone: edit, react, talk where nobody else is.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { answeredWith } from "../harness/watch.mjs";

const deed = async (visitor, body, what) => {
  const line = visitor.saying(body);
  await line.hover();
  await line.getByRole("button", { name: `${what}: ${body}` }).click();
};

const field = (visitor) => visitor.page.getByRole("textbox", { name: "Change what it says" });

const says = (visitor, text) => visitor.messages.filter({ hasText: text });

const chip = (visitor, sign) => visitor.log.getByRole("button", { name: new RegExp(`^${sign} \\d`) });

scene("an edit shows for everyone, keeps what was typed when refused, and is the author's alone", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await bob.saysForGood("helo");
  await ada.hears("helo");
  await ada.saying("helo").hover();
  assert.equal(await ada.saying("helo").getByRole("button", { name: "Edit" }).count(), 0);

  await deed(bob, "helo", "Edit");
  assert.equal(await field(bob).inputValue(), "helo");
  await field(bob).fill("  ");
  await field(bob).press("Enter");
  await bob.page.getByText("A message has 1 to 4,000 characters").waitFor();
  await field(bob).fill("hello\nthere");
  await field(bob).press("Enter");
  await says(ada, /hello\s+there\s*\(edited\)/).waitFor();
  await says(bob, "(edited)").waitFor();
  await field(bob).waitFor({ state: "detached" });
  await eventually(async () =>
    assert.equal(await bob.composer.evaluate((it) => it === document.activeElement), true),
  );
  // Whoever comes later reads the same, from the server's page.
  await ada.page.reload();
  await says(ada, /hello\s+there\s*\(edited\)/).waitFor();
  await ada.isOnline();

  await bob.messages.first().hover();
  await bob.messages.first().getByRole("button", { name: /^Edit/ }).click();
  await field(bob).fill("never mind");
  await field(bob).press("Escape");
  await field(bob).waitFor({ state: "detached" });
  assert.equal(await says(ada, "never mind").count(), 0);
});

scene("what is written into an editor outlasts an edit in another tab, and loses to it only when it is given up", async ({ gather }) => {
  const [bob] = await gather("Bob");
  await bob.saysForGood("one");
  const other = await bob.anotherTab(bob.page.url());
  await other.hears("one");
  await deed(other, "one", "Edit");
  await field(other).fill("one and a half");
  await deed(bob, "one", "Edit");
  await field(bob).fill("two");
  await field(bob).press("Enter");
  await says(bob, /two\s*\(edited\)/).waitFor();
  await says(other, "(edited)").waitFor();
  assert.equal(await field(other).inputValue(), "one and a half");
  await field(other).press("Escape");
  await says(other, /two\s*\(edited\)/).waitFor();
});

scene("reactions are counted for everyone, and taken back by a second press", async ({ gather }) => {
  const [ada, bob, cleo] = await gather("Ada", "Bob", "Cleo");
  await ada.saysForGood("lunch?");
  for (const who of [bob, cleo]) {
    await who.hears("lunch?");
    await deed(who, "lunch?", "React");
    await who.page.getByRole("button", { name: "thumbs up" }).click();
    await eventually(async () => assert.equal(await chip(who, "👍").getAttribute("aria-pressed"), "true"));
  }
  await eventually(async () => assert.match(await chip(ada, "👍").innerText(), /👍\s*2/));
  assert.match(await chip(ada, "👍").getAttribute("aria-label"), /Bob.*Cleo|Cleo.*Bob/);
  await chip(ada, "👍").click();
  await eventually(async () => assert.match(await chip(bob, "👍").innerText(), /👍\s*3/));
  await chip(bob, "👍").click();
  await eventually(async () => {
    assert.equal(await chip(bob, "👍").getAttribute("aria-pressed"), "false");
    assert.match(await chip(cleo, "👍").innerText(), /👍\s*2/);
  });
  await cleo.page.reload();
  await cleo.isOnline();
  assert.match(await chip(cleo, "👍").innerText(), /👍\s*2/);
  await deed(ada, "lunch?", "Delete");
  await ada.page.getByRole("button", { name: "Really delete" }).click();
  await bob.saying("Deleted by its author.").waitFor();
  assert.equal(await chip(bob, "👍").count(), 0);
});

scene("a click on a name leads to a room of two, and the other one hears of it", async ({ gather, visitor, server }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const room = ada.page.url();
  await ada.person("Bob").getByRole("button", { name: "Bob", exact: true }).click();
  await ada.page.waitForURL(/\/r\/d-/);
  await ada.isOnline();
  assert.equal(await ada.page.getByRole("heading", { level: 1 }).innerText(), "Bob");
  assert.match(await ada.page.title(), /^Bob · Starling/);
  await ada.saysForGood("just between us");

  const told = bob.page.getByRole("status", { name: "Who wrote to you" });
  await eventually(async () => assert.equal(await told.innerText(), "Ada wrote to you."));
  await bob.page.getByRole("link", { name: "Read it" }).click();
  await bob.hears("just between us");
  assert.equal(await bob.page.getByRole("heading", { level: 1 }).innerText(), "Ada");
  await bob.isOnline();
  await bob.say("and nobody else");
  await ada.hears("and nobody else");

  const stranger = await visitor("Cleo");
  stranger.watch.allow(answeredWith(404));
  const answer = await stranger.page.goto(new URL(ada.page.url()).pathname);
  assert.equal(answer.status(), 404);
  assert.doesNotMatch(await stranger.page.content(), /between us/);
  await ada.page.goto(server.url);
  await ada.page.getByRole("region", { name: "Your conversations" }).getByText("Bob").waitFor();
  await bob.page.goto(room);
  await bob.page.getByRole("navigation", { name: "Your rooms" }).getByRole("link", { name: "Ada" }).click();
  await bob.hears("and nobody else");
});
