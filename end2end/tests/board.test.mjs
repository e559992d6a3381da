// Owns what lies on the board: drawing, writing and moving together, undo, what happens at once and what
// happens offline, pictures, files that are saved, who may not draw, and who only reads.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import {
  agree, clicks, deed, field, isPainted, mayDraw, notes, pulls, refusal, sees, together, tool,
} from "../harness/drawing.mjs";
import { eventually } from "../harness/eventually.mjs";
import { hands, png } from "../harness/media.mjs";
import { pixelAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";
import { CONNECTION_LOST } from "../harness/watch.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

scene("a stroke is seen while it is drawn, and stays", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await tool(ada, "Pen").click();
  await pulls(ada, [[0.2, 0.2], [0.3, 0.3], [0.4, 0.2]], { release: false });
  await sees(bob, 0.25, 0.25);
  await ada.page.mouse.up();
  await pulls(ada, [[0.6, 0.6], [0.7, 0.6]]);
  await sees(bob, 0.65, 0.6);
  await agree(ada, bob);
  await bob.page.reload();
  await mayDraw(bob);
  await sees(bob, 0.25, 0.25);
  await sees(bob, 0.65, 0.6);
});

scene("what one writes in a note the others read", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await notes(ada, 0.5, 0.5, "Buy milk");
  await agree(ada, bob);
  await clicks(bob, 0.5, 0.5, { clickCount: 2 });
  await eventually(async () => assert.equal(await field(bob).inputValue(), "Buy milk"));
  await field(bob).fill("Buy oat milk");
  await field(bob).press("Escape");
  await eventually(async () =>
    assert.ok(await bob.surface.evaluate((element) => element === document.activeElement), "the board has the focus"),
  );
  await agree(ada, bob);
  await clicks(ada, 0.5, 0.5);
  await ada.page.keyboard.press("Enter");
  assert.equal(await field(ada).inputValue(), "Buy oat milk");
});

scene("two people who drag one note end with one board", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await notes(ada, 0.5, 0.5, "Here");
  await agree(ada, bob);
  await ada.page.keyboard.press("Escape");
  // Both have it in hand before either moves it.
  await pulls(ada, [[0.5, 0.5]], { release: false });
  await pulls(bob, [[0.5, 0.5]], { release: false });
  const pull = async (visitor, share) => {
    const { x, y } = await pixelAt(visitor, share, share);
    await visitor.page.mouse.move(x, y, { steps: 6 });
  };
  await pull(ada, 0.3);
  await sees(bob, 0.3, 0.3);
  await sees(bob, 0.5, 0.5, false);
  await pull(bob, 0.7);
  await sees(bob, 0.7, 0.7);
  await sees(bob, 0.3, 0.3, false);
  await ada.page.mouse.up();
  await bob.page.mouse.up();
  for (const visitor of [ada, bob]) {
    await visitor.page.keyboard.press("Escape");
  }
  await agree(ada, bob);
  await eventually(async () => {
    const there = await Promise.all([0.3, 0.5, 0.7].map((share) => isPainted(ada, share, share)));
    // Whose release the server had last counts; nowhere is it where it was.
    assert.ok(there[0] !== there[2] && !there[1], `it is at ${there}`);
  });
  await agree(ada, bob);
});

scene("a thing is mentioned in the chat, and who reads it is led there", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await notes(ada, 0.4, 0.4, "The plan");
  await clicks(ada, 0.4, 0.4);
  await deed(ada, "Mention in chat").click();
  await eventually(async () => assert.match(await ada.composer.inputValue(), /^#object=[0-9a-f]{12} $/));
  await ada.composer.press("Enter");
  await bob.messages.getByRole("link", { name: "on the board" }).click();
  await bob.board.locator(".target").waitFor();
});

scene("undo takes back one's own acts alone, and a deletion wins", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await tool(ada, "Rectangle").click();
  await pulls(ada, [[0.2, 0.2], [0.3, 0.3]]);
  await sees(bob, 0.25, 0.25);
  await tool(bob, "Rectangle").click();
  await pulls(bob, [[0.6, 0.6], [0.7, 0.7]]);
  await sees(ada, 0.65, 0.65);
  await ada.page.keyboard.press("Control+z");
  await sees(bob, 0.25, 0.25, false);
  await sees(ada, 0.65, 0.65);
  assert.ok(await tool(ada, "Undo").isDisabled(), "Ada has nothing left to undo");
  await ada.page.keyboard.press("Control+Shift+z");
  await sees(bob, 0.25, 0.25);
  // Bob has it in hand while Ada deletes it.
  await bob.page.keyboard.press("Escape");
  await pulls(bob, [[0.25, 0.25], [0.3, 0.4]], { release: false });
  await ada.page.keyboard.press("Escape");
  await clicks(ada, 0.65, 0.65);
  await deed(ada, "Delete").click();
  await bob.page.mouse.up();
  await bob.page.keyboard.press("Escape");
  await sees(bob, 0.65, 0.65, false);
  await agree(ada, bob);
});

