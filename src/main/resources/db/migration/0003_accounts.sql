-- epoch moves whenever what was granted before must no longer count: another password, a block. Whoever creates a
-- session or a device names the epoch under which the password was checked.
ALTER TABLE users ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT '';    -- of mails; empty: the server's
ALTER TABLE users ADD COLUMN quota_bytes BIGINT;                   -- NULL: the server's
ALTER TABLE users ADD COLUMN delete_after BIGINT;                  -- when the grace period of a deletion ends
ALTER TABLE administrators ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE administrators ADD COLUMN last_seen BIGINT;

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

-- What was mailed to somebody to prove that the address is theirs. One of a purpose at a time: a new one voids the old.
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
  email      TEXT NOT NULL,                    -- whom it was sent to; empty: handed over by other means
  invited_by TEXT NOT NULL,
  used_by    TEXT NOT NULL DEFAULT '',         -- users.id; empty: not yet
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- What administrators set on their pages; it stands above the configuration file.
CREATE TABLE settings (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A number that moves with every change that another process must notice.
CREATE TABLE account_changes (
  counter BIGINT NOT NULL
);
INSERT INTO account_changes (counter) VALUES (0);

ALTER TABLE audit_log ADD COLUMN times BIGINT NOT NULL DEFAULT 1;  -- refusals of one kind in one minute are one row
CREATE INDEX audit_log_by_user ON audit_log (user_id, created_at);
