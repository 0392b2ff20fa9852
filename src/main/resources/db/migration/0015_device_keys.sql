-- A device that comes from the Go server may sign in with an old key beside its token: one device, two credentials.
ALTER TABLE devices ADD COLUMN key_hash TEXT;                      -- NULL: no old key
ALTER TABLE devices ADD COLUMN key_prefix TEXT NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN key_suffix TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX devices_by_key ON devices (key_hash) WHERE key_hash IS NOT NULL;
