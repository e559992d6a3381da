// Owns `npm run measure`: how fast pages come, live and draw on this machine, as Markdown tables.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

import { launchBrowser } from "./harness/browser.mjs";
import { eventually } from "./harness/eventually.mjs";
import { fillBoard } from "./harness/full-board.mjs";
import { join } from "./harness/identity.mjs";
import { movingCrowd } from "./harness/moving-crowd.mjs";
import { BOARD_UNITS, placeOf } from "./harness/plane.mjs";
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
/** How much lies on a full board, how far one has zoomed into it, and what a frame of panning may take. */
const THINGS = 10_000;
const NEARNESS = [["all of it in the window", 0], ["two steps nearer", 2], ["at 100 %", Infinity]];
const PANNED = "8 ms";
/** How much nearer one is with a step. */
const STEP = 1.25;
/** How far the wheel turns at a time, and how often before it turns back. */
const TURN = [6, 4];
const TURNS = 60;

const server = await Server.start([
  ...["--rooms-per-address", "1000", "--chat-burst", "1000", "--cursors-to-all", "1000"],
  ...["--operations-burst", "1000"],
]);
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
  const full = await fillBoard(server.url, "A full board", THINGS);
  const opened = await repeat(() => openBoard(full));
  const things = `board: ${THINGS.toLocaleString("en")} things drawn`;
  report(`${things}, since the page was asked for`, "ms", opened.map(({ drawn }) => drawn), "");
  report(`${things}, since they were asked for`, "ms", opened.map(({ drawn, asked }) => drawn - asked), "1,000 ms");
  const wasm = await wasmSize(room);
  rows.push(["wasm, brotli", `${(wasm / 1_000).toFixed(0)} kB`, "", "", "300 kB"]);

  console.log(`\n| ${LOADS} loads, each with an empty cache | median | min | max | aim |`);
  console.log("|---|---|---|---|---|");
  rows.forEach((row) => console.log(`| ${row.join(" | ")} |`));

  for (const [people, aim] of CROWDS) {
    tell(`${people} cursors, ${MOVES_A_SECOND} moves/s each`, await framesOfCrowd(people), aim);
  }
  for (const [how, steps] of NEARNESS) {
    const what = `panning a board of ${THINGS.toLocaleString("en")} things, ${how}`;
    tell(what, await framesOfPanning(full, steps), PANNED);
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
    const guest = await guestOf(browser, cookie);
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

/** Whoever has that cookie, in a browser that has shown another page. */
async function guestOf(browser, cookie) {
  const stage = new Stage(browser, server);
  await (await stage.visitor("A stranger")).page.goto("/r/no-such-room");
  const guest = await stage.visitor("A guest");
  const [name, value] = cookie.split("=");
  await guest.context.addCookies([{ name, value, url: server.url }]);
  return guest;
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

/**
 * One load of a room with a full board, as in `load`: when the page asked for what lies there, and when all of it
 * was drawn, in milliseconds since the page was asked for.
 */
async function openBoard({ path, cookie }) {
  const browser = await launchBrowser();
  try {
    return await drawnBoard(await guestOf(browser, cookie), path);
  } finally {
    await browser.close();
  }
}

async function drawnBoard(guest, path) {
  await guest.page.addInitScript(noteBoard);
  await guest.page.goto(path);
  await guest.page.waitForFunction(() => window.board.drawn !== null, undefined, { timeout: 60_000 });
  const times = await guest.page.evaluate(() => window.board);
  const painted = await guest.surface.locator("canvas.objects").first().evaluate((canvas) => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, index) => index % 4 === 3 && value > 0).length / (canvas.width * canvas.height);
  });
  assert.ok(painted > 0.05, `${painted} of the board is painted`);
  return times;
}

/** Runs in the page, before its own scripts. */
function noteBoard() {
  window.board = { asked: null, drawn: null };
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string" && data.startsWith('{"type":"board"') && data.includes('"whole":true')) {
          // The page draws it in the next frame; what comes in the one after that comes when it is drawn.
          requestAnimationFrame(() => requestAnimationFrame(() => (window.board.drawn ??= performance.now())));
        }
      });
    }

    send(data) {
      if (typeof data === "string" && data.includes('"open_board"')) {
        window.board.asked ??= performance.now();
      }
      super.send(data);
    }
  };
}

/** Main-thread milliseconds for each frame while somebody pans a full board, so many steps nearer or at 100 %. */
async function framesOfPanning({ path, cookie }, steps) {
  const browser = await launchBrowser();
  try {
    const guest = await guestOf(browser, cookie);
    await drawnBoard(guest, path);
    const plane = await placeOf(guest);
    await guest.surface.focus();
    const [key, times] = steps === Infinity ? ["0", 1] : ["+", steps];
    for (let step = 0; step < times; step += 1) {
      await guest.page.keyboard.press(key);
    }
    const expected = steps === Infinity ? BOARD_UNITS : plane.width * STEP ** steps;
    await eventually(async () => assert.ok(Math.abs((await placeOf(guest)).width - expected) < 1, "it flies"));
    const { x, y, width, height } = await guest.surface.boundingBox();
    await guest.page.mouse.move(x + width / 2, y + height / 2);
    await browser.startTracing(guest.page, { categories: CATEGORIES });
    const end = performance.now() + TRACED_MS;
    for (let turn = 0; performance.now() < end; turn += 1) {
      const way = Math.floor(turn / TURNS) % 2 === 0 ? 1 : -1;
      await guest.page.mouse.wheel(...TURN.map((by) => by * way));
    }
    return taskMillisPerFrame((await browser.stopTracing()).toString());
  } finally {
    await browser.close();
  }
}

/** Main-thread milliseconds for each frame while a crowd points at the board. */
async function framesOfCrowd(people) {
  const browser = await launchBrowser();
  const stage = new Stage(browser, server);
  let crowd;
  try {
    const [guest] = await stage.gather("A guest");
    crowd = await movingCrowd(server, stage.room, people, MOVES_A_SECOND);
    // Many are no elements, but people in the list.
    await eventually(async () => assert.equal(await guest.people.count(), people + 1));
    await browser.startTracing(guest.page, { categories: CATEGORIES });
    await pause(TRACED_MS);
    return taskMillisPerFrame((await browser.stopTracing()).toString());
  } finally {
    await crowd?.end();
    await browser.close();
  }
}

function tell(what, frames, aim) {
  console.log(`\n| ${what}; ${frames.length} frames in ${TRACED_MS / 1_000} s | mean | median | p95 | aim |`);
  console.log("|---|---|---|---|---|");
  for (const [clock, which] of [["wall", "by the clock"], ["cpu", "of the processor"]]) {
    const sorted = frames.map((frame) => frame[clock]).sort((a, b) => a - b);
    const mean = sorted.reduce((sum, millis) => sum + millis, 0) / sorted.length;
    const [median, p95] = [0.5, 0.95].map((share) => sorted[Math.floor(share * sorted.length)]);
    const figures = [mean, median, p95].map((millis) => `${millis.toFixed(1)} ms`);
    console.log(`| main thread per frame, ${which} | ${figures.join(" | ")} | ${aim} |`);
  }
}

function spread(figures, unit) {
  const sorted = [...figures].sort((a, b) => a - b);
  const shown = (figure) => (unit === "" ? String(Number(figure.toFixed(5))) : `${figure.toFixed(0)} ${unit}`);
  return [sorted[Math.floor(sorted.length / 2)], sorted[0], sorted.at(-1)].map(shown);
}
