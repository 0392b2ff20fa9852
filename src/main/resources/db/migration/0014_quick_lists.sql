-- What keeps administrators' lists quick at a hundred thousand users.

-- How long the lists are. The database itself keeps count: one row, and no way of adding or removing anything forgets it.
CREATE TABLE list_counts (
  id          INTEGER PRIMARY KEY,
  users       BIGINT NOT NULL,
  active      BIGINT NOT NULL,                 -- confirmed and not blocked
  blocked     BIGINT NOT NULL,
  unconfirmed BIGINT NOT NULL,
  devices     BIGINT NOT NULL,
  revoked     BIGINT NOT NULL,
  vaults      BIGINT NOT NULL
);
INSERT INTO list_counts (id, users, active, blocked, unconfirmed, devices, revoked, vaults)
SELECT 1, COUNT(*), COALESCE(SUM(CASE WHEN confirmed = 1 AND blocked = 0 THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN blocked = 1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN confirmed = 0 THEN 1 ELSE 0 END), 0),
  (SELECT COUNT(*) FROM devices), (SELECT COUNT(*) FROM devices WHERE revoked_at IS NOT NULL), (SELECT COUNT(*) FROM scopes)
FROM users;

CREATE TRIGGER user_counted AFTER INSERT ON users BEGIN
  UPDATE list_counts SET users = users + 1,
    active = active + CASE WHEN NEW.confirmed = 1 AND NEW.blocked = 0 THEN 1 ELSE 0 END,
    blocked = blocked + CASE WHEN NEW.blocked = 1 THEN 1 ELSE 0 END,
    unconfirmed = unconfirmed + CASE WHEN NEW.confirmed = 0 THEN 1 ELSE 0 END;
END;
CREATE TRIGGER user_uncounted AFTER DELETE ON users BEGIN
  UPDATE list_counts SET users = users - 1,
    active = active - CASE WHEN OLD.confirmed = 1 AND OLD.blocked = 0 THEN 1 ELSE 0 END,
    blocked = blocked - CASE WHEN OLD.blocked = 1 THEN 1 ELSE 0 END,
    unconfirmed = unconfirmed - CASE WHEN OLD.confirmed = 0 THEN 1 ELSE 0 END;
END;
CREATE TRIGGER user_recounted AFTER UPDATE OF confirmed, blocked ON users BEGIN
  UPDATE list_counts SET
    active = active + CASE WHEN NEW.confirmed = 1 AND NEW.blocked = 0 THEN 1 ELSE 0 END
      - CASE WHEN OLD.confirmed = 1 AND OLD.blocked = 0 THEN 1 ELSE 0 END,
    blocked = blocked + CASE WHEN NEW.blocked = 1 THEN 1 ELSE 0 END - CASE WHEN OLD.blocked = 1 THEN 1 ELSE 0 END,
    unconfirmed = unconfirmed + CASE WHEN NEW.confirmed = 0 THEN 1 ELSE 0 END
      - CASE WHEN OLD.confirmed = 0 THEN 1 ELSE 0 END;
END;
CREATE TRIGGER device_counted AFTER INSERT ON devices BEGIN
  UPDATE list_counts SET devices = devices + 1, revoked = revoked + CASE WHEN NEW.revoked_at IS NULL THEN 0 ELSE 1 END;
END;
CREATE TRIGGER device_uncounted AFTER DELETE ON devices BEGIN
  UPDATE list_counts SET devices = devices - 1, revoked = revoked - CASE WHEN OLD.revoked_at IS NULL THEN 0 ELSE 1 END;
END;
CREATE TRIGGER device_recounted AFTER UPDATE OF revoked_at ON devices
WHEN (OLD.revoked_at IS NULL) <> (NEW.revoked_at IS NULL) BEGIN
  UPDATE list_counts SET revoked = revoked + CASE WHEN NEW.revoked_at IS NULL THEN -1 ELSE 1 END;
END;
CREATE TRIGGER vault_counted AFTER INSERT ON scopes BEGIN
  UPDATE list_counts SET vaults = vaults + 1;
END;
CREATE TRIGGER vault_uncounted AFTER DELETE ON scopes BEGIN
  UPDATE list_counts SET vaults = vaults - 1;
END;

-- A user's state stands in the index of each order, so that a filtered list is a walk along it that looks nothing up.
DROP INDEX users_by_state;
DROP INDEX users_by_confirmed;
DROP INDEX users_by_created;
DROP INDEX users_by_last_seen;
DROP INDEX users_by_devices;
CREATE INDEX users_by_created ON users (created_at, id, confirmed, blocked);
CREATE INDEX users_by_last_seen ON users (last_seen, id, confirmed, blocked);
CREATE INDEX users_by_devices ON users (devices, id, confirmed, blocked);
CREATE INDEX users_by_confirmed ON users (confirmed, id, blocked);
CREATE INDEX users_by_blocked ON users (blocked, id, confirmed);
CREATE INDEX users_by_username ON users (username_key, id, confirmed, blocked);
CREATE INDEX users_by_email ON users (email_key, id, confirmed, blocked);
CREATE INDEX users_by_id ON users (id, confirmed, blocked);

DROP INDEX devices_by_revoked;
CREATE INDEX devices_working ON devices (created_at, id) WHERE revoked_at IS NULL;
CREATE INDEX devices_revoked ON devices (created_at, id) WHERE revoked_at IS NOT NULL;

CREATE INDEX audit_log_by_user_and_type ON audit_log (user_id, type, created_at);
CREATE INDEX invitations_by_created ON invitations (created_at, id);
CREATE INDEX outbox_by_created ON outbox (created_at, id);

-- By what vaults are sorted: what was noted of them last, a minute ago at most. An index on what every push changes would
-- be every push's to pay for.
CREATE TABLE vault_ranks (
  scope_id   BIGINT PRIMARY KEY,
  operations BIGINT NOT NULL,
  last_push  BIGINT NOT NULL                   -- 0: never
);
INSERT INTO vault_ranks (scope_id, operations, last_push) SELECT id, operations, COALESCE(last_push, 0) FROM scopes;
CREATE INDEX vaults_by_operations ON vault_ranks (operations, scope_id);
CREATE INDEX vaults_by_activity ON vault_ranks (last_push, scope_id);
CREATE TRIGGER vault_ranked AFTER INSERT ON scopes BEGIN
  INSERT INTO vault_ranks (scope_id, operations, last_push) VALUES (NEW.id, NEW.operations, COALESCE(NEW.last_push, 0));
END;
CREATE TRIGGER vault_unranked AFTER DELETE ON scopes BEGIN
  DELETE FROM vault_ranks WHERE scope_id = OLD.id;
END;

-- Whose name, address or state has changed, and who came and went: by this a copy of the names in memory keeps up. Only the
-- latest are kept; who has missed more reads everything anew.
CREATE TABLE user_changes (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL
);
CREATE TRIGGER user_change_trimmed AFTER INSERT ON user_changes BEGIN
  DELETE FROM user_changes WHERE seq <= NEW.seq - 10000;
END;
CREATE TRIGGER user_came AFTER INSERT ON users BEGIN
  INSERT INTO user_changes (user_id) VALUES (NEW.id);
END;
CREATE TRIGGER user_went AFTER DELETE ON users BEGIN
  INSERT INTO user_changes (user_id) VALUES (OLD.id);
END;
CREATE TRIGGER user_changed AFTER UPDATE OF username_key, email_key, confirmed, blocked ON users BEGIN
  INSERT INTO user_changes (user_id) VALUES (NEW.id);
END;
