-- Who may open a vault besides its owner.
CREATE TABLE vault_members (
  scope_id  BIGINT NOT NULL,
  user_id   TEXT COLLATE "C" NOT NULL,
  role      TEXT COLLATE "C" NOT NULL,       -- editor, reader
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (scope_id, user_id)
);
CREATE INDEX vault_members_by_user ON vault_members (user_id);

-- Invitations to vaults, of a user or of an address that somebody has or will have.
CREATE TABLE vault_invitations (
  id         TEXT COLLATE "C" PRIMARY KEY,   -- 24 hexadecimal digits
  scope_id   BIGINT NOT NULL,
  user_id    TEXT COLLATE "C" NOT NULL,      -- empty: the one who has the address
  address    TEXT COLLATE "C" NOT NULL,      -- as in users.email_key; empty: the user
  name       TEXT COLLATE "C" NOT NULL,      -- as the owner has typed it
  role       TEXT COLLATE "C" NOT NULL,      -- editor, reader; owner: the vault is handed over
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX vault_invitations_by_scope ON vault_invitations (scope_id);
CREATE INDEX vault_invitations_by_user ON vault_invitations (user_id);
CREATE INDEX vault_invitations_by_address ON vault_invitations (address);
CREATE INDEX vault_invitations_by_expiry ON vault_invitations (expires_at);

-- Whether a device may only read: those of readers of a shared vault.
ALTER TABLE devices ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0;

-- The shared vault that a code connects to; NULL: an own one.
ALTER TABLE connection_codes ADD COLUMN scope_id BIGINT;
