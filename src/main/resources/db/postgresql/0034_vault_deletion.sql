-- When a vault that was deleted is removed for good; NULL: it is in use.
ALTER TABLE scopes ADD COLUMN delete_after BIGINT;
-- The administrator who has deleted it; empty: its owner.
ALTER TABLE scopes ADD COLUMN deleted_by TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX scopes_by_deletion ON scopes (delete_after) WHERE delete_after IS NOT NULL;
