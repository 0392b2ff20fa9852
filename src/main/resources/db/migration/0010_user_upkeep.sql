-- What runs by itself looks for old days and for users whose time is over, and not through all of them.
CREATE INDEX vault_days_by_day ON vault_days (day);
CREATE INDEX users_by_deletion ON users (delete_after) WHERE delete_after IS NOT NULL;
