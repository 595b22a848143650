-- What looks after Breakwater itself: incidents and who hears of them, the clock, and how long what is
-- over is kept. As before, columns said to be sealed hold what store/seal makes, and times are Unix
-- milliseconds.

-- +goose Up

-- What was wrong, from when to when, and who was told.
CREATE TABLE incidents (
  seq       INTEGER PRIMARY KEY,
  kind      TEXT    NOT NULL,
  detail    TEXT    NOT NULL,           -- JSON of figures and codes; never anything from outside
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,                    -- NULL: it goes on
  told_at   INTEGER NOT NULL DEFAULT 0, -- when the e-mail about its beginning went out; 0: it did not
  over_at   INTEGER NOT NULL DEFAULT 0, -- likewise about its end
  tries     INTEGER NOT NULL DEFAULT 0, -- of the e-mail that is due
  due_at    INTEGER NOT NULL DEFAULT 0, -- when it is tried next
  settled   INTEGER NOT NULL DEFAULT 0  -- 1: there is no more to tell
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents (kind) WHERE closed_at IS NULL;
CREATE INDEX incidents_to_tell ON incidents (due_at) WHERE settled = 0;

-- How the clinic hears of them.
CREATE TABLE notice_settings (
  id              INTEGER PRIMARY KEY CHECK (id = 1),
  quiet_hours     INTEGER NOT NULL DEFAULT 18, -- working hours without a message, after which somebody is told; 0: never
  work_from       INTEGER NOT NULL DEFAULT 8,  -- hours of the clinic's day
  work_until      INTEGER NOT NULL DEFAULT 17,
  work_days       INTEGER NOT NULL DEFAULT 62, -- a bit for each day of the week, 1 for Sunday
  mail_host       TEXT    NOT NULL DEFAULT '', -- '': nobody is told by e-mail
  mail_port       INTEGER NOT NULL DEFAULT 587,
  mail_tls        TEXT    NOT NULL DEFAULT 'starttls' CHECK (mail_tls IN ('starttls', 'tls', 'none')),
  mail_user       TEXT    NOT NULL DEFAULT '',
  mail_password   BLOB,                        -- sealed
  password_set_at INTEGER NOT NULL DEFAULT 0,
  password_set_by TEXT    NOT NULL DEFAULT '', -- as people know who it was
  mail_from       TEXT    NOT NULL DEFAULT '',
  mail_to         TEXT    NOT NULL DEFAULT '', -- addresses, a comma and a space between them
  mail_language   TEXT    NOT NULL DEFAULT 'en' CHECK (mail_language IN ('en', 'fr')),
  mail_sent_at    INTEGER NOT NULL DEFAULT 0,  -- when one last went out
  mail_failed_at  INTEGER NOT NULL DEFAULT 0,  -- since when none goes out; 0: all is well
  mail_fault      TEXT    NOT NULL DEFAULT ''  -- why, as a code
) STRICT;
INSERT INTO notice_settings (id) VALUES (1);

-- What the clock has shown.
CREATE TABLE clock (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  latest_at  INTEGER NOT NULL DEFAULT 0,  -- the latest time while Breakwater ran, to some minutes
  doubt      TEXT    NOT NULL DEFAULT '', -- why it is not believed, as a code; '': it is
  doubted_at INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO clock (id) VALUES (1);

-- For how many days what is over is kept; 0: for ever.
CREATE TABLE retention (
  class  TEXT    PRIMARY KEY CHECK (class IN ('closed', 'test', 'unmatched')),
  days   INTEGER NOT NULL DEFAULT 0,
  set_at INTEGER NOT NULL DEFAULT 0,
  set_by TEXT    NOT NULL DEFAULT '', -- as people know who it was
  ran_at INTEGER NOT NULL DEFAULT 0   -- when what is older was last removed to the end
) STRICT, WITHOUT ROWID;
INSERT INTO retention (class) VALUES ('closed'), ('test'), ('unmatched');

-- Test data, to be found among all else.
CREATE INDEX referrals_test ON referrals (seq) WHERE test = 1;
