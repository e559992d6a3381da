// Owns that a form that is refused comes back as it was filled in, whatever that was: every field of every
// form with a hundred hostile texts, on the server's own page and under its policy. Dialogs, errors and
// violations of that policy fail every test (`watch.mjs`).
//
// A new form takes one entry in `FORMS`.

import assert from "node:assert/strict";

import { signUp } from "../harness/account.mjs";
import { HOSTILE } from "../harness/hostile.mjs";
import { nothingForeign, ROOMY } from "../harness/only-text.mjs";
import { scene } from "../harness/scene.mjs";
import { answeredWith } from "../harness/watch.mjs";
import { slugOf, Wire } from "../harness/wire.mjs";

const AT_ONCE = 10;
const REFUSED = [401, 403, 404, 409, 422].map(answeredWith);

/** All texts, some at once: what comes back must be all of them, so none can hide another. */
const BUNDLES = Array.from({ length: HOSTILE.length / AT_ONCE }, (_, index) => {
  const some = HOSTILE.slice(index * AT_ONCE, (index + 1) * AT_ONCE);
  // Longer than any name may be, whatever becomes of its white space.
  return ["-", ...some, "-"].join(" ").padEnd(500, ".");
});

/** Who sends a form; each returns them and what the form needs to know. */
const stranger = async (stage) => {
  const visitor = await stage.visitor("Stranger");
  await visitor.page.goto("/");
  return { visitor };
};

const owner = async (stage) => {
  const [visitor] = await stage.gather("Ada");
  const slug = slugOf(stage.link);
  const wire = await Wire.open(visitor);
  const { user } = await wire.hello();
  await wire.request({ type: "join", room: slug });
  const id = crypto.randomUUID();
  assert.equal((await wire.request({ type: "post", room: slug, id, body: "something else" })).type, "ack");
  return { visitor, slug, id, user: user.id };
};

const newcomer = async (stage) => {
  const { slug } = await owner(stage);
  return { ...(await stranger(stage)), slug };
};

const account = async (stage) => {
  const visitor = await stage.visitor("Ada");
  await signUp(visitor, "ada");
  return { visitor };
};

const administrator = async (stage) => {
  const admin = await account(stage);
  await stage.server.command("admin", "grant", "ada");
  return admin;
};

/** On a server that sends mail, which must know its own address. */
const mailed = async (stage) => {
  const { server } = stage;
  await server.stop();
  const mail = ["--smtp-url", "smtps://ada:secret@127.0.0.1:9", "--mail-from", "starling@example.org"];
  await server.startAgain([...ROOMY, ...mail, "--public-url", server.url]);
  return stranger(stage);
};

/** Forms, each with who sends it, the fields they fill in, and what else goes with them. */
const FORMS = [
  { form: "signing up", by: stranger, path: "/sign-up", fields: ["name", "handle", "email"], rest: { password: "correct horse 7" } },
  { form: "signing in", by: stranger, path: "/sign-in", fields: ["login"], rest: { password: "correct horse 7" } },
  { form: "a forgotten password", by: mailed, path: "/forgot", fields: ["login"] },
  { form: "another password", by: stranger, path: "/reset", fields: ["code"], rest: { password: "correct horse 7" } },
  { form: "the first administrator", by: stranger, path: "/setup", fields: ["code", "name", "handle"] },
  { form: "an administrator's link", by: administrator, path: "/admin/people", fields: ["login"] },
  { form: "how others see one", by: account, path: "/account/profile", fields: ["name", "avatar"], rest: { hue: "1" } },
  { form: "a token", by: account, path: "/account/tokens", fields: ["name"], rest: { read: "true", lasts: "month" } },
  { form: "an invitation", by: stranger, path: "/invite", fields: ["code", "name"] },
  { form: "making a room", by: stranger, path: "/join", fields: ["name", "room"] },
  { form: "joining a room", by: newcomer, path: "/join", fields: ["name"], rest: ({ slug }) => ({ slug }) },
  { form: "a message", by: owner, path: ({ slug }) => `/r/${slug}/messages`, fields: ["body"], shown: "#message", rest: ({ id }) => ({ id }) },
  { form: "a room's name", by: owner, path: ({ slug }) => `/r/${slug}/settings/name`, fields: ["name"] },
  { form: "the end of a room", by: owner, path: ({ slug }) => `/r/${slug}/settings/delete`, fields: ["confirm"] },
  { form: "how many an invitation is for", by: owner, path: ({ slug }) => `/r/${slug}/settings/invite`, fields: ["uses"], rest: { lasts: "day" } },
  {
    form: "a reason",
    by: owner,
    path: ({ slug }) => `/r/${slug}/settings/measure`,
    fields: ["reason"],
    rest: ({ user }) => ({ user, measure: "mute", lasts: "hour" }),
    // The page has such a form for each person. What was too long is told, and not repeated.
    says: /A reason has at most 200 characters/,
  },
];

const given = (what, room) => (typeof what === "function" ? what(room) : what);

for (const { form, by, path, fields, rest = {}, shown, says } of FORMS) {
  scene(`the form for ${form} comes back as it was filled in`, { flags: ROOMY }, async (stage) => {
    const { visitor, ...room } = await by(stage);
    const { page, watch } = visitor;
    watch.allow(...REFUSED);
    for (const text of BUNDLES) {
      const typed = Object.fromEntries(fields.map((name) => [name, text]));
      const answered = page.waitForResponse((response) => response.request().method() === "POST");
      const loaded = page.waitForEvent("domcontentloaded");
      await page.evaluate(submit, [given(path, room), { ...given(rest, room), ...typed }]);
      const status = (await answered).status();
      assert.ok([401, 404, 409, 422].includes(status), `${form} is refused: ${status}`);
      await loaded;
      await nothingForeign(page);
      if (says) {
        await page.getByText(says).waitFor();
        assert.ok(!(await page.content()).includes("alert(1)"));
        continue;
      }
      for (const name of fields) {
        const value = await page.locator(shown ?? `#${name}`).inputValue();
        // A field of one line has no line ends.
        assert.equal(value.replaceAll("\n", ""), text.replaceAll("\n", ""), name);
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
