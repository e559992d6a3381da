// Owns keeping order in a room: what moderators do, seen by them, by those it is done to, and by
// everybody else, at once.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { deletes, dialogOf, manage, wireOf } from "../harness/moderation.mjs";
import { scene } from "../harness/scene.mjs";
import { observeShifts, stoodStill } from "../harness/shifts.mjs";
import { answeredWith, CONNECTION_LOST } from "../harness/watch.mjs";
import { Wire, slugOf } from "../harness/wire.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const button = (scope, name) => scope.getByRole("button", { name, exact: true });

scene("who is kicked is out, and keeper, kicked and bystander see it at once", async ({ gather }) => {
  const [ada, bob, cleo] = await gather("Ada", "Bob", "Cleo");
  const dialog = await manage(ada, "Bob");
  await dialog.getByLabel("Reason").fill("Too loud");
  await button(dialog, "Kick").click();
  await dialog.getByText("Bob was kicked, and can come back in a minute.").waitFor();
  await Promise.all([ada.seesPeople("Ada", "Cleo"), cleo.seesPeople("Ada", "Cleo")]);
  const sentence = bob.page.getByRole("alert").filter({ hasText: "You were kicked out of this room." });
  await sentence.waitFor();
  assert.match(await sentence.innerText(), /You can come back in (1 minute|\d+ seconds)\. Reason: Too loud$/);
  assert.equal(await bob.composer.isDisabled(), true);

  await button(bob.page, "Come back").click();
  await sentence.waitFor();
  await ada.say("it is quiet now");
  await cleo.hears("it is quiet now");
  assert.equal(await bob.saying("it is quiet now").count(), 0);

  // The button that opened it went with Bob.
  await button(dialog, "Close").click();
  await dialog.waitFor({ state: "detached" });
  await eventually(async () => assert.equal(await hasFocus(ada.peopleList), true));
});

scene("who is banned is out, learns why and until when, and comes back when it has ended", async ({ gather, visitor }) => {
  const [ada, bob, cleo] = await gather("Ada", "Bob", "Cleo");
  bob.watch.allow(answeredWith(403));
  await bob.saysForGood("what I said");
  const path = new URL(bob.page.url()).pathname;
  const { wire, room, id } = await wireOf(ada, bob);
  const dialog = await manage(ada, "Bob");
  await dialog.getByLabel("Reason").fill("Selling watches");
  await dialog.getByLabel("Mute or ban for").selectOption("1 day");
  await button(dialog, "Ban…").click();
  await dialog.getByText("Really ban Bob for 1 day?").waitFor();
  await button(dialog, "Back").click();
  assert.equal(await dialog.getByLabel("Reason").inputValue(), "Selling watches");
  await bob.seesPeople("Ada", "Bob", "Cleo");
  await button(dialog, "Ban…").click();
  await button(dialog, "Really ban").click();
  await dialog.getByText("Bob is banned for 1 day.").waitFor();
  await Promise.all([ada.seesPeople("Ada", "Cleo"), cleo.seesPeople("Ada", "Cleo")]);
  const sentence = /You are banned from this room for another day\. Reason: Selling watches$/;
  const told = bob.page.getByRole("alert").filter({ hasText: "You are banned" });
  await told.waitFor();
  assert.match(await told.innerText(), sentence);

  const tab = await bob.anotherTab(path);
  assert.match(await tab.page.getByRole("heading", { level: 1 }).innerText(), sentence);
  const plain = await visitor("Bob", { javaScriptEnabled: false, storageState: await bob.context.storageState() });
  plain.watch.allow(answeredWith(403));
  assert.equal((await plain.page.goto(path)).status(), 403);
  assert.equal(await plain.page.getByText("what I said").count(), 0);

  const unban = { type: "moderate", room, user: id, measure: "unban", reason: "" };
  assert.equal((await wire.request(unban)).type, "ack");
  await button(bob.page, "Come back").click();
  await eventually(async () => assert.equal(await bob.composer.isEnabled(), true));
  await bob.say("back again");
  await cleo.hears("back again");
  await bob.seesPeople("Ada", "Bob", "Cleo");
});

