// Owns what it takes for something typed to be text on a page: the element says it, and nothing on the page
// has come of it. And what the server makes of a text before it keeps it.

import assert from "node:assert/strict";

/** What the server makes of a name or a reason, and of a message (`protocol/src/text.rs`). */
export const oneLine = (text) =>
  text.replaceAll(/[\p{White_Space}\p{Cc}]+/gu, " ").replaceAll(/^ | $/g, "");
export const trimmed = (text) => text.replaceAll(/^\p{White_Space}+|\p{White_Space}+$/gu, "");

/** A flag for each limit that a hundred texts from one address would come up against. */
export const ROOMY = [
  "--rooms-per-address", "1000",
  "--name-chars", "200",
  "--room-name-chars", "200",
  "--history-page", "300",
  "--chat-burst", "10000",
  "--chat-per-minute", "1000000",
  "--newcomers-per-address", "10000",
  "--sign-ins-per-address", "10000",
  "--sign-ins-per-login", "10000",
  "--sign-ups-per-address", "10000",
];

/**
 * All texts of such elements. Inside them is nothing but links that people wrote, and elements that match
 * `ours`, of which the text does not count.
 */
export async function textsOf(page, selector, { ours } = {}) {
  const found = await page.locator(selector).evaluateAll(
    (all, ours) =>
      all.map((element) => {
        const copy = element.cloneNode(true);
        if (ours) {
          copy.querySelectorAll(ours).forEach((inner) => inner.remove());
        }
        const markup = [...copy.querySelectorAll("*")]
          .filter((inner) => inner.localName !== "a" || !/^https?:\/\//.test(inner.getAttribute("href")))
          .map((inner) => inner.outerHTML);
        return { text: copy.textContent, markup };
      }),
    ours,
  );
  assert.deepEqual(found.flatMap(({ markup }) => markup), [], `${selector} is nothing but text`);
  return found.map(({ text }) => text);
}

/** What was typed could have put something anywhere. */
export async function nothingForeign(page) {
  const foreign =
    "iframe, object, embed, base, form[action^='javascript'], a[href^='javascript'], img, video, audio, " +
    "body script, body style, body meta, body link, marquee, isindex, x, [onerror], [onload], [onfocus], " +
    "[onmouseover], [ontoggle], [onclick], [autofocus], [formaction], [srcdoc]";
  const strange = await page.locator(foreign).evaluateAll((all) =>
    // The page's data, which leptos puts at its end.
    all.filter(({ nonce }) => !nonce).map(({ outerHTML }) => outerHTML),
  );
  assert.deepEqual(strange, []);
}

/** The sentences of a room's log, the latest first, from all its pages. */
export async function logOf(page, path) {
  const said = [];
  await page.goto(path);
  for (;;) {
    const here = await page.locator(".done > p").evaluateAll((all) =>
      all.map((sentence) => ({
        text: sentence.textContent,
        markup: [...sentence.querySelectorAll(":not(bdi), bdi *")].map(({ outerHTML }) => outerHTML),
      })),
    );
    assert.deepEqual(here.flatMap(({ markup }) => markup), [], "the log is nothing but text");
    said.push(...here.map(({ text }) => text.trim()));
    await nothingForeign(page);
    const older = page.getByRole("link", { name: "Older", exact: true });
    if ((await older.count()) === 0) {
      return said;
    }
    // A click would not wait for the page to which it leads.
    await page.goto(await older.evaluate(({ href }) => href));
  }
}

/** Sends a form in somebody's name, by the side of their pages; it must be taken. */
export async function sends(visitor, server, path, form) {
  const answer = await visitor.context.request.post(server.url + path, {
    form,
    headers: { origin: server.url },
    maxRedirects: 0,
  });
  assert.ok(answer.status() < 400, `${path} with ${JSON.stringify(form)}: ${answer.status()}`);
  return answer;
}

/** The same in nobody's name, from what calls itself such a browser. */
export async function strangerSends(server, path, form, userAgent = "a test") {
  const answer = await fetch(server.url + path, {
    method: "POST",
    headers: { origin: server.url, "user-agent": userAgent },
    body: new URLSearchParams(form),
    redirect: "manual",
  });
  assert.equal(answer.status, 303, `${path} with ${JSON.stringify(form)}`);
}
