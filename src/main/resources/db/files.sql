-- The index of vaults' files, in a database of its own (files.db). It is made of the logs, and may be deleted at any time.

CREATE TABLE file_indexes (
  scope_id      INTEGER PRIMARY KEY,
  format        INTEGER NOT NULL,   -- 0: being deleted
  log_id        TEXT NOT NULL,
  sequence      INTEGER NOT NULL,   -- of the last op that the index contains
  next_node     INTEGER NOT NULL,
  other_changes INTEGER NOT NULL,
  last_time     INTEGER NOT NULL
);

-- A node was at a name of a folder from one op to another.
CREATE TABLE file_places (
  scope_id INTEGER NOT NULL,
  parent   INTEGER NOT NULL,        -- 0: the vault
  file     INTEGER NOT NULL,        -- 0: a folder
  name     TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq   INTEGER NOT NULL,        -- 9223372036854775807: it is still there
  node     INTEGER NOT NULL,
  folded   TEXT NOT NULL,           -- the name in lower case, for a search; empty: it is the name
  PRIMARY KEY (scope_id, parent, file, name, from_seq)
) WITHOUT ROWID;
CREATE INDEX file_places_by_node ON file_places (scope_id, node, from_seq);

-- What a node is since an op.
CREATE TABLE file_versions (
  scope_id  INTEGER NOT NULL,
  node      INTEGER NOT NULL,
  sequence  INTEGER NOT NULL,
  kind      INTEGER NOT NULL,       -- 0 folder, 1 Deal, 2 text, 3 blob
  size      INTEGER NOT NULL,
  sha256    TEXT NOT NULL,
  device_id TEXT NOT NULL,
  made_at   INTEGER NOT NULL,
  PRIMARY KEY (scope_id, node, sequence)
) WITHOUT ROWID;

-- Who moved or removed something.
CREATE TABLE file_events (
  scope_id  INTEGER NOT NULL,
  sequence  INTEGER NOT NULL,
  device_id TEXT NOT NULL,
  made_at   INTEGER NOT NULL,
  PRIMARY KEY (scope_id, sequence)
) WITHOUT ROWID;

CREATE TABLE file_deals (
  scope_id INTEGER NOT NULL,
  deal     TEXT NOT NULL,
  node     INTEGER NOT NULL,
  PRIMARY KEY (scope_id, deal)
) WITHOUT ROWID;

-- The latest time of the ops up to a sequence.
CREATE TABLE file_times (
  scope_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  time     INTEGER NOT NULL,
  PRIMARY KEY (scope_id, sequence)
) WITHOUT ROWID;
CREATE INDEX file_times_by_time ON file_times (scope_id, time);
