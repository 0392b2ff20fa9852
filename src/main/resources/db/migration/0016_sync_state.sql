-- Whether a device has everything: the cursor of its last pull alone would call a device late that has asked for nothing since.
ALTER TABLE devices ADD COLUMN delivered BIGINT NOT NULL DEFAULT 0; -- the head when it was last sent all there was
ALTER TABLE devices ADD COLUMN synced_at BIGINT;                    -- when that was; NULL: before this was noted
