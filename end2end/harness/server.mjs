// Owns the server process: starts the release binary, restarts it on its port and data, ends it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BINARY =
  process.env.STARLING_BIN ?? fileURLToPath(new URL("../../target/release/starling", import.meta.url));
const START_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 15_000;

// The server reads STARLING_* like flags; the tests decide alone how it runs.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("STARLING_")),
);

export class Server {
  #process;
  #flags;
  #dataDir;
  #log = [];

  /** Where it listens; stays the same over restarts. */
  url;

  static async start(flags = []) {
    const server = new Server();
    server.#flags = flags;
    server.#dataDir = await mkdtemp(join(tmpdir(), "starling-"));
    await server.#launch("127.0.0.1:0");
    return server;
  }

  /** What another command of the binary says about its data. */
  async command(...words) {
    const command = [...words, "--data-dir", this.#dataDir];
    const { stdout } = await promisify(execFile)(BINARY, command, { env: environment });
    return stdout;
  }

  /** Everything it wrote so far. */
  get log() {
    return this.#log.join("\n");
  }

  /** Ends it as an operator does, and waits until it is gone. */
  async stop() {
    await this.#end("SIGTERM");
  }

  /** Ends it without giving it a chance to say or save anything. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** Keeps it from doing anything until `goOn`. */
  pause() {
    this.#process.kill("SIGSTOP");
  }

  /** Lets it go on where it was. */
  goOn() {
    this.#process.kill("SIGCONT");
  }

  /** Starts it again, after `stop` or `kill`, with other flags if some are given. */
  async startAgain(flags = this.#flags) {
    this.#flags = flags;
    await this.#launch(new URL(this.url).host);
  }

  /** Ends it, whatever its state, and removes its data. */
  async dispose() {
    await this.kill();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  async #launch(address) {
    const child = spawn(
      BINARY,
      ["serve", "--addr", address, "--data-dir", this.#dataDir, ...this.#flags],
      { env: environment, stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#process = child;
    const exited = once(child, "exit").catch(() => {});
    killAtExit.add(child);
    exited.then(() => killAtExit.delete(child));

    createInterface(child.stderr).on("line", (line) => this.#log.push(line));
    const url = await new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(this.#failure(`did not listen within ${START_WITHIN_MS} ms`)),
        START_WITHIN_MS,
      );
      child.once("error", reject);
      child.once("exit", (code, signal) => reject(this.#failure(`ended: ${code ?? signal}`)));
      createInterface(child.stdout).on("line", (line) => {
        this.#log.push(line);
        const [, listens] = line.match(/^Starling listens on (http:\/\/\S+?)\/?$/) ?? [];
        if (listens) {
          clearTimeout(late);
          resolve(listens);
        }
      });
    });
    this.url ??= url;
  }

  async #end(signal) {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      return;
    }
    const exited = once(child, "exit");
    child.kill(signal);
    const late = setTimeout(() => {
      this.#log.push(`(killed: still there ${STOP_WITHIN_MS} ms after ${signal})`);
      child.kill("SIGKILL");
    }, STOP_WITHIN_MS);
    const [, endedBy] = await exited;
    clearTimeout(late);
    if (signal === "SIGTERM" && endedBy !== null) {
      throw this.#failure(`did not end by itself on SIGTERM, but by ${endedBy}`);
    }
  }

  #failure(what) {
    return new Error(`the server ${what}\n${this.log}`);
  }
}

// A test file that is interrupted or runs into its time limit must not leave servers behind.
const killAtExit = new Set();
process.on("exit", () => {
  for (const child of killAtExit) {
    child.kill("SIGKILL");
  }
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => process.exit(1));
}
