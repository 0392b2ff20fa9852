-- Second factors, passkeys and single sign-on. realm and owner are those of sessions; the factors of an administrator who is a user, too, are
-- the user's.

-- When the person last proved who it is: by signing in, or later by a password, a code or a passkey.
ALTER TABLE sessions ADD COLUMN confirmed_at BIGINT NOT NULL DEFAULT 0;
-- 1: the session may do nothing but set up the second factor that the policy asks for.
ALTER TABLE sessions ADD COLUMN enrols INTEGER NOT NULL DEFAULT 0;

CREATE TABLE totp_secrets (
  realm      TEXT NOT NULL,
  owner      TEXT NOT NULL,
  secret     TEXT NOT NULL,                -- sealed with the server's key
  last_step  BIGINT NOT NULL,              -- of the latest code that was accepted: no code is accepted twice
  created_at BIGINT NOT NULL,
  PRIMARY KEY (realm, owner)
);

-- A row is deleted when its code is used.
CREATE TABLE recovery_codes (
  realm     TEXT NOT NULL,
  owner     TEXT NOT NULL,
  code_hash TEXT NOT NULL,                 -- SHA-256, in hexadecimal
  PRIMARY KEY (realm, owner, code_hash)
);

CREATE TABLE passkeys (
  credential_id TEXT PRIMARY KEY,          -- base64url
  realm         TEXT NOT NULL,
  owner         TEXT NOT NULL,
  user_handle   TEXT NOT NULL,             -- by which an authenticator names its owner; random, one for each owner
  name          TEXT NOT NULL,
  credential    TEXT NOT NULL,             -- JSON of the verifier: public key, format of the attestation
  sign_count    BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  last_used_at  BIGINT
);
CREATE INDEX passkeys_by_owner ON passkeys (realm, owner);
CREATE INDEX passkeys_by_handle ON passkeys (user_handle);

-- Challenges of passkeys that were answered: none is accepted twice.
CREATE TABLE used_challenges (
  challenge_hash TEXT PRIMARY KEY,
  expires_at     BIGINT NOT NULL
);
CREATE INDEX used_challenges_by_expiry ON used_challenges (expires_at);

-- The accounts of users at OpenID Connect providers.
CREATE TABLE identities (
  issuer       TEXT NOT NULL,
  subject      TEXT NOT NULL,
  user_id      TEXT NOT NULL,
  provider     TEXT NOT NULL,              -- its id in the configuration at that time
  email        TEXT NOT NULL,              -- as the provider told it, for the list of identities; empty: it did not
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_user ON identities (user_id);

-- Browsers that have signed in, by the hash of a cookie: a sign-in from another one is told to the owner.
CREATE TABLE browsers (
  realm        TEXT NOT NULL,
  owner        TEXT NOT NULL,
  browser_hash TEXT NOT NULL,
  last_used_at BIGINT NOT NULL,
  PRIMARY KEY (realm, owner, browser_hash)
);
CREATE INDEX browsers_by_use ON browsers (last_used_at);

-- An administrator who becomes a user, too, brings the own factors along; those that the user has hold.
CREATE TRIGGER factors_follow_user AFTER UPDATE OF user_id ON administrators
WHEN NEW.user_id IS NOT NULL AND OLD.user_id IS NULL BEGIN
  DELETE FROM recovery_codes WHERE realm = 'administrator' AND owner = NEW.username_key
    AND EXISTS (SELECT 1 FROM totp_secrets WHERE realm = 'user' AND owner = NEW.user_id);
  DELETE FROM totp_secrets WHERE realm = 'administrator' AND owner = NEW.username_key
    AND EXISTS (SELECT 1 FROM totp_secrets WHERE realm = 'user' AND owner = NEW.user_id);
  UPDATE totp_secrets SET realm = 'user', owner = NEW.user_id WHERE realm = 'administrator' AND owner = NEW.username_key;
  UPDATE recovery_codes SET realm = 'user', owner = NEW.user_id WHERE realm = 'administrator' AND owner = NEW.username_key;
  UPDATE passkeys SET realm = 'user', owner = NEW.user_id WHERE realm = 'administrator' AND owner = NEW.username_key;
  DELETE FROM browsers WHERE realm = 'administrator' AND owner = NEW.username_key;
END;
-- The administrator stays when the user account goes, and is not left without the factors.
CREATE TRIGGER factors_stay BEFORE DELETE ON users WHEN EXISTS (SELECT 1 FROM administrators WHERE user_id = OLD.id) BEGIN
  UPDATE totp_secrets SET realm = 'administrator', owner = (SELECT username_key FROM administrators WHERE user_id = OLD.id)
    WHERE realm = 'user' AND owner = OLD.id;
  UPDATE recovery_codes SET realm = 'administrator', owner = (SELECT username_key FROM administrators WHERE user_id = OLD.id)
    WHERE realm = 'user' AND owner = OLD.id;
  UPDATE passkeys SET realm = 'administrator', owner = (SELECT username_key FROM administrators WHERE user_id = OLD.id)
    WHERE realm = 'user' AND owner = OLD.id;
END;
CREATE TRIGGER factors_of_user_go AFTER DELETE ON users BEGIN
  DELETE FROM totp_secrets WHERE realm = 'user' AND owner = OLD.id;
  DELETE FROM recovery_codes WHERE realm = 'user' AND owner = OLD.id;
  DELETE FROM passkeys WHERE realm = 'user' AND owner = OLD.id;
  DELETE FROM identities WHERE user_id = OLD.id;
  DELETE FROM browsers WHERE realm = 'user' AND owner = OLD.id;
END;
CREATE TRIGGER factors_of_administrator_go AFTER DELETE ON administrators BEGIN
  DELETE FROM totp_secrets WHERE realm = 'administrator' AND owner = OLD.username_key;
  DELETE FROM recovery_codes WHERE realm = 'administrator' AND owner = OLD.username_key;
  DELETE FROM passkeys WHERE realm = 'administrator' AND owner = OLD.username_key;
  DELETE FROM browsers WHERE realm = 'administrator' AND owner = OLD.username_key;
END;
