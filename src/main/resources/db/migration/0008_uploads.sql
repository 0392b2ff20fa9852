-- Uploads that come in parts. length is kept free in the quotas of the scope and its user while state is below 2.
CREATE TABLE uploads (
  id         TEXT PRIMARY KEY,
  scope_id   INTEGER NOT NULL,
  user_id    TEXT NOT NULL,
  device_id  TEXT NOT NULL,
  length     BIGINT NOT NULL,
  stored     BIGINT NOT NULL,                  -- bytes of its file that would survive a power cut
  metadata   TEXT NOT NULL,
  announced  TEXT NOT NULL,                    -- the SHA-256 that the client has named, or empty
  blob       TEXT NOT NULL,                    -- the SHA-256 of all its bytes, empty while some are missing
  state      INTEGER NOT NULL,                 -- 0 open, 1 sealed, 2 finished, 3 known before it began
  expires_at BIGINT NOT NULL
);
CREATE INDEX uploads_by_user ON uploads (user_id);
CREATE INDEX uploads_by_device ON uploads (device_id);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
