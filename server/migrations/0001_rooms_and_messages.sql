-- People. A guest's identity is one or more sign-ins: hashes of the cookies that stand for it.
CREATE TABLE users (
    id         BLOB PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_ins (
    token_hash BLOB PRIMARY KEY NOT NULL,
    user_id    BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
    id           INTEGER PRIMARY KEY NOT NULL,
    slug         TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    listed       INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   BLOB NOT NULL REFERENCES users (id),
    created_from TEXT NOT NULL
) STRICT;
CREATE INDEX rooms_by_address ON rooms (created_from, created_at);
CREATE INDEX rooms_listed ON rooms (created_at) WHERE listed;

-- Who has joined which room at some time, so that a reload goes straight in.
CREATE TABLE visits (
    user_id  BLOB NOT NULL REFERENCES users (id),
    room_id  INTEGER NOT NULL REFERENCES rooms (id),
    first_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, room_id)
) STRICT, WITHOUT ROWID;

-- A durable, ordered log of a room. `last_seq` numbers its events without gaps.
CREATE TABLE streams (
    id       INTEGER PRIMARY KEY NOT NULL,
    room_id  INTEGER NOT NULL REFERENCES rooms (id),
    kind     TEXT NOT NULL,
    epoch    BLOB NOT NULL,
    last_seq INTEGER NOT NULL DEFAULT 0,
    UNIQUE (room_id, kind)
) STRICT;

-- (author_id, id) makes posting idempotent.
CREATE TABLE messages (
    rowid       INTEGER PRIMARY KEY NOT NULL,
    stream_id   INTEGER NOT NULL REFERENCES streams (id),
    seq         INTEGER NOT NULL,
    id          BLOB NOT NULL,
    author_id   BLOB NOT NULL REFERENCES users (id),
    author_name TEXT NOT NULL,
    body        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    UNIQUE (stream_id, seq),
    UNIQUE (author_id, id)
) STRICT;
