-- What was pushed to a vault on a day since 1970 (UTC). Sampled from the scopes' counters, never written by a push.
CREATE TABLE vault_days (
  scope_id   BIGINT NOT NULL,
  day        BIGINT NOT NULL,
  operations BIGINT NOT NULL,   -- accepted on that day, as far as it was seen
  total      BIGINT NOT NULL,   -- of the scope when it was seen last
  PRIMARY KEY (scope_id, day)
);
-- When the operations that are here already were pushed, nobody knows.
INSERT INTO vault_days (scope_id, day, operations, total) SELECT id, 0, 0, operations FROM scopes WHERE operations > 0;
