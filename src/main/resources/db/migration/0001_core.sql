-- Times are milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE users (
  id            TEXT PRIMARY KEY,
  username      TEXT NOT NULL,
  username_key  TEXT NOT NULL UNIQUE,          -- what makes it unique: without case
  email         TEXT NOT NULL,
  email_key     TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  confirmed     INTEGER NOT NULL DEFAULT 0,
  blocked       INTEGER NOT NULL DEFAULT 0,
  last_seen     BIGINT,
  created_at    BIGINT NOT NULL
);

CREATE TABLE administrators (
  username_key  TEXT PRIMARY KEY,
  username      TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at    BIGINT NOT NULL
);

-- The one-time link of a server without administrators.
CREATE TABLE setup_tokens (
  token_hash TEXT PRIMARY KEY,
  expires_at BIGINT NOT NULL
);

-- A vault of a user, and the head of its log. counter is the highest sequence ever given or skipped, head the
-- sequence of the last op; both are equal until a restore skips. chain is the digest of the last op's row.
CREATE TABLE scopes (
  id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: rows elsewhere outlive a deleted scope
  user_id    TEXT NOT NULL,
  vault_id   TEXT NOT NULL,
  log_id     TEXT NOT NULL,
  head       BIGINT NOT NULL DEFAULT 0,
  counter    BIGINT NOT NULL DEFAULT 0,
  chain      BLOB NOT NULL DEFAULT (zeroblob(32)),
  operations BIGINT NOT NULL DEFAULT 0,
  last_skip  BIGINT NOT NULL DEFAULT 0,      -- until_seq of the last skip
  last_push  BIGINT,
  created_at BIGINT NOT NULL,
  UNIQUE (user_id, vault_id)
);

CREATE TABLE devices (
  id             TEXT PRIMARY KEY,
  user_id        TEXT NOT NULL,
  scope_id       INTEGER NOT NULL,
  name           TEXT NOT NULL,
  client_version TEXT NOT NULL,
  token_hash     TEXT NOT NULL UNIQUE,
  token_prefix   TEXT NOT NULL,
  token_suffix   TEXT NOT NULL,
  pull_cursor    BIGINT NOT NULL DEFAULT 0,    -- the device's own word on what it has applied
  last_seen      BIGINT,
  revoked_at     BIGINT,
  created_at     BIGINT NOT NULL
);
CREATE INDEX devices_by_user ON devices (user_id);
CREATE INDEX devices_by_scope ON devices (scope_id);

CREATE TABLE blobs (
  sha256     TEXT PRIMARY KEY,
  size       BIGINT NOT NULL,
  file_time  BIGINT NOT NULL,                  -- the file's own time when it was last known to be whole
  created_at BIGINT NOT NULL
);

-- Who has uploaded what: a scope reaches only its own. A row is written only when the blob's file would survive a power cut.
CREATE TABLE blob_refs (
  scope_id   INTEGER NOT NULL,
  sha256     TEXT NOT NULL,
  size       BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope_id, sha256)
);
CREATE INDEX blob_refs_by_blob ON blob_refs (sha256);
CREATE INDEX blob_refs_by_size ON blob_refs (scope_id, size);

-- What the blobs of a scope add up to.
CREATE TABLE blob_usage (
  scope_id INTEGER PRIMARY KEY,
  user_id  TEXT NOT NULL,
  bytes    BIGINT NOT NULL
);
CREATE INDEX blob_usage_by_user ON blob_usage (user_id);

CREATE TABLE audit_log (
  id         INTEGER PRIMARY KEY,
  type       TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  device_id  TEXT NOT NULL,
  address    TEXT NOT NULL,
  message    TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX audit_log_by_time ON audit_log (created_at);
