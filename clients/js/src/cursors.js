// Owns the binary frames: cursors, up and down, as docs/protocol.md has them under "Cursors". Points are
// in board units here, 0 to 16,384, and in quarters of them on the wire.

/** The side of the board, in board units. */
export const BOARD_UNITS = 16_384;

const QUARTERS = 4;
const MOST = 65_535;
const MOVE = 0x01;
const HIDE = 0x02;
const LOOK = 0x03;
const CHANGES = 0x81;
const ALL = 0x82;
/** The same in a large room, of those whom one is shown. */
const SHOWN_CHANGES = 0x83;
const SHOWN = 0x84;
const HEADER = 9;
const OTHERS = 2;
const RECORD = 7;
const HIDDEN = 255;

/** The frame that says where one's own cursor is; `point` is null when it left the board. */
export function encodeCursor(channel, point) {
  const view = new DataView(new ArrayBuffer(point === null ? 5 : HEADER));
  view.setUint8(0, point === null ? HIDE : MOVE);
  view.setUint32(1, channel, true);
  if (point !== null) {
    view.setUint16(5, quarters(point.x), true);
    view.setUint16(7, quarters(point.y), true);
  }
  return new Uint8Array(view.buffer);
}

/** The frame that says what one sees of the board: left, top, right and bottom of it. */
export function encodeView(channel, edges) {
  const view = new DataView(new ArrayBuffer(HEADER + 4));
  view.setUint8(0, LOOK);
  view.setUint32(1, channel, true);
  viewInQuarters(edges).forEach((edge, index) => view.setUint16(5 + 2 * index, edge, true));
  return new Uint8Array(view.buffer);
}

/** Left, top, right and bottom as events carry them: in quarters of a board unit. */
export function viewInQuarters(edges) {
  const [left, top, right, bottom] = edges.map(quarters);
  if (!(left <= right && top <= bottom) || edges.length !== 4) {
    throw new RangeError(`${edges} are not the left, top, right and bottom edge of a view`);
  }
  return [left, top, right, bottom];
}

/** Reads a frame of the server; null if it is of an unknown kind or a wrong length. */
export function decodeCursors(buffer) {
  const view = new DataView(buffer);
  const kind = view.byteLength < HEADER ? 0 : view.getUint8(0);
  const isSome = kind === SHOWN_CHANGES || kind === SHOWN;
  const header = isSome ? HEADER + OTHERS : HEADER;
  const isKnown = isSome || kind === CHANGES || kind === ALL;
  if (!isKnown || view.byteLength < header || (view.byteLength - header) % RECORD !== 0) {
    return null;
  }
  const records = [];
  for (let at = header; at < view.byteLength; at += RECORD) {
    const age = view.getUint8(at + 2);
    const [x, y] = [view.getUint16(at + 3, true) / QUARTERS, view.getUint16(at + 5, true) / QUARTERS];
    const hidden = age === HIDDEN;
    records.push({ slot: view.getUint16(at, true), ...(hidden ? { hidden } : { hidden, x, y, age }) });
  }
  return {
    channel: view.getUint32(1, true),
    revision: view.getUint32(5, true),
    complete: kind === ALL || kind === SHOWN,
    others: isSome ? view.getUint16(HEADER, true) : 0,
    records,
  };
}

function quarters(units) {
  if (!(units >= 0 && units <= BOARD_UNITS)) {
    throw new RangeError(`${units} is not on the board, which goes from 0 to ${BOARD_UNITS}`);
  }
  return Math.min(Math.round(units * QUARTERS), MOST);
}
