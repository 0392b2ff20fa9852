-- The op log in chunks. LogConversion fills it from ops and drops the old tables; see decision 0012.

-- Consecutive ops of a scope, as pulls send them. A chunk never changes; small ones may be merged.
CREATE TABLE chunks (
  id    INTEGER PRIMARY KEY,  -- scope_id << 40 | sequence of its last op
  chain BLOB NOT NULL,        -- SHA-256 over the digest of the op before and the last op
  head  BLOB NOT NULL,        -- 32 bytes for each op: op key, entity key, device key, length, distance from the last sequence
  body  BLOB NOT NULL         -- the objects of the ops, separated by commas
);

-- The keys of ops between two sequences of a scope, sorted. It can be made of the chunks again.
CREATE TABLE key_runs (
  id            INTEGER PRIMARY KEY,
  scope_id      INTEGER NOT NULL,
  first_seq     INTEGER NOT NULL,
  last_seq      INTEGER NOT NULL,
  ops           INTEGER NOT NULL,
  op_fences     BLOB NOT NULL,     -- the first op key of each part
  entity_fences BLOB NOT NULL,     -- the first entity key and sequence of each part
  filter        BLOB NOT NULL      -- a Bloom filter of the op keys
);
CREATE INDEX key_runs_by_scope ON key_runs (scope_id, first_seq);

CREATE TABLE key_parts (
  id      INTEGER PRIMARY KEY,     -- run << 24 | 0 for op keys, 1 for entities << 23 | number of the part
  entries BLOB NOT NULL
);
