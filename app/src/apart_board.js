// What `shell.rs` writes into pages that the server renders: loads the board, when the page wants it. Not
// relative to the page's base, which is the server.
{
  const here = document.currentScript.src;
  window.starlingBoard = async (tries) => {
    const address = new URL("starling-board.js", here);
    address.search = tries ? `${new URL(here).search}&${tries}` : new URL(here).search;
    const board = await import(address.href);
    await board.default();
    return board;
  };
}
