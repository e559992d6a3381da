// Owns `npm run measure`: how fast pages come, live and draw on this machine, as a Markdown table.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { launchBrowser } from "./harness/browser.mjs";
import { eventually } from "./harness/eventually.mjs";
import { join } from "./harness/identity.mjs";
import { Server } from "./harness/server.mjs";
import { Stage } from "./harness/stage.mjs";
import { CATEGORIES, taskMillisPerFrame } from "./harness/trace.mjs";
import { fill } from "./harness/wire.mjs";

const LOADS = 5;
const SLOWDOWN = 4;
const MESSAGES = 50;
/** How many cursors move, and what a frame of them may take of the main thread. */
const CROWDS = [[50, "4 ms"], [300, "8 ms"]];
const MOVES_A_SECOND = 20;
const TRACED_MS = 10_000;
const CROWD_FILE = fileURLToPath(new URL("harness/crowd.mjs", import.meta.url));

const server = await Server.start(["--rooms-per-address", "1000", "--chat-burst", "1000", "--cursors-to-all", "1000"]);
try {
  const room = await lively();
  const rows = [];
  const report = (what, unit, figures, aim) => rows.push([what, ...spread(figures, unit), aim]);

  // What this browser takes for two letters.
  const floor = await repeat(() => load("/healthz", room.cookie));
  report("`/healthz`, two letters: first content", "ms", floor.map(({ firstContent }) => firstContent), "");
  for (const [page, path] of [["lobby", "/"], ["room", room.path]]) {
    const loads = await repeat(() => load(path, room.cookie));
    report(`${page}: server's first byte`, "ms", loads.map(({ firstByte }) => firstByte), "");
    report(`${page}: first content`, "ms", loads.map(({ firstContent }) => firstContent), "100 ms");
    report(`${page}: layout shift`, "", loads.map(({ shift }) => shift), "0");
  }
  for (const slowdown of [1, SLOWDOWN]) {
    const loads = await repeat(() => load(room.path, room.cookie, slowdown));
    const aim = slowdown === SLOWDOWN ? "1,000 ms" : "";
    const slow = slowdown === 1 ? "" : `, CPU ${slowdown} times slower`;
    report(`room: “Online”${slow}`, "ms", loads.map(({ online }) => online), aim);
    if (loads.every(({ live }) => live !== null)) {
      report(`room: live${slow}`, "ms", loads.map(({ live }) => live), aim);
    }
  }
  const wasm = await wasmSize(room);
  rows.push(["wasm, brotli", `${(wasm / 1_000).toFixed(0)} kB`, "", "", "300 kB"]);

  console.log(`\n| ${LOADS} loads, each with an empty cache | median | min | max | aim |`);
  console.log("|---|---|---|---|---|");
  rows.forEach((row) => console.log(`| ${row.join(" | ")} |`));

  for (const [people, aim] of CROWDS) {
    const frames = await framesOfCrowd(people);
    console.log(`\n| ${people} cursors, ${MOVES_A_SECOND} moves/s each; ${frames.length} frames in ${TRACED_MS / 1_000} s | median | p95 | aim |`);
    console.log("|---|---|---|---|");
    for (const [clock, what] of [["wall", "by the clock"], ["cpu", "of the processor"]]) {
      const sorted = frames.map((frame) => frame[clock]).sort((a, b) => a - b);
      const [median, p95] = [0.5, 0.95].map((share) => sorted[Math.floor(share * sorted.length)].toFixed(1));
      console.log(`| main thread per frame, ${what} | ${median} ms | ${p95} ms | ${aim} |`);
    }
  }
} finally {
  await server.dispose();
}

/** A room with talk in it; its path, and the cookie of somebody who has joined. */
async function lively() {
  const browser = await launchBrowser();
  try {
    const [ada] = await new Stage(browser, server).gather("Ada");
    await fill(ada, MESSAGES);
    const name = await ada.page.getByRole("heading", { level: 1 }).innerText();
    return join(server.url, "A guest", name);
  } finally {
    await browser.close();
  }
}

