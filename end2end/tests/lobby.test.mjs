// Owns the lobby and the ways into a room.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { scene } from "../harness/scene.mjs";
import { answeredWith } from "../harness/watch.mjs";

const ODD_NAMES = [
  "🦜🌈",
  "星の部屋",
  "<script>alert(1)</script>",
  "../..",
  "غرفة السلام",
  "a/b?c=d#e%20f",
  "-",
  "CON",
];

scene("a listed room is in the lobby with how many people are in it now", async ({ gather, visitor, room }) => {
  const [ada] = await gather("Ada", "Bob");
  const guest = await visitor("Guest");
  const entry = guest.page.getByRole("listitem").filter({ hasText: room });
  const shows = (people) =>
    eventually(async () => {
      await guest.page.goto("/");
      const text = await entry.innerText({ timeout: 2_000 });
      assert.match(text.replace(room, ""), new RegExp(`(^|\\D)${people}(\\D|$)`));
    });
  await shows(2);
  const cleo = await visitor("Cleo");
  await cleo.page.goto(new URL(ada.page.url()).pathname);
  await cleo.enter();
  await shows(3);
  await entry.getByRole("link").first().click();
  assert.equal(guest.page.url(), ada.page.url());
});

scene("an unlisted room is not in the lobby, and search engines stay away", async ({ visitor, room }) => {
  const ada = await visitor("Ada");
  await ada.makeRoom(room, { listed: false });
  const guest = await visitor("Guest");
  await guest.page.goto("/");
  assert.equal(await guest.page.getByText(room).count(), 0);
  const answer = await guest.page.goto(new URL(ada.page.url()).pathname);
  assert.equal(await isKeptFromSearch(guest, answer), true);
});

scene("a listed room is open to search engines", async ({ gather, visitor }) => {
  const [ada] = await gather("Ada");
  const guest = await visitor("Guest");
  const answer = await guest.page.goto(new URL(ada.page.url()).pathname);
  assert.equal(await isKeptFromSearch(guest, answer), false);
});

for (const odd of ODD_NAMES) {
  scene(`a room may be called ${odd}`, async ({ visitor }) => {
    const [ada, bob] = [await visitor("Ada"), await visitor("Bob")];
    await ada.makeRoom(odd);
    const { pathname } = new URL(ada.page.url());
    assert.match(pathname, /^\/r\/[^/]+$/);
    await ada.page.getByRole("heading", { name: odd, exact: true }).waitFor();
    await ada.isOnline();
    await bob.page.goto(pathname);
    await bob.enter();
    await bob.say("found it");
    await ada.hears("found it");
  });
}

scene("a room of the same name is the same room", async ({ gather, visitor, room }) => {
  const [ada] = await gather("Ada");
  const bob = await visitor("Bob");
  await bob.makeRoom(room);
  assert.equal(bob.page.url(), ada.page.url());
  await ada.seesPeople("Ada", "Bob");
});

scene("a visit makes no room: 404 with the form, and the form makes it", async ({ visitor }) => {
  const ada = await visitor("Ada");
  ada.watch.allow(answeredWith(404));
  const path = `/r/nobody-was-here-${Date.now()}`;
  for (let visit = 0; visit < 2; visit += 1) {
    const answer = await ada.page.goto(path);
    assert.equal(answer.status(), 404);
    await ada.joinButton.waitFor();
  }
  await ada.nameField.fill("Ada");
  if ((await ada.roomField.inputValue()) === "") {
    await ada.roomField.fill(path.split("/").at(-1));
  }
  await ada.joinButton.click();
  await ada.isInRoom();
  assert.equal(new URL(ada.page.url()).pathname, path);
});

scene("a page that is none answers 404 in words", async ({ visitor }) => {
  const ada = await visitor("Ada");
  ada.watch.allow(answeredWith(404));
  const answer = await ada.page.goto("/no/such/page");
  assert.equal(answer.status(), 404);
  assert.match(answer.headers()["content-type"], /^text\/html/);
  assert.notEqual((await ada.page.locator("body").innerText()).trim(), "");
});

