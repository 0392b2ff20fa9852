-- A row for each time that the database goes on from an earlier moment than devices may have seen: a standby was promoted, or a dump was
-- restored. The first operation after that leaves out numbers in its log.
CREATE TABLE incarnations (
  n          BIGINT PRIMARY KEY,
  id         TEXT COLLATE "C" NOT NULL,    -- random: two servers that part may count alike
  place      TEXT COLLATE "C" NOT NULL,    -- timeline and number of the database; empty: not asked yet
  lost       INTEGER NOT NULL,             -- 1: acknowledged operations are gone, so that logs get other ids
  created_at BIGINT NOT NULL
);
INSERT INTO incarnations (n, id, place, lost, created_at) VALUES (0, replace(gen_random_uuid()::text, '-', ''), '', 0, 0);

-- The last one whose numbers were left out in this log.
ALTER TABLE scopes ADD COLUMN incarnation BIGINT NOT NULL DEFAULT 0;
