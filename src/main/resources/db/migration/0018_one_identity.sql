-- An administrator who is a user, too: one person with one password. NULL: an administrator alone.
ALTER TABLE administrators ADD COLUMN user_id TEXT;
CREATE UNIQUE INDEX administrators_by_user ON administrators (user_id) WHERE user_id IS NOT NULL;

-- The database itself keeps both alike: no way of changing a password, of blocking or of deleting forgets the other side.
CREATE TRIGGER administrator_password_follows AFTER UPDATE OF password_hash ON users
WHEN NEW.password_hash <> OLD.password_hash BEGIN
  UPDATE administrators SET password_hash = NEW.password_hash
    WHERE user_id = NEW.id AND password_hash <> NEW.password_hash;
END;
CREATE TRIGGER user_password_follows AFTER UPDATE OF password_hash ON administrators
WHEN NEW.user_id IS NOT NULL AND NEW.password_hash <> OLD.password_hash BEGIN
  UPDATE users SET password_hash = NEW.password_hash WHERE id = NEW.user_id AND password_hash <> NEW.password_hash;
END;
-- What ends users' sessions ends those on administrators' pages, and the other way round.
CREATE TRIGGER administrator_sessions_follow AFTER UPDATE OF epoch ON users WHEN NEW.epoch <> OLD.epoch BEGIN
  DELETE FROM sessions WHERE realm = 'administrator'
    AND owner IN (SELECT username_key FROM administrators WHERE user_id = NEW.id);
END;
CREATE TRIGGER administrator_epoch_follows AFTER UPDATE OF epoch ON users WHEN NEW.epoch <> OLD.epoch BEGIN
  UPDATE administrators SET epoch = epoch + 1 WHERE user_id = NEW.id;
END;
CREATE TRIGGER user_sessions_follow AFTER UPDATE OF password_hash ON administrators
WHEN NEW.user_id IS NOT NULL AND NEW.epoch <> OLD.epoch BEGIN
  DELETE FROM sessions WHERE realm = 'user' AND owner = NEW.user_id;
END;
CREATE TRIGGER user_epoch_follows AFTER UPDATE OF password_hash ON administrators
WHEN NEW.user_id IS NOT NULL AND NEW.epoch <> OLD.epoch BEGIN
  UPDATE users SET epoch = epoch + 1 WHERE id = NEW.user_id;
END;
CREATE TRIGGER administrator_stays AFTER DELETE ON users BEGIN
  UPDATE administrators SET user_id = NULL WHERE user_id = OLD.id;
END;
