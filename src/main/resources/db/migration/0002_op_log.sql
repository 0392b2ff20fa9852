-- The op log of the embedded engine. Rows of a scope lie together and in order, so that a page is one short walk.

CREATE TABLE ops (
  scope_id   INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  device_key INTEGER NOT NULL,   -- which device pushed it, as a number
  prev       INTEGER NOT NULL,   -- the op before it on the same entity; 0: none
  prev_other INTEGER NOT NULL,   -- the latest op before it on the same entity by another device; 0: none
  content    BLOB NOT NULL,      -- SHA-256 of what makes two ops with one id the same
  chain      BLOB NOT NULL,      -- SHA-256 over the chain of the op before it in the scope and this row
  json       BLOB NOT NULL,      -- the members that a pull sends, without braces and without the sequence
  PRIMARY KEY (scope_id, seq)
) WITHOUT ROWID;

-- op_id to sequence. The key is 64 bits of the id's SHA-256; an op whose key is taken by another id has the next free one.
CREATE TABLE op_keys (
  scope_id INTEGER NOT NULL,
  op_key   INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  PRIMARY KEY (scope_id, op_key)
) WITHOUT ROWID;

-- Per entity the end of its chain through ops. The key is 64 bits of the SHA-256 of type and id.
CREATE TABLE entities (
  scope_id    INTEGER NOT NULL,
  entity_key  INTEGER NOT NULL,
  last_seq    INTEGER NOT NULL,
  last_device INTEGER NOT NULL,
  last_other  INTEGER NOT NULL,  -- the latest op by a device other than last_device; 0: none
  PRIMARY KEY (scope_id, entity_key)
) WITHOUT ROWID;

-- Where a restore, or a device that was ahead of one, left numbers out: after_seq < left out <= until_seq.
CREATE TABLE log_skips (
  scope_id   INTEGER NOT NULL,
  until_seq  INTEGER NOT NULL,
  after_seq  INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (scope_id, until_seq)
) WITHOUT ROWID;

-- Answers to pushes with an idempotency key.
CREATE TABLE idempotency_keys (
  device_id  TEXT NOT NULL,
  key        TEXT NOT NULL,
  request    TEXT NOT NULL,      -- SHA-256 of the body
  answer     BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (device_id, key)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
