-- Resumable uploads whose bytes are in a bucket: any node continues them, one at a time.

-- The process that an upload belongs to until a time by the clock of the database, unless that renews it. generation grows with each;
-- what an earlier one still writes is refused by it.
ALTER TABLE uploads ADD COLUMN locked_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE uploads ADD COLUMN locked_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE uploads ADD COLUMN lock_generation BIGINT NOT NULL DEFAULT 0;
CREATE INDEX uploads_by_lock ON uploads (locked_by) WHERE locked_by <> '';

-- Where the bytes of such an upload are: in full parts of one object, and the rest in an object of its own, the tail.
CREATE TABLE upload_objects (
  upload_id    TEXT COLLATE "C" PRIMARY KEY,
  key          TEXT COLLATE "C" NOT NULL,              -- of the object that the parts become; empty while there is none
  multipart_id TEXT COLLATE "C" NOT NULL,              -- what the bucket calls its parts
  tail_key     TEXT COLLATE "C" NOT NULL,              -- empty: no tail. Without parts the tail is all of the upload, and becomes its object
  tail_size    BIGINT NOT NULL,
  tail_etag    TEXT COLLATE "C" NOT NULL,
  tail_sha256  TEXT COLLATE "C" NOT NULL
);

CREATE TABLE upload_parts (
  upload_id TEXT COLLATE "C" NOT NULL,
  number    INTEGER NOT NULL,
  size      BIGINT NOT NULL,
  etag      TEXT COLLATE "C" NOT NULL,
  sha256    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (upload_id, number)
);
