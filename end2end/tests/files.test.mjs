// Owns files: chosen, dropped and pasted, on their way, and in messages.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { eventually } from "../harness/eventually.mjs";
import { bytes, chooses, hands, png, wav, webm } from "../harness/media.mjs";
import { scene } from "../harness/scene.mjs";
import { observeShifts, stoodStill } from "../harness/shifts.mjs";
import { answeredWith } from "../harness/watch.mjs";

const onTheWay = (visitor) =>
  visitor.page.getByRole("list", { name: "Files on their way" }).getByRole("listitem");
const fileLink = (visitor, name) => visitor.log.getByRole("link", { name });

async function downloaded(visitor, name) {
  const download = visitor.page.waitForEvent("download");
  await fileLink(visitor, name).click();
  const file = await download;
  assert.equal(file.suggestedFilename(), name);
  return readFile(await file.path());
}

scene("an image is shown in the room that is kept for it, and opens in full", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await chooses(ada, ["Björn's photo.png", png(1_280, 960)]);
  for (const reader of [ada, bob]) {
    const image = reader.log.getByRole("img", { name: "Björn's photo.png" });
    await image.waitFor();
    await eventually(async () => assert.equal(await image.evaluate((it) => it.naturalWidth), 1_280));
  }
  await eventually(async () => assert.equal(await onTheWay(ada).count(), 0));

  // A page that comes with it keeps its room before it has it.
  await observeShifts(bob);
  const held = [];
  await bob.page.route("**/files/**", (route) => held.push(route));
  await bob.page.reload();
  await bob.isOnline();
  const image = bob.log.getByRole("img", { name: "Björn's photo.png" });
  const before = await image.boundingBox();
  assert.deepEqual([before.width, before.height].map(Math.round), [320, 240]);
  await eventually(() => assert.ok(held.length > 0));
  await Promise.all(held.map((route) => route.continue()));
  await eventually(async () => assert.equal(await image.evaluate((it) => it.naturalWidth), 1_280));
  assert.deepEqual(await image.boundingBox(), before);
  await stoodStill(bob);
  await bob.page.unroute("**/files/**");

  // The page that Chromium makes around an image has a style and a script, and may have neither.
  bob.watch.allow(/inline style violates .*default-src 'none'/, /Blocked script execution in '\S+\/files\//);
  const opened = bob.context.waitForEvent("page");
  await image.click();
  const page = await opened;
  await page.waitForLoadState();
  const size = await page.evaluate(() => document.images[0]?.naturalWidth);
  assert.equal(size, 1_280);
});

scene("what is dropped is a download, and does not take the page's place", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const page = Buffer.from("<!doctype html><script>parent.alert(1)</script>");
  await hands(ada, ada.log, "dragover", ["notes.html", page]);
  await ada.page.getByText("Drop to send").waitFor();
  await hands(ada, ada.log, "drop", ["notes.html", page], ["a.svg", Buffer.from("<svg/>")]);
  await ada.page.getByText("Drop to send").waitFor({ state: "hidden" });
  await fileLink(bob, "a.svg").waitFor();
  assert.deepEqual(await downloaded(bob, "notes.html"), page);
  assert.equal(await bob.messages.count(), 2, "each is a message");
  assert.equal(await bob.log.getByRole("img").count(), 0);
});

scene("what is pasted is sent, and text is pasted as ever", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await ada.composer.fill("A draft");
  await hands(ada, ada.composer, "paste", ["image.png", png(40, 30)]);
  await bob.log.getByRole("img", { name: "image.png" }).waitFor();
  assert.equal(await ada.composer.inputValue(), "A draft");
  const box = await bob.log.getByRole("img", { name: "image.png" }).boundingBox();
  assert.deepEqual([box.width, box.height], [40, 30], "no larger than it is");
});

scene("a large file shows how far it is, goes on after a cut, and arrives whole", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  const film = bytes(5_000_000);
  ada.watch.allow(/ERR_FAILED/);
  let pieces = 0;
  const held = [];
  await ada.page.route("**/api/v1/uploads/*", async (route) => {
    if (route.request().method() !== "PATCH") {
      return route.continue();
    }
    pieces += 1;
    if (pieces === 3) {
      return route.abort();
    }
    return pieces === 4 ? held.push(route) : route.continue();
  });
  await chooses(ada, ["film.bin", film]);
  const progress = onTheWay(ada).getByRole("progressbar", { name: "film.bin" });
  await onTheWay(ada).getByText("Waits for the connection…").waitFor();
  // It has gone on by itself, and two pieces of five are there.
  await eventually(() => assert.equal(held.length, 1));
  await onTheWay(ada).getByText("Waits for the connection…").waitFor({ state: "detached" });
  assert.equal(await progress.evaluate((it) => Math.floor(it.value)), 41);
  assert.equal(await bob.messages.count(), 0, "nothing is said before it is there");
  await held[0].continue();
  await fileLink(bob, "film.bin").waitFor();
  const sha256 = (buffer) => createHash("sha256").update(buffer).digest("hex");
  assert.equal(sha256(await downloaded(bob, "film.bin")), sha256(film));
  await eventually(async () => assert.equal(await onTheWay(ada).count(), 0));
});

