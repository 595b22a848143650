-- Times are Unix milliseconds, UTC. Columns said to be sealed hold what store/seal makes; columns
-- said to be blind hold its keyed fingerprints and terms. Everything else is safe to read for
-- whoever takes the file.

-- +goose Up
CREATE TABLE keys (
  id         INTEGER PRIMARY KEY,
  purpose    TEXT    NOT NULL CHECK (purpose IN ('seal', 'index', 'audit')),
  wrapped    BLOB    NOT NULL, -- under the master key
  created_at INTEGER NOT NULL
) STRICT;

-- Figures kept as things happen, so that no page counts rows.
CREATE TABLE counters (
  name  TEXT    PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_entries (
  seq        INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  actor      TEXT    NOT NULL,
  actor_name TEXT    NOT NULL,
  address    TEXT    NOT NULL,
  action     TEXT    NOT NULL,
  object     TEXT    NOT NULL,
  details    TEXT    NOT NULL, -- JSON, or empty
  mac        BLOB    NOT NULL  -- chains to the entry before
) STRICT;
CREATE INDEX audit_entries_actor ON audit_entries (actor, seq);
CREATE INDEX audit_entries_action ON audit_entries (action, seq);

-- The newest entry's number and MAC, so that a missing tail shows.
CREATE TABLE audit_head (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  seq  INTEGER NOT NULL,
  mac  BLOB    NOT NULL,
  seal BLOB    NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
-- +goose StatementEnd
-- INSERT OR REPLACE would remove without firing the trigger above.
-- +goose StatementBegin
CREATE TRIGGER audit_entries_append_only BEFORE INSERT ON audit_entries
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit_entries)
BEGIN SELECT RAISE(ABORT, 'audit entries are only added at the end'); END;
-- +goose StatementEnd

CREATE TABLE users (
  id            TEXT    PRIMARY KEY,
  email         TEXT    NOT NULL,
  email_key     TEXT    NOT NULL UNIQUE, -- lower case, to find by
  name          TEXT    NOT NULL,
  password_hash TEXT    NOT NULL, -- argon2id in PHC form; empty until the person has chosen one
  language      TEXT    NOT NULL DEFAULT '',
  theme         TEXT    NOT NULL DEFAULT '',
  disabled      INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE roles (
  code TEXT PRIMARY KEY,
  name TEXT NOT NULL -- as the clinic calls it; empty for the ready-made ones, which the console translates
) STRICT;

CREATE TABLE role_permissions (
  role       TEXT NOT NULL REFERENCES roles (code) ON DELETE CASCADE,
  permission TEXT NOT NULL,
  PRIMARY KEY (role, permission)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_roles (
  user_id TEXT NOT NULL REFERENCES users (id),
  role    TEXT NOT NULL REFERENCES roles (code),
  PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_permissions (
  user_id    TEXT NOT NULL REFERENCES users (id),
  permission TEXT NOT NULL,
  PRIMARY KEY (user_id, permission)
) STRICT, WITHOUT ROWID;

INSERT INTO roles (code, name) VALUES ('administrator', ''), ('front_desk', ''), ('privacy_officer', '');
INSERT INTO role_permissions (role, permission) VALUES
  ('administrator', 'referral_settings'), ('administrator', 'view_referrals'),
  ('administrator', 'manage_referrals'), ('administrator', 'view_raw_messages'),
  ('administrator', 'edit_users'), ('administrator', 'edit_roles'),
  ('administrator', 'view_audit_log'), ('administrator', 'system_settings'),
  ('front_desk', 'view_referrals'), ('front_desk', 'manage_referrals'),
  ('privacy_officer', 'view_audit_log');

CREATE TABLE sessions (
  hash       BLOB    PRIMARY KEY, -- SHA-256 of what the cookie holds
  user_id    TEXT    NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  keys_shown TEXT    NOT NULL DEFAULT '', -- id of the inbound key whose value this session is shown; * for all
  keys_until INTEGER NOT NULL DEFAULT 0   -- until when
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);

-- One-time links with which people choose their password.
CREATE TABLE invitations (
  hash       BLOB    PRIMARY KEY, -- SHA-256 of the token in the link
  user_id    TEXT    NOT NULL REFERENCES users (id),
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_user ON invitations (user_id);

CREATE TABLE setup_tokens (
  hash       BLOB    PRIMARY KEY, -- SHA-256 of the token in the first-run link
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ocean_settings (
  id            INTEGER PRIMARY KEY CHECK (id = 1),
  site_number   TEXT    NOT NULL,
  host          TEXT    NOT NULL,
  client_id     TEXT    NOT NULL,
  client_secret BLOB, -- sealed
  secret_set_at INTEGER NOT NULL DEFAULT 0,
  secret_set_by TEXT    NOT NULL DEFAULT '' -- as people know who it was
) STRICT;
INSERT INTO ocean_settings (id, site_number, host, client_id) VALUES (1, '', 'https://ocean.cognisantmd.com', '');

-- A key is generated, counts once it is saved, and ends when it is retired.
CREATE TABLE inbound_keys (
  seq          INTEGER PRIMARY KEY,
  id           TEXT    NOT NULL UNIQUE,
  fingerprint  BLOB    NOT NULL UNIQUE, -- blind
  value        BLOB    NOT NULL,        -- sealed; empty once retired
  created_at   INTEGER NOT NULL,
  created_by   TEXT    NOT NULL,        -- as people know who it was
  saved_at     INTEGER,                 -- NULL: generated, but it does not count yet
  retired_at   INTEGER,
  last_used_at INTEGER NOT NULL DEFAULT 0,
  refused_at   INTEGER NOT NULL DEFAULT 0 -- when Ocean last used it before it was saved
) STRICT;

CREATE TABLE messages (
  seq         INTEGER PRIMARY KEY,
  id          TEXT    NOT NULL UNIQUE,
  header      BLOB    NOT NULL, -- blind, of MessageHeader.id
  digest      BLOB    NOT NULL, -- blind, of the content
  received_at INTEGER NOT NULL,
  deliveries  INTEGER NOT NULL DEFAULT 1,
  problems    TEXT, -- comma-separated; NULL when nobody need look
  event       BLOB    NOT NULL, -- sealed: it is text from outside
  raw         BLOB    NOT NULL, -- sealed: the bytes as they came
  UNIQUE (header, digest)
) STRICT;
CREATE INDEX messages_problems ON messages (seq) WHERE problems IS NOT NULL;

CREATE TABLE referrals (
  seq         INTEGER PRIMARY KEY, -- in order of arrival: lists page by it
  id          TEXT    NOT NULL UNIQUE,
  ref         BLOB    NOT NULL UNIQUE, -- blind, of Ocean's referral reference
  direction   TEXT    NOT NULL,
  folder      TEXT    NOT NULL,
  test        INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  summary     BLOB    NOT NULL -- sealed: what a list shows
) STRICT;
CREATE INDEX referrals_sent ON referrals ((direction = 'sent'), seq);

-- What each message says of a referral. A referral is what its messages say, in their own order.
CREATE TABLE referral_messages (
  referral INTEGER NOT NULL REFERENCES referrals (seq),
  message  INTEGER NOT NULL REFERENCES messages (seq),
  ours     INTEGER, -- 1: the receiver is this clinic; 0: it is not; NULL: not known
  facts    BLOB    NOT NULL, -- sealed
  PRIMARY KEY (referral, message)
) STRICT;
CREATE INDEX referral_messages_message ON referral_messages (message);
CREATE INDEX referral_messages_undecided ON referral_messages (referral) WHERE ours IS NOT 1;

CREATE TABLE referral_terms (
  term     INTEGER NOT NULL, -- blind
  referral INTEGER NOT NULL REFERENCES referrals (seq),
  PRIMARY KEY (term, referral)
) STRICT, WITHOUT ROWID;
