// Owns why something was not done: one error for programs and for people.

/**
 * `code` is an error code of docs/protocol.md, or "disconnected" when the connection broke before an
 * answer came, or "closed" when it was ended; `message` is a sentence to show.
 */
export class Refusal extends Error {
  constructor(code, message, retryAfterMs = null) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same can succeed later, unchanged and by itself. */
  get isTemporary() {
    return this.code === "slow_down" || this.code === "busy";
  }
}
