// Owns reading a Chromium trace: how long a page's main thread worked for each frame.

import assert from "node:assert/strict";

/** What to record. */
export const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"];

/**
 * Milliseconds of main-thread tasks per frame, in their order: those that ran after the frame before,
 * up to and with the one that committed this frame. `wall` is by the clock, `cpu` without the time in
 * which other programs had the processor. Of all threads, the one with most frames counts.
 */
export function taskMillisPerFrame(trace) {
  const { traceEvents } = JSON.parse(trace);
  const threads = new Map();
  for (const event of traceEvents) {
    const thread = `${event.pid} ${event.tid}`;
    threads.get(thread)?.push(event) ?? threads.set(thread, [event]);
  }
  const framesOf = (events) => events.filter(({ name }) => name === "Commit");
  const page = [...threads.values()].reduce((most, events) =>
    framesOf(events).length > framesOf(most).length ? events : most,
  );
  const frames = framesOf(page).map(({ ts }) => ({ ts, wall: 0, cpu: 0 }));
  frames.sort((a, b) => a.ts - b.ts);
  assert.ok(frames.length > 1, "the page drew");
  for (const { name, ph, ts, dur, tdur } of page) {
    const frame = name === "RunTask" && ph === "X" ? frames.find((frame) => frame.ts >= ts) : undefined;
    if (frame !== undefined) {
      frame.wall += dur / 1_000;
      frame.cpu += tdur / 1_000;
    }
  }
  // What came before the first frame is not all in the trace.
  return frames.slice(1);
}
