// Owns accounts as people use them: from guest to account, in several browsers, and out again.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { button, field, PASSWORD, signIn, signUp, twoBrowsers } from "../harness/account.mjs";
import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { answeredWith, CONNECTION_LOST } from "../harness/watch.mjs";

const aHandle = () => `ada-${randomUUID().slice(0, 8)}`;
const CLOSED = /WebSocket/;

scene("a guest makes an account and keeps what they said", async ({ gather, visitor }) => {
  // Who makes a room owns it, and could delete anything.
  const [bob, ada] = await gather("Bob", "Ada");
  const handle = aHandle();
  await ada.saysForGood("as a guest");
  const room = new URL(ada.page.url()).pathname;
  await ada.page.getByRole("button", { name: "Change name" }).click();
  await ada.page.getByRole("link", { name: "Colour, avatar and account" }).click();
  await ada.page.getByRole("heading", { name: "Make an account to keep your name" }).waitFor();
  await signUp(ada, handle, { open: `/sign-up?next=${room}` });
  assert.equal(new URL(ada.page.url()).pathname, room, "they are where they came from");
  await ada.isOnline();
  await ada.saysForGood("with an account");
  await bob.hears("with an account");
  await bob.seesPeople("Ada", "Bob");
  // One's own messages can be deleted, those of the guest too.
  await ada.saying("as a guest").hover();
  await ada.saying("as a guest").getByRole("button", { name: "Delete" }).first().click();
  await ada.page.getByRole("button", { name: "Really delete" }).click();
  await eventually(async () => assert.equal(await bob.saying("as a guest").count(), 0));

  const elsewhere = await visitor("Ada elsewhere");
  await elsewhere.page.goto(room);
  await elsewhere.page.getByRole("link", { name: "Sign in" }).click();
  await signIn(elsewhere, handle);
  assert.equal(new URL(elsewhere.page.url()).pathname, room);
  await elsewhere.isOnline();
  await bob.seesPeople("Ada", "Bob");
});

scene("a sign-in that is ended elsewhere closes its room, and what was not sent is kept", async ({ visitor, room }) => {
  const handle = aHandle();
  const [here, there] = await twoBrowsers(visitor, handle);
  there.watch.allow(CLOSED, CONNECTION_LOST, answeredWith(401));
  await there.makeRoom(room);
  await there.isOnline();
  await there.context.setOffline(true);
  await there.page.evaluate(() => window.dispatchEvent(new Event("offline")));
  await there.say("said without a network");

  await here.page.goto("/account");
  await here.page.getByRole("button", { name: /^End / }).click();
  await here.page.getByText("That sign-in has ended.").waitFor();
  await there.context.setOffline(false);
  await there.page.getByText(/You were signed out\.|does not know who you are/).waitFor();
  await there.page.getByRole("link", { name: "Sign in" }).click();
  await signIn(there, handle);
  assert.match(new URL(there.page.url()).pathname, /^\/r\//, "they are back in the room");
  await there.isOnline();
  await eventually(async () => {
    const sent = there.saying("said without a network").and(there.page.locator(":not(.pending)"));
    assert.equal(await sent.count(), 1);
  });
});

scene("an open room says at once that one was signed out", async ({ visitor, room }) => {
  const handle = aHandle();
  const [here, there] = await twoBrowsers(visitor, handle);
  here.watch.allow(CLOSED);
  await here.makeRoom(room);
  await here.isOnline();
  const path = new URL(here.page.url()).pathname;
  await there.page.goto("/account");
  await button(there, "Sign out everywhere").click();
  await there.page.getByText("You are signed out everywhere.").waitFor();
  await here.page.getByText("You were signed out.").waitFor();
  await here.page.getByRole("button", { name: "Reload" }).click();
  // As anybody who comes by: they read, and join or sign in.
  await here.joinButton.waitFor();
  await here.page.getByRole("link", { name: "Sign in" }).click();
  await signIn(here, handle);
  assert.equal(new URL(here.page.url()).pathname, path);
  await here.isOnline();
});

scene("a forgotten password is replaced by a link", async ({ visitor, server }) => {
  const handle = aHandle();
  const [here, there] = await twoBrowsers(visitor, handle);
  const link = (await server.command("admin", "reset", handle, "--public-url", server.url)).trim();
  const lost = await visitor("Ada who forgot");
  await lost.page.goto("/sign-in");
  await lost.page.getByRole("link", { name: "I forgot my password" }).click();
  await lost.page.getByText("Ask an administrator").waitFor();
  await lost.page.goto(link);
  await eventually(async () => {
    assert.equal(new URL(lost.page.url()).hash, "", "the code leaves the address");
  });
  await field(lost, "New password").fill("another horse 8");
  await button(lost, "Set the password").click();
  await lost.page.getByText("Your password is changed.").waitFor();
  await here.page.goto("/account");
  await here.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await signIn(here, handle, "another horse 8");
  await there.page.goto("/account");
  await there.page.getByRole("heading", { name: "Sign in" }).waitFor();
});

scene("what is wrong is said at its field", async ({ visitor }) => {
  const ada = await visitor("Ada");
  ada.watch.allow(answeredWith(401), answeredWith(409), answeredWith(422));
  const handle = aHandle();
  await ada.page.goto("/sign-up");
  await button(ada, "Make the account").click();
  await ada.refusedAt(field(ada, "Handle"), /A handle has 3 to 30/);
  await field(ada, "Handle").fill(handle);
  await field(ada, "Your name").fill("Ada");
  await field(ada, "Password").fill("short");
  await button(ada, "Make the account").click();
  await ada.refusedAt(field(ada, "Password"), /A password has 8 to 200/);
  assert.equal(await field(ada, "Handle").inputValue(), handle);
  assert.equal(await field(ada, "Password").inputValue(), "");
  await field(ada, "Password").fill(PASSWORD);
  await button(ada, "Make the account").click();
  await ada.page.getByRole("link", { name: "Ada" }).waitFor();

  const eve = await visitor("Eve");
  eve.watch.allow(answeredWith(401), answeredWith(409));
  await eve.page.goto("/sign-in");
  await field(eve, "Handle or email").fill(handle);
  await field(eve, "Password").fill("not this one");
  await button(eve, "Sign in").click();
  await eve.refusedAt(field(eve, "Password"), /No account has that handle or address/);
});

scene("keys alone make an account and change how one looks", async ({ visitor }) => {
  const ada = await visitor("Ada");
  const { keyboard } = ada.page;
  await ada.page.goto("/sign-up");
  const tabTo = async (target) => {
    for (let tabs = 0; tabs < 30; tabs += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) {
        return;
      }
      await keyboard.press("Tab");
    }
    assert.fail(`${target} is not within 30 tabs`);
  };
  for (const [label, words] of [["Your name", "Ada"], ["Handle", aHandle()], ["Password", PASSWORD]]) {
    await tabTo(field(ada, label));
    await keyboard.type(words);
  }
  await keyboard.press("Enter");
  const own = ada.page.getByRole("link", { name: "Ada" });
  await own.waitFor();
  await tabTo(own);
  await keyboard.press("Enter");
  await ada.page.getByRole("heading", { name: "How others see you" }).waitFor();
  const chosen = ada.page.getByRole("radio", { checked: true });
  await tabTo(chosen);
  const before = await chosen.inputValue();
  await keyboard.press("ArrowRight");
  await keyboard.press("Enter");
  await ada.page.getByText("Saved.").waitFor();
  assert.notEqual(await ada.page.getByRole("radio", { checked: true }).inputValue(), before);
});

