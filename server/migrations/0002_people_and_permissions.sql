-- Accounts: a guest has neither handle, email nor password. A person without a hue has the one that
-- follows from their id. `external` is who they are on another site: its issuer, a line feed, and
-- their subject there.
ALTER TABLE users ADD COLUMN hue INTEGER;
ALTER TABLE users ADD COLUMN avatar TEXT;
ALTER TABLE users ADD COLUMN handle TEXT;
ALTER TABLE users ADD COLUMN email TEXT;
ALTER TABLE users ADD COLUMN password TEXT;
ALTER TABLE users ADD COLUMN external TEXT;
ALTER TABLE users ADD COLUMN operator INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX users_by_handle ON users (handle) WHERE handle IS NOT NULL;
CREATE UNIQUE INDEX users_by_email ON users (email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX users_by_external ON users (external) WHERE external IS NOT NULL;

-- Sign-ins get a number, by which their person can end them, and what helps to recognise them.
CREATE TABLE new_sign_ins (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    user_id    BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    agent      TEXT NOT NULL DEFAULT '',
    address    TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO new_sign_ins (token_hash, user_id, created_at, seen_at)
    SELECT token_hash, user_id, created_at, created_at FROM sign_ins;
DROP TABLE sign_ins;
ALTER TABLE new_sign_ins RENAME TO sign_ins;
CREATE INDEX sign_ins_of ON sign_ins (user_id);

-- Personal tokens for programs.
CREATE TABLE api_tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    user_id    BLOB NOT NULL REFERENCES users (id),
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at    INTEGER
) STRICT;
CREATE INDEX api_tokens_of ON api_tokens (user_id);

-- Links by which a forgotten password is replaced, once.
CREATE TABLE resets (
    token_hash BLOB PRIMARY KEY NOT NULL,
    user_id    BLOB NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whether the lobby lists a room becomes who finds it.
ALTER TABLE rooms ADD COLUMN visibility TEXT NOT NULL DEFAULT 'unlisted';
ALTER TABLE rooms ADD COLUMN visitors_talk INTEGER NOT NULL DEFAULT 1;
ALTER TABLE rooms ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
UPDATE rooms SET visibility = 'public' WHERE listed;
DROP INDEX rooms_listed;
ALTER TABLE rooms DROP COLUMN listed;
CREATE INDEX rooms_public ON rooms (created_at) WHERE visibility = 'public';

CREATE TABLE members (
    room_id INTEGER NOT NULL REFERENCES rooms (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    role    TEXT NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id);
INSERT INTO members (room_id, user_id, role, since)
    SELECT id, created_by, 'owner', created_at FROM rooms;

-- Mutes and bans. Without `until` they do not end by themselves.
CREATE TABLE measures (
    room_id INTEGER NOT NULL REFERENCES rooms (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    kind    TEXT NOT NULL,
    until   INTEGER,
    reason  TEXT NOT NULL,
    by      BLOB,
    at      INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id, kind)
) STRICT, WITHOUT ROWID;

-- Whoever has the code becomes a member. One that was taken back, has expired or is used up stays, so that
-- whoever comes with it can be told.
CREATE TABLE invites (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code_hash     BLOB NOT NULL UNIQUE,
    room_id       INTEGER NOT NULL REFERENCES rooms (id),
    made_by       BLOB,
    made_at       INTEGER NOT NULL,
    expires_at    INTEGER,
    taken_back_at INTEGER,
    most_uses     INTEGER,
    uses          INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX invites_of ON invites (room_id);

-- What was done in a room by whom (NULL: on the server itself), to whom.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    room_id INTEGER NOT NULL REFERENCES rooms (id),
    at      INTEGER NOT NULL,
    actor   BLOB,
    act     TEXT NOT NULL,
    target  BLOB,
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of ON audit (room_id, id);

-- Events of a stream that are no messages. They share its numbers. A deleted message keeps its row,
-- without its body.
ALTER TABLE messages ADD COLUMN deleted_at INTEGER;
ALTER TABLE messages ADD COLUMN deleted_by BLOB;
CREATE TABLE deletions (
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    seq       INTEGER NOT NULL,
    message   INTEGER NOT NULL,
    by        BLOB,
    at        INTEGER NOT NULL,
    PRIMARY KEY (stream_id, seq)
) STRICT, WITHOUT ROWID;
