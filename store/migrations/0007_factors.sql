-- Second steps of signing in: passkeys, authenticator apps, recovery codes.

-- +goose Up
ALTER TABLE roles ADD COLUMN requires_factor INTEGER NOT NULL DEFAULT 0 CHECK (requires_factor IN (0, 1));

-- A password that is long enough only beside a second step.
ALTER TABLE users ADD COLUMN password_short INTEGER NOT NULL DEFAULT 0 CHECK (password_short IN (0, 1));
-- What a passkey calls its person: random, so that it says nothing of them. NULL before the first.
ALTER TABLE users ADD COLUMN handle BLOB;
CREATE UNIQUE INDEX users_handle ON users (handle) WHERE handle IS NOT NULL;

CREATE TABLE passkeys (
  id              TEXT    PRIMARY KEY,
  user_id         TEXT    NOT NULL REFERENCES users (id),
  name            TEXT    NOT NULL, -- as its person calls it
  credential      BLOB    NOT NULL UNIQUE, -- the id that its authenticator chose
  public_key      BLOB    NOT NULL, -- COSE
  transports      TEXT    NOT NULL, -- comma-separated
  backup_eligible INTEGER NOT NULL,
  sign_count      INTEGER NOT NULL,
  added_at        INTEGER NOT NULL,
  used_at         INTEGER NOT NULL DEFAULT 0,
  suspected_at    INTEGER NOT NULL DEFAULT 0 -- when its counter went back: it may have been copied
) STRICT;
CREATE INDEX passkeys_user ON passkeys (user_id);

-- Secrets of authenticator apps (RFC 6238). Of each person at most one counts, and one is being added.
CREATE TABLE authenticators (
  id        TEXT    PRIMARY KEY,
  user_id   TEXT    NOT NULL REFERENCES users (id),
  secret    BLOB    NOT NULL, -- sealed
  shown_at  INTEGER NOT NULL,
  added_at  INTEGER NOT NULL DEFAULT 0, -- 0: not before a right code
  last_step INTEGER NOT NULL DEFAULT 0, -- of the newest code that was accepted: no code counts twice
  used_at   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX authenticators_user ON authenticators (user_id, (added_at = 0));

-- Those that are left; one that was used is gone.
CREATE TABLE recovery_codes (
  user_id TEXT NOT NULL REFERENCES users (id),
  code    BLOB NOT NULL, -- blind
  PRIMARY KEY (user_id, code)
) STRICT, WITHOUT ROWID;

-- People whose password was right and whose second step is due.
CREATE TABLE pending_sign_ins (
  hash       BLOB    PRIMARY KEY, -- SHA-256 of what the cookie holds
  user_id    TEXT    NOT NULL REFERENCES users (id),
  tries      INTEGER NOT NULL DEFAULT 0, -- that were wrong
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_sign_ins_user ON pending_sign_ins (user_id);