scene("a file that is given up goes nowhere, and the next one goes", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  ada.watch.allow(answeredWith(404), answeredWith(409), /ERR_FAILED/);
  const uploads = [];
  const held = [];
  await ada.page.route("**/api/v1/uploads/*", (route) => {
    uploads.push(route.request().url());
    const first = route.request().method() === "PATCH" && held.length === 0;
    return first ? held.push(route) : route.continue();
  });
  await chooses(ada, ["wrong.bin", bytes(3_000_000)], ["right.txt", Buffer.from("right")]);
  await eventually(() => assert.equal(held.length, 1));
  assert.equal(await onTheWay(ada).count(), 2);
  await onTheWay(ada).filter({ hasText: "wrong.bin" }).getByRole("button", { name: "Cancel" }).click();
  await eventually(async () => assert.equal(await onTheWay(ada).count(), 1));
  await held[0].continue();
  await fileLink(bob, "right.txt").waitFor();
  assert.equal(await bob.messages.count(), 1);
  const gone = await ada.page.evaluate(async (url) => (await fetch(url)).status, uploads[0]);
  assert.equal(gone, 404);
});

scene("a file that changes on its way is refused, and the next one goes", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  ada.watch.allow(answeredWith(404));
  const folder = await mkdtemp(join(tmpdir(), "starling-files-"));
  try {
    const path = join(folder, "growing.log");
    await writeFile(path, bytes(3_000_000));
    const held = [];
    await ada.page.route("**/api/v1/uploads/*", (route) =>
      route.request().method() === "PATCH" && held.length === 0 ? held.push(route) : route.continue(),
    );
    const chooser = ada.page.waitForEvent("filechooser");
    await ada.page.getByRole("button", { name: "Attach a file" }).click();
    await (await chooser).setFiles(path);
    await chooses(ada, ["right.txt", Buffer.from("right")]);
    await eventually(() => assert.equal(held.length, 1));
    const upload = held[0].request().url();
    await appendFile(path, "more");
    await held[0].continue();
    await onTheWay(ada).filter({ hasText: "growing.log" }).getByText(/cannot be read/).waitFor();
    await fileLink(bob, "right.txt").waitFor();
    assert.equal(await bob.messages.count(), 1);
    const status = await ada.page.evaluate(async (url) => (await fetch(url)).status, upload);
    assert.equal(status, 404, "what had come of it is given up");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

scene("sound and film are played", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await chooses(ada, ["tone.wav", wav()], ["film.webm", await webm(ada.page)]);
  for (const [tag, name] of [["audio", "tone.wav"], ["video", "film.webm"]]) {
    const player = bob.log.locator(tag);
    await player.waitFor();
    assert.equal(await player.getAttribute("aria-label"), name);
    await player.evaluate(async (element) => {
      element.muted = true;
      await element.play();
      while (element.currentTime === 0) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    await fileLink(bob, name).waitFor();
  }
});

scene("what the server refuses is said, and can be put away", { flags: ["--file-bytes", "1000"] }, async ({ gather }) => {
  const [ada] = await gather("Ada");
  ada.watch.allow(answeredWith(413));
  await chooses(ada, ["large.bin", bytes(1_001)], ["empty.txt", Buffer.alloc(0)]);
  await onTheWay(ada).getByText("This file is too large: Starling takes at most 1 kB.").waitFor();
  await onTheWay(ada).getByText("This file is empty.").waitFor();
  for (const left of [1, 0]) {
    await onTheWay(ada).getByRole("button", { name: "Dismiss" }).first().click();
    await eventually(async () => assert.equal(await onTheWay(ada).count(), left));
  }
  await eventually(async () => {
    assert.ok(await ada.composer.evaluate((it) => it === document.activeElement), "one goes on writing");
  });
});

scene("where nobody sends files nobody is offered to", { flags: ["--file-bytes", "0"] }, async ({ gather }) => {
  const [ada] = await gather("Ada");
  assert.equal(await ada.page.getByRole("button", { name: "Attach a file" }).count(), 0);
  await hands(ada, ada.log, "drop", ["a.txt", Buffer.from("a")]);
  await ada.say("Still here");
  await ada.hears("Still here");
  assert.equal(await onTheWay(ada).count(), 0);
});

scene("a deleted message takes its file along, on every page", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", "Bob");
  await chooses(ada, ["a.txt", Buffer.from("secret")]);
  const address = await fileLink(bob, "a.txt").getAttribute("href");
  const message = ada.messages.first();
  await message.hover();
  await message.getByRole("button", { name: /^Delete/ }).click();
  await message.getByRole("button", { name: "Really delete" }).click();
  await bob.log.getByText("Deleted by its author.").waitFor();
  assert.equal(await fileLink(bob, "a.txt").count(), 0);
  bob.watch.allow(answeredWith(404));
  const status = await bob.page.evaluate(async (url) => (await fetch(url)).status, address);
  assert.equal(status, 404);
});

scene("a page that goes asks first, and gives up what is on its way", async ({ gather }) => {
  const [ada] = await gather("Ada");
  // Browsers let a page ask only who has done something on it.
  await ada.composer.click();
  const pieces = "**/api/v1/uploads/*";
  const held = new Promise((resolve) =>
    ada.page.route(pieces, (route) => (route.request().method() === "PATCH" ? resolve() : route.continue())),
  );
  const announced = ada.page.waitForResponse((response) => response.url().endsWith("/uploads"));
  await chooses(ada, ["Holiday film.mp4", bytes(3_000_000)]);
  const { id } = await (await announced).json();
  await held;
  await ada.page.unroute(pieces);
  ada.watch.allow(/dialog beforeunload/);
  const asked = new Promise((resolve) => ada.page.on("dialog", (dialog) => resolve(dialog.type())));
  await ada.page.reload();
  assert.equal(await asked, "beforeunload");
  await ada.isOnline();
  const upload = new URL(`/api/v1/uploads/${id}`, ada.page.url()).href;
  await eventually(async () => assert.equal((await ada.context.request.get(upload)).status(), 404));
});
