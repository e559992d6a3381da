// Owns the states of a board on which something lies, and the way there; `states.mjs` has the others.

import { clicks, deed, field, mayDraw, notes, pulls, refusal, sees, tool } from "./drawing.mjs";

/** As those in `states.mjs`. */
export const OBJECT_STATES = [
  { name: "board-notes", arrive: async (stage, options) => (await drawn(stage, options)).guest },
  {
    name: "board-drawing",
    arrive: async (stage, options) => {
      const { ada, guest } = await drawn(stage, options);
      await tool(ada, "Pen").click();
      await pulls(ada, wave(0.2, 0.8, 0.6), { release: false });
      await sees(guest, 0.2, 0.8);
      await tool(guest, "Pen").click();
      return guest;
    },
  },
  {
    name: "board-selected",
    arrive: async (stage, options) => {
      const { guest } = await drawn(stage, options);
      await clicks(guest, 0.3, 0.3);
      await deed(guest, "Delete").waitFor();
      return guest;
    },
  },
  {
    name: "board-editing",
    arrive: async (stage, options) => {
      const { guest } = await drawn(stage, options);
      await clicks(guest, 0.3, 0.3, { clickCount: 2 });
      await field(guest).waitFor();
      return guest;
    },
  },
  {
    name: "board-locked",
    arrive: async (stage, options) => {
      const { ada, guest } = await drawn(stage, options);
      await ada.page.getByRole("button", { name: "Lock", exact: true }).click();
      await guest.board.getByText(/locked/).waitFor();
      return guest;
    },
  },
  {
    name: "board-colours",
    arrive: async (stage, options) => {
      const { guest } = await drawn(stage, options);
      await tool(guest, "Colour").click();
      await guest.board.getByRole("button", { name: "Jade" }).waitFor();
      return guest;
    },
  },
  {
    name: "board-refused",
    flags: ["--board-objects", "2"],
    arrive: async (stage, options) => {
      const [ada, guest] = await stage.gather("Ada", { name: "A guest", context: options });
      await mayDraw(ada);
      await notes(ada, 0.3, 0.3, "Ask Björn about the two boxes");
      await notes(ada, 0.5, 0.5, "There is room for no more than this.");
      await onBoard(guest);
      await sees(guest, 0.5, 0.5);
      await tool(guest, "Pen").click();
      await pulls(guest, wave(0.2, 0.8, 0.6));
      await refusal(guest).waitFor();
      return guest;
    },
  },
];

function wave(from, down, length) {
  return Array.from({ length: 12 }, (_, step) => [
    from + (length * step) / 11,
    down + 0.05 * Math.sin(step * 1.3),
  ]);
}

async function drawn(stage, options) {
  const [ada, guest] = await stage.gather("Ada", { name: "A guest", context: options });
  await mayDraw(ada);
  await notes(ada, 0.3, 0.3, "Ask Björn about the two boxes");
  await notes(ada, 0.5, 0.32, "The arrow goes both ways, or the reader thinks that nothing ever comes back.");
  await tool(ada, "Rectangle").click();
  await pulls(ada, [[0.2, 0.5], [0.4, 0.62]]);
  await tool(ada, "Ellipse").click();
  await pulls(ada, [[0.6, 0.5], [0.8, 0.62]]);
  await tool(ada, "Arrow").click();
  await pulls(ada, [[0.42, 0.56], [0.58, 0.56]]);
  await tool(ada, "Pen").click();
  await pulls(ada, wave(0.6, 0.3, 0.25));
  await tool(ada, "Select").click();
  await onBoard(guest);
  await sees(guest, 0.5, 0.56);
  return { ada, guest };
}

/** Shows them the board, also in a narrow window. */
async function onBoard(guest) {
  const board = guest.tab("Board");
  if (await board.isVisible()) {
    await board.click();
  }
  await mayDraw(guest);
}