scene("a mute closes the composer at once, says why and until when, and opens it again", async ({ gather }) => {
  const [ada, bob, cleo] = await gather("Ada", "Bob", "Cleo");
  await bob.composer.fill("half a sent");
  const dialog = await manage(ada, "Bob");
  await dialog.getByLabel("Reason").fill("Let Cleo finish");
  await button(dialog, "Mute").click();
  await dialog.getByText("Bob is muted for 10 minutes.").waitFor();
  const told = bob.page.getByRole("status", { name: "Whether you may talk" });
  await eventually(async () => {
    assert.match(await told.innerText(), /^You are muted in this room\. Reason: Let Cleo finish\s+It ends (at|on .* at) \d\d:\d\d\.$/);
    assert.equal(await bob.composer.isDisabled(), true);
  });
  assert.equal(await bob.composer.inputValue(), "half a sent", "what was written stays");
  assert.equal(await cleo.page.getByText("You are muted").count(), 0);
  await cleo.say("as I was saying");
  await bob.hears("as I was saying");

  await button(dialog, "Close").click();
  assert.equal(await hasFocus(openerOf(ada, "Bob")), true, "the focus is where it was");
  await button(await manage(ada, "Bob"), "Unmute").click();
  await dialog.getByText("Bob is not muted any more.").waitFor();
  await eventually(async () => assert.equal(await bob.composer.isEnabled(), true));
  assert.equal(await told.innerText(), "");
  await eventually(async () => assert.equal(await hasFocus(bob.composer), true, "one writes on"));
  await bob.page.keyboard.press("End");
  await bob.page.keyboard.type("ence");
  await bob.page.keyboard.press("Enter");
  await cleo.hears("half a sentence");

  // By itself, too, and for a page that was loaded meanwhile.
  const { wire, room, id } = await wireOf(ada, bob);
  const mute = { type: "moderate", room, user: id, measure: "mute", reason: "", seconds: 4 };
  assert.equal((await wire.request(mute)).type, "ack");
  await bob.page.reload();
  await eventually(async () => assert.equal(await bob.composer.isDisabled(), true));
  await eventually(async () => assert.equal(await bob.composer.isEnabled(), true));
});

scene("what is deleted is gone for all, at once and after a reload", async ({ gather, visitor }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  for (const body of ["one", "two", "three"]) {
    await bob.saysForGood(body);
  }
  await ada.hears("three");
  await deletes(bob, "two");
  await ada.saying("Deleted by its author.").waitFor();
  await deletes(ada, "three");
  await bob.saying("Deleted by a moderator.").waitFor();
  assert.equal(await hasFocus(ada.log), true, "the focus is on the log");

  const ids = await ada.messageIds();
  const shown = ["one", "Deleted by its author.", "Deleted by a moderator."];
  const plain = await visitor("Plain", { javaScriptEnabled: false });
  await plain.page.goto(new URL(ada.page.url()).pathname);
  await bob.page.reload();
  await bob.isOnline();
  for (const reader of [ada, bob, plain]) {
    assert.deepEqual(await reader.log.locator(".body").allInnerTexts(), shown, reader.name);
    assert.deepEqual(await reader.messageIds(), ids);
    assert.equal(await reader.log.locator(".author").count(), 1, "they still stand in one group");
    assert.doesNotMatch(await reader.page.content(), />(two|three)</);
    const left = reader.saying("Deleted by its author.").getByRole("button");
    assert.equal(await left.count(), 0, "what is gone cannot be deleted");
  }
});

scene("a guest who left and came back still deletes what they said", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await bob.saysForGood("oh dear");
  const path = new URL(bob.page.url()).pathname;
  await bob.page.goto("/");
  await ada.hears("oh dear");
  await bob.page.goto(path);
  await bob.isOnline();
  await deletes(bob, "oh dear");
  await ada.saying("Deleted by its author.").waitFor();
});

