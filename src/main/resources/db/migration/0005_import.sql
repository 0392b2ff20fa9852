-- The head of the log that another server had numbered: up to it sequences have the gaps that they came with.
ALTER TABLE scopes ADD COLUMN imported_head BIGINT NOT NULL DEFAULT 0;

-- What the Go server had noted of deletions beside its log, row by row as JSON. Nothing reads it: the log holds each
-- deletion as an op.
CREATE TABLE imported_tombstones (
  id       INTEGER PRIMARY KEY,
  tombstone TEXT NOT NULL
);
