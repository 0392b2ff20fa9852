-- Blobs in a bucket. The key of an object is random and used once: nothing that is deleted can be what an upload has just stored.
CREATE TABLE objects (
  sha256     TEXT PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  size       BIGINT NOT NULL,
  etag       TEXT NOT NULL,                    -- what the bucket calls this content; another one means that the object was changed
  created_at BIGINT NOT NULL,
  lost_since BIGINT                            -- when the object was found damaged or missing; the next upload of the same bytes mends it
);

-- Uploads to the bucket that have not ended. One that is older than a day belongs to a process that died.
CREATE TABLE object_intents (
  key        TEXT PRIMARY KEY,
  sha256     TEXT NOT NULL,                    -- its object is not removed meanwhile
  upload_id  TEXT NOT NULL DEFAULT '',         -- of an upload in parts
  node       TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX object_intents_by_blob ON object_intents (sha256);
CREATE INDEX object_intents_by_time ON object_intents (created_at);

-- Objects that nothing names any more, and when the bucket may forget them.
CREATE TABLE object_deletions (
  key        TEXT PRIMARY KEY,
  not_before BIGINT NOT NULL
);
CREATE INDEX object_deletions_by_time ON object_deletions (not_before);
