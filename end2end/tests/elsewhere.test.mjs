// Owns people of another site: its pages speak to Starling by tickets, from where that is allowed.

import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

import { scene } from "../harness/scene.mjs";

const SECRET = "a secret of forty characters, for tests.";
const ISSUER = "https://club.example";

let folder, friend, stranger;
const flags = [];

/** An empty page at an origin of its own. */
async function site() {
  const server = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end("<!doctype html><title>Club</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

before(async () => {
  [friend, stranger] = [await site(), await site()];
  folder = await mkdtemp(join(tmpdir(), "starling-keys-"));
  const file = join(folder, "secret");
  await writeFile(file, SECRET);
  flags.push("--jwt-algorithm", "HS256", "--jwt-key-file", file, "--jwt-issuer", ISSUER);
  flags.push("--jwt-audience", "starling", "--allow-origin", friend.origin);
});

after(async () => {
  friend.server.close();
  stranger.server.close();
  await rm(folder, { recursive: true, force: true });
});

function token(sub, name) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 600;
  const message = `${part({ alg: "HS256" })}.${part({ iss: ISSUER, aud: "starling", sub, name, exp })}`;
  return `${message}.${createHmac("sha256", SECRET).update(message).digest("base64url")}`;
}

/** What the other site's own server does for its page. */
async function ticket(server) {
  const answer = await fetch(new URL("/api/v1/tickets", server.url), {
    method: "POST",
    headers: { authorization: `Bearer ${token("u-17", "Ann")}` },
  });
  assert.equal(answer.status, 201);
  return (await answer.json()).ticket;
}

/** Opens a WebSocket in the page; says something in the room, and returns how it went. */
function speaks(page, url, room, body) {
  return page.evaluate(
    ([url, room, body, id]) =>
      new Promise((resolve) => {
        const socket = new WebSocket(url, "starling.v1");
        const say = (event) => socket.send(JSON.stringify(event));
        socket.onerror = () => resolve("refused");
        socket.onclose = ({ code }) => resolve(`closed with ${code}`);
        socket.onmessage = ({ data }) => {
          const event = typeof data === "string" ? JSON.parse(data) : {};
          if (event.type === "hello") say({ type: "join", ref: 1, room });
          if (event.type === "joined") say({ type: "post", ref: 2, room, id, body });
          if (event.type === "ack" || event.type === "error") resolve(event.code ?? event.type);
        };
      }),
    [url, room, body, randomUUID()],
  );
}

scene("a page of another site speaks for its person, by a ticket and once", { flags, ownServer: true }, async ({ gather, visitor, server }) => {
  const [ada] = await gather("Ada");
  const room = new URL(ada.page.url()).pathname.replace("/r/", "");
  const ann = await visitor("Ann");
  await ann.page.goto(friend.origin);
  const url = new URL(`/ws?ticket=${await ticket(server)}`, server.url.replace("http", "ws")).href;
  assert.equal(await speaks(ann.page, url, room, "hello from the club"), "ack");
  await ada.hears("hello from the club");
  await ada.log.getByText("Ann", { exact: true }).first().waitFor();
  assert.equal(await speaks(ann.page, url, room, "again"), "closed with 4401");
});

scene("a page of a site that is not allowed is refused, whatever it shows", { flags, ownServer: true }, async ({ gather, server }) => {
  const [ada] = await gather("Ada");
  const room = new URL(ada.page.url()).pathname.replace("/r/", "");
  // In Ada's own browser, which would send her cookie along.
  const tab = await ada.context.newPage();
  const socket = server.url.replace("http", "ws");
  ada.watch.allow(/WebSocket connection to .* failed/);
  for (const [origin, query] of [
    [stranger.origin, ""],
    [stranger.origin, `?ticket=${await ticket(server)}`],
    [friend.origin, ""],
  ]) {
    await tab.goto(origin);
    assert.equal(await speaks(tab, `${socket}/ws${query}`, room, "not mine"), "refused");
  }
});
