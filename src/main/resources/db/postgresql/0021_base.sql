-- The schema of a PostgreSQL as of number 21, with the tables of the embedded database at that number but for the rows of the log. Times
-- are milliseconds since 1970-01-01T00:00:00Z, days and hours count from 1970 (UTC). Texts compare byte by byte, as they do there.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Accounts ------------------------------------------------------------------------------------------------------------

CREATE TABLE users (
  id            TEXT COLLATE "C" PRIMARY KEY,
  username      TEXT COLLATE "C" NOT NULL,
  username_key  TEXT COLLATE "C" NOT NULL UNIQUE,          -- the username without case: what must be unique
  email         TEXT COLLATE "C" NOT NULL,
  email_key     TEXT COLLATE "C" NOT NULL UNIQUE,
  password_hash TEXT COLLATE "C" NOT NULL,
  confirmed     INTEGER NOT NULL DEFAULT 0,
  blocked       INTEGER NOT NULL DEFAULT 0,
  last_seen     BIGINT,
  created_at    BIGINT NOT NULL,
  epoch         BIGINT NOT NULL DEFAULT 0,     -- grows when earlier grants must no longer count; a new session or device names the epoch it was checked under
  language      TEXT COLLATE "C" NOT NULL DEFAULT '',      -- of mails; empty: the server's
  quota_bytes   BIGINT,                        -- NULL: the server's
  delete_after  BIGINT,                        -- end of the grace period of a deletion
  devices       INTEGER NOT NULL DEFAULT 0     -- devices that are not revoked; triggers count them
);
-- Finds users by a part of their names.
CREATE INDEX users_by_parts ON users USING gin (username_key gin_trgm_ops, email_key gin_trgm_ops);
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
  username_key  TEXT COLLATE "C" PRIMARY KEY,
  username      TEXT COLLATE "C" NOT NULL,
  password_hash TEXT COLLATE "C" NOT NULL,
  created_at    BIGINT NOT NULL,
  epoch         BIGINT NOT NULL DEFAULT 0,
  last_seen     BIGINT,
  user_id       TEXT COLLATE "C"               -- users.id of the same person, or NULL
);
CREATE UNIQUE INDEX administrators_by_user ON administrators (user_id) WHERE user_id IS NOT NULL;

-- The one-time link of a server without administrators.
CREATE TABLE setup_tokens (
  token_hash TEXT COLLATE "C" PRIMARY KEY,
  expires_at BIGINT NOT NULL
);

CREATE TABLE sessions (
  token_hash   TEXT COLLATE "C" PRIMARY KEY,
  id           TEXT COLLATE "C" NOT NULL UNIQUE,
  realm        TEXT COLLATE "C" NOT NULL,                  -- user or administrator
  owner        TEXT COLLATE "C" NOT NULL,                  -- users.id or administrators.username_key
  address      TEXT COLLATE "C" NOT NULL,
  user_agent   TEXT COLLATE "C" NOT NULL,
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_owner ON sessions (realm, owner);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Mailed proofs that an address belongs to the user. One of a purpose at a time: a new one replaces the old one.
CREATE TABLE email_tokens (
  user_id    TEXT COLLATE "C" NOT NULL,
  purpose    TEXT COLLATE "C" NOT NULL,
  token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
  email      TEXT COLLATE "C" NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, purpose)
);
CREATE INDEX email_tokens_by_expiry ON email_tokens (expires_at);