scene("a slip deletes nothing, and without a connection nothing is deleted in silence", async ({ gather }) => {
  const [ada] = await gather("Ada");
  ada.watch.allow(CONNECTION_LOST);
  await ada.saysForGood("keep me");
  const line = ada.saying("keep me");
  await line.hover();
  await line.getByRole("button", { name: "Delete" }).dblclick();
  await line.hover();
  assert.equal(await line.count(), 1);
  await button(line, "Really delete").waitFor({ state: "detached" });

  await ada.context.setOffline(true);
  await ada.connectionSays(/offline/i);
  await line.getByRole("button", { name: "Delete" }).click();
  await button(line, "Really delete").click();
  const told = ada.page.getByRole("alert", { name: "What was refused" });
  await eventually(async () => assert.match(await told.innerText(), /no connection right now/));
  await ada.context.setOffline(false);
  await ada.isOnline({ within: 30_000 });
  assert.equal(await line.count(), 1);
  await deletes(ada, "keep me");
  await eventually(async () => assert.equal(await told.innerText(), ""));
});

scene("in a locked room only its keepers write, and all see it at once", async ({ gather, visitor }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await button(ada.page, "Lock").click();
  const told = bob.page.getByRole("status", { name: "Whether you may talk" });
  await eventually(async () => assert.match(await told.innerText(), /^This room is locked/));
  assert.equal(await bob.composer.isDisabled(), true);
  await ada.say("order, please");
  await bob.hears("order, please");
  const plain = await visitor("Plain", { javaScriptEnabled: false });
  await plain.page.goto(new URL(ada.page.url()).pathname);
  await plain.enter();
  assert.equal(await plain.composer.isDisabled(), true);
  await plain.page.getByText("This room is locked").waitFor();
  await button(ada.page, "Unlock").click();
  await eventually(async () => assert.equal(await bob.composer.isEnabled(), true));
  await bob.say("thanks");
  await ada.hears("thanks");
});

scene("what one may not do is not offered, and if tried says why", async ({ gather }) => {
  const [ada, bob, cleo] = await gather("Ada", "Bob", "Cleo");
  await ada.saysForGood("mine");
  await bob.saysForGood("yours");
  await bob.hears("mine");
  await bob.seesPeople("Ada", "Bob", "Cleo");
  assert.equal(await bob.page.getByRole("button", { name: /^Manage/ }).count(), 0);
  assert.equal(await button(bob.page, "Lock").count(), 0);
  for (const name of ["Edit", "Delete"]) {
    assert.equal(await bob.saying("mine").getByRole("button", { name, includeHidden: true }).count(), 0);
  }
  assert.equal(await bob.saying("yours").getByRole("button", { name: "Delete" }).count(), 1);
  assert.equal(await openerOf(ada, "Bob").count(), 1);
  assert.equal(await ada.person("Ada").getByRole("button", { name: /^Manage/ }).count(), 0, "nobody manages themselves");

  const { id } = await wireOf(bob, cleo);
  const room = slugOf(new URL(bob.page.url()).pathname);
  const wire = await Wire.open(bob);
  await wire.request({ type: "join", room });
  const measure = (measure) => ({ type: "moderate", room, user: id, measure, reason: "" });
  for (const event of [measure("mute"), measure("kick"), measure("ban"), { type: "lock", room, locked: true }, { type: "delete_message", room, message: 1 }]) {
    const { type, code, message } = await wire.request(event);
    assert.deepEqual([type, code, message], ["error", "forbidden", "Only moderators of this room may do that."]);
  }
  await cleo.say("still here");
  await bob.hears("still here");
});

