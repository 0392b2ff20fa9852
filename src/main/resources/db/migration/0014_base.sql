-- The schema that migrations start from: number 14. Times are milliseconds since 1970-01-01T00:00:00Z, days and hours count from 1970 (UTC).

-- Accounts ------------------------------------------------------------------------------------------------------------

CREATE TABLE users (
  id            TEXT PRIMARY KEY,
  username      TEXT NOT NULL,
  username_key  TEXT NOT NULL UNIQUE,          -- the username without case: what must be unique
  email         TEXT NOT NULL,
  email_key     TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  confirmed     INTEGER NOT NULL DEFAULT 0,
  blocked       INTEGER NOT NULL DEFAULT 0,
  last_seen     BIGINT,
  created_at    BIGINT NOT NULL,
  epoch         BIGINT NOT NULL DEFAULT 0,     -- grows when earlier grants must no longer count; a new session or device names the epoch it was checked under
  language      TEXT NOT NULL DEFAULT '',      -- of mails; empty: the server's
  quota_bytes   BIGINT,                        -- NULL: the server's
  delete_after  BIGINT,                        -- end of the grace period of a deletion
  devices       INTEGER NOT NULL DEFAULT 0     -- devices that are not revoked; triggers count them
);
CREATE INDEX users_by_names ON users (username_key, email_key, id);
CREATE INDEX users_by_deletion ON users (delete_after) WHERE delete_after IS NOT NULL;
-- The state of a user is part of the index of each order: a filtered list walks the index and looks nothing up.
CREATE INDEX users_by_created ON users (created_at, id, confirmed, blocked);
CREATE INDEX users_by_last_seen ON users (last_seen, id, confirmed, blocked);
CREATE INDEX users_by_devices ON users (devices, id, confirmed, blocked);
CREATE INDEX users_by_confirmed ON users (confirmed, id, blocked);
CREATE INDEX users_by_blocked ON users (blocked, id, confirmed);
CREATE INDEX users_by_username ON users (username_key, id, confirmed, blocked);
CREATE INDEX users_by_email ON users (email_key, id, confirmed, blocked);
CREATE INDEX users_by_id ON users (id, confirmed, blocked);

CREATE TABLE administrators (
  username_key  TEXT PRIMARY KEY,
  username      TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  epoch         BIGINT NOT NULL DEFAULT 0,
  last_seen     BIGINT
);

-- The one-time link of a server without administrators.
CREATE TABLE setup_tokens (
  token_hash TEXT PRIMARY KEY,
  expires_at BIGINT NOT NULL
);

CREATE TABLE sessions (
  token_hash   TEXT PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  realm        TEXT NOT NULL,                  -- user or administrator
  owner        TEXT NOT NULL,                  -- users.id or administrators.username_key
  address      TEXT NOT NULL,
  user_agent   TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_owner ON sessions (realm, owner);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Mailed proofs that an address belongs to the user. One of a purpose at a time: a new one replaces the old one.
CREATE TABLE email_tokens (
  user_id    TEXT NOT NULL,
  purpose    TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  email      TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, purpose)
);
CREATE INDEX email_tokens_by_expiry ON email_tokens (expires_at);

