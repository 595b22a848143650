-- The audit log's head leaves the database. Times are Unix milliseconds.

-- +goose Up
-- Where it goes, and how that does.
CREATE TABLE audit_outlets (
  name          TEXT    PRIMARY KEY, -- log, file, syslog
  sent_at       INTEGER NOT NULL DEFAULT 0, -- when a head last left by it
  seq           INTEGER NOT NULL DEFAULT 0, -- of that head
  failing_since INTEGER NOT NULL DEFAULT 0, -- 0: it works
  fault         TEXT    NOT NULL DEFAULT '',
  lost          INTEGER NOT NULL DEFAULT 0  -- the entry of a head that left by it, which is in the log no more
) STRICT, WITHOUT ROWID;
