// Owns every state a page can be in, and the way there: for tests that look at all of them, and for
// the pictures. What a state looks like is not its business.

import assert from "node:assert/strict";

import { ACCOUNT_STATES } from "./account-states.mjs";
import { BOARD_STATES } from "./board-states.mjs";
import { DEED_STATES } from "./deed-states.mjs";
import { eventually } from "./eventually.mjs";
import { FILE_STATES } from "./file-states.mjs";
import { join } from "./identity.mjs";
import { meddle } from "./meddle.mjs";
import { OBJECT_STATES } from "./object-states.mjs";
import { pointAt } from "./plane.mjs";
import { POINTING_STATES } from "./pointing-states.mjs";
import { answeredWith, CONNECTION_LOST } from "./watch.mjs";
import { deletes, manage, wireOf } from "./moderation.mjs";
import { fill, slugOf } from "./wire.mjs";

export const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
export const SCHEMES = ["light", "dark"];

const TALK = [
  ["Ada", "Morning! Did the new board come up on your side?"],
  ["Ada", "I drew the two boxes we talked about yesterday."],
  ["Björn", "It did. I can see you pointing at the left one."],
  ["Mei 星", "同じものが見えます 👍"],
  ["Mei 星", "One thing, though:\nthe arrow between them should go both ways,\nor the reader thinks that nothing ever comes back."],
  ["Ada", "https://example.org/a-very-long-address/that/has/no/space/in-it/and-so-cannot-be-broken-by-words?query=0123456789012345678901234567890123456789"],
  ["Björn", "Fixed."],
];
const CAST = [...new Set(TALK.map(([who]) => who))];
const ROOMS = ["Tuesday's whiteboard", "Team Lunch", "星の部屋", "A room whose name is so long that no list and no heading has a line for it 👩‍🚀"];
const MORE_THAN_LISTED = 110;
const MORE_THAN_A_PAGE = 70;

/**
 * The states, each as `{ name, flags, arrive }`: on a stage whose server is its own, started with
 * `flags`, `arrive(stage, options)` returns a visitor who sees it. `options` are those of their
 * browser context.
 */
