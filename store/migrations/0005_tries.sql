-- Wrong tries at secrets, the browsers in which people have signed in, and what the audit log says of
-- many failures at once. Times are Unix milliseconds; blind columns hold what store/seal makes.

-- +goose Up

-- Rows go away by themselves: see store/tries.go.
CREATE TABLE tries (
  kind     TEXT    NOT NULL, -- what is guessed at, and by what tries are counted
  who      BLOB    NOT NULL, -- blind: a typed e-mail address, a network address, ...
  clean_at INTEGER NOT NULL, -- when the last of the wrong tries is forgiven
  free_at  INTEGER NOT NULL, -- until when nothing more is looked at
  PRIMARY KEY (kind, who)
) STRICT, WITHOUT ROWID;
CREATE INDEX tries_clean ON tries (kind, clean_at);

-- Browsers in which somebody has signed in, each with a cookie of its own.
CREATE TABLE devices (
  hash    BLOB    NOT NULL, -- SHA-256 of what the cookie holds
  user_id TEXT    NOT NULL REFERENCES users (id),
  seen_at INTEGER NOT NULL, -- when they last signed in there, to a day
  PRIMARY KEY (hash, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_user ON devices (user_id, seen_at);

-- Of an action that strangers can cause without end: how much of an hour's is in the audit log.
CREATE TABLE audit_held (
  action   TEXT    PRIMARY KEY,
  hour     INTEGER NOT NULL, -- hours since 1970, UTC
  told     INTEGER NOT NULL, -- entries of their own
  held     INTEGER NOT NULL, -- more, which one entry will sum up
  first_at INTEGER NOT NULL, -- of those
  last_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE refusals ADD COLUMN addresses INTEGER NOT NULL DEFAULT 0; -- from how many at least, where that is counted
ALTER TABLE refusals ADD COLUMN audited INTEGER NOT NULL DEFAULT 0;   -- 1: the audit log has it, or need not
UPDATE refusals SET audited = 1;
