// Owns that nothing a person types becomes markup where it is kept and shown: a hundred hostile texts in every
// such field, live and by the server, are text and nothing but text. Dialogs, errors and violations of the
// page's policy fail every test (`watch.mjs`). Names of rooms are in `xss-rooms.test.mjs`, forms that come back
// in `xss-forms.test.mjs`.

import assert from "node:assert/strict";

import { PASSWORD, signUp } from "../harness/account.mjs";
import { eventually } from "../harness/eventually.mjs";
import { HOSTILE } from "../harness/hostile.mjs";
import { logOf, nothingForeign, oneLine, ROOMY, sends, strangerSends, textsOf, trimmed } from "../harness/only-text.mjs";
import { pointAt } from "../harness/plane.mjs";
import { scene } from "../harness/scene.mjs";
import { answeredWith } from "../harness/watch.mjs";
import { slugOf, Wire } from "../harness/wire.mjs";

assert.equal(new Set(HOSTILE).size, 100);

const flags = ROOMY;

/** What a message of each text and by a person of that name looks like: where it is, and what it says. */
const SAID = [
  { field: "a person's name", shown: ".line-head .author", expected: oneLine },
  { field: "a message", shown: ".body", expected: trimmed },
];

const button = (scope, name) => scope.getByRole("button", { name, exact: true });

async function reads(page, room) {
  for (const { field, shown, expected } of SAID) {
    await eventually(async () => {
      const texts = await textsOf(page, `[data-message] ${shown}`);
      assert.deepEqual(texts, HOSTILE.map(expected), `${field} in ${room}`);
    });
  }
  await nothingForeign(page);
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
  for (const [index, reason] of HOSTILE.entries()) {
    const mute = { type: "moderate", room, user: messages[0].author.id, measure: "mute", reason, seconds: 60 };
    const answer = await keeper.request(mute);
    assert.equal(answer.type, "ack", `${reason}: ${JSON.stringify(answer)}`);
    // The log has all of them; the notice has one at a time, and takes its time.
    if (index % 4 === 0 || index === 99) {
      await eventually(async () => {
        const told = await textsOf(bob.page, ".notice.silenced", { ours: ".until" });
        assert.deepEqual(told.map(oneLine), [`You are muted in this room. Reason: ${oneLine(reason)}`]);
      });
    }
  }
  await nothingForeign(bob.page);
  const name = oneLine(HOSTILE.at(-1));
  const sentences = HOSTILE.map((reason) => `Ada muted ${name} because: ${oneLine(reason)}`);
  const log = await logOf(ada.page, `${stage.link}/settings`);
  assert.deepEqual(log.slice(0, 100), sentences.toReversed());
});

scene("hostile names of members and what is done to them are text in the settings", { flags }, async (stage) => {
  const [ada] = await stage.gather("Ada");
  const settings = `${stage.link}/settings`;
  await ada.page.goto(settings);
  await button(ada.page, "Invite").click();
  const code = (await ada.page.locator("#invite-link").innerText()).split("#")[1];
  for (const name of HOSTILE) {
    await strangerSends(stage.server, "/invite", { code, name });
  }
  const [names, ids] = [[], []];
  for (const page of [0, 1, 2]) {
    await ada.page.goto(`${settings}?members=${page}`);
    names.push(...(await textsOf(ada.page, "#members .person-name")));
    ids.push(...(await ada.page.locator("#members .against [name=user]").evaluateAll((all) => all.map(({ value }) => value))));
    await nothingForeign(ada.page);
  }
  assert.deepEqual(names.toSorted(), ["Ada", ...HOSTILE.map(oneLine)].toSorted());
  assert.equal(new Set(ids).size, 100);

  for (const [index, user] of ids.entries()) {
    const form = { user, measure: index % 2 === 0 ? "mute" : "ban", reason: HOSTILE[index], lasts: "day" };
    await sends(ada, stage.server, `${settings}/measure`, form);
  }
  await ada.page.goto(settings);
  const punished = await textsOf(ada.page, "#measures .person-name");
  assert.deepEqual(punished.toSorted(), HOSTILE.map(oneLine).toSorted());
  const reasons = await textsOf(ada.page, "#measures .entry p:nth-child(2) > bdi");
  assert.deepEqual(reasons.toSorted(), HOSTILE.map(oneLine).toSorted());
  const endings = await ada.page.locator("#measures button").evaluateAll((all) => all.map(({ ariaLabel }) => ariaLabel));
  const ended = endings.map((label) => label.replace(/^(Let talk|End the ban): /, ""));
  assert.deepEqual(ended.toSorted(), HOSTILE.map(oneLine).toSorted());
  // Those who were members before anybody else are listed first, and were dealt with in that order.
  const members = names.filter((name) => name !== "Ada");
  const log = await logOf(ada.page, settings);
  const acts = ids.map((_, index) => {
    const act = index % 2 === 0 ? "muted" : "banned";
    return `Ada ${act} ${members[index]} because: ${oneLine(HOSTILE[index])}`;
  });
  assert.deepEqual(log.slice(0, 100), acts.toReversed());
  const came = log.slice(100).filter((sentence) => sentence.includes("came by invitation"));
  assert.deepEqual(came.map((sentence) => sentence.split(" came by invitation")[0]), HOSTILE.map(oneLine).toReversed());
});

