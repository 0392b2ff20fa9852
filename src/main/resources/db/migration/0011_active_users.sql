-- Nearly everybody is active: the newest of them are found without sorting.
DROP INDEX users_by_state;
CREATE INDEX users_by_state ON users (blocked, confirmed, created_at, id);
