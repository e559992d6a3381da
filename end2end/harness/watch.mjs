// Owns what no page may do unnoticed: write to the console, throw, fail a request, open a dialog, or try
// what its policy forbids.

import assert from "node:assert/strict";

export class Watch {
  #complaints = [];
  #allowed = [];

  /** Settles when pages that are opened from then on are watched whole. */
  ready;

  constructor(context, who) {
    const complain = (what) => this.#complaints.push(`${who}: ${what}`);
    context.on("console", (message) => {
      complain(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (webError) => complain(`thrown: ${webError.error()}`));
    context.on("dialog", (dialog) => {
      complain(`dialog ${dialog.type()}: ${dialog.message()}`);
      // Who leaves a page leaves it.
      void (dialog.type() === "beforeunload" ? dialog.accept() : dialog.dismiss());
    });
    this.ready = context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (violation) => {
        const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = violation;
        const where = `${sourceFile}:${lineNumber}`;
        console.error(`policy violated: ${effectiveDirective} ${blockedURI} ${where} ${sample}`);
      });
    });
    context.on("requestfailed", (request) => {
      const why = request.failure()?.errorText;
      // Leaving a page ends what it was still loading. A refused file is on the console as well.
      if (why !== "net::ERR_ABORTED") {
        complain(`failed: ${request.method()} ${request.url()}: ${why}`);
      }
    });
    context.on("response", (response) => {
      if (response.status() >= 400) {
        complain(`status ${response.status()}: ${response.request().method()} ${response.url()}`);
      }
    });
  }

  /** Expects complaints that match, from here on and before. For tests that break something. */
  allow(...patterns) {
    this.#allowed.push(...patterns);
  }

  /** What nobody expected. */
  get complaints() {
    return this.#complaints.filter(
      (complaint) => !this.#allowed.some((pattern) => pattern.test(complaint)),
    );
  }

  assertQuiet() {
    assert.deepEqual(this.complaints, [], "pages stay quiet");
  }
}

/** What Chromium says by itself of a page or form that the server answered with this status. */
export const answeredWith = (status) => new RegExp(`status (of )?${status}`);

/** What Chromium says by itself while the server or the network is away. */
export const CONNECTION_LOST =
  /WebSocket connection to|net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|INTERNET_DISCONNECTED|EMPTY_RESPONSE|NETWORK_CHANGED|SOCKET_NOT_CONNECTED)/;

/** What Chromium says by itself of a page's scripts when it may not run them. */
export const SCRIPT_BLOCKED = [/failed: GET \S+\.js: csp$/, /\.wasm was preloaded using link preload but not used/];