export const STATES = [
  state("lobby-empty", async (stage, options) => {
    const guest = await stage.visitor("A guest", options);
    await guest.page.goto("/");
    return guest;
  }),
  state("lobby-rooms", async (stage, options) => {
    const guest = await stage.visitor("A guest", options);
    await stage.gather("Ada", "Björn");
    await makeRooms(stage.server, ROOMS);
    // How many are in a room is told from a tick on.
    await eventually(async () => {
      await guest.page.goto("/");
      assert.equal(await guest.page.getByText("2 people here now").count(), 1);
    });
    return guest;
  }),
  state(
    "lobby-full",
    async (stage, options) => {
      const guest = await stage.visitor("A guest", options);
      await makeRooms(
        stage.server,
        Array.from({ length: MORE_THAN_LISTED }, (_, index) => `Room number ${index + 1}`),
      );
      await guest.page.goto("/");
      return guest;
    },
    ["--rooms-per-address", "1000"],
  ),
  state("lobby-refused", async (stage, options) => {
    const guest = await stage.visitor("A guest", options);
    guest.watch.allow(answeredWith(422));
    await guest.page.goto("/");
    await guest.joinButton.click();
    await guest.page.getByText(/name has 1 to/i).first().waitFor();
    return guest;
  }),
  state("no-such-room", async (stage, options) => answered(stage, options, "/r/nobody-was-here")),
  state("problem-404", async (stage, options) => answered(stage, options, "/no/such/page")),
  state("problem-403", async (stage, options) => {
    const guest = await stage.visitor("A guest", options);
    guest.watch.allow(answeredWith(403));
    // A page of no origin.
    await guest.page.setContent(`
      <form method="post" action="${stage.server.url}/join">
        <input name="name" value="Eve"><input name="room" value="Stolen"><button>Go</button>
      </form>`);
    await guest.page.getByRole("button").click();
    await guest.page.waitForURL("**/join");
    return guest;
  }),
  state("room-newcomer", async (stage, options) => {
    const guest = await stage.visitor("A guest", options);
    await talk(stage);
    await guest.page.goto(stage.link);
    await guest.joinButton.waitFor();
    return guest;
  }),
  state("room-empty", async (stage, options) => alone(stage, options)),
  state("room-talk", async (stage, options) => pointedAt(stage, options)),
  state("room-idle", async (stage, options) => {
    const guest = await pointedAt(stage, options);
    await eventually(async () => {
      const idle = guest.cursors().and(guest.page.locator("[data-idle]"));
      assert.equal(await idle.count(), await guest.cursors().count());
    });
    return guest;
  }),
  state("room-settings", async (stage, options) => {
    const guest = await alone(stage, options);
    const link = new URL(guest.page.url()).pathname;
    for (const name of ["Björn", "Mei 星"]) {
      await join(stage.server.url, name, ROOMS[0]);
    }
    await guest.page.goto(`${link}/settings`);
    await guest.page.locator("summary", { hasText: "Mei" }).click();
    await guest.page.getByRole("textbox", { name: "Reason" }).fill("Pointing at everything");
    await guest.page.getByRole("button", { name: "Mute" }).click();
    await guest.page.getByRole("button", { name: "Invite" }).click();
    await guest.page.locator("summary", { hasText: "Björn" }).click();
    return guest;
  }),
  state("invite", async (stage, options) => {
    const [ada] = await stage.gather("Ada");
    await ada.page.goto(`${stage.link}/settings`);
    await ada.page.getByRole("button", { name: "Invite" }).click();
    const guest = await stage.visitor("A guest", options);
    await guest.page.goto(await ada.page.locator("#invite-link").innerText());
    await guest.page.getByRole("status").getByText(stage.room).waitFor();
    return guest;
  }),
  state("room-rename", async (stage, options) => {
    const guest = await alone(stage, options);
    await guest.page.getByRole("button", { name: "Change name" }).click();
    await guest.page.getByRole("textbox", { name: "New name" }).waitFor();
    return guest;
  }),
  state("room-manage", async (stage, options) => {
    const guest = await keeper(stage, options);
    await manage(guest, "Björn");
    return guest;
  }),
  state("room-manage-ban", async (stage, options) => {
    const guest = await keeper(stage, options);
    const dialog = await manage(guest, "Mei 星");
    await dialog.getByRole("button", { name: "Ban…" }).click();
    await dialog.getByRole("button", { name: "Really ban" }).waitFor();
    return guest;
  }),
  state("room-managed", async (stage, options) => {
    const guest = await keeper(stage, options);
    const dialog = await manage(guest, "Björn");
    await dialog.getByRole("button", { name: "Mute", exact: true }).click();
    await dialog.getByRole("button", { name: "Close" }).waitFor();
    return guest;
  }),
  state("room-delete", async (stage, options) => {
    const guest = await keeper(stage, options);
    await deletes(guest, "Fixed.");
    const line = guest.saying("It did. I can see you pointing at the left one.");
    await line.hover();
    await line.getByRole("button", { name: "Delete" }).click();
    await guest.page.getByRole("button", { name: "Really delete" }).waitFor();
    return guest;
  }),
  state("room-muted", async (stage, options) => measured(stage, options, "mute")),
  state("room-kicked", async (stage, options) => measured(stage, options, "kick")),
  state("room-banned", async (stage, options) => measured(stage, options, "ban")),
  state("problem-banned", async (stage, options) => {
    const guest = await measured(stage, options, "ban");
    guest.watch.allow(answeredWith(403));
    await guest.page.reload();
    return guest;
  }),
  state("room-locked", async (stage, options) => {
    const [guest, owner] = await guestOf(stage, options);
    await owner.page.getByRole("button", { name: "Lock" }).click();
    await guest.page.getByText("This room is locked").first().waitFor();
    return guest;
  }),
  state("room-locked-by-owner", async (stage, options) => {
    const guest = await keeper(stage, options);
    await guest.page.getByRole("button", { name: "Lock" }).click();
    await guest.page.getByRole("button", { name: "Unlock" }).waitFor();
    return guest;
  }),
  state("room-older", async (stage, options) => {
    const guest = await stage.visitor("A guest", options);
    await meddle(guest, (event) => (event.type === "history" ? "drop" : "pass"));
    const [ada] = await stage.gather("Ada");
    await fill(ada, MORE_THAN_A_PAGE);
    await follow(stage, guest);
    // A room that is online may not have answered yet; then it is to be asked again.
    await eventually(async () => {
      await guest.log.evaluate((log) => log.scrollTo(0, 0));
      await guest.log.evaluate((log) => log.scrollTo(0, -log.scrollHeight));
      assert.ok(await guest.page.getByText("Loading older messages").isVisible());
    });
    return guest;
  }, ["--chat-burst", "1000"]),
  state("room-connecting", async (stage, options) => {
    const guest = await stage.visitor("A guest", options);
    await guest.page.routeWebSocket("**/ws", () => {});
    await talk(stage);
    await follow(stage, guest, /connecting/i);
    return guest;
  }),
  state("room-offline", async (stage, options) => {
    const guest = await alone(stage, options);
    guest.watch.allow(CONNECTION_LOST);
    await guest.context.setOffline(true);
    await guest.connectionSays(/offline/i);
    return guest;
  }),
  state("room-reconnecting", async (stage, options) => {
    const guest = await alone(stage, options);
    guest.watch.allow(CONNECTION_LOST);
    await stage.server.stop();
    await guest.connectionSays(/reconnecting/i);
    return guest;
  }),
  state("room-silent", async (stage, options) => {
    const guest = await alone(stage, options);
    guest.watch.allow(CONNECTION_LOST);
    await stage.server.stop();
    await guest.page.getByText("The server does not answer").waitFor({ timeout: 30_000 });
    return guest;
  }),
  state("room-pending", async (stage, options) => {
    const guest = await stage.visitor("A guest", options);
    await meddle(guest, (event) => (event.type === "post" ? "drop" : "pass"));
    await talk(stage);
    await follow(stage, guest);
    await guest.say("This one takes its time.");
    await guest.page.getByText("Sending…").waitFor();
    return guest;
  }),
  state("room-failed", async (stage, options) => {
    const guest = await stage.visitor("A guest", options);
    await meddle(guest, (event) =>
      event.type === "post"
        ? { type: "error", ref: event.ref, code: "storage_full", message: "Starling's disk is full, so this could not be kept. Tell whoever runs it." }
        : "pass",
    );
    await talk(stage);
    await follow(stage, guest);
    await guest.say("This one does not get through.");
    await guest.page.getByRole("button", { name: "Retry" }).waitFor();
    return guest;
  }),
  state(
    "room-full",
    async (stage, options) => {
      const guest = await stage.visitor("A guest", options);
      await stage.gather("Ada");
      await guest.page.goto(stage.link);
      await guest.enter();
      await guest.page.getByText(/as many|full/i).first().waitFor();
      return guest;
    },
    ["--room-participants", "1"],
  ),
  state("room-ended", async (stage, options) => {
    const guest = await alone(stage, options);
    guest.watch.allow(CONNECTION_LOST);
    await guest.context.clearCookies();
    await guest.context.setOffline(true);
    await guest.connectionSays(/offline/i);
    await guest.context.setOffline(false);
    await guest.connectionSays(/disconnected/i);
    return guest;
  }),
  ...DEED_STATES,
  ...FILE_STATES,
  ...POINTING_STATES,
  ...BOARD_STATES,
  ...OBJECT_STATES,
  ...ACCOUNT_STATES,
];

