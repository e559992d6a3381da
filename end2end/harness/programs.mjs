// Owns where programs run: in this process, or in a page of the server's own, under its policy, into which
// the library is put as if the server had it among its files.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import WebSocket from "ws";

import { Program } from "./program.mjs";

const ROOT = new URL("../../", import.meta.url);
const MODULES = "**/{clients,end2end}/**/*.{js,mjs}";

/** Lets a page load the library and the program as if its server had them. */
export async function serveModules(page) {
  await page.unroute(MODULES);
  await page.route(MODULES, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(1);
    const body = await readFile(fileURLToPath(new URL(path, ROOT)), "utf8");
    await route.fulfill({ body, contentType: "text/javascript" });
  });
}

/** A `Storage` for a program that has none. */
class Shelf {
  #of = new Map();
  get length() {
    return this.#of.size;
  }
  key = (index) => [...this.#of.keys()][index] ?? null;
  getItem = (key) => this.#of.get(key) ?? null;
  setItem = (key, value) => void this.#of.set(key, value);
  removeItem = (key) => void this.#of.delete(key);
}

/** In this process, over the package ws. */
export class InNode {
  #shelf = new Shelf();
  #programs = [];

  async start(url, cookie) {
    const headers = { cookie, origin: url };
    const program = new Program(url, { headers, WebSocket, storage: this.#shelf });
    this.#programs.push(program);
    this.do = async (step, ...args) => structuredClone(await program[step](...args));
  }

  /** Ends the program as a crash would, as far as what it keeps goes, and starts it again. */
  async startAgain(url, cookie) {
    await this.dispose();
    await this.start(url, cookie);
  }

  async dispose() {
    await Promise.all(this.#programs.splice(0).map((program) => program.close()));
  }
}

/** In a page of the server's. */
export class InPage {
  #visitor;

  constructor(visitor) {
    this.#visitor = visitor;
  }

  async start(url, cookie) {
    const { context, page } = this.#visitor;
    const [name, value] = cookie.split("=");
    await context.addCookies([{ name, value, url }]);
    await serveModules(page);
    // The lobby connects nowhere by itself.
    await page.goto(url);
    await page.evaluate(async () => {
      const { Program } = await import("/end2end/harness/program.mjs");
      window.program = new Program(location.origin, { storage: localStorage });
    });
    this.do = (step, ...args) => page.evaluate(([step, args]) => window.program[step](...args), [step, args]);
  }

  async startAgain(url, cookie) {
    await this.start(url, cookie);
  }

  async dispose() {
    await this.do?.("close");
  }
}
