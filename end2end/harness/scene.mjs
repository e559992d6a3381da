// Owns a test's frame: one browser a file, a server, a stage, and evidence of a failure.

import { after, test } from "node:test";

import { launchBrowser } from "./browser.mjs";
import { Server } from "./server.mjs";
import { Stage } from "./stage.mjs";

const TIMEOUT_MS = 90_000;
// All scenes come from one address.
const ROOMY = ["--rooms-per-address", "1000"];

let browser;
let browserOptions = {};
let shared;

/** For a file that needs another browser than the rest. */
export function useBrowser(options) {
  browserOptions = options;
}

after(async () => {
  await shared?.dispose();
  await browser?.close();
});

/**
 * A test. `play` gets a stage: `visitor`, `gather`, `server`, `room`. With `flags`, or with
 * `ownServer` because it stops it or wants an empty lobby, the scene has a server of its own; else
 * the file's. With `skip`, a reason, it is not played.
 */
export function scene(title, options, play = options) {
  const { flags = [], ownServer = flags.length > 0, skip = false } = options;
  test(title, { timeout: TIMEOUT_MS, skip }, async (t) => {
    const server = ownServer
      ? await Server.start(flags.includes(ROOMY[0]) ? flags : [...ROOMY, ...flags])
      : (shared ??= await Server.start(ROOMY));
    browser ??= await launchBrowser(browserOptions);
    const stage = new Stage(browser, server);
    try {
      await play(stage);
      stage.assertQuiet();
    } catch (error) {
      for (const note of [...stage.complaints, ...(await stage.saveEvidence(title))]) {
        t.diagnostic(note);
      }
      throw error;
    } finally {
      await stage.clear();
      if (ownServer) {
        await server.dispose();
      }
    }
  });
}
