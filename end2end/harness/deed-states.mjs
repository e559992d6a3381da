// Owns the states of a room where people do something about messages, and of what two people have to
// themselves, and the way there; `states.mjs` has the others.

import assert from "node:assert/strict";

import { eventually } from "./eventually.mjs";

const LUNCH = "Lunch at the harbour? They have the long table until two, and somebody has to say yes before eleven.";

/** As those in `states.mjs`. */
export const DEED_STATES = [
  {
    name: "room-deeds",
    arrive: async (stage, options) => {
      const guest = await eaten(stage, options);
      await deed(guest, "I can be there at twelve", "Edit");
      const field = guest.page.getByRole("textbox", { name: "Change what it says" });
      await field.fill("I can be there at noon");
      return guest;
    },
  },
  {
    name: "room-signs",
    arrive: async (stage, options) => {
      const guest = await eaten(stage, options);
      await deed(guest, LUNCH, "React");
      await guest.page.getByRole("button", { name: "thumbs up" }).waitFor();
      return guest;
    },
  },
  {
    name: "room-conversation",
    arrive: async (stage, options) => {
      const { ada, guest } = await alone(stage, options);
      await ada.saysForGood("Nobody but you sees this.");
      await guest.page.getByRole("link", { name: "Read it" }).click();
      await guest.hears("Nobody but you sees this.");
      await guest.isOnline();
      await guest.saysForGood("Good to know.");
      return guest;
    },
  },
  {
    name: "room-written-to",
    arrive: async (stage, options) => {
      const { ada, guest } = await alone(stage, options);
      await ada.saysForGood("Nobody but you sees this.");
      const told = guest.page.getByRole("status", { name: "Who wrote to you" });
      await eventually(async () => assert.equal(await told.innerText(), "Ada wrote to you."));
      return guest;
    },
  },
  {
    name: "api-docs",
    arrive: async (stage, options) => {
      const guest = await stage.visitor("A guest", options);
      await guest.page.goto("/api/docs");
      return guest;
    },
  },
];

/** A room with reactions and an edited message, as one of those sees it who did that. */
async function eaten(stage, options) {
  const [ada, bob, guest] = await stage.gather("Ada", "Björn", { name: "A guest", context: options });
  await ada.saysForGood(LUNCH);
  await bob.hears(LUNCH);
  for (const [who, sign] of [[bob, "thumbs up"], [ada, "heart"], [bob, "heart"]]) {
    await deed(who, LUNCH, "React");
    await who.page.getByRole("button", { name: sign }).click();
  }
  await bob.saysForGood("Yess");
  await deed(bob, "Yess", "Edit");
  const field = bob.page.getByRole("textbox", { name: "Change what it says" });
  await field.fill("Yes");
  await field.press("Enter");
  await guest.messages.filter({ hasText: "(edited)" }).waitFor();
  await guest.saysForGood("I can be there at twelve");
  await guest.log.getByRole("button", { name: /^❤️? 2: / }).waitFor();
  return guest;
}

/** Somebody has opened a conversation with the guest. */
async function alone(stage, options) {
  const [ada, guest] = await stage.gather("Ada", { name: "A guest", context: options });
  await guest.saysForGood("Hello, all.");
  await ada.person("A guest").getByRole("button", { name: "A guest", exact: true }).click();
  await ada.page.waitForURL(/\/r\/d-/);
  await ada.isOnline();
  return { ada, guest };
}

async function deed(visitor, body, what) {
  const line = visitor.saying(body);
  await line.hover();
  await line.getByRole("button", { name: new RegExp(`^${what}: `) }).click();
}
