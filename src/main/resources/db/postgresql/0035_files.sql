-- The index of vaults' files. It is made of the logs.

CREATE TABLE file_indexes (
  scope_id      BIGINT PRIMARY KEY,
  format        INTEGER NOT NULL,   -- 0: being deleted
  log_id        TEXT COLLATE "C" NOT NULL,
  sequence      BIGINT NOT NULL,   -- of the last op that the index contains
  next_node     BIGINT NOT NULL,
  other_changes BIGINT NOT NULL,
  last_time     BIGINT NOT NULL
);

-- A node was at a name of a folder from one op to another.
CREATE TABLE file_places (
  scope_id BIGINT NOT NULL,
  parent   BIGINT NOT NULL,        -- 0: the vault
  file     SMALLINT NOT NULL,        -- 0: a folder
  name     TEXT COLLATE "C" NOT NULL,
  from_seq BIGINT NOT NULL,
  to_seq   BIGINT NOT NULL,        -- 9223372036854775807: it is still there
  node     BIGINT NOT NULL,
  folded   TEXT COLLATE "C" NOT NULL,           -- the name in lower case, for a search; empty: it is the name
  PRIMARY KEY (scope_id, parent, file, name, from_seq)
);
CREATE INDEX file_places_by_node ON file_places (scope_id, node, from_seq);

-- What a node is since an op.
CREATE TABLE file_versions (
  scope_id  BIGINT NOT NULL,
  node      BIGINT NOT NULL,
  sequence  BIGINT NOT NULL,
  kind      SMALLINT NOT NULL,       -- 0 folder, 1 Deal, 2 text, 3 blob
  size      BIGINT NOT NULL,
  sha256    TEXT COLLATE "C" NOT NULL,
  device_id TEXT COLLATE "C" NOT NULL,
  made_at   BIGINT NOT NULL,
  PRIMARY KEY (scope_id, node, sequence)
);

-- Who moved or removed something.
CREATE TABLE file_events (
  scope_id  BIGINT NOT NULL,
  sequence  BIGINT NOT NULL,
  device_id TEXT COLLATE "C" NOT NULL,
  made_at   BIGINT NOT NULL,
  PRIMARY KEY (scope_id, sequence)
);

CREATE TABLE file_deals (
  scope_id BIGINT NOT NULL,
  deal     TEXT COLLATE "C" NOT NULL,
  node     BIGINT NOT NULL,
  PRIMARY KEY (scope_id, deal)
);

-- The latest time of the ops up to a sequence.
CREATE TABLE file_times (
  scope_id BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  time     BIGINT NOT NULL,
  PRIMARY KEY (scope_id, sequence)
);
CREATE INDEX file_times_by_time ON file_times (scope_id, time);
