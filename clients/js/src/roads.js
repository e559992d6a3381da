// Owns over what to connect: a WebSocket or, where a network lets pages through and no WebSockets, events and
// posts. It is a guess of what failed and what answered, as docs/protocol.md says under "Without a
// WebSocket". Opens nothing.

/** After so long without it, a client that has to connect anew tries a WebSocket again. */
const TRY_WEBSOCKET_AFTER = 10 * 60 * 1_000;

export class Roads {
  /** "pass"; "doubted", when one did not open; "blocked", when one did not open while the server answered. */
  #websockets = { are: "pass" };

  /** Over what a try goes that begins now: "websocket" or "events". */
  next(now) {
    const { are, until } = this.#websockets;
    return are === "blocked" && now < until ? "events" : "websocket";
  }

  /** A try that began then came to nothing. True if another one shall follow at once, over another road. */
  failed(carrier, began, now) {
    const { are, answersSince } = this.#websockets;
    if (carrier === "events") {
      // The server may be away, or the network another one: from now on they take turns.
      this.#websockets = { are: "blocked", until: now };
      return false;
    }
    if (are === "pass") {
      this.#websockets = { are: "doubted", answersSince: null };
      return false;
    }
    const turns = are === "blocked" || (answersSince !== null && began >= answersSince);
    if (turns) {
      this.#websockets = { are: "blocked", until: now + TRY_WEBSOCKET_AFTER };
    }
    return turns;
  }

  /** The server was asked over plain HTTP, and answered or not. */
  answered(now, answers) {
    if (this.#websockets.are === "doubted") {
      this.#websockets.answersSince = answers ? (this.#websockets.answersSince ?? now) : null;
    }
  }

  /** Whether a try that begins now would show that WebSockets are blocked, if it fails. */
  get isPutToTheTest() {
    return this.#websockets.are === "doubted" && this.#websockets.answersSince !== null;
  }

  greeted(carrier) {
    if (carrier === "websocket") {
      this.#websockets = { are: "pass" };
    }
  }
}
