-- Why the last try of a mail failed, without secrets; empty: none did.
ALTER TABLE outbox ADD COLUMN last_error TEXT NOT NULL DEFAULT '';
