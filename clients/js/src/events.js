// Owns a connection over server-sent events and posts, as docs/protocol.md has it under "Without a
// WebSocket". It is used like a WebSocket, and knows nothing of what it carries.
//
// One post is under way at a time, with all that waited for it; one that was not answered is sent again
// under its number.

const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3];
const TAKEN = 204;
/** No answer, an answer that came too late, and a server that is busy. */
const PASSING = new Set([0, 408, 502, 503]);
const POST_AGAIN_AFTER = 1_000;
const BROKEN = 1006;

export class EventsSocket {
  readyState = CONNECTING;
  onmessage = null;
  onclose = null;
  #address;
  #abort = new AbortController();
  /** Where to post, once that was told. */
  #place = null;
  #number = 0;
  /** Frames for the next post, one to a line. */
  #waiting = "";
  #isPosting = false;

  constructor(address, _subprotocol, { headers } = {}) {
    this.#address = address;
    void this.#listen(headers);
  }

  /** While a post is under way, what can wait does: the newest is sent after it. */
  get bufferedAmount() {
    return this.#isPosting ? Infinity : this.#waiting.length;
  }

  send(frame) {
    this.#waiting += `${typeof frame === "string" ? frame : `binary ${toBase64(frame)}`}\n`;
    void this.#post();
  }

  /** Ends it after what was sent. */
  close() {
    if (this.readyState < CLOSING) {
      this.readyState = CLOSING;
      if (!this.#isPosting) {
        this.#end(1000);
      }
    }
  }

  terminate() {
    this.#end(BROKEN);
  }

  async #listen(headers = {}) {
    try {
      const { signal } = this.#abort;
      const answer = await fetch(this.#address, { headers: { ...headers, accept: "text/event-stream" }, signal });
      if (answer.ok) {
        for await (const { type, data } of eventsOf(answer.body)) {
          this.#heard(type, data);
        }
      }
    } catch {
      // Ended by itself, by the network or by us.
    }
    this.#end(BROKEN);
  }

  #heard(type, data) {
    switch (type) {
      case "message":
        this.onmessage?.({ data });
        break;
      case "binary":
        this.onmessage?.({ data: fromBase64(data) });
        break;
      case "connection":
        this.#place = new URL(this.#address);
        this.#place.search = "";
        this.#place.pathname += `/${data}`;
        this.readyState = OPEN;
        void this.#post();
        break;
      case "ping":
        // No frame, but a post.
        this.#waiting += "\n";
        void this.#post();
        break;
      case "close":
        this.#end(Number.parseInt(data, 10) || BROKEN);
    }
  }

  async #post() {
    if (this.#isPosting || this.#place === null) {
      return;
    }
    this.#isPosting = true;
    while (this.#waiting !== "" && this.readyState !== CLOSED) {
      const body = this.#waiting;
      this.#waiting = "";
      this.#number += 1;
      let status = await this.#answerTo(body);
      while (PASSING.has(status) && this.readyState < CLOSING) {
        await new Promise((resolve) => setTimeout(resolve, POST_AGAIN_AFTER));
        status = await this.#answerTo(body);
      }
      if (status !== TAKEN) {
        this.#end(BROKEN);
      }
    }
    this.#isPosting = false;
    if (this.readyState === CLOSING) {
      this.#end(1000);
    }
  }

  /** The status of the answer, or 0 if there was none. */
  async #answerTo(body) {
    const { signal } = this.#abort;
    const answer = fetch(`${this.#place.href}/${this.#number}`, { method: "POST", body, signal });
    return answer.then(({ status }) => status, () => 0);
  }

  #end(code) {
    if (this.readyState !== CLOSED) {
      this.readyState = CLOSED;
      this.#abort.abort();
      this.onclose?.({ code });
    }
  }
}

/** Reads a stream of events. Comments and unknown fields are passed over. */
export async function* eventsOf(stream) {
  const [reader, decoder] = [stream.getReader(), new TextDecoder()];
  let [rest, type, data] = ["", "message", []];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const [, field, says] = line.match(/^([^:\r]*):? ?([^\r]*)/);
      if (field === "event") {
        type = says;
      } else if (field === "data") {
        data.push(says);
      } else if (line.trim() === "") {
        if (data.length > 0) {
          yield { type, data: data.join("\n") };
        }
        [type, data] = ["message", []];
      }
    }
  }
}

function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}
