// Owns the frontend as a site of its own: another origin, no cookie, a token shown first.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

import { eventually } from "../harness/eventually.mjs";
import { chooses, png, wav } from "../harness/media.mjs";
import { looksAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";

const SECRET = "a secret of forty characters, for tests.";
const BUILT = fileURLToPath(new URL("../../target/trunk", import.meta.url));
const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** States of a WebSocket. */
const [OPEN, CLOSED] = [1, 3];

let folder, site;
const flags = [];
/** The server that the site's page names. */
let server = "";

before(async () => {
  site = createServer(async ({ url }, answer) => {
    const path = new URL(url, "http://x").pathname;
    const file = path === "/" ? "/index.html" : normalize(path);
    try {
      let body = await readFile(join(BUILT, file));
      if (file === "/index.html") {
        body = body.toString().replace("http://127.0.0.1:3000", server);
      }
      answer.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
      answer.end(body);
    } catch {
      answer.writeHead(404).end();
    }
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  folder = await mkdtemp(join(tmpdir(), "starling-keys-"));
  const file = join(folder, "secret");
  await writeFile(file, SECRET);
  flags.push("--jwt-algorithm", "HS256", "--jwt-key-file", file);
  flags.push("--jwt-issuer", "https://club.example", "--jwt-audience", "starling");
  flags.push("--allow-origin", `http://127.0.0.1:${site.address().port}`);
});

after(async () => {
  site.close();
  await rm(folder, { recursive: true, force: true });
});

function token(sub, name) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 600;
  const claims = { iss: "https://club.example", aud: "starling", sub, name, exp };
  const message = `${part({ alg: "HS256" })}.${part(claims)}`;
  return `${message}.${createHmac("sha256", SECRET).update(message).digest("base64url")}`;
}

/** Ann at the site, in the room that others made. */
async function enters(stage, prepare = async () => {}) {
  const ann = await stage.visitor("Ann", { baseURL: `http://127.0.0.1:${site.address().port}` });
  await prepare(ann.page);
  await ann.page.goto("/");
  await ann.page.getByRole("textbox", { name: "Token" }).fill(token("u-17", "Ann"));
  await ann.page.getByRole("textbox", { name: "Room" }).fill(stage.link.replace("/r/", ""));
  await ann.page.getByRole("button", { name: "Enter" }).click();
  await ann.isOnline();
  return ann;
}

scene("a room is shown and talked in from another site", { flags, ownServer: true }, async (stage) => {
  server = stage.server.url;
  const [ada] = await stage.gather("Ada");
  await ada.saysForGood("before you came");
  const ann = await stage.visitor("Ann", { baseURL: `http://127.0.0.1:${site.address().port}` });
  const enter = async (shown) => {
    await ann.page.getByRole("textbox", { name: "Token" }).fill(shown);
    await ann.page.getByRole("textbox", { name: "Room" }).fill(stage.link.replace("/r/", ""));
    await ann.page.getByRole("button", { name: "Enter" }).click();
  };
  await ann.page.goto("/");
  await enter("starling_nobody");
  await ann.page.getByText("does not know who you are").waitFor();
  await enter(token("u-17", "Ann"));
  await ann.isOnline();
  await ann.hears("before you came");
  await ann.say("from another site");
  await ada.hears("from another site");
  await ada.seesPeople("Ada", "Ann");
  await ada.say("welcome");
  await ann.hears("welcome");
  const plane = await ann.plane.boundingBox();
  await ann.page.mouse.move(plane.x + plane.width / 2, plane.y + plane.height / 2);
  await ada.cursors("Ann").waitFor();
  // The room and the token stay with the page.
  await ann.page.reload();
  await ann.isOnline();
  await ann.hears("welcome");
  const cookies = await ann.context.cookies(stage.server.url);
  assert.ok(cookies.every(({ name }) => name !== "starling"), "the server's cookie is not needed");
});

scene("who asked for the room leaves the line to the room's own connection", { flags, ownServer: true }, async (stage) => {
  server = stage.server.url;
  await stage.gather("Ada");
  const ann = await enters(stage, async (page) => {
    await page.clock.install();
    await page.addInitScript(() => {
      window.sockets = [];
      window.WebSocket = class extends WebSocket {
        constructor(...args) {
          super(...args);
          window.sockets.push(this);
        }
      };
    });
  });
  const states = () => ann.page.evaluate(() => window.sockets.map(({ readyState }) => readyState));
  await eventually(async () => assert.deepEqual(await states(), [CLOSED, OPEN]));
  // Whoever waited for the next try would have begun it by now.
  await ann.page.clock.fastForward(20_000);
  assert.deepEqual(await states(), [CLOSED, OPEN]);
});

scene("files are sent and fetched from another site, by the token", { flags, ownServer: true }, async (stage) => {
  server = stage.server.url;
  const [ada] = await stage.gather("Ada");
  const ann = await enters(stage);
  await chooses(ann, ["ann's.png", png(640, 480)]);
  await ada.log.getByRole("img", { name: "ann's.png" }).waitFor();
  await chooses(ada, ["ada's.png", png(1_280, 960)], ["tone.wav", wav()], ["page.html", Buffer.from("<script>alert(1)</script>")]);
  const asked = [];
  ann.page.on("request", (request) => request.url().includes("/files/") && asked.push(request));
  for (const [name, width] of [["ann's.png", 640], ["ada's.png", 1_280]]) {
    const image = ann.log.getByRole("img", { name });
    await eventually(async () => assert.equal(await image.evaluate((it) => it.naturalWidth), width));
    assert.equal((await image.boundingBox()).width, 320);
  }
  for (const [name, bytes] of [["page.html", Buffer.from("<script>alert(1)</script>")], ["tone.wav", wav()]]) {
    const download = ann.page.waitForEvent("download");
    await ann.log.getByRole("link", { name }).click();
    const file = await download;
    assert.equal(file.suggestedFilename(), name);
    assert.deepEqual(await readFile(await file.path()), bytes);
  }
  for (const request of asked) {
    assert.match(await request.headerValue("authorization"), /^Bearer eyJ/);
  }
  assert.equal(ann.context.pages().length, 1);
});

scene("a message leads to a place of the board, and nobody away from the site", { flags, ownServer: true }, async (stage) => {
  server = stage.server.url;
  const [ada] = await stage.gather("Ada");
  await ada.say("look #at=3000,4000");
  await ada.messages.and(ada.page.locator(":not(.pending)")).getByRole("link", { name: "on the board" }).waitFor();
  const ann = await enters(stage);
  const here = ann.page.url();
  const link = ann.messages.getByRole("link", { name: "on the board" });
  await ann.surface.waitFor();
  await link.click();
  await looksAt(ann, { x: 3_000, y: 4_000 });
  await ann.board.locator("[data-map]").click({ position: { x: 100, y: 100 } });
  await link.click();
  await looksAt(ann, { x: 3_000, y: 4_000 });
  assert.equal(ann.page.url(), here, "the address names the room, as before");
  // In another tab it is the server's own page.
  assert.equal(await link.evaluate(({ href }) => href), `${server}${stage.link}#at=3000,4000`);
});
