-- The clean-up spares blobs of uploads all of whose bytes have come.
CREATE INDEX uploads_sealed ON uploads (blob) WHERE state = 1;
