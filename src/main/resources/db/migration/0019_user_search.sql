-- Finds users by a part of their names: a trigram index. The names are copied under a number of their own, since the row numbers of users
-- are not theirs for good.
CREATE TABLE user_names (
  number       INTEGER PRIMARY KEY,
  user_id      TEXT NOT NULL UNIQUE,
  username_key TEXT NOT NULL,
  email_key    TEXT NOT NULL
);
CREATE VIRTUAL TABLE user_name_parts
  USING fts5(username_key, email_key, content = 'user_names', content_rowid = 'number', tokenize = 'trigram case_sensitive 1');

-- Triggers keep the index current, so that no way of adding, renaming or deleting a user forgets to.
CREATE TRIGGER user_name_indexed AFTER INSERT ON user_names BEGIN
  INSERT INTO user_name_parts (rowid, username_key, email_key) VALUES (NEW.number, NEW.username_key, NEW.email_key);
END;
CREATE TRIGGER user_name_removed AFTER DELETE ON user_names BEGIN
  INSERT INTO user_name_parts (user_name_parts, rowid, username_key, email_key)
    VALUES ('delete', OLD.number, OLD.username_key, OLD.email_key);
END;
CREATE TRIGGER user_name_changes BEFORE UPDATE ON user_names BEGIN
  INSERT INTO user_name_parts (user_name_parts, rowid, username_key, email_key)
    VALUES ('delete', OLD.number, OLD.username_key, OLD.email_key);
END;
CREATE TRIGGER user_name_changed AFTER UPDATE ON user_names BEGIN
  INSERT INTO user_name_parts (rowid, username_key, email_key) VALUES (NEW.number, NEW.username_key, NEW.email_key);
END;

INSERT INTO user_names (user_id, username_key, email_key) SELECT id, username_key, email_key FROM users;

-- They replace those that told a copy of the names in memory of changes.
DROP TRIGGER user_came;
DROP TRIGGER user_went;
DROP TRIGGER user_changed;
DROP TABLE user_changes;
CREATE TRIGGER user_added AFTER INSERT ON users BEGIN
  INSERT INTO user_names (user_id, username_key, email_key) VALUES (NEW.id, NEW.username_key, NEW.email_key);
END;
CREATE TRIGGER user_deleted AFTER DELETE ON users BEGIN
  DELETE FROM user_names WHERE user_id = OLD.id;
END;
CREATE TRIGGER user_renamed AFTER UPDATE OF username_key, email_key ON users BEGIN
  UPDATE user_names SET username_key = NEW.username_key, email_key = NEW.email_key WHERE user_id = NEW.id;
END;
