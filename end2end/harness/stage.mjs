// Owns the people of one scene: fresh contexts on one server, the check that every page stayed
// quiet, and evidence when something failed.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { FROZEN, FreezableBrowser } from "./freezable.mjs";
import { Visitor } from "./visitor.mjs";
import { SCRIPT_BLOCKED, Watch } from "./watch.mjs";

const RESULTS = fileURLToPath(new URL("../results/", import.meta.url));
/** For so long a page is asked what is the matter with it. */
const PATIENCE_MS = 5_000;
const FILE = basename(process.argv[1] ?? "scene", ".test.mjs");

export class Stage {
  #browser;
  #visitors = [];
  #freezable = [];

  constructor(browser, server) {
    this.#browser = browser;
    this.server = server;
    /** The name of a room that no other scene uses. */
    this.room = `Room ${randomUUID().slice(0, 8)}`;
  }

  // Arrow functions, so that a scene can take them out of the stage.

  /** Somebody with a browser profile of their own, who has opened nothing yet. */
  visitor = async (name, contextOptions = {}) => {
    const context = await this.#browser.newContext({
      baseURL: this.server.url,
      viewport: { width: 1280, height: 800 },
      ...contextOptions,
    });
    const watch = new Watch(context, name);
    if (contextOptions.javaScriptEnabled === false) {
      watch.allow(...SCRIPT_BLOCKED);
    }
    await watch.ready;
    const visitor = new Visitor(name, context, watch, await context.newPage());
    this.#visitors.push(visitor);
    return visitor;
  };

  /** Somebody who comes to the room that others made, in a tab that can be frozen. */
  freezable = async (name) => {
    const browser = await FreezableBrowser.start();
    this.#freezable.push(browser);
    const { context } = browser;
    const watch = new Watch(context, name);
    watch.allow(FROZEN);
    await watch.ready;
    const visitor = new Visitor(name, context, watch, await context.newPage());
    this.#visitors.push(visitor);
    await visitor.page.goto(new URL(this.link, this.server.url).href);
    await visitor.enter();
    await visitor.isOnline();
    return visitor;
  };

  /** People in one room, all connected. The first makes it in the lobby, the others follow the link. */
  gather = async (...people) => {
    const [first, ...others] = await Promise.all(
      people.map((person) =>
        typeof person === "string"
          ? this.visitor(person)
          : this.visitor(person.name, person.context),
      ),
    );
    await first.makeRoom(this.room);
    this.link = new URL(first.page.url()).pathname;
    await Promise.all(
      others.map(async (other) => {
        await other.page.goto(this.link);
        await other.enter();
      }),
    );
    await Promise.all([first, ...others].map((visitor) => visitor.isOnline()));
    return [first, ...others];
  };

  get complaints() {
    return this.#visitors.flatMap(({ watch }) => watch.complaints);
  }

  assertQuiet() {
    for (const { watch } of this.#visitors) {
      watch.assertQuiet();
    }
    assert.doesNotMatch(this.server.log, /panicked at/, "the server does not panic");
  }

  /** Writes what every page shows and what the server logged; returns the files. */
  async saveEvidence(title) {
    await mkdir(RESULTS, { recursive: true });
    const stem = `${FILE}-${title}`.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 90);
    const log = join(RESULTS, `${stem}.server.log`);
    await writeFile(log, this.server.log);
    const files = [log];
    for (const { name, context } of this.#visitors) {
      for (const [index, page] of context.pages().entries()) {
        const file = join(RESULTS, `${stem}-${name.slice(0, 20).replaceAll(/\W+/g, "-")}-${index}.png`);
        // A page that hangs must not hide why the test failed.
        const saved = await page.screenshot({ path: file, timeout: PATIENCE_MS }).catch(() => null);
        files.push(saved ? file : `${name}'s page ${await stateOf(page)}`);
      }
    }
    return files;
  }

  async clear() {
    await Promise.all(this.#visitors.map(({ context }) => context.close()));
    await Promise.all(this.#freezable.map((browser) => browser.dispose()));
  }
}

/** What of a page still works of which no picture could be made. */
async function stateOf(page) {
  const answers = (what) =>
    Promise.race([page.evaluate(what).then(() => true, () => false), pause(PATIENCE_MS, false, { ref: false })]);
  if (!(await answers(() => true))) {
    return "does not answer: its program runs on and on, or is gone";
  }
  const makesFrames = await answers(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  return makesFrames ? "answers, and makes frames" : "answers, but makes no frames";
}
