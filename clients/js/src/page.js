// Owns what a browser's page tells of itself: that it is back, awake or without a network. Elsewhere than in
// a page nothing is told.

/** Calls `woken` and `offline` from now on; returns what ends that. */
export function watchThePage(woken, offline) {
  if (typeof document === "undefined") {
    return () => {};
  }
  const ending = new AbortController();
  const listen = (target, type, does) => target.addEventListener(type, does, { signal: ending.signal });
  listen(globalThis, "online", woken);
  listen(globalThis, "pageshow", woken);
  listen(globalThis, "offline", offline);
  listen(document, "visibilitychange", () => document.visibilityState === "visible" && woken());
  return () => ending.abort();
}