scene("keys alone place, move, copy and delete", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await ada.surface.focus();
  await ada.page.keyboard.press("n");
  await field(ada).waitFor();
  await ada.page.keyboard.type("By keys");
  await ada.page.keyboard.press("Control+Enter");
  await sees(bob, 0.5, 0.5);
  for (let step = 0; step < 12; step += 1) {
    await ada.page.keyboard.press("Shift+ArrowRight");
  }
  await sees(bob, 0.5, 0.5, false);
  await ada.page.keyboard.press("Control+d");
  await ada.page.keyboard.press("Delete");
  await agree(ada, bob);
  await ada.page.keyboard.press("Control+a");
  await ada.page.keyboard.press("Delete");
  await ada.page.keyboard.press("Escape");
  await sees(bob, 0.7, 0.5, false);
  await agree(ada, bob);
});

scene("a picture that is pasted lies on everybody's board", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  const { x, y } = await pixelAt(ada, 0.5, 0.5);
  await ada.page.mouse.move(x, y);
  await ada.surface.focus();
  await hands(ada, ada.surface, "paste", ["bird.png", png(300, 200)]);
  await sees(bob, 0.5, 0.5);
  await ada.page.keyboard.press("Escape");
  await agree(ada, bob);
  assert.equal(await bob.log.getByRole("img").count(), 0, "it is not said in the chat");
});

scene("an SVG that is saved has the texts in it", async ({ gather }) => {
  const [ada] = await together(gather, "Ada");
  await notes(ada, 0.4, 0.4, "A&<B>");
  for (const [name, start] of [["SVG", "<svg"], ["PNG", "\u0089PNG"]]) {
    await tool(ada, "Save as").click();
    const saving = ada.page.waitForEvent("download");
    await ada.board.getByRole("button", { name: `Save as ${name}` }).click();
    const saved = (await readFile(await (await saving).path())).toString("latin1");
    assert.ok(saved.startsWith(start), saved.slice(0, 20));
    assert.equal(saved.includes("A&amp;&lt;B&gt;"), name === "SVG");
  }
});

scene("what two people do offline comes together", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await notes(ada, 0.5, 0.5, "Between");
  await agree(ada, bob);
  for (const visitor of [ada, bob]) {
    visitor.watch.allow(CONNECTION_LOST);
    await visitor.context.setOffline(true);
    await visitor.connectionSays(/offline/i);
  }
  await tool(ada, "Pen").click();
  await pulls(ada, [[0.1, 0.1], [0.2, 0.15]]);
  await tool(bob, "Rectangle").click();
  await pulls(bob, [[0.8, 0.1], [0.9, 0.2]]);
  await bob.page.keyboard.press("Escape");
  await bob.board.getByText("1 change is waiting for the connection").waitFor();
  await sees(bob, 0.85, 0.15);
  for (const visitor of [ada, bob]) {
    await visitor.context.setOffline(false);
  }
  await sees(ada, 0.85, 0.15);
  await sees(bob, 0.15, 0.125);
  await agree(ada, bob);
});

scene("a page that is loaded again keeps what was not stored yet", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  // Everything of the board's waits, as it does without a connection.
  await ada.page.evaluate(() => {
    const send = WebSocket.prototype.send;
    window.heldBack = [];
    WebSocket.prototype.send = function (data) {
      if (typeof data === "string" && /"(operate|preview)"/.test(data)) {
        window.heldBack.push(JSON.parse(data).type);
      } else {
        send.call(this, data);
      }
    };
  });
  await tool(ada, "Rectangle").click();
  await pulls(ada, [[0.3, 0.3], [0.4, 0.4]]);
  await sees(ada, 0.35, 0.35);
  const heldBack = () => ada.page.evaluate(() => window.heldBack.filter((type) => type === "operate").length);
  await eventually(async () => assert.equal(await heldBack(), 1, "it would have been sent"));
  // What is said after it is there, so it would be, too.
  await ada.say("done");
  await bob.hears("done");
  await sees(bob, 0.35, 0.35, false);
  await ada.page.reload();
  await sees(bob, 0.35, 0.35);
  await ada.page.reload();
  await mayDraw(ada);
  await sees(ada, 0.35, 0.35);
});

