// Owns `npm run look`: pictures of every page, in two sizes, light and dark, for people to look at.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { launchBrowser } from "./harness/browser.mjs";
import { eventually } from "./harness/eventually.mjs";
import { pointAt } from "./harness/plane.mjs";
import { Server } from "./harness/server.mjs";
import { Visitor } from "./harness/visitor.mjs";
import { Watch } from "./harness/watch.mjs";

const LOOK = fileURLToPath(new URL("results/look/", import.meta.url));
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const SCHEMES = ["light", "dark"];

const TALK = [
  ["Ada", "Morning! Did the new board come up on your side?"],
  ["Ada", "I drew the two boxes we talked about yesterday."],
  ["Björn", "It did. I can see you pointing at the left one."],
  ["Mei 星", "同じものが見えます 👍"],
  ["Mei 星", "One thing, though:\nthe arrow between them should go both ways,\nor the reader thinks that nothing ever comes back."],
  ["Ada", "https://example.org/a-very-long-address/that/has/no/space/in-it/and-so-cannot-be-broken-by-words?query=0123456789012345678901234567890123456789"],
  ["Björn", "Fixed."],
];

const browser = await launchBrowser();
// The guest of one picture is not in the list of the next.
const server = await Server.start(["--leave-after", "0"]);

async function visitor(name, options = {}) {
  const context = await browser.newContext({ baseURL: server.url, ...options });
  return new Visitor(name, context, new Watch(context, name), await context.newPage());
}

async function picture(page, name) {
  await page.screenshot({ path: join(LOOK, `${name}.png`) });
  console.log(`results/look/${name}.png`);
}

try {
  await mkdir(LOOK, { recursive: true });
  const cast = new Map();
  let link;
  for (const name of new Set(TALK.map(([who]) => who))) {
    const person = await visitor(name, { viewport: SIZES.wide });
    if (link === undefined) {
      await person.makeRoom("Tuesday's whiteboard");
      link = new URL(person.page.url()).pathname;
    } else {
      await person.page.goto(link);
      await person.enter();
    }
    await person.isOnline();
    cast.set(name, person);
  }
  for (const [who, body] of TALK) {
    await cast.get(who).say(body);
    await cast.get("Ada").messages.filter({ hasText: body.split("\n")[0] }).waitFor();
  }
  const point = async () => {
    let place = 0.25;
    for (const person of cast.values()) {
      await pointAt(person, place, place + 0.01);
      await pointAt(person, place, place);
      place += 0.22;
    }
  };

  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      const options = { viewport, colorScheme, hasTouch: size === "phone" };
      const guest = await visitor("A guest", options);
      const take = (page) => picture(guest.page, `${page}-${size}-${colorScheme}`);
      await guest.page.goto("/");
      await take("lobby");
      await guest.joinButton.click();
      await guest.page.getByText(/name has 1 to/i).first().waitFor();
      await take("lobby-refused");
      await guest.page.goto("/r/nobody-was-here");
      await take("no-such-room");
      await guest.page.goto(link);
      await take("newcomer");
      await guest.enter();
      await guest.isOnline();
      await point();
      await eventually(async () => {
        if ((await guest.cursors().count()) < cast.size) {
          throw new Error("not all cursors are there");
        }
      });
      await cast.get("Björn").composer.pressSequentially("h");
      await guest.typingSays(/typing/);
      await take("room");
      await guest.context.close();
    }
  }
} finally {
  await browser.close();
  await server.dispose();
}