scene("keys alone manage people and delete messages", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await bob.saysForGood("first");
  await bob.saysForGood("second");
  await ada.hears("second");
  const { keyboard } = ada.page;
  await openerOf(ada, "Bob").focus();
  await keyboard.press("Enter");
  const dialog = dialogOf(ada, "Bob");
  await eventually(async () => assert.equal(await hasFocus(dialog), true));
  await keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await hasFocus(openerOf(ada, "Bob")), true);
  await keyboard.press("Enter");
  await eventually(async () => assert.equal(await hasFocus(dialog), true));
  await keyboard.press("Tab");
  await keyboard.type("By keys");
  await tabTo(ada, button(dialog, "Ban…"));
  await keyboard.press("Enter");
  await eventually(async () => assert.equal(await hasFocus(button(dialog, "Back")), true));
  await keyboard.press("Enter");
  await eventually(async () => assert.equal(await hasFocus(dialog), true));
  await tabTo(ada, button(dialog, "Mute"));
  await keyboard.press("Space");
  await dialog.getByText("Bob is muted for 10 minutes.").waitFor();
  await eventually(async () => assert.equal(await hasFocus(button(dialog, "Close")), true));
  await keyboard.press("Enter");
  await eventually(async () => assert.equal(await hasFocus(openerOf(ada, "Bob")), true));
  await bob.page.getByText("Reason: By keys").first().waitFor();

  await ada.log.focus();
  await keyboard.press("Enter");
  const offer = (what, body) => ada.saying(body).getByRole("button", { name: `${what}: ${body}` });
  assert.equal(await hasFocus(offer("React", "second")), true);
  await keyboard.press("ArrowUp");
  assert.equal(await hasFocus(offer("React", "first")), true);
  await keyboard.press("Escape");
  assert.equal(await hasFocus(ada.log), true);
  await keyboard.press("Enter");
  await keyboard.press("ArrowUp");
  await keyboard.press("ArrowRight");
  assert.equal(await hasFocus(offer("Delete", "first")), true);
  await keyboard.press("Enter");
  await eventually(async () => assert.equal(await hasFocus(button(ada.log, "Keep")), true));
  await keyboard.press("Escape");
  await eventually(async () => assert.equal(await hasFocus(offer("Delete", "first")), true));
  await keyboard.press("Enter");
  await eventually(async () => assert.equal(await hasFocus(button(ada.log, "Keep")), true));
  await keyboard.press("Shift+Tab");
  await keyboard.press("Enter");
  await bob.saying("Deleted by a moderator.").waitFor();
  assert.equal(await hasFocus(ada.log), true);
  assert.equal(await ada.saying("second").count(), 1);
});

scene("nothing moves when somebody is muted, when a message goes, when the room is locked", async ({ gather }) => {
  const [ada, bob, cleo] = await gather("Ada", "Bob", "Cleo");
  await bob.saysForGood("one");
  await ada.hears("one");
  for (const who of [ada, bob, cleo]) {
    await observeShifts(who);
    await who.page.reload();
    await who.isOnline();
    await who.seesPeople("Ada", "Bob", "Cleo");
  }
  const settled = () => Promise.all([ada, bob, cleo].map(stoodStill));
  await settled();
  await deletes(ada, "one");
  await bob.saying("Deleted by a moderator.").waitFor();
  await button(ada.page, "Lock").click();
  await bob.page.getByText("This room is locked").first().waitFor();
  await button(ada.page, "Unlock").click();
  await button(await manage(ada, "Bob"), "Mute").click();
  await bob.page.getByText("You are muted").first().waitFor();
  await dialogOf(ada, "Bob").getByText("Bob is muted").waitFor();
  await settled();
});

scene("on a phone what manages and deletes has room for a thumb", async ({ gather }) => {
  const [ada, bob] = await gather({ name: "Ada", context: PHONE }, "Bob");
  await bob.saysForGood("hello");
  const dialog = await manage(ada, "Bob");
  await hasRoomForThumbs(dialog.locator("button, input, select"), 7);
  await button(dialog, "Ban…").tap();
  await hasRoomForThumbs(dialog.locator("button"), 2);
  await button(dialog, "Back").tap();
  await button(dialog, "Cancel").tap();
  await ada.tab("Chat").tap();
  const line = ada.saying("hello");
  await line.getByText("hello").tap();
  await line.getByRole("button", { name: "Delete" }).tap();
  await hasRoomForThumbs(line.getByRole("button"), 2);
  await button(line, "Really delete").tap();
  await bob.saying("Deleted by a moderator.").waitFor();
});

async function hasRoomForThumbs(locator, count) {
  await eventually(async () => assert.equal(await locator.filter({ visible: true }).count(), count));
  for (const target of await locator.filter({ visible: true }).all()) {
    const { width, height } = await target.boundingBox();
    assert.ok(width >= 44 && height >= 44, `${width}×${height}: ${await target.innerText()}`);
  }
}

const openerOf = (keeper, name) => keeper.person(name).getByRole("button", { name: `Manage ${name}` });

const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

async function tabTo(visitor, target) {
  for (let tabs = 0; tabs < 12; tabs += 1) {
    if (await hasFocus(target)) {
      return;
    }
    await visitor.page.keyboard.press("Tab");
  }
  assert.fail(`${target} is not within 12 tabs`);
}
