// Owns the names of things on the pages: what a person sees and can do, found as they find it.

import assert from "node:assert/strict";

import { eventually } from "./eventually.mjs";

export class Visitor {
  /** How many binary WebSocket frames the page was sent. */
  binaryFrames = 0;

  constructor(name, context, watch, page) {
    this.name = name;
    this.context = context;
    this.watch = watch;
    this.page = page;
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        this.binaryFrames += typeof payload === "string" ? 0 : 1;
      }),
    );
  }

  /** The same person in another tab of the same browser. */
  async anotherTab(path) {
    const page = await this.context.newPage();
    const tab = new Visitor(this.name, this.context, this.watch, page);
    await page.goto(path);
    return tab;
  }

  get nameField() {
    return this.page.getByRole("textbox", { name: "Your name" });
  }

  get roomField() {
    return this.page.getByRole("textbox", { name: "Room name" });
  }

  get listBox() {
    return this.page.getByRole("checkbox", { name: "List this room" });
  }

  get joinButton() {
    return this.page.getByRole("button", { name: "Join" });
  }

  get board() {
    const called = { name: "Board" };
    return this.page.getByRole("region", called).or(this.page.getByRole("tabpanel", called));
  }

  /** The window on the board, which takes pointers and keys once it lives. */
  get surface() {
    return this.board.locator("[data-surface][data-live]");
  }

  /** The board itself, in its window and beyond it. */
  get plane() {
    return this.surface.locator("[data-plane]");
  }

  get log() {
    return this.page.getByRole("log", { name: "Messages" });
  }

  get messages() {
    return this.log.locator("[data-message]");
  }

  get composer() {
    return this.page.getByRole("textbox", { name: "Message" });
  }

  get sendButton() {
    return this.page.getByRole("button", { name: "Send" });
  }

  get peopleList() {
    return this.page.getByRole("list", { name: "People" });
  }

  get people() {
    return this.peopleList.getByRole("listitem");
  }

  get typing() {
    return this.page.getByRole("status", { name: "Typing" });
  }

  get connection() {
    return this.page.getByRole("status", { name: "Connection" });
  }

  get jumpButton() {
    return this.page.getByRole("button", { name: "Jump to latest" });
  }

  get newMark() {
    return this.log.getByRole("separator", { name: "New messages" });
  }

  get copyLinkButton() {
    return this.page.getByRole("button", { name: "Copy link" });
  }

  /** The tab of a narrow window: "Board", "Chat" or "People". */
  tab(name) {
    return this.page.getByRole("tab", { name });
  }

  /** The cursors that others show on this page, or one person's. */
  cursors(name) {
    const all = this.board.locator("[data-cursor]");
    return name === undefined ? all : all.filter({ hasText: name });
  }

  person(name) {
    return this.people.filter({ hasText: name });
  }

  /** Messages that say exactly this. */
  saying(body) {
    return this.messages.filter({ has: this.page.getByText(body, { exact: true }) });
  }

  /** From the lobby into a room, made if need be. */
  async makeRoom(room, { listed = true } = {}) {
    await this.page.goto("/");
    await this.nameField.fill(this.name);
    await this.roomField.fill(room);
    await this.listBox.setChecked(listed);
    await this.joinButton.click();
    await this.isInRoom();
  }

  /** From a room's page, not joined yet, into the room. */
  async enter() {
    await this.nameField.fill(this.name);
    await this.joinButton.click();
    await this.isInRoom();
  }

  async isInRoom() {
    await this.joinButton.waitFor({ state: "detached" });
    // In a narrow window the chat is what is shown first.
    await this.composer.waitFor();
  }

  async isOnline(options) {
    await this.connectionSays(/online/i, options);
  }

  async connectionSays(pattern, options = { within: 10_000 }) {
    await eventually(async () => assert.match(await this.connection.innerText(), pattern), options);
  }

  async say(body) {
    await this.composer.fill(body);
    await this.composer.press("Enter");
  }

  /** Says something and waits until it is stored, for pages that are loaded afterwards. */
  async saysForGood(body) {
    await this.say(body);
    const stored = this.saying(body).and(this.page.locator(":not(.pending)"));
    await stored.first().waitFor({ timeout: 10_000 });
  }

  async hears(body, options = { within: 10_000 }) {
    await this.saying(body).first().waitFor({ timeout: options.within });
  }

  /** The ids of all messages on the page, in their order. */
  async messageIds() {
    return this.messages.evaluateAll((all) => all.map((message) => message.dataset.message));
  }

  async typingSays(expected, options) {
    await eventually(async () => {
      const text = (await this.typing.innerText()).trim();
      if (expected instanceof RegExp) {
        assert.match(text, expected);
      } else {
        assert.equal(text, expected);
      }
    }, options);
  }

  /** The people in the list, as many entries as names given, in any order. */
  async seesPeople(...names) {
    await eventually(async () => {
      const entries = await this.people.allInnerTexts();
      assert.equal(entries.length, names.length, `entries: ${JSON.stringify(entries)}`);
      for (const name of names) {
        assert.ok(
          entries.some((entry) => entry.includes(name)),
          `${name} is not among ${JSON.stringify(entries)}`,
        );
      }
    });
  }

  /** This field, marked as wrong, has such a sentence for its description, on view right by it. */
  async refusedAt(field, sentence) {
    const shown = this.page.getByText(sentence);
    await shown.first().waitFor();
    await eventually(async () => {
      assert.equal(await field.getAttribute("aria-invalid"), "true", "the field is marked as wrong");
      assert.match(await descriptionOf(field), sentence);
      const [fieldBox, sentenceBox] = [await field.boundingBox(), await shown.first().boundingBox()];
      const gap = Math.max(
        sentenceBox.y - (fieldBox.y + fieldBox.height),
        fieldBox.y - (sentenceBox.y + sentenceBox.height),
      );
      assert.ok(gap < 40, `the sentence is ${gap} px away from its field`);
    });
  }

  async notRefusedAt(field) {
    await eventually(async () => {
      assert.notEqual(await field.getAttribute("aria-invalid"), "true");
      assert.doesNotMatch(await descriptionOf(field), /this one has/);
    });
  }
}

async function descriptionOf(field) {
  return field.evaluate((element) =>
    ["aria-describedby", "aria-errormessage"]
      .flatMap((attribute) => (element.getAttribute(attribute) ?? "").split(/\s+/))
      .filter((id) => id !== "")
      .map((id) => document.getElementById(id)?.innerText ?? "")
      .join("\n"),
  );
}
