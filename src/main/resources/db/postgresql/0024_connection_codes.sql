-- Codes that connect a device, entered in place of the password. A row is deleted when its code is redeemed.
CREATE TABLE connection_codes (
  code_hash  TEXT COLLATE "C" PRIMARY KEY, -- SHA-256 of the 20 characters, in hexadecimal
  user_id    TEXT COLLATE "C" NOT NULL,
  epoch      BIGINT NOT NULL,             -- the user's at that time: another password invalidates the code
  vault_id   TEXT COLLATE "C",                         -- NULL: one that the user does not have yet
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX connection_codes_by_user ON connection_codes (user_id, created_at);
CREATE INDEX connection_codes_by_expiry ON connection_codes (expires_at);
