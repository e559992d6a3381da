// Owns that nothing on the board is lost: what two people write in one note, what somebody deleted meanwhile,
// what the server refused, and what is written while the room is locked.

import assert from "node:assert/strict";

import { agree, clicks, deed, field, mayDraw, notes, pulls, refusal, sees, together, tool } from "../harness/drawing.mjs";
import { eventually } from "../harness/eventually.mjs";
import { operate, putNotes } from "../harness/notes.mjs";
import { scene } from "../harness/scene.mjs";
import { CONNECTION_LOST } from "../harness/watch.mjs";

const MIDDLE = [0.5, 0.5];
const STROKE = [[0.2, 0.2], [0.3, 0.3], [0.4, 0.2]];
const ON_STROKE = [0.25, 0.25];

/** Opens the note in the middle, which says this. */
async function opens(visitor, text) {
  await clicks(visitor, ...MIDDLE, { clickCount: 2 });
  await eventually(async () => assert.equal(await field(visitor).inputValue(), text));
}

/** Draws a rectangle there, and waits until somebody else has that, and all that was done before. */
async function drawsFor(visitor, other, [left, top]) {
  await tool(visitor, "Rectangle").click();
  await pulls(visitor, [[left, top], [left + 0.1, top + 0.1]]);
  await sees(other, left + 0.05, top + 0.05);
}

/** How many changes of the board their browser keeps. */
const kept = (visitor) =>
  visitor.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("starling-board ")).length);

scene("what somebody wrote stays when another closes the note without a word", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await notes(ada, ...MIDDLE, "Buy milk");
  await agree(ada, bob);
  await opens(bob, "Buy milk");
  await opens(ada, "Buy milk");
  await field(ada).fill("Buy oat milk");
  await field(ada).press("Escape");
  await drawsFor(ada, bob, [0.1, 0.1]);
  await field(bob).press("Escape");
  await field(bob).waitFor({ state: "detached" });
  await drawsFor(bob, ada, [0.7, 0.1]);
  await opens(ada, "Buy oat milk");
  await opens(bob, "Buy oat milk");
});

scene("words for a note that somebody deleted are there anew", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await notes(ada, ...MIDDLE, "Buy milk");
  await agree(ada, bob);
  await opens(bob, "Buy milk");
  await field(bob).fill("Buy oat milk");
  await deed(ada, "Delete").click();
  await sees(bob, ...MIDDLE, false);
  await field(bob).press("Escape");
  await bob.board.getByRole("alert").filter({ hasText: "Your words are there anew" }).waitFor();
  await sees(ada, ...MIDDLE);
  await opens(ada, "Buy oat milk");
});

/** From then on a page's changes of its board wait in `heldBack`, until `letThrough`. For the page to run. */
function holdBack() {
  const { send } = WebSocket.prototype;
  window.heldBack = [];
  WebSocket.prototype.send = function (data) {
    if (typeof data === "string" && /"(operate|preview)"/.test(data)) {
      window.heldBack.push(() => send.call(this, data));
    } else {
      send.call(this, data);
    }
  };
  window.letThrough = () => {
    WebSocket.prototype.send = send;
    window.heldBack.forEach((goes) => goes());
  };
}

const letThrough = (tab) => tab.page.evaluate(() => window.letThrough());

/** Draws a line there. */
async function strikes(visitor, down) {
  await tool(visitor, "Pen").click();
  await pulls(visitor, [[0.2, down], [0.5, down]]);
  await sees(visitor, 0.3, down);
}

scene("what is undone in one tab is undone in another one that has not sent it", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await ada.page.evaluate(holdBack);
  // The first line is under way, the second one waits for it.
  await strikes(ada, 0.2);
  await strikes(ada, 0.4);
  await ada.context.addInitScript(holdBack);
  const tab = await ada.anotherTab(ada.page.url());
  await mayDraw(tab);
  await sees(tab, 0.3, 0.4);
  await tool(ada, "Undo").click();
  await sees(ada, 0.3, 0.4, false);
  await letThrough(tab);
  await sees(bob, 0.3, 0.2);
  await letThrough(ada);
  await eventually(async () => assert.equal(await kept(ada), 0));
  for (const visitor of [ada, tab, bob]) {
    await sees(visitor, 0.3, 0.2);
    await sees(visitor, 0.3, 0.4, false);
  }
});

scene("what is undone in a tab without a connection is undone in another one that has sent it", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  ada.watch.allow(CONNECTION_LOST);
  const wire = await ada.context.newCDPSession(ada.page);
  const cut = (offline) =>
    wire.send("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await cut(true);
  await ada.connectionSays(/offline/i);
  await strikes(ada, 0.4);
  const tab = await ada.anotherTab(ada.page.url());
  await mayDraw(tab);
  await sees(bob, 0.3, 0.4);
  await tool(ada, "Undo").click();
  await sees(ada, 0.3, 0.4, false);
  await cut(false);
  for (const visitor of [bob, tab, ada]) {
    await sees(visitor, 0.3, 0.4, false);
  }
  await eventually(async () => assert.equal(await kept(ada), 0));
  await sees(ada, 0.3, 0.4, false);
});