/** Makes the visitor's window this large, with a finger for a pointer on a phone. */
export async function resize(visitor, size) {
  const session = await visitor.context.newCDPSession(visitor.page);
  await session.send("Emulation.setTouchEmulationEnabled", { enabled: size === "phone" });
  await visitor.page.setViewportSize(SIZES[size]);
}

/** On a phone that has them, does something at each tab of a room; else once. */
export async function atEachTab(visitor, act) {
  const tabs = await visitor.page.getByRole("tab").all();
  if (tabs.length === 0) {
    await act("");
  }
  for (const tab of tabs) {
    await tab.click();
    await act((await tab.innerText()).trim().split(/\s/)[0]);
  }
}

function state(name, arrive, flags = []) {
  return { name, arrive, flags };
}

async function answered(stage, options, path) {
  const guest = await stage.visitor("A guest", options);
  guest.watch.allow(answeredWith(404));
  await guest.page.goto(path);
  return guest;
}

async function alone(stage, options) {
  const guest = await stage.visitor("A guest", options);
  await guest.makeRoom(ROOMS[0]);
  await guest.isOnline();
  // What takes the server away must not take the board's module away with it.
  await guest.surface.waitFor({ state: "attached" });
  return guest;
}

/** Follows the link into the room that the others are in. */
async function follow(stage, guest, status = /online/i) {
  await guest.page.goto(stage.link);
  await guest.enter();
  await guest.connectionSays(status);
}