scene("a finger draws on a phone", async ({ gather }) => {
  const [ada, bob] = await gather("Ada", { name: "Bob", context: PHONE });
  await bob.tab("Board").click();
  await Promise.all([ada, bob].map(mayDraw));
  await tool(bob, "Pen").click();
  const hand = await bob.context.newCDPSession(bob.page);
  const touch = (type, ...touchPoints) => hand.send("Input.dispatchTouchEvent", { type, touchPoints });
  const [from, to] = [await pixelAt(bob, 0.3, 0.3), await pixelAt(bob, 0.6, 0.3)];
  await touch("touchStart", from);
  for (let step = 1; step <= 6; step += 1) {
    await touch("touchMove", { x: from.x + ((to.x - from.x) * step) / 6, y: from.y });
  }
  await touch("touchEnd");
  await sees(bob, 0.45, 0.3);
  await sees(ada, 0.45, 0.3);
});

scene("in a locked room the tools rest and say why", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await ada.page.getByRole("button", { name: "Lock", exact: true }).click();
  await eventually(async () => assert.ok(await tool(bob, "Pen").isDisabled(), "Bob's pen rests"));
  await bob.board.getByText(/locked/).waitFor();
  await clicks(bob, 0.5, 0.5);
  await bob.page.keyboard.press("n");
  assert.equal(await field(bob).count(), 0);
  await notes(ada, 0.5, 0.5, "Mine");
  await sees(bob, 0.5, 0.5);
});

scene("who draws or writes while the room gets locked goes on afterwards", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  const lock = (name) => ada.page.getByRole("button", { name, exact: true }).click();
  await tool(bob, "Pen").click();
  await pulls(bob, [[0.2, 0.2], [0.3, 0.3]], { release: false });
  await lock("Lock");
  await eventually(async () => assert.ok(await tool(bob, "Pen").isDisabled(), "Bob's pen rests"));
  await bob.page.mouse.up();
  await lock("Unlock");
  await mayDraw(bob);
  await refusal(bob).getByRole("button", { name: "Try again" }).click();
  await sees(ada, 0.25, 0.25);
  await notes(bob, 0.5, 0.5, "Half a sen");
  await clicks(bob, 0.5, 0.5, { clickCount: 2 });
  await field(bob).fill("Half a sentence");
  await lock("Lock");
  await eventually(async () => assert.ok(await tool(bob, "Pen").isDisabled(), "Bob's pen rests"));
  await lock("Unlock");
  await mayDraw(bob);
  await ada.say("Go on");
  await bob.hears("Go on");
});

scene("who loads the page again in the middle of a sentence keeps it", async ({ gather }) => {
  const [ada, bob] = await together(gather, "Ada", "Bob");
  await notes(bob, 0.5, 0.5, "Half a sen");
  await sees(ada, 0.5, 0.5);
  await clicks(bob, 0.5, 0.5, { clickCount: 2 });
  await field(bob).fill("Half a sentence");
  await bob.page.reload();
  await bob.isOnline();
  await mayDraw(bob);
  await clicks(bob, 0.5, 0.5, { clickCount: 2 });
  await eventually(async () => assert.equal(await field(bob).inputValue(), "Half a sentence"));
});

scene("who only reads is told that the board is for those who join", async ({ gather, visitor }) => {
  const [ada] = await gather("Ada");
  for (const [name, context] of [["Wide", {}], ["Phone", PHONE]]) {
    const reader = await visitor(name, context);
    const answer = await reader.page.goto(new URL(ada.page.url()).pathname);
    const words = "Join to see what lies on the board and where the others point.";
    assert.ok((await answer.text()).includes(words), "the page comes with it");
    const hint = reader.board.getByText(words);
    if (context !== PHONE) {
      await hint.waitFor();
    } else {
      await eventually(async () => {
        await reader.tab("Board").tap();
        assert.ok(await hint.isVisible());
      });
      const [hintBox, tabBox] = [await hint.boundingBox(), await reader.tab("Board").boundingBox()];
      assert.ok(hintBox.x >= 0 && hintBox.x + hintBox.width <= PHONE.viewport.width, "it fits");
      assert.ok(hintBox.y + hintBox.height <= tabBox.y, "above the tabs");
      await reader.tab("Chat").tap();
    }
    await reader.enter();
    assert.equal(await hint.count(), 0);
  }
});
