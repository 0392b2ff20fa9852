-- Events that somebody is told of, and what a person's own security log shows of them.

ALTER TABLE audit_log ADD COLUMN administrator TEXT NOT NULL DEFAULT '';  -- who did it; empty: nobody of them
ALTER TABLE audit_log ADD COLUMN subject TEXT NOT NULL DEFAULT '';        -- the name of the device, passkey or provider at that time
ALTER TABLE audit_log ADD COLUMN agent TEXT NOT NULL DEFAULT '';          -- User-Agent, or the program of a device
ALTER TABLE audit_log ADD COLUMN method TEXT NOT NULL DEFAULT '';         -- what proved who it is: a word such as password
ALTER TABLE audit_log ADD COLUMN told INTEGER NOT NULL DEFAULT 0;         -- 0: nobody is told, 1: by a line, and a mail is due, 2: by a line
CREATE INDEX audit_log_due ON audit_log (id) WHERE told = 1;
CREATE INDEX audit_log_told ON audit_log (user_id, created_at) WHERE told > 0;
CREATE INDEX audit_log_by_administrator ON audit_log (administrator, created_at) WHERE administrator <> '';

-- What each person has been told. A missing row: nothing.
CREATE TABLE notices (
  realm         TEXT NOT NULL,              -- realm and owner are those of sessions
  owner         TEXT NOT NULL,
  dismissed_at  BIGINT NOT NULL DEFAULT 0,     -- the time of the latest event whose line was dismissed
  mail_hour     BIGINT NOT NULL DEFAULT 0,     -- hours since the epoch, of the count of mails
  mails         BIGINT NOT NULL DEFAULT 0,
  storage_level INTEGER NOT NULL DEFAULT 0,    -- the percentage of the quota that the user was warned of; 0: none
  PRIMARY KEY (realm, owner)
);
CREATE INDEX notices_of_storage ON notices (owner) WHERE storage_level > 0;
CREATE TRIGGER notices_of_user_go AFTER DELETE ON users BEGIN
  DELETE FROM notices WHERE realm = 'user' AND owner = OLD.id;
END;
CREATE TRIGGER notices_of_administrator_go AFTER DELETE ON administrators BEGIN
  DELETE FROM notices WHERE realm = 'administrator' AND owner = OLD.username_key;
END;
