// Owns the states of pointing something out on the board, and the way there.

import { putNotes } from "./notes.mjs";
import { pointAt } from "./plane.mjs";

export const POINTING_STATES = [
  { name: "board-said", flags: [], arrive: said },
  { name: "board-signs", flags: [], arrive: signs },
  { name: "board-contents", flags: [], arrive: contents },
];

async function said(stage, options) {
  const [guest, ada, mei] = await crowd(stage, options);
  for (const [person, place, words] of [
    [ada, 0.3, "Does this arrow go both ways?"],
    [mei, 0.97, "同じものが見えます 👍 and a little more than fits one line"],
  ]) {
    await person.surface.focus();
    await pointAt(person, place, place);
    await person.page.keyboard.press("/");
    await person.page.keyboard.type(words.slice(0, 42));
  }
  await guest.page.getByText("Does this arrow").waitFor({ state: "attached" });
  await speaks(guest, "I would say so, yes, but ask");
  return guest;
}

async function signs(stage, options) {
  const [guest] = await crowd(stage, options);
  await guest.surface.focus();
  await pointAt(guest, 0.5, 0.5);
  await guest.page.keyboard.press("e");
  await guest.page.getByRole("group", { name: "Signs to throw" }).waitFor();
  return guest;
}

async function contents(stage, options) {
  const [guest, ada] = await crowd(stage, options);
  await putNotes(ada, [
    { text: "Milk, and the other thing whose name nobody remembers until they stand in front of it", x: 2_000, y: 2_000 },
    { text: "", x: 6_000, y: 2_100 },
    { text: "星の部屋", x: 9_000, y: 2_050 },
    { text: "Bread", x: 2_000, y: 7_000 },
  ]);
  await guest.page.getByRole("button", { name: "Contents" }).click();
  await guest.page.getByText("4 things on the board").waitFor();
  await guest.page.getByRole("button", { name: /^Edit: Note: Bread/ }).click();
  return guest;
}

async function speaks(guest, words) {
  await guest.surface.focus();
  await pointAt(guest, 0.6, 0.55);
  await guest.page.keyboard.press("/");
  await guest.page.keyboard.type(words);
}

async function crowd(stage, options) {
  return stage.gather({ name: "A guest", context: options }, "Ada", "Mei 星");
}
