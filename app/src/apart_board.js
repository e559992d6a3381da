{
  // What `shell.rs` writes into pages that the server renders: loads the board, when the page wants it. Not
  // relative to the page's base, which is the server.
  const here = new URL(document.currentScript.src);
  const beside = (name, search) => Object.assign(new URL(name, here), { search }).href;
  window.starlingBoard = async (tries) => {
    // Browsers remember that an address could not be imported.
    const again = tries ? `${here.search}&${tries}` : here.search;
    const board = await import(beside("starling-board.js", again));
    await board.default({ module_or_path: beside("starling-board_bg.wasm", here.search) });
    return board;
  };
}
