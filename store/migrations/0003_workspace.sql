-- Working on referrals: what the clinic decides and tells Ocean, who works on what, and what has to
-- be looked at. As before, columns said to be sealed or blind hold what store/seal makes, and times
-- are Unix milliseconds.

-- +goose Up
ALTER TABLE referrals ADD COLUMN version INTEGER NOT NULL DEFAULT 1;      -- goes up with every change
ALTER TABLE referrals ADD COLUMN folder_since INTEGER NOT NULL DEFAULT 0; -- since when it is in its folder
ALTER TABLE referrals ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;       -- urgent, asap or stat
ALTER TABLE referrals ADD COLUMN needs_review INTEGER NOT NULL DEFAULT 0; -- something came since somebody pressed Reviewed
ALTER TABLE referrals ADD COLUMN assignee TEXT REFERENCES users (id);     -- who works on it
ALTER TABLE referrals ADD COLUMN review_by TEXT REFERENCES users (id);    -- who was asked to review it
ALTER TABLE referrals ADD COLUMN service BLOB;                            -- blind, of the service's name
UPDATE referrals SET folder_since = received_at;

CREATE INDEX referrals_folder ON referrals ((direction = 'sent'), folder, seq);
CREATE INDEX referrals_age ON referrals ((direction = 'sent'), folder, folder_since);
CREATE INDEX referrals_urgent ON referrals ((direction = 'sent'), folder, urgent, seq);
CREATE INDEX referrals_review ON referrals ((direction = 'sent'), seq) WHERE needs_review = 1;
CREATE INDEX referrals_assignee ON referrals (assignee, seq) WHERE assignee IS NOT NULL;
CREATE INDEX referrals_review_by ON referrals (review_by, seq) WHERE review_by IS NOT NULL;
CREATE INDEX referrals_service ON referrals (service, seq) WHERE service IS NOT NULL;

-- The names of the services that were asked for, for a filter to offer.
CREATE TABLE services (
  key  BLOB PRIMARY KEY, -- blind, of the name
  name BLOB NOT NULL     -- sealed: it is text from outside
) STRICT, WITHOUT ROWID;

INSERT INTO counters (name, value)
  SELECT 'folder ' || iif(direction = 'sent', 'sent', 'received') || ' ' || folder, count(*) FROM referrals GROUP BY 1;

-- What the clinic tells Ocean, in order for each referral.
CREATE TABLE outbox (
  seq          INTEGER PRIMARY KEY,
  id           TEXT    NOT NULL UNIQUE, -- MessageHeader.id, the same at every try
  referral     INTEGER NOT NULL REFERENCES referrals (seq),
  kind         TEXT    NOT NULL CHECK (kind IN ('status', 'appointment', 'message')),
  state        TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'confirmed', 'refused', 'dropped')),
  facts        BLOB    NOT NULL, -- sealed: what it says
  bundle       BLOB    NOT NULL, -- sealed: the message itself
  at           INTEGER NOT NULL,
  by           TEXT    NOT NULL, -- as people know who it was
  fault        TEXT    NOT NULL DEFAULT '',
  said         BLOB,             -- sealed: Ocean's words, where it refused
  tries        INTEGER NOT NULL DEFAULT 0,
  due_at       INTEGER NOT NULL,
  failed_at    INTEGER NOT NULL DEFAULT 0, -- of the first failure since it waits
  sent_at      INTEGER NOT NULL DEFAULT 0,
  confirmed_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_referral ON outbox (referral, seq);
CREATE INDEX outbox_open ON outbox (referral, seq) WHERE state IN ('waiting', 'refused');
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'waiting';

-- What colleagues tell each other. It never goes to Ocean.
CREATE TABLE notes (
  id       TEXT    PRIMARY KEY,
  referral INTEGER NOT NULL REFERENCES referrals (seq),
  at       INTEGER NOT NULL,
  by_id    TEXT    NOT NULL, -- the person, as in audit_entries.actor
  by       TEXT    NOT NULL, -- as people know who it was
  text     BLOB    NOT NULL  -- sealed
) STRICT;
CREATE INDEX notes_referral ON notes (referral, id);

-- What the clinic has set for its work.
CREATE TABLE clinic_settings (
  id           INTEGER PRIMARY KEY CHECK (id = 1),
  overdue_days INTEGER NOT NULL DEFAULT 14
) STRICT;
INSERT INTO clinic_settings (id) VALUES (1);

CREATE INDEX audit_entries_object ON audit_entries (object, seq) WHERE object <> '';
