-- What a message says now is kept, and nothing of what it said before.
ALTER TABLE messages ADD COLUMN edited_at INTEGER;

-- Events of a stream that change a message. They share its numbers. What an edit says is what the
-- message says now.
CREATE TABLE changes (
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    seq       INTEGER NOT NULL,
    message   INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    by        BLOB,
    emoji     TEXT,
    at        INTEGER NOT NULL,
    PRIMARY KEY (stream_id, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO changes (stream_id, seq, message, kind, by, at)
    SELECT stream_id, seq, message, 'delete', by, at FROM deletions;
DROP TABLE deletions;

-- The reactions that are there.
CREATE TABLE reactions (
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    message   INTEGER NOT NULL,
    emoji     TEXT NOT NULL,
    user_id   BLOB NOT NULL REFERENCES users (id),
    PRIMARY KEY (stream_id, message, emoji, user_id)
) STRICT, WITHOUT ROWID;

-- Conversations of two people: rooms that only the two see.
ALTER TABLE rooms ADD COLUMN direct INTEGER NOT NULL DEFAULT 0;
CREATE TABLE directs (
    room_id INTEGER PRIMARY KEY NOT NULL REFERENCES rooms (id),
    low     BLOB NOT NULL REFERENCES users (id),
    high    BLOB NOT NULL REFERENCES users (id),
    at      INTEGER NOT NULL,
    UNIQUE (low, high)
) STRICT;
CREATE INDEX directs_of_low ON directs (low, at);
CREATE INDEX directs_of_high ON directs (high, at);
