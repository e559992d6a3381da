// Owns where others point in a room: the fold of the frames of cursors.

export class Others {
  #cursors = new Map();

  /** How many more cursors there are in and around what one sees than one is shown. */
  count = 0;

  /** `{ slot, person, x, y, age }` of each. */
  of(people) {
    return people.flatMap((person) =>
      person.slots
        .filter((slot) => this.#cursors.has(slot))
        .map((slot) => ({ slot, person, ...this.#cursors.get(slot) })),
    );
  }

  /** Folds a frame in; cursors of nobody who is here are left out. */
  apply({ complete, others, records }, people, own) {
    const slots = slotsOf(people);
    if (complete) {
      this.#cursors.clear();
    }
    this.count = others;
    for (const { slot, hidden, x, y, age } of records) {
      if (hidden) {
        this.#cursors.delete(slot);
      } else if (slot !== own && slots.has(slot)) {
        this.#cursors.set(slot, { x, y, age });
      }
    }
  }

  /** Forgets who has left. */
  keep(people) {
    const slots = slotsOf(people);
    [...this.#cursors.keys()].filter((slot) => !slots.has(slot)).forEach((slot) => this.#cursors.delete(slot));
  }

  clear() {
    this.#cursors.clear();
    this.count = 0;
  }
}

function slotsOf(people) {
  return new Set(people.flatMap((person) => person.slots));
}
