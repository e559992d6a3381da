// Owns the states of the pages about accounts, and the way there; `states.mjs` has the others.

import { button, field, signIn, signUp } from "./account.mjs";
import { answeredWith } from "./watch.mjs";

/** As those in `states.mjs`. */
export const ACCOUNT_STATES = [
  { name: "sign-up", arrive: (stage, options) => opened(stage, options, "/sign-up") },
  {
    name: "sign-up-refused",
    arrive: async (stage, options) => {
      const guest = await opened(stage, options, "/sign-up", 422);
      await field(guest, "Your name").fill("A guest");
      await field(guest, "Handle").fill("a guest");
      await button(guest, "Make the account").click();
      await guest.page.getByText("A handle has 3 to 30").waitFor();
      return guest;
    },
  },
  { name: "sign-up-closed", flags: ["--sign-up", "off"], arrive: (stage, options) => opened(stage, options, "/sign-up") },
  { name: "sign-in", arrive: (stage, options) => opened(stage, options, "/sign-in") },
  {
    name: "sign-in-refused",
    arrive: async (stage, options) => {
      const guest = await opened(stage, options, "/sign-in", 401);
      await field(guest, "Handle or email").fill("nobody");
      await field(guest, "Password").fill("not this one");
      await button(guest, "Sign in").click();
      await guest.page.getByText("No account has that handle").waitFor();
      return guest;
    },
  },
  {
    name: "account-guest",
    arrive: async (stage, options) => {
      const guest = await stage.visitor("A guest", options);
      await guest.makeRoom("Tuesday's whiteboard");
      await guest.page.goto("/account");
      return guest;
    },
  },
  {
    name: "account",
    arrive: async (stage, options) => {
      const guest = await withAccount(stage, options);
      for (const userAgent of [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      ]) {
        const other = await stage.visitor("Elsewhere", { userAgent });
        await other.page.goto("/sign-in");
        await signIn(other, "bjoern");
      }
      await guest.page.goto("/account?done=profile");
      return guest;
    },
  },
  {
    name: "lobby-account",
    arrive: async (stage, options) => {
      const guest = await withAccount(stage, options);
      await guest.makeRoom("Tuesday's whiteboard");
      await guest.page.goto("/");
      return guest;
    },
  },
  {
    name: "room-signed-out",
    arrive: async (stage, options) => {
      const guest = await withAccount(stage, options);
      guest.watch.allow(/WebSocket/);
      await guest.makeRoom("Tuesday's whiteboard");
      await guest.isOnline();
      const tab = await guest.anotherTab("/account");
      await button(tab, "Sign out").click();
      await guest.page.getByText("You were signed out.").waitFor();
      await tab.page.close();
      return guest;
    },
  },
  { name: "lobby-no-guests", flags: ["--guests", "off"], arrive: (stage, options) => opened(stage, options, "/") },
  { name: "forgot", arrive: (stage, options) => opened(stage, options, "/forgot") },
  { name: "reset", arrive: (stage, options) => opened(stage, options, "/reset#code-of-the-link") },
  { name: "setup", arrive: (stage, options) => opened(stage, options, "/setup") },
  {
    name: "admin-people",
    arrive: async (stage, options) => {
      const guest = await withAccount(stage, options);
      await stage.server.command("admin", "grant", "bjoern");
      await guest.page.goto("/admin/people");
      await field(guest, "Their handle or email").fill("bjoern");
      await button(guest, "Make a link").click();
      await guest.page.getByText("It is shown only now").waitFor();
      return guest;
    },
  },
].map(({ flags = [], ...state }) => ({ flags, ...state }));

async function opened(stage, options, path, status) {
  const guest = await stage.visitor("A guest", options);
  if (status) {
    guest.watch.allow(answeredWith(status));
  }
  await guest.page.goto(path);
  return guest;
}

async function withAccount(stage, options) {
  const guest = await stage.visitor("Björn", options);
  await signUp(guest, "bjoern", { email: "bjoern@example.org" });
  return guest;
}
