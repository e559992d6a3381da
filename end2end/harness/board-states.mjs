// Owns the states of a room's board, and the way there; `states.mjs` has the others.

import assert from "node:assert/strict";

import { eventually } from "./eventually.mjs";
import { pixelAt, pointAt } from "./plane.mjs";
import { pointsEverywhere } from "./still-crowd.mjs";

const NAMES = ["Ada", "Björn", "Mei 星", "Ngozi", "Olivia-Alexandrina von Hohenstein", "Pär", "Ruth", "سارة"];
const MANY = 36;

/** As those in `states.mjs`. */
export const BOARD_STATES = [
  {
    name: "board-empty",
    arrive: async (stage, options) => {
      const [, guest] = await stage.gather("Ada", { name: "A guest", context: options });
      await guest.surface.waitFor({ state: "attached" });
      return guest;
    },
  },
  {
    name: "board-many",
    arrive: async (stage, options) => many(stage, options),
  },
  {
    name: "board-zoomed",
    arrive: async (stage, options) => {
      const guest = await many(stage, options);
      await closer(guest, 0.42, 0.4);
      await guest.board.getByRole("button", { name: "Go to" }).first().waitFor();
      return guest;
    },
  },
  {
    name: "board-follow",
    arrive: async (stage, options) => {
      const [ada, guest] = await stage.gather("Ada", { name: "A guest", context: options });
      await closer(ada, 0.6, 0.5);
      await pointAt(ada, 0.6, 0.5);
      await guest.person("Ada").getByRole("button", { name: "Follow Ada" }).click();
      await guest.board.getByText("Following Ada").first().waitFor();
      return guest;
    },
  },
];

async function many(stage, options) {
  const [guest] = await stage.gather({ name: "A guest", context: options });
  const people = Array.from({ length: MANY }, (_, index) => {
    const turn = index * 2.4;
    const far = 0.47 * Math.sqrt((index + 0.5) / MANY);
    return {
      name: NAMES[index] ?? `Person ${index + 1}`,
      at: [0.5 + far * Math.cos(turn), 0.5 + far * Math.sin(turn)],
    };
  });
  await pointsEverywhere(stage.server, stage.room, people);
  await eventually(async () => assert.equal(await guest.cursors().count(), MANY));
  return guest;
}

/** Zooms in on that part of the board. */
async function closer(visitor, across, down) {
  const { x, y } = await pixelAt(visitor, across, down);
  await visitor.page.mouse.move(x, y);
  await visitor.page.keyboard.down("Control");
  for (let turn = 0; turn < 6; turn += 1) {
    await visitor.page.mouse.wheel(0, -100);
  }
  await visitor.page.keyboard.up("Control");
}
