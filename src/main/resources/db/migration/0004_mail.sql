-- Mails that have not been sent. A mail that was sent leaves no row.
CREATE TABLE outbox (
  id         TEXT PRIMARY KEY,                -- also the local part of the Message-ID, alike for every try
  kind       TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  language   TEXT NOT NULL,
  sealed     TEXT NOT NULL,                   -- what the text is made from, its token too, encrypted with secret.key
  state      TEXT NOT NULL,                   -- waiting or failed
  attempts   INTEGER NOT NULL DEFAULT 0,
  first_try  BIGINT,
  next_try   BIGINT NOT NULL,                 -- while a mail is being sent: when another try may take it over
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL                  -- of no use to the reader from then on
);
CREATE INDEX outbox_by_next_try ON outbox (state, next_try);
CREATE INDEX outbox_by_recipient ON outbox (recipient, kind);

-- What an administrator has set on the page, in place of the file's group "mail". One row or none.
CREATE TABLE mail_settings (
  id              INTEGER PRIMARY KEY,
  host            TEXT NOT NULL,
  port            INTEGER NOT NULL,
  security        TEXT NOT NULL,
  username        TEXT NOT NULL,
  sealed_password TEXT NOT NULL,              -- encrypted with secret.key
  sender          TEXT NOT NULL,
  updated_at      BIGINT NOT NULL
);
