// A bot that says again what it is told: "echo hello" is answered with "hello".
// STARLING_TOKEN=starling_… node echo-bot.mjs http://127.0.0.1:3000 team-lunch

import { Starling } from "../starling.js";

/** Listens in a room until its connection is closed. */
export async function echo(url, slug, options) {
  const starling = new Starling(url, options);
  const me = await starling.connect();
  const room = await starling.join(slug);
  room.on("message", ({ message }) => {
    const [, said] = message.body?.match(/^echo (.+)$/s) ?? [];
    if (said !== undefined && message.author.id !== me.id) {
      room.send(said).catch((refusal) => console.error(refusal.message));
    }
  });
  return starling;
}

if (import.meta.filename === process.argv[1]) {
  const [url, slug] = process.argv.slice(2);
  const { STARLING_TOKEN: token } = process.env;
  // Node has a WebSocket of its own from version 22 on.
  const { WebSocket } = globalThis.WebSocket ? globalThis : await import("ws");
  const starling = await echo(url, slug, { token, WebSocket });
  process.once("SIGINT", () => starling.close());
}