CREATE TABLE invitations (
  id         TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  email      TEXT NOT NULL,                    -- empty: handed over by other means
  invited_by TEXT NOT NULL,
  used_by    TEXT NOT NULL DEFAULT '',         -- users.id; empty: not yet
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_by_created ON invitations (created_at, id);

-- Settings that administrators changed on their pages; each overrides the configuration file.
CREATE TABLE settings (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A counter that grows with every change that another process must notice. One row.
CREATE TABLE account_changes (
  counter BIGINT NOT NULL
);
INSERT INTO account_changes (counter) VALUES (0);

CREATE TABLE audit_log (
  id         INTEGER PRIMARY KEY,
  type       TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  device_id  TEXT NOT NULL,
  address    TEXT NOT NULL,
  message    TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  times      BIGINT NOT NULL DEFAULT 1         -- refusals of one kind within a minute are one row
);
CREATE INDEX audit_log_by_time ON audit_log (created_at);
CREATE INDEX audit_log_by_user ON audit_log (user_id, created_at);
CREATE INDEX audit_log_by_type ON audit_log (type, created_at);
CREATE INDEX audit_log_by_user_and_type ON audit_log (user_id, type, created_at);

-- Vaults and devices --------------------------------------------------------------------------------------------------

-- A vault of a user, and the head of its log. counter is the highest sequence ever given or skipped, head the sequence of the last op;
-- both are equal until a restore skips. chain is the digest of the last op's row.
CREATE TABLE scopes (
  id            INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: rows elsewhere outlive a deleted scope
  user_id       TEXT NOT NULL,
  vault_id      TEXT NOT NULL,
  log_id        TEXT NOT NULL,
  head          BIGINT NOT NULL DEFAULT 0,
  counter       BIGINT NOT NULL DEFAULT 0,
  chain         BLOB NOT NULL DEFAULT (zeroblob(32)),
  operations    BIGINT NOT NULL DEFAULT 0,
  last_skip     BIGINT NOT NULL DEFAULT 0,     -- until_seq of the last skip
  last_push     BIGINT,
  created_at    BIGINT NOT NULL,
  imported_head BIGINT NOT NULL DEFAULT 0,     -- head of the log that the Go server had numbered; up to it sequences may have gaps
  UNIQUE (user_id, vault_id)
);
CREATE INDEX scopes_by_vault ON scopes (vault_id);

CREATE TABLE devices (
  id             TEXT PRIMARY KEY,
  user_id        TEXT NOT NULL,
  scope_id       INTEGER NOT NULL,
  name           TEXT NOT NULL,
  client_version TEXT NOT NULL,
  token_hash     TEXT NOT NULL UNIQUE,
  token_prefix   TEXT NOT NULL,
  token_suffix   TEXT NOT NULL,
  pull_cursor    BIGINT NOT NULL DEFAULT 0,    -- what the device says that it has applied
  last_seen      BIGINT,
  revoked_at     BIGINT,
  created_at     BIGINT NOT NULL
);
CREATE INDEX devices_by_user ON devices (user_id);
CREATE INDEX devices_by_scope ON devices (scope_id);
CREATE INDEX devices_by_created ON devices (created_at, id);
CREATE INDEX devices_working ON devices (created_at, id) WHERE revoked_at IS NULL;
CREATE INDEX devices_revoked ON devices (created_at, id) WHERE revoked_at IS NOT NULL;

-- The op log of the embedded engine -----------------------------------------------------------------------------------

-- The rows of a scope are stored together and in order, so that a page is one short walk.
CREATE TABLE ops (
  scope_id   INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  device_key INTEGER NOT NULL,   -- the device that pushed it, as a number
  prev       INTEGER NOT NULL,   -- the op before it on the same entity; 0: none
  prev_other INTEGER NOT NULL,   -- the latest op before it on the same entity by another device; 0: none
  content    BLOB NOT NULL,      -- SHA-256 of what makes two ops with one id the same
  chain      BLOB NOT NULL,      -- SHA-256 over the chain of the op before it in the scope and this row
  json       BLOB NOT NULL,      -- the members that a pull sends, without braces and without the sequence
  PRIMARY KEY (scope_id, seq)
) WITHOUT ROWID;

-- op_id to sequence. The key is 64 bits of the SHA-256 of the id; an op whose key another id has taken gets the next free key.
CREATE TABLE op_keys (
  scope_id INTEGER NOT NULL,
  op_key   INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  PRIMARY KEY (scope_id, op_key)
) WITHOUT ROWID;

-- The end of each entity's chain through ops. The key is 64 bits of the SHA-256 of type and id.
CREATE TABLE entities (
  scope_id    INTEGER NOT NULL,
  entity_key  INTEGER NOT NULL,
  last_seq    INTEGER NOT NULL,
  last_device INTEGER NOT NULL,
  last_other  INTEGER NOT NULL,  -- the latest op by a device other than last_device; 0: none
  PRIMARY KEY (scope_id, entity_key)
) WITHOUT ROWID;

-- Numbers that a restore, or a device that was ahead of one, left out: after_seq < left out <= until_seq.
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

-- Deletions that the Go server kept beside its log, row by row as JSON. Nothing reads them: the log has each deletion as an op.
CREATE TABLE imported_tombstones (
  id       INTEGER PRIMARY KEY,
  tombstone TEXT NOT NULL
);

-- Blobs ---------------------------------------------------------------------------------------------------------------

CREATE TABLE blobs (
  sha256             TEXT PRIMARY KEY,
  size               BIGINT NOT NULL,
  file_time          BIGINT NOT NULL,          -- the file's modification time when it was last known to be whole
  created_at         BIGINT NOT NULL,
  unreferenced_since BIGINT,                   -- when the clean-up first found no reference; the file goes a day later, an upload in between keeps it
  damaged_since      BIGINT                    -- when the file was found damaged or missing; the next upload of the same bytes mends it
);
CREATE INDEX blobs_unreferenced ON blobs (unreferenced_since) WHERE unreferenced_since IS NOT NULL;
CREATE INDEX blobs_damaged ON blobs (damaged_since) WHERE damaged_since IS NOT NULL;
CREATE INDEX blobs_by_size ON blobs (size);

-- The uploads of each scope; a scope reaches only its own. A row is written only when the blob's file would survive a power cut.
CREATE TABLE blob_refs (
  scope_id   INTEGER NOT NULL,
  sha256     TEXT NOT NULL,
  size       BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope_id, sha256)
);
CREATE INDEX blob_refs_by_blob ON blob_refs (sha256);
CREATE INDEX blob_refs_by_size ON blob_refs (scope_id, size);

-- The sum of the sizes of a scope's blobs.
CREATE TABLE blob_usage (
  scope_id INTEGER PRIMARY KEY,
  user_id  TEXT NOT NULL,
  bytes    BIGINT NOT NULL
);
CREATE INDEX blob_usage_by_user ON blob_usage (user_id);
CREATE INDEX blob_usage_by_bytes ON blob_usage (bytes);

-- Resumable uploads. length is reserved in the quotas of the scope and its user while state is below 2.
CREATE TABLE uploads (
  id         TEXT PRIMARY KEY,
  scope_id   INTEGER NOT NULL,
  user_id    TEXT NOT NULL,
  device_id  TEXT NOT NULL,
  length     BIGINT NOT NULL,
  stored     BIGINT NOT NULL,                  -- bytes of its file that would survive a power cut
  metadata   TEXT NOT NULL,
  announced  TEXT NOT NULL,                    -- the SHA-256 that the client named, or empty
  blob       TEXT NOT NULL,                    -- the SHA-256 of all its bytes, empty while some are missing
  state      INTEGER NOT NULL,                 -- 0 open, 1 sealed, 2 finished, 3 known before it began
  expires_at BIGINT NOT NULL
);
CREATE INDEX uploads_by_user ON uploads (user_id);
CREATE INDEX uploads_by_device ON uploads (device_id);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
-- The clean-up spares blobs of uploads whose bytes are complete.
CREATE INDEX uploads_sealed ON uploads (blob) WHERE state = 1;

-- Mail ----------------------------------------------------------------------------------------------------------------

-- Mails that have not been sent. A mail that was sent leaves no row.
CREATE TABLE outbox (
  id         TEXT PRIMARY KEY,                -- also the local part of the Message-ID, the same for every attempt
  kind       TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  language   TEXT NOT NULL,
  sealed     TEXT NOT NULL,                   -- the values of the text, tokens too, encrypted with secret.key
  state      TEXT NOT NULL,                   -- waiting or failed
  attempts   INTEGER NOT NULL DEFAULT 0,
  first_try  BIGINT,
  next_try   BIGINT NOT NULL,                 -- while a mail is being sent: when another attempt may take it over
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL                  -- from then on of no use to the reader
);
CREATE INDEX outbox_by_next_try ON outbox (state, next_try);
CREATE INDEX outbox_by_recipient ON outbox (recipient, kind);
CREATE INDEX outbox_by_created ON outbox (created_at, id);

-- Mail settings of the administrators' page; they replace the file's group "mail". One row or none.
CREATE TABLE mail_settings (
  id              INTEGER PRIMARY KEY,
  host            TEXT NOT NULL,
  port            INTEGER NOT NULL,
  security        TEXT NOT NULL,
  username        TEXT NOT NULL,
  sealed_password TEXT NOT NULL,              -- encrypted with secret.key
  sender          TEXT NOT NULL,
  updated_at      BIGINT NOT NULL
);

-- Maintenance and statistics ------------------------------------------------------------------------------------------

-- Progress of maintenance jobs.
CREATE TABLE upkeep (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Ops accepted in a vault on a day. Sampled from the scopes' counters, never written by a push.
CREATE TABLE vault_days (
  scope_id   BIGINT NOT NULL,
  day        BIGINT NOT NULL,
  operations BIGINT NOT NULL,
  total      BIGINT NOT NULL,   -- of the scope at the last sample
  PRIMARY KEY (scope_id, day)
);
CREATE INDEX vault_days_by_day ON vault_days (day);

-- Ops accepted in an hour; added from memory every few seconds, never by a push.
CREATE TABLE activity_hours (
  hour       BIGINT PRIMARY KEY,
  operations BIGINT NOT NULL
);

-- Bytes stored at the end of a day, or now, today.
CREATE TABLE storage_days (
  day            BIGINT PRIMARY KEY,
  blob_bytes     BIGINT NOT NULL,
  database_bytes BIGINT NOT NULL
);

-- Lists of the administrators' pages ----------------------------------------------------------------------------------

-- The lengths of the lists. Triggers count, so that no way of adding or removing a row forgets to. One row.
CREATE TABLE list_counts (
  id          INTEGER PRIMARY KEY,
  users       BIGINT NOT NULL,
  active      BIGINT NOT NULL,                 -- confirmed and not blocked
  blocked     BIGINT NOT NULL,
  unconfirmed BIGINT NOT NULL,
  devices     BIGINT NOT NULL,
  revoked     BIGINT NOT NULL,
  vaults      BIGINT NOT NULL
);
INSERT INTO list_counts (id, users, active, blocked, unconfirmed, devices, revoked, vaults) VALUES (1, 0, 0, 0, 0, 0, 0, 0);

CREATE TRIGGER device_added AFTER INSERT ON devices WHEN NEW.revoked_at IS NULL BEGIN
  UPDATE users SET devices = devices + 1 WHERE id = NEW.user_id;
END;
CREATE TRIGGER device_deleted AFTER DELETE ON devices WHEN OLD.revoked_at IS NULL BEGIN
  UPDATE users SET devices = devices - 1 WHERE id = OLD.user_id;
END;
CREATE TRIGGER device_revoked AFTER UPDATE OF revoked_at ON devices
WHEN (OLD.revoked_at IS NULL) <> (NEW.revoked_at IS NULL) BEGIN
  UPDATE users SET devices = devices + CASE WHEN NEW.revoked_at IS NULL THEN 1 ELSE -1 END WHERE id = NEW.user_id;
END;
CREATE TRIGGER user_counted AFTER INSERT ON users BEGIN
  UPDATE list_counts SET users = users + 1,
    active = active + CASE WHEN NEW.confirmed = 1 AND NEW.blocked = 0 THEN 1 ELSE 0 END,
    blocked = blocked + CASE WHEN NEW.blocked = 1 THEN 1 ELSE 0 END,
    unconfirmed = unconfirmed + CASE WHEN NEW.confirmed = 0 THEN 1 ELSE 0 END;
END;
CREATE TRIGGER user_uncounted AFTER DELETE ON users BEGIN
  UPDATE list_counts SET users = users - 1,
    active = active - CASE WHEN OLD.confirmed = 1 AND OLD.blocked = 0 THEN 1 ELSE 0 END,
    blocked = blocked - CASE WHEN OLD.blocked = 1 THEN 1 ELSE 0 END,
    unconfirmed = unconfirmed - CASE WHEN OLD.confirmed = 0 THEN 1 ELSE 0 END;
END;
CREATE TRIGGER user_recounted AFTER UPDATE OF confirmed, blocked ON users BEGIN
  UPDATE list_counts SET
    active = active + CASE WHEN NEW.confirmed = 1 AND NEW.blocked = 0 THEN 1 ELSE 0 END
      - CASE WHEN OLD.confirmed = 1 AND OLD.blocked = 0 THEN 1 ELSE 0 END,
    blocked = blocked + CASE WHEN NEW.blocked = 1 THEN 1 ELSE 0 END - CASE WHEN OLD.blocked = 1 THEN 1 ELSE 0 END,
    unconfirmed = unconfirmed + CASE WHEN NEW.confirmed = 0 THEN 1 ELSE 0 END
      - CASE WHEN OLD.confirmed = 0 THEN 1 ELSE 0 END;
END;
CREATE TRIGGER device_counted AFTER INSERT ON devices BEGIN
  UPDATE list_counts SET devices = devices + 1, revoked = revoked + CASE WHEN NEW.revoked_at IS NULL THEN 0 ELSE 1 END;
END;
CREATE TRIGGER device_uncounted AFTER DELETE ON devices BEGIN
  UPDATE list_counts SET devices = devices - 1, revoked = revoked - CASE WHEN OLD.revoked_at IS NULL THEN 0 ELSE 1 END;
END;
CREATE TRIGGER device_recounted AFTER UPDATE OF revoked_at ON devices
WHEN (OLD.revoked_at IS NULL) <> (NEW.revoked_at IS NULL) BEGIN
  UPDATE list_counts SET revoked = revoked + CASE WHEN NEW.revoked_at IS NULL THEN -1 ELSE 1 END;
END;
CREATE TRIGGER vault_counted AFTER INSERT ON scopes BEGIN
  UPDATE list_counts SET vaults = vaults + 1;
END;
CREATE TRIGGER vault_uncounted AFTER DELETE ON scopes BEGIN
  UPDATE list_counts SET vaults = vaults - 1;
END;

-- What vaults are sorted by, as sampled at most a minute ago. An index on columns that every push changes would slow every push.
CREATE TABLE vault_ranks (
  scope_id   BIGINT PRIMARY KEY,
  operations BIGINT NOT NULL,
  last_push  BIGINT NOT NULL                   -- 0: never
);
CREATE INDEX vaults_by_operations ON vault_ranks (operations, scope_id);
CREATE INDEX vaults_by_activity ON vault_ranks (last_push, scope_id);
CREATE TRIGGER vault_ranked AFTER INSERT ON scopes BEGIN
  INSERT INTO vault_ranks (scope_id, operations, last_push) VALUES (NEW.id, NEW.operations, COALESCE(NEW.last_push, 0));
END;
CREATE TRIGGER vault_unranked AFTER DELETE ON scopes BEGIN
  DELETE FROM vault_ranks WHERE scope_id = OLD.id;
END;

-- Users that were added, deleted, renamed, or changed their state: the copy of the names in memory reads them to stay current. Only the
-- latest are kept; a copy that missed more reads all names again.
CREATE TABLE user_changes (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL
);
CREATE TRIGGER user_change_trimmed AFTER INSERT ON user_changes BEGIN
  DELETE FROM user_changes WHERE seq <= NEW.seq - 10000;
END;
CREATE TRIGGER user_came AFTER INSERT ON users BEGIN
  INSERT INTO user_changes (user_id) VALUES (NEW.id);
END;
CREATE TRIGGER user_went AFTER DELETE ON users BEGIN
  INSERT INTO user_changes (user_id) VALUES (OLD.id);
END;
CREATE TRIGGER user_changed AFTER UPDATE OF username_key, email_key, confirmed, blocked ON users BEGIN
  INSERT INTO user_changes (user_id) VALUES (NEW.id);
END;