CREATE TABLE invitations (
  id         TEXT COLLATE "C" PRIMARY KEY,
  token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
  email      TEXT COLLATE "C" NOT NULL,                    -- empty: handed over by other means
  invited_by TEXT COLLATE "C" NOT NULL,
  used_by    TEXT COLLATE "C" NOT NULL DEFAULT '',         -- users.id; empty: not yet
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_by_created ON invitations (created_at, id);

-- Settings that administrators changed on their pages; each overrides the configuration file.
CREATE TABLE settings (
  name       TEXT COLLATE "C" PRIMARY KEY,
  value      TEXT COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A counter that grows with every change that another process must notice. One row.
CREATE TABLE account_changes (
  counter BIGINT NOT NULL
);
INSERT INTO account_changes (counter) VALUES (0);

CREATE TABLE audit_log (
  id         BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  type       TEXT COLLATE "C" NOT NULL,
  user_id    TEXT COLLATE "C" NOT NULL,
  device_id  TEXT COLLATE "C" NOT NULL,
  address    TEXT COLLATE "C" NOT NULL,
  message    TEXT COLLATE "C" NOT NULL,
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
  id            BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, -- never given twice: rows elsewhere outlive a deleted scope
  user_id       TEXT COLLATE "C" NOT NULL,
  vault_id      TEXT COLLATE "C" NOT NULL,
  log_id        TEXT COLLATE "C" NOT NULL,
  head          BIGINT NOT NULL DEFAULT 0,
  counter       BIGINT NOT NULL DEFAULT 0,
  chain         BYTEA NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
  operations    BIGINT NOT NULL DEFAULT 0,
  last_skip     BIGINT NOT NULL DEFAULT 0,     -- until_seq of the last skip
  last_push     BIGINT,
  created_at    BIGINT NOT NULL,
  imported_head BIGINT NOT NULL DEFAULT 0,     -- head of the log that the Go server had numbered; up to it sequences may have gaps
  UNIQUE (user_id, vault_id)
) WITH (fillfactor = 50);                      -- a push changes no column of an index, so that its new row fits beside the old one
CREATE INDEX scopes_by_vault ON scopes (vault_id);

CREATE TABLE devices (
  id             TEXT COLLATE "C" PRIMARY KEY,
  user_id        TEXT COLLATE "C" NOT NULL,
  scope_id       BIGINT NOT NULL,
  name           TEXT COLLATE "C" NOT NULL,
  client_version TEXT COLLATE "C" NOT NULL,
  token_hash     TEXT COLLATE "C" NOT NULL UNIQUE,
  token_prefix   TEXT COLLATE "C" NOT NULL,
  token_suffix   TEXT COLLATE "C" NOT NULL,
  pull_cursor    BIGINT NOT NULL DEFAULT 0,    -- what the device says that it has applied
  last_seen      BIGINT,
  revoked_at     BIGINT,
  created_at     BIGINT NOT NULL,
  key_hash       TEXT COLLATE "C",             -- of the key that the Go server gave; NULL: none
  key_prefix     TEXT COLLATE "C" NOT NULL DEFAULT '',
  key_suffix     TEXT COLLATE "C" NOT NULL DEFAULT '',
  delivered      BIGINT NOT NULL DEFAULT 0,    -- the head when it was last sent all there was
  synced_at      BIGINT                        -- when that was; NULL: before this was noted
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX devices_by_key ON devices (key_hash) WHERE key_hash IS NOT NULL;
CREATE INDEX devices_by_user ON devices (user_id);
CREATE INDEX devices_by_scope ON devices (scope_id);
CREATE INDEX devices_by_created ON devices (created_at, id);
CREATE INDEX devices_working ON devices (created_at, id) WHERE revoked_at IS NULL;
CREATE INDEX devices_revoked ON devices (created_at, id) WHERE revoked_at IS NOT NULL;

-- The op log ----------------------------------------------------------------------------------------------------------

-- Consecutive ops of a scope, as pulls send them. A chunk never changes.
CREATE TABLE chunks (
  scope_id BIGINT NOT NULL,
  last_seq BIGINT NOT NULL,    -- the sequence of its last op
  chain    BYTEA NOT NULL,     -- SHA-256 over the digest of the op before and the last op
  head     BYTEA NOT NULL,     -- 32 bytes for each op: op key, entity key, device key, length, distance from the last sequence
  body     BYTEA NOT NULL,     -- the objects of the ops, separated by commas
  PRIMARY KEY (scope_id, last_seq)
);
-- Keys do not get smaller. Bodies do, by more than half, for a fifth more processor time of a push.
ALTER TABLE chunks ALTER COLUMN head SET STORAGE EXTERNAL;

-- The keys of each op: what the embedded database keeps in sorted runs. Two ids may share a key.
CREATE TABLE op_keys (
  scope_id   BIGINT NOT NULL,
  seq        BIGINT NOT NULL,
  op_key     BIGINT NOT NULL,
  entity_key BIGINT NOT NULL,
  device_key BIGINT NOT NULL,
  prev_other BIGINT NOT NULL,  -- the sequence of the last op before it on its entity by another device, or 0
  PRIMARY KEY (scope_id, entity_key, seq)
);
CREATE INDEX op_keys_by_key ON op_keys (scope_id, op_key);

-- Numbers that a restore, or a device that was ahead of one, left out: after_seq < left out <= until_seq.
CREATE TABLE log_skips (
  scope_id   BIGINT NOT NULL,
  until_seq  BIGINT NOT NULL,
  after_seq  BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope_id, until_seq)
);

-- Answers to pushes with an idempotency key.
CREATE TABLE idempotency_keys (
  device_id  TEXT COLLATE "C" NOT NULL,
  key        TEXT COLLATE "C" NOT NULL,
  request    TEXT COLLATE "C" NOT NULL,      -- SHA-256 of the body
  answer     BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (device_id, key)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

-- Deletions that the Go server kept beside its log, row by row as JSON. Nothing reads them: the log has each deletion as an op.
CREATE TABLE imported_tombstones (
  id       BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  tombstone TEXT COLLATE "C" NOT NULL
);

-- Blobs ---------------------------------------------------------------------------------------------------------------

CREATE TABLE blobs (
  sha256             TEXT COLLATE "C" PRIMARY KEY,
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
  scope_id   BIGINT NOT NULL,
  sha256     TEXT COLLATE "C" NOT NULL,
  size       BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope_id, sha256)
);
CREATE INDEX blob_refs_by_blob ON blob_refs (sha256);
CREATE INDEX blob_refs_by_size ON blob_refs (scope_id, size);

-- The sum of the sizes of a scope's blobs.
CREATE TABLE blob_usage (
  scope_id BIGINT PRIMARY KEY,
  user_id  TEXT COLLATE "C" NOT NULL,
  bytes    BIGINT NOT NULL
);
CREATE INDEX blob_usage_by_user ON blob_usage (user_id);
CREATE INDEX blob_usage_by_bytes ON blob_usage (bytes);

-- Resumable uploads. length is reserved in the quotas of the scope and its user while state is below 2.
CREATE TABLE uploads (
  id         TEXT COLLATE "C" PRIMARY KEY,
  scope_id   BIGINT NOT NULL,
  user_id    TEXT COLLATE "C" NOT NULL,
  device_id  TEXT COLLATE "C" NOT NULL,
  length     BIGINT NOT NULL,
  stored     BIGINT NOT NULL,                  -- bytes of its file that would survive a power cut
  metadata   TEXT COLLATE "C" NOT NULL,
  announced  TEXT COLLATE "C" NOT NULL,                    -- the SHA-256 that the client named, or empty
  blob       TEXT COLLATE "C" NOT NULL,                    -- the SHA-256 of all its bytes, empty while some are missing
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
  id         TEXT COLLATE "C" PRIMARY KEY,                -- also the local part of the Message-ID, the same for every attempt
  kind       TEXT COLLATE "C" NOT NULL,
  recipient  TEXT COLLATE "C" NOT NULL,
  language   TEXT COLLATE "C" NOT NULL,
  sealed     TEXT COLLATE "C" NOT NULL,                   -- the values of the text, tokens too, encrypted with secret.key
  state      TEXT COLLATE "C" NOT NULL,                   -- waiting or failed
  attempts   INTEGER NOT NULL DEFAULT 0,
  first_try  BIGINT,
  next_try   BIGINT NOT NULL,                 -- while a mail is being sent: when another attempt may take it over
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,                 -- from then on of no use to the reader
  last_error TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX outbox_by_next_try ON outbox (state, next_try);
CREATE INDEX outbox_by_recipient ON outbox (recipient, kind);
CREATE INDEX outbox_by_created ON outbox (created_at, id);

-- Mail settings of the administrators' page; they replace the file's group "mail". One row or none.
CREATE TABLE mail_settings (
  id              INTEGER PRIMARY KEY,
  host            TEXT COLLATE "C" NOT NULL,
  port            INTEGER NOT NULL,
  security        TEXT COLLATE "C" NOT NULL,
  username        TEXT COLLATE "C" NOT NULL,
  sealed_password TEXT COLLATE "C" NOT NULL,              -- encrypted with secret.key
  sender          TEXT COLLATE "C" NOT NULL,
  updated_at      BIGINT NOT NULL
);

-- Maintenance and statistics ------------------------------------------------------------------------------------------

-- Progress of maintenance jobs.
CREATE TABLE upkeep (
  name       TEXT COLLATE "C" PRIMARY KEY,
  value      TEXT COLLATE "C" NOT NULL,
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

-- What vaults are sorted by, as sampled at most a minute ago. An index on columns that every push changes would slow every push.
CREATE TABLE vault_ranks (
  scope_id   BIGINT PRIMARY KEY,
  operations BIGINT NOT NULL,
  last_push  BIGINT NOT NULL                   -- 0: never
);
CREATE INDEX vaults_by_operations ON vault_ranks (operations, scope_id);
CREATE INDEX vaults_by_activity ON vault_ranks (last_push, scope_id);

-- The triggers that count ----------------------------------------------------------------------------------------------

CREATE FUNCTION device_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE users SET devices = devices + 1 WHERE id = NEW.user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER device_added AFTER INSERT ON devices FOR EACH ROW WHEN (NEW.revoked_at IS NULL) EXECUTE FUNCTION device_added();

CREATE FUNCTION device_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE users SET devices = devices - 1 WHERE id = OLD.user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER device_deleted AFTER DELETE ON devices FOR EACH ROW WHEN (OLD.revoked_at IS NULL) EXECUTE FUNCTION device_deleted();

CREATE FUNCTION device_revoked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE users SET devices = devices + CASE WHEN NEW.revoked_at IS NULL THEN 1 ELSE -1 END WHERE id = NEW.user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER device_revoked AFTER UPDATE OF revoked_at ON devices FOR EACH ROW WHEN ((OLD.revoked_at IS NULL) <> (NEW.revoked_at IS NULL)) EXECUTE FUNCTION device_revoked();

CREATE FUNCTION user_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE list_counts SET users = users + 1,
    active = active + CASE WHEN NEW.confirmed = 1 AND NEW.blocked = 0 THEN 1 ELSE 0 END,
    blocked = blocked + CASE WHEN NEW.blocked = 1 THEN 1 ELSE 0 END,
    unconfirmed = unconfirmed + CASE WHEN NEW.confirmed = 0 THEN 1 ELSE 0 END;
  RETURN NULL;
END $$;
CREATE TRIGGER user_counted AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION user_counted();

CREATE FUNCTION user_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE list_counts SET users = users - 1,
    active = active - CASE WHEN OLD.confirmed = 1 AND OLD.blocked = 0 THEN 1 ELSE 0 END,
    blocked = blocked - CASE WHEN OLD.blocked = 1 THEN 1 ELSE 0 END,
    unconfirmed = unconfirmed - CASE WHEN OLD.confirmed = 0 THEN 1 ELSE 0 END;
  RETURN NULL;
END $$;
CREATE TRIGGER user_uncounted AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION user_uncounted();

CREATE FUNCTION user_recounted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE list_counts SET
    active = active + CASE WHEN NEW.confirmed = 1 AND NEW.blocked = 0 THEN 1 ELSE 0 END
      - CASE WHEN OLD.confirmed = 1 AND OLD.blocked = 0 THEN 1 ELSE 0 END,
    blocked = blocked + CASE WHEN NEW.blocked = 1 THEN 1 ELSE 0 END - CASE WHEN OLD.blocked = 1 THEN 1 ELSE 0 END,
    unconfirmed = unconfirmed + CASE WHEN NEW.confirmed = 0 THEN 1 ELSE 0 END
      - CASE WHEN OLD.confirmed = 0 THEN 1 ELSE 0 END;
  RETURN NULL;
END $$;
CREATE TRIGGER user_recounted AFTER UPDATE OF confirmed, blocked ON users FOR EACH ROW EXECUTE FUNCTION user_recounted();

CREATE FUNCTION device_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE list_counts SET devices = devices + 1, revoked = revoked + CASE WHEN NEW.revoked_at IS NULL THEN 0 ELSE 1 END;
  RETURN NULL;
END $$;
CREATE TRIGGER device_counted AFTER INSERT ON devices FOR EACH ROW EXECUTE FUNCTION device_counted();

CREATE FUNCTION device_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE list_counts SET devices = devices - 1, revoked = revoked - CASE WHEN OLD.revoked_at IS NULL THEN 0 ELSE 1 END;
  RETURN NULL;
END $$;
CREATE TRIGGER device_uncounted AFTER DELETE ON devices FOR EACH ROW EXECUTE FUNCTION device_uncounted();

CREATE FUNCTION device_recounted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE list_counts SET revoked = revoked + CASE WHEN NEW.revoked_at IS NULL THEN -1 ELSE 1 END;
  RETURN NULL;
END $$;
CREATE TRIGGER device_recounted AFTER UPDATE OF revoked_at ON devices FOR EACH ROW WHEN ((OLD.revoked_at IS NULL) <> (NEW.revoked_at IS NULL)) EXECUTE FUNCTION device_recounted();

CREATE FUNCTION vault_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE list_counts SET vaults = vaults + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER vault_counted AFTER INSERT ON scopes FOR EACH ROW EXECUTE FUNCTION vault_counted();

CREATE FUNCTION vault_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE list_counts SET vaults = vaults - 1;
  RETURN NULL;
END $$;
CREATE TRIGGER vault_uncounted AFTER DELETE ON scopes FOR EACH ROW EXECUTE FUNCTION vault_uncounted();

CREATE FUNCTION vault_ranked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO vault_ranks (scope_id, operations, last_push) VALUES (NEW.id, NEW.operations, COALESCE(NEW.last_push, 0));
  RETURN NULL;
END $$;
CREATE TRIGGER vault_ranked AFTER INSERT ON scopes FOR EACH ROW EXECUTE FUNCTION vault_ranked();

CREATE FUNCTION vault_unranked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  DELETE FROM vault_ranks WHERE scope_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER vault_unranked AFTER DELETE ON scopes FOR EACH ROW EXECUTE FUNCTION vault_unranked();

-- The triggers that keep an administrator and their user account alike: no way of changing a password, of blocking or of deleting forgets
-- the other side.

CREATE FUNCTION administrator_password_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE administrators SET password_hash = NEW.password_hash WHERE user_id = NEW.id AND password_hash <> NEW.password_hash;
  RETURN NULL;
END $$;
CREATE TRIGGER administrator_password_follows AFTER UPDATE OF password_hash ON users FOR EACH ROW WHEN (NEW.password_hash <> OLD.password_hash) EXECUTE FUNCTION administrator_password_follows();

CREATE FUNCTION user_password_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE users SET password_hash = NEW.password_hash WHERE id = NEW.user_id AND password_hash <> NEW.password_hash;
  RETURN NULL;
END $$;
CREATE TRIGGER user_password_follows AFTER UPDATE OF password_hash ON administrators FOR EACH ROW WHEN (NEW.user_id IS NOT NULL AND NEW.password_hash <> OLD.password_hash) EXECUTE FUNCTION user_password_follows();

CREATE FUNCTION administrator_sessions_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  DELETE FROM sessions WHERE realm = 'administrator' AND owner IN (SELECT username_key FROM administrators WHERE user_id = NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER administrator_sessions_follow AFTER UPDATE OF epoch ON users FOR EACH ROW WHEN (NEW.epoch <> OLD.epoch) EXECUTE FUNCTION administrator_sessions_follow();

CREATE FUNCTION administrator_epoch_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE administrators SET epoch = epoch + 1 WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER administrator_epoch_follows AFTER UPDATE OF epoch ON users FOR EACH ROW WHEN (NEW.epoch <> OLD.epoch) EXECUTE FUNCTION administrator_epoch_follows();

CREATE FUNCTION user_sessions_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  DELETE FROM sessions WHERE realm = 'user' AND owner = NEW.user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER user_sessions_follow AFTER UPDATE OF password_hash ON administrators FOR EACH ROW WHEN (NEW.user_id IS NOT NULL AND NEW.epoch <> OLD.epoch) EXECUTE FUNCTION user_sessions_follow();

CREATE FUNCTION user_epoch_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE users SET epoch = epoch + 1 WHERE id = NEW.user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER user_epoch_follows AFTER UPDATE OF password_hash ON administrators FOR EACH ROW WHEN (NEW.user_id IS NOT NULL AND NEW.epoch <> OLD.epoch) EXECUTE FUNCTION user_epoch_follows();

CREATE FUNCTION administrator_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE administrators SET user_id = NULL WHERE user_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER administrator_stays AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION administrator_stays();