scene("a name is remembered", async ({ gather, room }) => {
  const [ada] = await gather("Ada Lovelace");
  await ada.page.goto("/");
  assert.equal(await ada.nameField.inputValue(), "Ada Lovelace");
  await ada.roomField.fill(`${room} too`);
  await ada.joinButton.click();
  await ada.seesPeople("Ada Lovelace");
});

scene("who has joined is in again by the link alone", async ({ gather }) => {
  const [ada] = await gather("Ada");
  const path = new URL(ada.page.url()).pathname;
  await ada.page.goto("/");
  await ada.page.goto(path);
  await ada.isOnline();
  assert.equal(await ada.joinButton.count(), 0);
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";
  scene(`a bad name is refused beside its field, ${how} JavaScript`, async ({ visitor, room }) => {
    const ada = await visitor("Ada", { javaScriptEnabled });
    ada.watch.allow(answeredWith(4));
    await ada.page.goto("/");
    const cases = [
      { name: "", says: /name has 1 to 40 characters/i },
      { name: "A".repeat(41), says: /name has 1 to 40 characters.* 41/i },
    ];
    for (const { name, says } of cases) {
      await ada.nameField.fill(name);
      await ada.roomField.fill(room);
      await ada.listBox.setChecked(false);
      await ada.joinButton.click();
      await ada.refusedAt(ada.nameField, says);
      assert.equal(await ada.nameField.inputValue(), name, "the name is kept");
      assert.equal(await ada.roomField.inputValue(), room, "the room is kept");
      assert.equal(await ada.listBox.isChecked(), false, "the tick is kept");
    }
    await ada.nameField.fill("Ada");
    await ada.joinButton.click();
    await ada.isInRoom();
  });

  scene(`a bad room name is refused beside its field, ${how} JavaScript`, async ({ visitor }) => {
    const ada = await visitor("Ada", { javaScriptEnabled });
    ada.watch.allow(answeredWith(4));
    await ada.page.goto("/");
    for (const room of ["", "r".repeat(81)]) {
      await ada.nameField.fill("Ada");
      await ada.roomField.fill(room);
      await ada.joinButton.click();
      await ada.refusedAt(ada.roomField, /room's name has 1 to 80 characters/i);
      assert.equal(await ada.nameField.inputValue(), "Ada", "the name is kept");
      assert.equal(await ada.roomField.inputValue(), room, "the room is kept");
    }
  });
}

scene("a newcomer's bad name is refused in the room, and kept", async ({ gather, visitor }) => {
  const [ada] = await gather("Ada");
  await ada.saysForGood("history");
  const bob = await visitor("Bob");
  bob.watch.allow(answeredWith(4));
  await bob.page.goto(new URL(ada.page.url()).pathname);
  await bob.nameField.fill("B".repeat(41));
  await bob.joinButton.click();
  await bob.refusedAt(bob.nameField, /name has 1 to 40 characters.* 41/i);
  assert.equal(await bob.nameField.inputValue(), "B".repeat(41));
  await bob.hears("history");
  await bob.enter();
  await ada.seesPeople("Ada", "Bob");
});

scene(
  "rooms per address are capped, and existing rooms stay open",
  { flags: ["--rooms-per-address", "2"] },
  async ({ visitor, room }) => {
    const ada = await visitor("Ada");
    ada.watch.allow(answeredWith(4));
    await ada.makeRoom(`${room} 1`);
    await ada.makeRoom(`${room} 2`);
    await ada.page.goto("/");
    await ada.nameField.fill("Ada");
    await ada.roomField.fill(`${room} 3`);
    await ada.joinButton.click();
    await ada.page.getByText(/many rooms were made/i).waitFor();
    assert.equal(await ada.roomField.inputValue(), `${room} 3`, "what was typed is kept");
    await ada.roomField.fill(`${room} 1`);
    await ada.joinButton.click();
    await ada.isInRoom();
  },
);

async function isKeptFromSearch(visitor, answer) {
  const meta = visitor.page.locator("meta[name=robots]");
  const inPage = (await meta.count()) > 0 ? await meta.first().getAttribute("content") : "";
  return /noindex/.test(`${answer.headers()["x-robots-tag"] ?? ""} ${inPage}`);
}