scene("without JavaScript everything about an account works", async ({ visitor, server }) => {
  const plain = await visitor("Plain", { javaScriptEnabled: false });
  const handle = aHandle();
  await plain.page.goto("/");
  await plain.page.getByRole("link", { name: "Sign in" }).click();
  await plain.page.getByRole("link", { name: "Make one" }).click();
  await signUp(plain, handle, { open: "/sign-up" });
  await plain.page.getByRole("link", { name: "Plain" }).click();
  await field(plain, "Your name").fill("Plainer");
  await field(plain, "Avatar").fill("🦉");
  await plain.page.getByRole("radio", { name: "Teal" }).check();
  await button(plain, "Save").click();
  await plain.page.getByText("Saved.").waitFor();
  assert.equal(await plain.page.getByRole("radio", { name: "Teal" }).isChecked(), true);
  await field(plain, "Current password").fill(PASSWORD);
  await field(plain, "New password").fill("another horse 8");
  await button(plain, "Change the password").click();
  await plain.page.getByText("Your password is changed.").waitFor();
  await button(plain, "Sign out").click();
  await plain.page.getByRole("link", { name: "Sign in" }).click();
  await signIn(plain, handle, "another horse 8");
  await plain.page.getByRole("link", { name: "Plainer" }).waitFor();

  const link = (await server.command("admin", "reset", handle)).trim();
  const [path, code] = link.split("#");
  await plain.page.goto(path);
  await plain.page.getByRole("textbox", { name: /The code of your link/ }).fill(code);
  await field(plain, "New password").fill("a third horse 9");
  await button(plain, "Set the password").click();
  await plain.page.getByText("Your password is changed.").waitFor();
});

scene("the first administrator follows the link that the server printed", { ownServer: true }, async ({ visitor, server }) => {
  const ada = await visitor("Ada");
  const [link] = server.log.match(/http:\/\/\S+\/setup#\S+/);
  await ada.page.goto(link);
  await eventually(async () => assert.equal(new URL(ada.page.url()).hash, ""));
  await field(ada, "Your name").fill("Ada");
  await field(ada, "Handle").fill("ada");
  await field(ada, "Password").fill(PASSWORD);
  await button(ada, "Become administrator").click();
  await ada.page.getByText("You are an administrator of this server now.").waitFor();
  await ada.page.getByRole("link", { name: "Help people who forgot their password" }).click();
  await field(ada, "Their handle or email").fill("ada");
  await button(ada, "Make a link").click();
  assert.match(await ada.page.getByRole("textbox", { name: "The link" }).inputValue(), /\/reset#[\w-]{43}$/);
  await ada.page.goto("/setup");
  await ada.page.getByText("This server has an administrator already.").waitFor();
});

scene("without guests a stranger signs in first", { flags: ["--guests", "off"] }, async ({ visitor }) => {
  const ada = await visitor("Ada");
  ada.watch.allow(answeredWith(404));
  await ada.page.goto("/r/somewhere");
  await ada.page.getByText("Only people with an account come in here.").waitFor();
  assert.equal(await ada.joinButton.count(), 0);
  await ada.page.goto("/");
  await ada.page.getByRole("link", { name: "Make an account" }).click();
  await signUp(ada, "ada");
  await ada.roomField.fill("A room of accounts");
  await ada.joinButton.click();
  await ada.isOnline();
});
