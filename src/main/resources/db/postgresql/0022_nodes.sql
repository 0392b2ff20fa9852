-- The clock by which leases end: one for all nodes.
CREATE VIEW database_clock AS SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS millis;

-- The right to do some work, of one process at a time. generation grows with each holder.
CREATE TABLE leases (
  name       TEXT COLLATE "C" PRIMARY KEY,
  holder     TEXT COLLATE "C" NOT NULL,
  generation BIGINT NOT NULL,
  until      BIGINT NOT NULL               -- 0: released
);

-- Who serves this database. A node writes its row at its start and every few seconds, and deletes it when it stops.
CREATE TABLE nodes (
  name        TEXT COLLATE "C" PRIMARY KEY,
  incarnation TEXT COLLATE "C" NOT NULL,   -- another one each time that the process starts
  version     TEXT COLLATE "C" NOT NULL,
  schema      INTEGER NOT NULL,
  address     TEXT COLLATE "C" NOT NULL,
  draining    INTEGER NOT NULL DEFAULT 0,
  started_at  BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL              -- both by the clock of the database
);

-- The node that has the bytes of an upload which is not complete; empty: they are where every node finds them.
ALTER TABLE uploads ADD COLUMN node TEXT COLLATE "C" NOT NULL DEFAULT '';
