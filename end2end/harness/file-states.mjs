// Owns the states of a room with files, and the way there; `states.mjs` has the others.

import { bytes, chooses, png, wav, webm } from "./media.mjs";

/** As those in `states.mjs`. */
export const FILE_STATES = [
  {
    name: "room-files",
    arrive: async (stage, options) => {
      const [ada, guest] = await stage.gather("Ada", { name: "A guest", context: options });
      await ada.saysForGood("All I have of it:");
      await chooses(ada, ["Sketch.png", png(1_280, 960)], ["icon.png", png(48, 48)]);
      await guest.log.getByRole("img", { name: "icon.png" }).waitFor();
      await chooses(ada, ["Walk.webm", await webm(ada.page)], ["Tone.wav", wav()]);
      await guest.log.locator("audio").waitFor();
      await chooses(ada, ["A list whose name is so long that no line has the room for it, not even a wide one.pdf", bytes(2_345_678)]);
      await guest.log.getByRole("link", { name: "A list" }).waitFor();
      // One of theirs is on its way, and one was refused.
      await guest.page.route("**/api/v1/uploads/*", (route) => route.request().method() === "PATCH" || route.continue());
      await chooses(guest, ["Empty.txt", Buffer.alloc(0)], ["Holiday film.mp4", bytes(3_000_000)]);
      await guest.page.getByText("This file is empty.").waitFor();
      return guest;
    },
  },
  {
    name: "room-drop",
    arrive: async (stage, options) => {
      const [guest] = await stage.gather({ name: "A guest", context: options });
      await guest.saysForGood("Here it comes.");
      await guest.log.evaluate((log) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["x"], "x"));
        log.dispatchEvent(new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer }));
      });
      await guest.page.getByText("Drop to send").waitFor();
      return guest;
    },
  },
];
