-- How the person signed in: words with blanks between them. Empty: an earlier release did not say.
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT '';
