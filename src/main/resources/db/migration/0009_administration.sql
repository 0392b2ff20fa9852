-- What administrators' lists are sorted and filtered by.

-- The devices of a user that are not revoked. The database itself counts them: no way of adding or revoking one forgets to.
ALTER TABLE users ADD COLUMN devices INTEGER NOT NULL DEFAULT 0;
UPDATE users SET devices = (SELECT COUNT(*) FROM devices d WHERE d.user_id = users.id AND d.revoked_at IS NULL);
CREATE TRIGGER device_added AFTER INSERT ON devices WHEN NEW.revoked_at IS NULL BEGIN
  UPDATE users SET devices = devices + 1 WHERE id = NEW.user_id;
END;
CREATE TRIGGER device_deleted AFTER DELETE ON devices WHEN OLD.revoked_at IS NULL BEGIN
  UPDATE users SET devices = devices - 1 WHERE id = OLD.user_id;
END;
CREATE TRIGGER device_revoked AFTER UPDATE OF revoked_at ON devices
WHEN (OLD.revoked_at IS NULL) <> (NEW.revoked_at IS NULL) BEGIN
  UPDATE users SET devices = devices + CASE WHEN NEW.revoked_at IS NULL THEN 1 ELSE -1 END WHERE id = NEW.user_id;
END;

CREATE INDEX users_by_names ON users (username_key, email_key, id);
CREATE INDEX users_by_created ON users (created_at, id);
CREATE INDEX users_by_last_seen ON users (COALESCE(last_seen, 0), id);
CREATE INDEX users_by_state ON users (blocked, confirmed, id);
CREATE INDEX users_by_confirmed ON users (confirmed, id);
CREATE INDEX users_by_devices ON users (devices, id);
CREATE INDEX devices_by_created ON devices (created_at, id);
CREATE INDEX devices_by_revoked ON devices (revoked_at);
CREATE INDEX audit_log_by_type ON audit_log (type, created_at);
CREATE INDEX blob_usage_by_bytes ON blob_usage (bytes);
CREATE INDEX blobs_by_size ON blobs (size);

-- Operations that were accepted in an hour since 1970; added from memory every few seconds, never by a push.
CREATE TABLE activity_hours (
  hour       BIGINT PRIMARY KEY,
  operations BIGINT NOT NULL
);

-- What was stored at the end of a day since 1970, or is, today.
CREATE TABLE storage_days (
  day            BIGINT PRIMARY KEY,
  blob_bytes     BIGINT NOT NULL,
  database_bytes BIGINT NOT NULL
);
