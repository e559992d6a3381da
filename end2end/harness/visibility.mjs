// Owns hiding a tab: headless Chromium never does it by itself.

/** Makes the page believe that its tab went to the background. */
export const hide = (visitor) => tellVisibility(visitor, "hidden");

/** Makes the page believe that its tab is in front again. */
export const show = (visitor) => tellVisibility(visitor, "visible");

async function tellVisibility(visitor, state) {
  await visitor.page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, state);
}