scene("whoever is banned for a hostile reason reads it as text", { flags }, async (stage) => {
  const [ada, bob] = await stage.gather("Ada", "Bob");
  bob.watch.allow(answeredWith(403));
  await bob.page.goto("/");
  const room = slugOf(stage.link);
  const [wire, theirs] = [await Wire.open(ada), await Wire.open(bob)];
  const { user } = await theirs.hello();
  await theirs.close();
  await wire.request({ type: "join", room });
  const storageState = await bob.context.storageState();
  const plain = await stage.visitor("Bob, plain", { javaScriptEnabled: false, storageState });
  plain.watch.allow(answeredWith(403));
  // The settings have all of them; this page has one at a time.
  for (const [index, reason] of HOSTILE.filter((_, index) => index % 4 === 0).entries()) {
    const ban = { type: "moderate", room, user: user.id, measure: "ban", reason, seconds: 86_400 };
    assert.equal((await wire.request(ban)).type, "ack");
    const { page } = index % 5 === 0 ? bob : plain;
    await page.goto(stage.link);
    const [told] = await textsOf(page, "h1");
    assert.ok(told.endsWith(` Reason: ${oneLine(reason)}`), told);
    await nothingForeign(page);
  }
});

scene("hostile names of tokens and browsers are text on the pages about an account", { flags }, async (stage) => {
  const { server } = stage;
  // Nobody has more tokens than that.
  for (const [handle, texts] of [["ada", HOSTILE.slice(0, 50)], ["bob", HOSTILE.slice(50)]]) {
    const visitor = await stage.visitor(handle);
    await signUp(visitor, handle);
    for (const name of texts) {
      await sends(visitor, server, "/account/tokens", { name, read: "true", lasts: "month" });
    }
    await visitor.page.goto("/account/tokens");
    const names = texts.map(oneLine).toSorted();
    assert.deepEqual((await textsOf(visitor.page, ".token-name")).toSorted(), names);
    const ends = await visitor.page.locator(".token button").evaluateAll((all) => all.map(({ ariaLabel }) => ariaLabel));
    assert.deepEqual(ends.toSorted(), names.map((name) => `End ${name}`).toSorted());
    await nothingForeign(visitor.page);
  }

  const cleo = await stage.visitor("Cleo");
  await signUp(cleo, "cleo");
  // What no header can carry, nobody can send.
  const agents = HOSTILE.filter((text) => /^[\x20-\x7e]+$/.test(text));
  assert.ok(agents.length > 90);
  for (const agent of agents) {
    await strangerSends(server, "/sign-in", { login: "cleo", password: PASSWORD }, agent);
  }
  await cleo.page.goto("/account");
  const shown = await textsOf(cleo.page, ".sign-in:has(form) .sign-in-browser bdi");
  assert.deepEqual(shown.toSorted(), agents.map((agent) => agent.slice(0, 40)).toSorted());
  await nothingForeign(cleo.page);
});

scene("hostile names and avatars are text in a profile and in faces", { flags }, async (stage) => {
  const [ada, bob] = await stage.gather("Ada", "Bob");
  const tab = await bob.anotherTab("/account");
  const avatars = ["<", '"', "'", "&", "`", "<b>", "</p>", '"><!--', "'><!--", "--><!--", "<!--", "&#0;", "{{}}", "${}"];
  for (const [index, name] of HOSTILE.entries()) {
    const avatar = avatars[index % avatars.length];
    await sends(bob, stage.server, "/account/profile", { name, hue: "1", avatar });
    await eventually(async () => {
      const names = await textsOf(ada.page, ".person-name");
      assert.deepEqual(names.toSorted(), ["Ada", oneLine(name)].toSorted());
      const faces = await textsOf(ada.page, ".people-list .face");
      assert.ok(faces.includes(avatar), `${avatar} among ${faces}`);
    });
    if (index % 5 === 0) {
      await tab.page.goto("/account");
      assert.equal(await tab.page.locator("#name").inputValue(), oneLine(name));
      assert.equal(await tab.page.locator("#avatar").inputValue(), avatar);
      await nothingForeign(tab.page);
    }
  }
  await nothingForeign(ada.page);
});
