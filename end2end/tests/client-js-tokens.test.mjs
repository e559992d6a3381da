// Owns whom clients/js speaks for by a token: in Node with the token itself, on another site's page with
// tickets that the site gets.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

import WebSocket from "ws";

import { eventually } from "../harness/eventually.mjs";
import { serveModules } from "../harness/programs.mjs";
import { Program } from "../harness/program.mjs";
import { scene } from "../harness/scene.mjs";
import { CONNECTION_LOST } from "../harness/watch.mjs";
import { slugOf } from "../harness/wire.mjs";

const SECRET = "a secret of forty characters, for tests.";
const ISSUER = "https://club.example";

let folder, site, origin;
const flags = [];

before(async () => {
  site = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end("<!doctype html><title>Club</title>");
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  origin = `http://127.0.0.1:${site.address().port}`;
  folder = await mkdtemp(join(tmpdir(), "starling-keys-"));
  const file = join(folder, "secret");
  await writeFile(file, SECRET);
  flags.push("--jwt-algorithm", "HS256", "--jwt-key-file", file, "--jwt-issuer", ISSUER);
  flags.push("--jwt-audience", "starling", "--allow-origin", origin);
});

after(async () => {
  site.close();
  await rm(folder, { recursive: true, force: true });
});

function token(seconds = 600) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const claims = { iss: ISSUER, aud: "starling", sub: "u-17", name: "Ann", exp };
  const message = `${part({ alg: "HS256" })}.${part(claims)}`;
  return `${message}.${createHmac("sha256", SECRET).update(message).digest("base64url")}`;
}

scene("a program with a token is its person, and ends with it", { flags, ownServer: true }, async ({ gather, server }) => {
  const [bob] = await gather("Bob");
  const slug = slugOf(new URL(bob.page.url()).pathname);
  const ann = new Program(server.url, { token, WebSocket });
  assert.equal(await ann.connect(), "Ann");
  await ann.join(slug);
  assert.deepEqual(await ann.send("hello from a program"), [1]);
  await bob.hears("hello from a program");
  await ann.starling.authenticate(token(900));
  await assert.rejects(ann.starling.authenticate("eyJ.no.token"), { code: "bad_token" });
  await ann.close();
  const late = new Program(server.url, { token: token(-600), WebSocket });
  assert.equal(await late.refusedToConnect(), "token_expired");
  assert.deepEqual(late.heard.at(-1), "ended 4403");
  await late.close();
});

scene("a page of another site comes back with a new ticket", { flags, ownServer: true }, async ({ gather, visitor, server }) => {
  const [bob] = await gather("Bob");
  const slug = slugOf(new URL(bob.page.url()).pathname);
  const ann = await visitor("Ann");
  ann.watch.allow(CONNECTION_LOST);
  let tickets = 0;
  await ann.page.exposeFunction("ticket", async () => {
    tickets += 1;
    const headers = { authorization: `Bearer ${token()}` };
    const answer = await fetch(new URL("/api/v1/tickets", server.url), { method: "POST", headers });
    return (await answer.json()).ticket;
  });
  await serveModules(ann.page);
  await ann.page.goto(origin);
  await ann.page.evaluate(async (url) => {
    const { Program } = await import("/end2end/harness/program.mjs");
    window.program = new Program(url, { ticket: window.ticket });
  }, server.url);
  const act = (step, ...args) =>
    ann.page.evaluate(([step, args]) => window.program[step](...args), [step, args]);
  assert.equal(await act("connect"), "Ann");
  await act("join", slug);
  assert.deepEqual(await act("send", "hello from the club"), [1]);
  await ann.context.setOffline(true);
  await eventually(async () => assert.equal((await act("view")).heard.at(-1), "waiting"));
  await bob.saysForGood("welcome");
  await ann.context.setOffline(false);
  await eventually(async () => {
    const { messages } = await act("view");
    assert.deepEqual(messages.map(({ body }) => body), ["hello from the club", "welcome"]);
  }, { within: 30_000 });
  assert.ok(tickets >= 2, "each connection had its own ticket");
  await act("close");
});
