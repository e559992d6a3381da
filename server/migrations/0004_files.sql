-- Files that people sent or are sending. Their bytes lie beside the database, under the id. Without a
-- room a file is its person's alone. `finished_at` says that it is whole, `message` which one has it.
CREATE TABLE files (
    id          BLOB PRIMARY KEY NOT NULL,
    room_id     INTEGER REFERENCES rooms (id),
    user_id     BLOB NOT NULL REFERENCES users (id),
    name        TEXT NOT NULL,
    size        INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    finished_at INTEGER,
    kind        TEXT,
    media_type  TEXT,
    sha256      BLOB,
    width       INTEGER,
    height      INTEGER,
    message     INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX files_of_messages ON files (room_id, message) WHERE message IS NOT NULL;
CREATE INDEX files_unused ON files (user_id, created_at) WHERE message IS NULL;
CREATE INDEX files_by_size ON files (size);

-- Files that are no more: their bytes are to be removed.
CREATE TABLE removed_files (
    id BLOB PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- How many bytes somebody, a person or an address, has announced on a day, counted from 1970.
CREATE TABLE announced_bytes (
    day   INTEGER NOT NULL,
    who   TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (day, who)
) STRICT, WITHOUT ROWID;
