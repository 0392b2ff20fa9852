-- For several nodes on one PostgreSQL; a server on this database needs neither leases nor nodes, and leaves the tables empty.

-- The clock by which leases end: one for all nodes.
CREATE VIEW database_clock AS SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS millis;

-- The right to do some work, of one process at a time. generation grows with each holder.
CREATE TABLE leases (
  name       TEXT PRIMARY KEY,
  holder     TEXT NOT NULL,
  generation INTEGER NOT NULL,
  until      INTEGER NOT NULL              -- 0: released
);

-- Who serves this database. A node writes its row at its start and every few seconds, and deletes it when it stops.
CREATE TABLE nodes (
  name        TEXT PRIMARY KEY,
  incarnation TEXT NOT NULL,               -- another one each time that the process starts
  version     TEXT NOT NULL,
  schema      INTEGER NOT NULL,
  address     TEXT NOT NULL,
  draining    INTEGER NOT NULL DEFAULT 0,
  started_at  INTEGER NOT NULL,
  seen_at     INTEGER NOT NULL             -- both by the clock of the database
);

-- The node that has the bytes of an upload which is not complete; empty: they are where every node finds them.
ALTER TABLE uploads ADD COLUMN node TEXT NOT NULL DEFAULT '';
