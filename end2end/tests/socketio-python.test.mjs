// python-socketio in one room with npm's client, over both transports. Set-up has installed it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Server } from "../harness/server.mjs";
import { account, clientsOf } from "../harness/socketio.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const PYTHON = at("../../target/python/bin/python");
const SCRIPT = at("../python/socketio_events.py");

for (const transport of ["polling", "websocket"]) {
  test(`every event for python-socketio, over ${transport}`, { timeout: 90_000 }, async (t) => {
    const server = await Server.start();
    t.after(() => server.dispose());
    const ada = await clientsOf(server, t)("/chat", { auth: { username: "JavaScript" } });
    const roomId = `Python's room`;
    await ada.ask("room:join", { roomId });
    const { token } = await account(server, "python");
    const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, server.url, transport, roomId, token]);
    assert.equal(stdout.trim(), "ok");
    assert.equal((await ada.next("user:joined")).username, "Ada");
    assert.equal((await ada.next("message:received")).content, "Grüße, @python 🐍");
  });
}
