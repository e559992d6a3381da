// Owns starting a crowd that points all the time (`crowd.mjs`), and ending it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("crowd.mjs", import.meta.url));

/** So many people come to the room of that name and move, each so often a second, until `end` is called. */
export async function movingCrowd(server, room, people, movesASecond) {
  const words = ["--experimental-websocket", FILE, server.url, room, people, movesASecond].map(String);
  const crowd = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(crowd, "exit");
  const end = async () => {
    crowd.kill();
    await exited;
  };
  await Promise.race([
    once(createInterface(crowd.stdout), "line"),
    exited.then(([code]) => assert.fail(`the crowd ended: ${code}`)),
  ]);
  return { end };
}
