-- Attempts that the nodes on one database count together. key is a hash of who is limited. A row whose window has ended means nothing.
-- A crash of PostgreSQL empties the table, and a standby does not have it: then each node has what it counted itself.
CREATE UNLOGGED TABLE rate_buckets (
  limiter  TEXT COLLATE "C" NOT NULL,
  key      BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  ends_at  BIGINT NOT NULL,
  PRIMARY KEY (limiter, key)
);
CREATE INDEX rate_buckets_by_time ON rate_buckets (ends_at);

-- Whose access the latest increments of account_changes have changed; empty: nobody's. Other nodes look at the waits of these users only.
CREATE TABLE access_changes (
  counter BIGINT PRIMARY KEY,
  user_id TEXT COLLATE "C" NOT NULL
);