/** Whoever made the room with talk, and keeps it. */
async function keeper(stage, options) {
  stage.room = ROOMS[0];
  const guest = await stage.visitor("A guest", options);
  await guest.makeRoom(stage.room);
  await guest.isOnline();
  stage.link = new URL(guest.page.url()).pathname;
  await chatter(await Promise.all(CAST.map((name) => joins(stage, name))));
  return guest;
}

/** Somebody in a room with talk, and who keeps it. */
async function guestOf(stage, options) {
  const cast = await talk(stage);
  const guest = await stage.visitor("A guest", options);
  await follow(stage, guest);
  return [guest, cast[0]];
}

/** Somebody about whom that was done, for an hour. */
async function measured(stage, options, measure) {
  const [guest, owner] = await guestOf(stage, options);
  const { wire, id } = await wireOf(owner, guest);
  const reason = "Shouting at Mei about the arrow, twice";
  const room = slugOf(stage.link);
  const answer = await wire.request({ type: "moderate", room, user: id, measure, reason, seconds: 3_600 });
  assert.equal(answer.type, "ack");
  await guest.page.getByText(reason).first().waitFor();
  return guest;
}

/** In a room with talk, where everyone else points at the board. */
async function pointedAt(stage, options) {
  const guest = await stage.visitor("A guest", options);
  const cast = await talk(stage);
  await follow(stage, guest);
  let place = 0.25;
  for (const person of cast) {
    await pointAt(person, place, place + 0.01);
    await pointAt(person, place, place);
    place += 0.22;
  }
  await eventually(async () => assert.equal(await guest.cursors().count(), cast.length));
  return guest;
}

async function talk(stage) {
  stage.room = ROOMS[0];
  const cast = await stage.gather(...CAST);
  await chatter(cast);
  return cast;
}

async function joins(stage, name) {
  const visitor = await stage.visitor(name);
  await follow(stage, visitor);
  return visitor;
}

async function chatter(cast) {
  for (const [who, body] of TALK) {
    const author = cast.find(({ name }) => name === who);
    await author.say(body);
    await cast[0].messages.filter({ hasText: body.split("\n")[0] }).waitFor();
  }
}

async function makeRooms(server, names) {
  for (const room of names) {
    await join(server.url, "Somebody", room, { listed: true });
  }
}
