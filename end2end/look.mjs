// Owns `npm run look`: pictures of every state, in two sizes, light and dark, for people to look at,
// and one page that shows them all.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { launchBrowser } from "./harness/browser.mjs";
import { Server } from "./harness/server.mjs";
import { Stage } from "./harness/stage.mjs";
import { atEachTab, resize, SCHEMES, SIZES, STATES } from "./harness/states.mjs";

const LOOK = fileURLToPath(new URL("results/look/", import.meta.url));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STATES.some((state) => state.name === name));
if (unknown.length > 0) {
  console.error(`There is no state ${unknown.join(", ")}; there are ${STATES.map(({ name }) => name).join(", ")}.`);
  process.exit(1);
}

await rm(LOOK, { recursive: true, force: true });
await mkdir(LOOK, { recursive: true });
const browser = await launchBrowser();
const failed = [];
const rows = [];
try {
  for (const state of STATES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    try {
      rows.push({ name: state.name, files: await picturesOf(state) });
    } catch (error) {
      failed.push(state.name);
      console.error(`${state.name}: ${error.stack}`);
    }
  }
} finally {
  await browser.close();
}
const index = join(LOOK, "index.html");
await writeFile(index, indexOf(rows));
console.log(`All of them: ${pathToFileURL(index)}`);
if (failed.length > 0) {
  console.error(`No pictures of: ${failed.join(", ")}`);
  process.exitCode = 1;
}

async function picturesOf({ name, flags, arrive }) {
  const server = await Server.start(flags);
  const stage = new Stage(browser, server);
  const files = [];
  try {
    const guest = await arrive(stage, { viewport: SIZES.wide });
    for (const size of Object.keys(SIZES)) {
      await resize(guest, size);
      for (const colorScheme of SCHEMES) {
        await guest.page.emulateMedia({ colorScheme });
        await atEachTab(guest, async (tab) => {
          const file = [name, tab.toLowerCase(), size, colorScheme].filter(Boolean).join("-");
          await guest.page.screenshot({ path: join(LOOK, `${file}.png`), animations: "disabled" });
          files.push(`${file}.png`);
        });
      }
    }
  } finally {
    await stage.clear();
    await server.dispose();
  }
  console.log(`${name}: ${files.length} pictures`);
  return files;
}

function indexOf(rows) {
  const figures = (files) =>
    files
      .map((file) => `<a href="${file}"><img src="${file}" alt="${file}" title="${file}" loading="lazy"></a>`)
      .join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Every state of Starling</title>
<style>
  body { margin: 24px; background: #777; color: #fff; font: 15px system-ui, sans-serif }
  div { display: flex; flex-wrap: wrap; gap: 12px; align-items: start }
  img { display: block; height: 320px; width: auto }
</style>
${rows.map(({ name, files }) => `<h2>${name}</h2>\n<div>\n${figures(files)}\n</div>`).join("\n")}
</html>
`;
}
