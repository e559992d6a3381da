// Owns that nothing a person types becomes markup: a hundred hostile texts in every field, shown live and
// by the server, are text and nothing but text. Dialogs, errors and violations of the page's policy fail
// every test (`watch.mjs`).
//
// A new field takes one line: in `FORMS` if it is in a form whose page can come back, in `SAID` if it is
// shown with others.

import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { HOSTILE } from "../harness/hostile.mjs";
import { pointAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";
import { answeredWith } from "../harness/watch.mjs";
import { slugOf, Wire } from "../harness/wire.mjs";

assert.equal(new Set(HOSTILE).size, 100);

const ROOMY = ["--name-chars", "200", "--room-name-chars", "200", "--history-page", "300"];
const TALKATIVE = ["--chat-burst", "10000", "--chat-per-minute", "10000"];
const flags = ["--rooms-per-address", "1000", ...ROOMY, ...TALKATIVE];

/** What the server makes of a name or a reason, and of a message (`protocol/src/text.rs`). */
const oneLine = (text) => text.replaceAll(/[\p{White_Space}\p{Cc}]+/gu, " ").replaceAll(/^ | $/g, "");
const trimmed = (text) => text.replaceAll(/^\p{White_Space}+|\p{White_Space}+$/gu, "");

/** What a message of each text and by a person of that name looks like: where it is, and what it says. */
const SAID = [
  { field: "a person's name", shown: ".line-head .author", expected: oneLine },
  { field: "a message", shown: ".body", expected: trimmed },
];

/** Longer than a name may be, whatever becomes of its white space. */
const tooLong = (text) => text.padEnd(250, ".");

/**
 * Forms that are refused and come back as they were filled in: by whom, with which fields, and where each
 * is found again. `path` and `fields` may need the room's address and the id of a message that it has.
 */
const FORMS = [
  {
    form: "the form that makes a room",
    path: () => "/join",
    fields: (text) => ({ name: tooLong(text), room: tooLong(text) }),
    shown: { name: "#name", room: "#room" },
  },
  {
    form: "the form that joins a room",
    path: () => "/join",
    fields: (text, { slug }) => ({ name: tooLong(text), slug }),
    shown: { name: "#name" },
  },
  {
    form: "the form that says something",
    joined: true,
    path: ({ slug }) => `/r/${slug}/messages`,
    fields: (body, { id }) => ({ id, body }),
    shown: { body: "#message" },
  },
];

/** All texts of such elements, and whatever is inside them that is no link of ours. */
async function textsOf(page, selector) {
  const found = await page.locator(selector).evaluateAll((all) =>
    all.map((element) => ({
      text: element.textContent,
      markup: [...element.querySelectorAll("*")]
        .filter((inner) => inner.localName !== "a" || !/^https?:\/\//.test(inner.getAttribute("href")))
        .map((inner) => inner.outerHTML),
    })),
  );
  assert.deepEqual(found.flatMap(({ markup }) => markup), [], `${selector} is nothing but text`);
  return found.map(({ text }) => text);
}

async function reads(page, room) {
  for (const { field, shown, expected } of SAID) {
    await eventually(async () => {
      const texts = await textsOf(page, `[data-message] ${shown}`);
      assert.deepEqual(texts, HOSTILE.map(expected), `${field} in ${room}`);
    });
  }
  // What was typed could have put something anywhere.
  const foreign = "iframe, object, embed, base, form[action^='javascript'], img, video, audio, body script, [onerror], [onload]";
  const strange = await page.locator(foreign).evaluateAll((all) =>
    // The page's data, which leptos puts at its end.
    all.filter(({ nonce }) => !nonce).map(({ outerHTML }) => outerHTML),
  );
  assert.deepEqual(strange, []);
}

scene("hostile names, messages and reasons are text, live and from the server", { flags }, async (stage) => {
  const [ada, bob] = await stage.gather("Ada", "Bob");
  const room = slugOf(stage.link);
  await pointAt(bob, 0.5, 0.5);
  const wire = await Wire.open(bob);
  assert.equal((await wire.request({ type: "join", room })).type, "joined");
  for (const text of HOSTILE) {
    for (const event of [
      { type: "rename", name: text },
      { type: "post", room, id: crypto.randomUUID(), body: text },
    ]) {
      const answer = await wire.request(event);
      assert.equal(answer.type, "ack", `${JSON.stringify(event)}: ${JSON.stringify(answer)}`);
    }
    await eventually(async () => {
      const names = await textsOf(ada.page, ".person-name");
      assert.deepEqual(names.toSorted(), ["Ada", oneLine(text)].toSorted());
      assert.deepEqual(await ada.cursors().allTextContents(), [oneLine(text)]);
    });
  }
  await reads(ada.page, "the log as it came");
  await ada.page.reload();
  await ada.isOnline();
  await reads(ada.page, "the page of the server, once it lives");
  const plain = await stage.visitor("Plain", { javaScriptEnabled: false });
  await plain.page.goto(stage.link);
  await reads(plain.page, "the page of the server, without scripts");

  const { messages } = await wire.request({ type: "history", room, before: 2 });
  const keeper = await Wire.open(ada);
  await keeper.request({ type: "join", room });
  for (const reason of HOSTILE) {
    const mute = { type: "moderate", room, user: messages[0].author.id, measure: "mute", reason, seconds: 60 };
    const answer = await keeper.request(mute);
    assert.equal(answer.type, "ack", `${reason}: ${JSON.stringify(answer)}`);
  }
  await bob.page.getByRole("status", { name: "Whether you may talk" }).getByText(/./).waitFor();
});

scene("hostile names of rooms are text in lists, headings and titles", { flags }, async (stage) => {
  const ada = await stage.visitor("Ada");
  await ada.page.goto("/");
  const names = HOSTILE.map((text, index) => `${text} ${index}`);
  const paths = await ada.page.evaluate(async (names) => {
    const paths = [];
    for (const room of names) {
      const body = new URLSearchParams({ name: "Ada", room, listed: "true" });
      const answer = await fetch("/join", { method: "POST", body });
      paths.push(new URL(answer.url).pathname);
    }
    return paths;
  }, names);
  assert.equal(new Set(paths).size, 100);
  const stranger = await stage.visitor("Stranger");
  for (const { page } of [ada, stranger]) {
    await page.goto("/");
    const listed = await textsOf(page, ".room-link-name");
    assert.deepEqual(listed.toSorted(), names.map(oneLine).toSorted());
  }
  for (const [index, path] of paths.entries()) {
    await ada.page.goto(path);
    const name = oneLine(names[index]);
    assert.deepEqual(await textsOf(ada.page, ".room-name bdi"), [name]);
    assert.equal(await ada.page.title(), `${name} · Starling`);
    const here = ada.page.locator(".rail-room[aria-current]");
    assert.equal((await here.textContent()).trim(), name);
  }
  const rail = await textsOf(ada.page, ".rail-list .visually-hidden");
  assert.deepEqual(rail.toSorted(), names.map(oneLine).toSorted());
});

for (const { form, joined = false, path, fields, shown } of FORMS) {
  scene(`${form} comes back as it was filled in`, { flags }, async (stage) => {
    const [ada] = await stage.gather("Ada");
    const room = { slug: slugOf(stage.link), id: crypto.randomUUID() };
    const wire = await Wire.open(ada);
    await wire.request({ type: "join", room: room.slug });
    await wire.request({ type: "post", room: room.slug, id: room.id, body: "something else" });
    const { page, watch } = joined ? ada : await stage.visitor("Stranger");
    watch.allow(answeredWith(422), answeredWith(409));
    await page.goto("/");
    for (const text of HOSTILE) {
      const typed = fields(text, room);
      const loaded = page.waitForEvent("domcontentloaded");
      await page.evaluate(submit, [path(room), typed]);
      await loaded;
      for (const [name, selector] of Object.entries(shown)) {
        const value = await page.locator(selector).inputValue();
        // A field of one line has no line ends.
        assert.equal(value.replaceAll("\n", ""), typed[name].replaceAll("\n", ""), name);
      }
    }
  });
}

/** Runs in the page: fills in a form and sends it, past whatever the page's own form checks. */
function submit([action, typed]) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  for (const [name, value] of Object.entries(typed)) {
    form.append(Object.assign(document.createElement("textarea"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}
