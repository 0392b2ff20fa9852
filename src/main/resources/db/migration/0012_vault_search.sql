-- Vaults are looked for by the beginning of their ids.
CREATE INDEX scopes_by_vault ON scopes (vault_id);
