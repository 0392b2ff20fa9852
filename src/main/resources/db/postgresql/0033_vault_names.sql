-- What the owner calls a vault; empty: nothing yet.
ALTER TABLE scopes ADD COLUMN name TEXT COLLATE "C" NOT NULL DEFAULT '';
-- Finds vaults by the beginning of their names.
CREATE INDEX scopes_by_name ON scopes (name) WHERE name <> '';
