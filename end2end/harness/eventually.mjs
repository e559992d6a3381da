// Owns waiting: polls until a check no longer throws. Nothing in the tests sleeps otherwise.

import { setTimeout as pause } from "node:timers/promises";

const EVERY_MS = 40;

/** Runs `check` until it passes and returns its value; after `within` ms, fails as it last did. */
export async function eventually(check, { within = 10_000 } = {}) {
  const deadline = performance.now() + within;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= deadline) {
        error.message = `still so after ${within} ms: ${error.message}`;
        throw error;
      }
    }
    await pause(EVERY_MS);
  }
}
