-- Attempts that the nodes on one database count together. key is a hash of who is limited. A row whose window has ended means nothing.
-- Empty here, where one process counts in memory.
CREATE TABLE rate_buckets (
  limiter  TEXT NOT NULL,
  key      INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  ends_at  INTEGER NOT NULL,
  PRIMARY KEY (limiter, key)
);
CREATE INDEX rate_buckets_by_time ON rate_buckets (ends_at);

-- Whose access the latest increments of account_changes have changed; empty: nobody's. Other nodes look at the waits of these users only.
CREATE TABLE access_changes (
  counter INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL
);
