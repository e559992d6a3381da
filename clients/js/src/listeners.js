// Owns who listens to what.

export class Listeners {
  #of = new Map();

  /** Calls `listener` with every event of that type from now on; returns what ends that. */
  on(type, listener) {
    const listeners = this.#of.get(type) ?? new Set();
    this.#of.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells all; one that throws does not keep the others, or the connection, from going on. */
  emit(type, event) {
    for (const listener of [...(this.#of.get(type) ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
