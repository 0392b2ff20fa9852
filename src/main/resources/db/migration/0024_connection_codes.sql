-- Codes that connect a device, entered in place of the password. A row is deleted when its code is redeemed.
CREATE TABLE connection_codes (
  code_hash  TEXT PRIMARY KEY,             -- SHA-256 of the 20 characters, in hexadecimal
  user_id    TEXT NOT NULL,
  epoch      INTEGER NOT NULL,             -- the user's at that time: another password invalidates the code
  vault_id   TEXT,                         -- NULL: one that the user does not have yet
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX connection_codes_by_user ON connection_codes (user_id, created_at);
CREATE INDEX connection_codes_by_expiry ON connection_codes (expires_at);
