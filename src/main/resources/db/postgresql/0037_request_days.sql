-- Requests of a day, of all nodes, by how they ended and how long they took. Added up every minute.
CREATE TABLE request_days (
  day      BIGINT NOT NULL,
  outcome  BIGINT NOT NULL,                    -- 2: answered, 4: refused, 5: failed
  millis   BIGINT NOT NULL,                    -- they took no longer; 0: it is not known, as they waited or were as long as their bodies
  requests BIGINT NOT NULL,
  PRIMARY KEY (day, outcome, millis)
);
