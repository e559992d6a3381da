// Owns how order is kept in a room, by what a moderator presses and, beside the interface, by hand.

import { Wire, slugOf } from "./wire.mjs";

/** Opens what can be done about somebody; returns the dialog. */
export async function manage(keeper, name) {
  const people = keeper.tab("People");
  if (await people.isVisible()) {
    await people.click();
  }
  await keeper.person(name).getByRole("button", { name: `Manage ${name}` }).click();
  return dialogOf(keeper, name);
}

export const dialogOf = (keeper, name) => keeper.page.getByRole("dialog", { name: `Manage ${name}` });

/** Deletes what somebody said, as a person with a mouse does. */
export async function deletes(visitor, body) {
  const line = visitor.saying(body);
  await line.hover();
  await line.getByRole("button", { name: "Delete" }).click();
  await line.getByRole("button", { name: "Really delete" }).click();
  await line.waitFor({ state: "detached" });
}

/** A connection of `keeper`'s own in their room, and the id of `other`, who is there too. */
export async function wireOf(keeper, other) {
  const room = slugOf(new URL(keeper.page.url()).pathname);
  const [theirs, wire] = [await Wire.open(other), await Wire.open(keeper)];
  const { user } = await theirs.hello();
  await theirs.close();
  await wire.request({ type: "join", room });
  return { wire, room, id: user.id };
}
