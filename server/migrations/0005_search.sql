-- Full-text search in what messages say. The index keeps no text of its own: it reads it from here.
-- Every message has one more word there, its stream's, so that a search in one room does not read what
-- all rooms have.
CREATE VIEW searchable AS
    SELECT rowid, 's' || stream_id AS stream, body FROM messages;
CREATE VIRTUAL TABLE search USING fts5 (
    stream, body, content = 'searchable', content_rowid = 'rowid',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3', columnsize = 0
);
-- What was deleted or changed leaves no words behind.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
INSERT INTO search (search) VALUES ('rebuild');

-- What was deleted whole, with its room, waits here to be taken out of the index in small steps: for many
-- messages at once that takes longer than others who write can wait.
CREATE TABLE unindexed (
    rowid  INTEGER PRIMARY KEY NOT NULL,
    stream TEXT NOT NULL,
    body   TEXT NOT NULL
) STRICT;

CREATE TRIGGER search_added AFTER INSERT ON messages BEGIN
    -- Numbers of rows are used again.
    INSERT INTO search (search, rowid, stream, body)
        SELECT 'delete', rowid, stream, body FROM unindexed WHERE rowid = new.rowid;
    DELETE FROM unindexed WHERE rowid = new.rowid;
    INSERT INTO search (rowid, stream, body) VALUES (new.rowid, 's' || new.stream_id, new.body);
END;
CREATE TRIGGER search_changed AFTER UPDATE OF body ON messages BEGIN
    INSERT INTO search (search, rowid, stream, body)
        VALUES ('delete', old.rowid, 's' || old.stream_id, old.body);
    INSERT INTO search (rowid, stream, body) VALUES (new.rowid, 's' || new.stream_id, new.body);
END;
CREATE TRIGGER search_removed AFTER DELETE ON messages BEGIN
    INSERT INTO unindexed (rowid, stream, body) VALUES (old.rowid, 's' || old.stream_id, old.body);
END;
