// Owns how Chromium is started: the system's own, with a fresh profile every time.

import { chromium } from "playwright-core";

/** The program. */
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** What it is always started with. */
export const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** `options` are Playwright's, on top. */
export async function launchBrowser(options = {}) {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS,
    ...options,
  });
}
