-- Why somebody administers the server: the issuer of the OpenID Connect provider whose group says so; empty: somebody here has decided it.
ALTER TABLE administrators ADD COLUMN granted_by TEXT NOT NULL DEFAULT '';

-- Without the user account and without a password nobody could sign in as that administrator.
CREATE TRIGGER granted_administrator_goes BEFORE DELETE ON users BEGIN
  DELETE FROM sessions WHERE realm = 'administrator'
    AND owner IN (SELECT username_key FROM administrators WHERE user_id = OLD.id AND granted_by <> '' AND password_hash = '');
  DELETE FROM administrators WHERE user_id = OLD.id AND granted_by <> '' AND password_hash = '';
END;