scene("what is refused is kept, over a reload too, and tried again", { flags: ["--board-objects", "3"] }, async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  bob.watch.allow(CONNECTION_LOST);
  await bob.context.setOffline(true);
  await bob.connectionSays(/offline/i);
  const [first] = await putNotes(ada, [
    { text: "one", x: 9_000, y: 9_000 },
    { text: "two", x: 10_000, y: 9_000 },
    { text: "three", x: 11_000, y: 9_000 },
  ]);
  await tool(bob, "Pen").click();
  await pulls(bob, STROKE);
  await bob.board.getByText("1 change is waiting for the connection").waitFor();
  await bob.context.setOffline(false);
  const said = refusal(bob).getByRole("alert").filter({ hasText: /1 change was not stored\. The board is full/ });
  await said.waitFor();
  await sees(bob, ...ON_STROKE, false);

  await bob.page.reload();
  await mayDraw(bob);
  await said.waitFor();
  await operate(ada, [{ delete: { object: first } }]);
  await refusal(bob).getByRole("button", { name: "Try again" }).click();
  await sees(ada, ...ON_STROKE);
  await refusal(bob).waitFor({ state: "hidden" });
  await agree(ada, bob);
  await eventually(async () => assert.equal(await kept(bob), 0));
});

scene("what finds no room is kept by those who know that, too, until it is discarded by keys", { flags: ["--board-objects", "1"] }, async ({ gather }) => {
  const [ada] = await together(gather, "Ada");
  await notes(ada, ...MIDDLE, "The only one");
  await tool(ada, "Pen").click();
  await pulls(ada, STROKE);
  await refusal(ada).getByText(/1 change was not stored/).waitFor();
  await pulls(ada, [[0.7, 0.7], [0.8, 0.8]]);
  await refusal(ada).getByText(/2 changes were not stored/).waitFor();
  assert.equal(await kept(ada), 2);
  await refusal(ada).getByRole("button", { name: "Try again" }).focus();
  await ada.page.keyboard.press("ArrowRight");
  await ada.page.keyboard.press("Enter");
  await refusal(ada).waitFor({ state: "hidden" });
  await eventually(async () => {
    assert.equal(await kept(ada), 0);
    assert.ok(await ada.surface.evaluate((surface) => surface === document.activeElement), "keys go on at the board");
  });
  await sees(ada, ...ON_STROKE, false);
});

scene("who writes in the list while the room gets locked keeps the words", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await putNotes(ada, [
    { text: "milk", x: 2_000, y: 2_000 },
    { text: "bread", x: 2_000, y: 9_000 },
  ]);
  await bob.board.getByRole("button", { name: "Contents" }).click();
  const list = bob.page.getByRole("region", { name: "Contents" });
  await list.getByRole("button", { name: /^Edit: Note: milk/ }).click();
  const words = list.getByRole("textbox", { name: "Text of the note" });
  await words.fill("oat milk");
  await ada.page.getByRole("button", { name: "Lock", exact: true }).click();
  await bob.board.getByRole("status").filter({ hasText: /locked/ }).waitFor({ state: "attached" });
  await words.press("Control+Enter");
  await list.getByRole("alert").filter({ hasText: "not write" }).waitFor();
  assert.equal(await words.inputValue(), "oat milk");
  // Nor does the list close with them.
  await list.getByRole("button", { name: "Close the contents" }).click();
  assert.ok(await words.isVisible());

  await ada.page.getByRole("button", { name: "Unlock", exact: true }).click();
  await eventually(async () => assert.ok(await tool(bob, "Pen").isEnabled()));
  await words.press("Control+Enter");
  await list.getByText("oat milk").first().waitFor();

  // Without an Escape key one is not caught there.
  await list.getByRole("button", { name: /^Edit: Note: oat milk/ }).click();
  const discard = list.getByRole("button", { name: "Discard" });
  await words.fill("rye milk");
  await ada.page.getByRole("button", { name: "Lock", exact: true }).click();
  await eventually(async () => assert.ok(await tool(bob, "Pen").isDisabled()));
  await list.getByRole("button", { name: "Close the contents" }).click();
  await discard.click();
  await words.waitFor({ state: "detached" });
  assert.equal(await list.getByText("rye milk").count(), 0);
  await eventually(async () =>
    assert.equal(await list.getByRole("button", { name: /^Edit/ }).count(), 0, "nothing is offered that cannot be"),
  );
  await list.getByRole("button", { name: "Close the contents" }).click();
  await list.waitFor({ state: "hidden" });
});