async function repeat(once) {
  const results = [];
  for (let round = 0; round < LOADS; round += 1) {
    results.push(await once());
  }
  return results;
}

/**
 * One load with an empty cache, in a browser that has just started and shown another page: what
 * starting a browser costs is not Starling's. A room is “Online” when it says so, and live when it
 * marks that.
 */
async function load(path, cookie, slowdown = 1) {
  const browser = await launchBrowser();
  try {
    const stage = new Stage(browser, server);
    await (await stage.visitor("A stranger")).page.goto("/r/no-such-room");
    const guest = await stage.visitor("A guest");
    const [name, value] = cookie.split("=");
    await guest.context.addCookies([{ name, value, url: server.url }]);
    const devtools = await guest.context.newCDPSession(guest.page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    await guest.page.addInitScript(noteWhatHappens);
    await guest.page.goto(path);
    if (!path.startsWith("/r/")) {
      await guest.page.waitForLoadState("networkidle");
    } else {
      await guest.isOnline({ within: 30_000 });
      await eventually(async () => assert.ok((await guest.people.count()) > 0));
    }
    // A fast page is told to be live before its first paint is told.
    const painted = "first-contentful-paint";
    await guest.page.waitForFunction((entry) => performance.getEntriesByName(entry).length > 0, painted);
    return await guest.page.evaluate(() => ({
      firstByte: performance.getEntriesByType("navigation")[0].responseStart,
      firstContent: performance.getEntriesByName("first-contentful-paint")[0].startTime,
      live: performance.getEntriesByName("starling-live")[0]?.startTime ?? null,
      ...window.noted,
    }));
  } finally {
    await browser.close();
  }
}

/** Runs in the page, before its own scripts. */
function noteWhatHappens() {
  window.noted = { shift: 0, online: null };
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) {
      window.noted.shift += hadRecentInput ? 0 : value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  new MutationObserver(() => {
    const connection = document.querySelector("[role=status][aria-label=Connection]");
    if (/online/i.test(connection?.textContent ?? "")) {
      window.noted.online ??= performance.now();
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });
}

/** Bytes of the module as a browser is sent it. */
async function wasmSize({ path, cookie }) {
  const html = await (await fetch(server.url + path, { headers: { cookie } })).text();
  const [file] = html.match(/\/pkg\/[^"']+\.wasm/);
  const [answer] = await once(
    request(server.url + file, { headers: { "accept-encoding": "br" } }).end(),
    "response",
  );
  assert.equal(answer.headers["content-encoding"], "br");
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += chunk.length;
  }
  return bytes;
}

/** Main-thread milliseconds for each frame while a crowd points at the board. */
async function framesOfCrowd(people) {
  const browser = await launchBrowser();
  const stage = new Stage(browser, server);
  let crowd;
  try {
    const [guest] = await stage.gather("A guest");
    const arguments_ = [server.url, stage.room, people, MOVES_A_SECOND].map(String);
    crowd = spawn(process.execPath, ["--experimental-websocket", CROWD_FILE, ...arguments_], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await Promise.race([
      once(createInterface(crowd.stdout), "line"),
      once(crowd, "exit").then(([code]) => assert.fail(`the crowd ended: ${code}`)),
    ]);
    // Many are no elements, but people in the list.
    await eventually(async () => assert.equal(await guest.people.count(), people + 1));
    await browser.startTracing(guest.page, { categories: CATEGORIES });
    await pause(TRACED_MS);
    return taskMillisPerFrame((await browser.stopTracing()).toString());
  } finally {
    crowd?.kill();
    await browser.close();
  }
}

function spread(figures, unit) {
  const sorted = [...figures].sort((a, b) => a - b);
  const shown = (figure) => (unit === "" ? String(Number(figure.toFixed(5))) : `${figure.toFixed(0)} ${unit}`);
  return [sorted[Math.floor(sorted.length / 2)], sorted[0], sorted.at(-1)].map(shown);
}
