window.FinalizationRegistry = class {
  #entries = new Set();
  #byToken = new WeakMap();
  constructor(release) {
    setInterval(() => {
      for (const entry of this.#entries) {
        if (entry.target.deref() === undefined) {
          this.#entries.delete(entry);
          release(entry.held);
        }
      }
    }, 10_000);
  }
  register(target, held, token) {
    const entry = { target: new WeakRef(target), held };
    this.#entries.add(entry);
    this.#byToken.set(token, entry);
  }
  unregister(token) {
    this.#entries.delete(this.#byToken.get(token));
  }
};
