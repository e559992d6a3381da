// Owns a browser whose tabs can be frozen. Browsers freeze only what is hidden, and Playwright keeps
// the pages it makes in front; here it is the guest of a browser that was there before.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

import { CHROMIUM, FLAGS } from "./browser.mjs";

const WINDOW = ["--window-size=1280,800", "--remote-debugging-port=0"];

export class FreezableBrowser {
  #process;
  #profile;

  /** The browser's only context. */
  context;

  static async start() {
    const browser = new FreezableBrowser();
    const profile = await mkdtemp(join(tmpdir(), "starling-chromium-"));
    const child = spawn(CHROMIUM, [...FLAGS, ...WINDOW, `--user-data-dir=${profile}`], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    process.once("exit", () => child.kill("SIGKILL"));
    [browser.#process, browser.#profile] = [child, profile];
    const address = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`Chromium ended: ${code}`)));
      createInterface(child.stderr).on("line", (line) => {
        const [, address] = line.match(/^DevTools listening on (\S+)/) ?? [];
        if (address) {
          resolve(address);
        }
      });
    });
    const connected = await chromium.connectOverCDP(address, { noDefaults: true });
    [browser.context] = connected.contexts();
    return browser;
  }

  /** Ends it and removes its profile. */
  async dispose() {
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Hides a person's tab and freezes it; returns what thaws it and brings it to the front. */
export async function freeze({ context, page }) {
  const cdp = await context.newCDPSession(page);
  const become = (state) => cdp.send("Page.setWebLifecycleState", { state });
  await become("frozen");
  return async () => {
    await become("active");
    await page.bringToFront();
    await cdp.detach();
  };
}

/** What Chromium says by itself of a connection that was open when it froze the page. */
export const FROZEN = /WebSocket connection to \S+ failed: Page entered Back-Forward Cache/;
