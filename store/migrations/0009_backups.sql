-- What became of the backups, and by which versions of Breakwater the schema was made. Times are Unix
-- milliseconds.

-- +goose Up
CREATE TABLE backups (
  id       INTEGER PRIMARY KEY,
  kind     TEXT    NOT NULL CHECK (kind IN ('nightly', 'manual', 'trial')),
  at       INTEGER NOT NULL, -- when it began
  ended_at INTEGER NOT NULL,
  file     TEXT    NOT NULL, -- its name, without the folder
  bytes    INTEGER NOT NULL,
  damaged  INTEGER NOT NULL, -- things in it that are not whole
  fault    TEXT    NOT NULL  -- why there is none, or why it could not be restored; empty where all went well
) STRICT;
CREATE INDEX backups_kind ON backups (kind, at);

-- A database that is too new for a program says by this which version it needs.
CREATE TABLE upgrades (
  schema  INTEGER PRIMARY KEY,
  version TEXT    NOT NULL,
  at      INTEGER NOT NULL
) STRICT;
