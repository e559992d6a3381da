-- Each room has a board, which is a stream of its own. `objects` counts what lies on it, `log_bytes` the bytes
-- of all `data` in its log.
ALTER TABLE streams ADD COLUMN objects INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0;
INSERT INTO streams (room_id, kind, epoch) SELECT id, 'board', randomblob(16) FROM rooms;

-- What lies on the boards now, each object in one row. It changes together with the log. `said` are the numbers
-- of the operations there that put it down or wrote in it, in order and with a space between them.
CREATE TABLE board_objects (
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    id        BLOB NOT NULL,
    file      BLOB,
    said      TEXT NOT NULL,
    data      TEXT NOT NULL,
    UNIQUE (stream_id, id)
) STRICT;
CREATE INDEX board_objects_of_files ON board_objects (file) WHERE file IS NOT NULL;

-- The log of the boards. Of an old operation only the row is left, without its `data`, so that a repeat
-- of it is known; (author, id) makes operations idempotent, and `hash` is that of what was asked.
CREATE TABLE board_operations (
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    seq       INTEGER NOT NULL,
    author    BLOB NOT NULL REFERENCES users (id),
    id        BLOB NOT NULL,
    at        INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    data      TEXT,
    UNIQUE (stream_id, seq),
    UNIQUE (author, id)
) STRICT;
CREATE INDEX board_operations_kept ON board_operations (stream_id, seq) WHERE data IS NOT NULL;

-- When a picture was put on the board of its room or taken off it last.
ALTER TABLE files ADD COLUMN board_at INTEGER;
