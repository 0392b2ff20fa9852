-- What keeps a server in order: clean-up, scrub.

-- When the clean-up first saw that no scope holds the blob. It goes a day later; an upload in between revives it.
ALTER TABLE blobs ADD COLUMN unreferenced_since BIGINT;
-- When the file was found damaged or missing; the next upload of the same bytes heals it.
ALTER TABLE blobs ADD COLUMN damaged_since BIGINT;
CREATE INDEX blobs_unreferenced ON blobs (unreferenced_since) WHERE unreferenced_since IS NOT NULL;
CREATE INDEX blobs_damaged ON blobs (damaged_since) WHERE damaged_since IS NOT NULL;

-- How far what runs by itself has come.
CREATE TABLE upkeep (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
