{
  // Sends files that are chosen, dropped or pasted, one after the other, in pieces that go on where the
  // last one has arrived; then tells the page, which says them in the room. See `attach.rs`. On a site of its
  // own the page's base is the server, and the token is where `apart.rs` keeps it.
  const PIECE = 1_048_576;
  const HASHED_BYTES = 67_108_864;
  const AGAIN_AFTER_MS = 2_000;
  const waiting = [];
  const EMPTY = "This file is empty.";
  const UNREADABLE = "It cannot be read: it was changed, moved or deleted meanwhile, or is a folder.";
  const place = () => document.querySelector(".attaching:not([hidden])");
  const pause = () => new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
  const part = (entry, name) => entry.querySelector(name);

  // `place` is where on the board a picture is to lie; without it a file is said in the room.
  function attach(files, place) {
    const list = document.getElementById("sending");
    for (const file of files) {
      const entry = document.createElement("li");
      entry.innerHTML = `<bdi></bdi><span class="size"></span><progress max="100" value="0"></progress>
        <span class="fate" role="status"></span><button class="quiet" type="button">Cancel</button>`;
      part(entry, "bdi").textContent = file.name;
      part(entry, ".size").textContent = words(file.size);
      part(entry, "progress").setAttribute("aria-label", file.name);
      list.append(entry);
      waiting.push({ file, entry, place });
    }
    if (files.length > 0 && waiting.length === files.length) {
      void sendAll();
    }
  }

  function words(bytes) {
    const [unit, name] = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]].find(([unit]) => bytes >= unit) ?? [1, bytes === 1 ? "byte" : "bytes"];
    const count = bytes / unit;
    return `${unit > 1 && count < 10 ? Math.floor(count * 10) / 10 : Math.floor(count)} ${name}`;
  }

  async function sendAll() {
    for (; waiting.length > 0; waiting.shift()) {
      const upload = waiting[0];
      while (!upload.done && upload.entry.isConnected) {
        // Without the page nobody would say it in the room.
        const live = performance.getEntriesByName("starling-live").length > 0;
        if (!live || !(await step(upload))) {
          await pause();
        }
      }
      if (!upload.entry.isConnected && upload.id !== undefined && !upload.done) {
        await giveUp(upload);
      }
    }
  }

  const address = ({ id }) => `/api/v1/uploads/${id}`;
  const giveUp = (upload) => ask(address(upload), { method: "DELETE" }).catch(() => {});

  /** Does what comes next; false if that has to wait. */
  async function step(upload) {
    const { file, entry } = upload;
    const show = (text) => (part(entry, ".fate").textContent = text);
    const response = await next(upload).catch((error) => error);
    // Why nothing can be sent of it, found out here.
    const reason = typeof response === "string" ? response : undefined;
    if (reason && upload.id !== undefined) {
      await giveUp(upload);
    }
    const answer = reason ? { code: "here", detail: reason } : (await response.json?.().catch(() => ({}))) ?? {};
    if (!response.ok && response.status !== 409) {
      upload.offset = undefined;
      if ([undefined, "slow_down", "busy", "too_slow", "unavailable"].includes(answer.code)) {
        show("Waits for the connection…");
        return false;
      }
      upload.done = true;
      entry.dataset.refused = "true";
      part(entry, "button").textContent = "Dismiss";
      show(answer.detail);
      return true;
    }
    show("");
    upload.id ??= answer.id;
    const there = response.headers.get("upload-offset");
    upload.offset = there === null ? undefined : Number(there);
    part(entry, "progress").value = (100 * (upload.offset ?? 0)) / file.size;
    // Of the end, or of an upload whose end was not heard.
    const whole = answer.kind === undefined ? answer.file : answer;
    if (whole && entry.isConnected) {
      upload.done = true;
      entry.remove();
      const told = JSON.stringify(whole);
      const put = upload.place !== undefined && whole.kind === "image";
      const detail = put ? { file: told, place: upload.place } : told;
      dispatchEvent(new CustomEvent(put ? "starling-picture" : "starling-file", { detail }));
    }
    return true;
  }

  async function next({ file, id, offset }) {
    if (file.size === 0) {
      await read(file);
      throw EMPTY;
    }
    if (id === undefined) {
      const room = document.querySelector(".composer").getAttribute("action").split("/")[2];
      return post(`/api/v1/rooms/${room}/uploads`, { name: file.name, size: file.size });
    }
    if (offset === undefined) {
      return ask(address({ id }));
    }
    if (offset < file.size) {
      const headers = { "content-type": "application/octet-stream", "upload-offset": `${offset}` };
      const body = await read(file.slice(offset, offset + PIECE));
      return ask(address({ id }), { method: "PATCH", headers, body });
    }
    return post(`${address({ id })}/finish`, { sha256: await hash(file) });
  }

  // The board's way in (`frontend/board/src/port.rs`).
  window.starlingAttach = (files, at) => {
    if (!place()) {
      throw new Error("no files are taken");
    }
    over(false);
    attach([...files], at);
  };

  const post = (place, body) =>
    ask(place, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

  function ask(place, { headers, ...options } = {}) {
    const token = document.querySelector("meta[name=starling-server]") && localStorage.getItem("starling-token");
    return fetch(place, { ...options, headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers });
  }

  /** Not left to `fetch`, which fails alike for a file that is gone and for a network that is. */
  const read = (blob) => blob.arrayBuffer().catch(() => Promise.reject(UNREADABLE));

  /** Pages that came over plain HTTP cannot make one, and of large files all bytes would be in memory. */
  async function hash(file) {
    if (crypto.subtle === undefined || file.size > HASHED_BYTES) {
      return null;
    }
    const digest = await crypto.subtle.digest("SHA-256", await read(file));
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const underWay = () => waiting.filter(({ done, entry }) => !done && entry.isConnected);
  // A page that goes takes its files along: it asks first, and what has arrived then is of no use.
  window.addEventListener("beforeunload", (event) => underWay().length > 0 && event.preventDefault());
  window.addEventListener("pagehide", ({ persisted }) => {
    for (const upload of persisted ? [] : underWay()) {
      if (upload.id !== undefined) {
        void ask(address(upload), { method: "DELETE", keepalive: true }).catch(() => {});
      }
    }
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.(".attaching button");
    const entry = button?.closest("li");
    if (entry) {
      const composer = document.getElementById("message");
      entry.remove();
      composer?.focus();
    } else if (button) {
      button.previousElementSibling.click();
    }
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches(".attaching input")) {
      attach([...target.files]);
      // So that the same file can be chosen again.
      target.value = "";
    }
  });
  const over = (is) => place()?.setAttribute("data-over", is);
  const has = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (has(event)) {
      event.preventDefault();
      over(true);
    }
  });
  // Not from one element of the page to the next.
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? over(false));
  document.addEventListener("drop", (event) => {
    if (has(event)) {
      event.preventDefault();
      over(false);
      attach(place() ? [...event.dataTransfer.files] : []);
    }
  });
  // After the document, where the board takes what is pasted there.
  window.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0 && place()) {
      event.preventDefault();
      attach(files);
    }
  });
}
