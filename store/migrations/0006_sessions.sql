-- Sessions that people can see and end, whose tokens are renewed, and that know when their person
-- last proved who they are. Whoever is signed in during the upgrade signs in again.

-- +goose Up
DROP TABLE sessions;
CREATE TABLE sessions (
  id         TEXT    PRIMARY KEY,
  hash       BLOB    NOT NULL UNIQUE, -- SHA-256 of what the cookie holds
  user_id    TEXT    NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  proven_at  INTEGER NOT NULL,           -- when the person last proved who they are
  ended_at   INTEGER NOT NULL DEFAULT 0, -- once over it is kept for a day, to know whose it was
  address    TEXT    NOT NULL DEFAULT '', -- of the last use
  browser    TEXT    NOT NULL DEFAULT '', -- one of the names that Breakwater knows
  system     TEXT    NOT NULL DEFAULT '', -- likewise
  renew      INTEGER NOT NULL DEFAULT 0 CHECK (renew IN (0, 1)), -- the next use gets another token
  before     BLOB,    -- hash of the token before this one
  salt       BLOB,    -- what made this token out of that one, beside a key
  renewed_at INTEGER NOT NULL DEFAULT 0,
  keys_shown TEXT    NOT NULL DEFAULT '', -- id of the inbound key whose value this session is shown; * for all
  keys_until INTEGER NOT NULL DEFAULT 0   -- until when
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE UNIQUE INDEX sessions_before ON sessions (before) WHERE before IS NOT NULL;

ALTER TABLE clinic_settings ADD COLUMN idle_minutes INTEGER NOT NULL DEFAULT 15; -- without use, after which sessions end
