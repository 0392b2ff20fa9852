-- Only a PostgreSQL adds rows here, each time that it goes on from an earlier moment than devices may have seen: a standby was
-- promoted, or a dump was restored. The embedded database keeps the first row; restore moves its logs up itself.
CREATE TABLE incarnations (
  n          INTEGER PRIMARY KEY,
  id         TEXT NOT NULL,                -- random: two servers that part may count alike
  place      TEXT NOT NULL,                -- timeline and number of the database; empty: not asked yet
  lost       INTEGER NOT NULL,             -- 1: acknowledged operations are gone, so that logs get other ids
  created_at INTEGER NOT NULL
);
INSERT INTO incarnations (n, id, place, lost, created_at) VALUES (0, lower(hex(randomblob(16))), '', 0, 0);

-- The last one whose numbers were left out in this log.
ALTER TABLE scopes ADD COLUMN incarnation INTEGER NOT NULL DEFAULT 0;
