-- Lists that take as long with a million referrals as with a thousand: for each way to filter an index
-- that has its rows in the order of the list, and where the rows of a day begin. As before, times are
-- Unix milliseconds.

-- +goose Up

-- One index for a folder, whether urgent ones come first or not; and the same for one person's
-- referrals and for one service's.
DROP INDEX referrals_folder;
DROP INDEX referrals_assignee;
DROP INDEX referrals_service;
DROP INDEX referrals_review_by;
CREATE INDEX referrals_assignee ON referrals (assignee, (direction = 'sent'), folder, urgent, seq) WHERE assignee IS NOT NULL;
CREATE INDEX referrals_service ON referrals (service, (direction = 'sent'), folder, urgent, seq) WHERE service IS NOT NULL;
CREATE INDEX referrals_review_by ON referrals (review_by, (direction = 'sent'), seq) WHERE review_by IS NOT NULL;

-- The first referral, and the first audit entry, of each day (UTC, days since 1970) in the order of
-- their numbers. A clock that was set back begins a day anew.
CREATE TABLE referral_days (
  seq INTEGER PRIMARY KEY,
  day INTEGER NOT NULL
) STRICT;
CREATE INDEX referral_days_day ON referral_days (day, seq);
INSERT INTO referral_days (seq, day)
  SELECT seq, day FROM (SELECT seq, received_at / 86400000 AS day, lag(received_at / 86400000) OVER (ORDER BY seq) AS before FROM referrals)
  WHERE before IS NOT day;

CREATE TABLE audit_days (
  seq INTEGER PRIMARY KEY,
  day INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_days_day ON audit_days (day, seq);
INSERT INTO audit_days (seq, day)
  SELECT seq, day FROM (SELECT seq, at / 86400000 AS day, lag(at / 86400000) OVER (ORDER BY seq) AS before FROM audit_entries)
  WHERE before IS NOT day;

-- What one person did of one kind.
CREATE INDEX audit_entries_actor_action ON audit_entries (actor, action, seq);

-- Documents that wait: those in bundles apart from links, and those that failed once or twice, which are
-- tried first, apart from the others.
DROP INDEX attachments_due;
CREATE INDEX attachments_due ON attachments (message IS NULL, tries BETWEEN 1 AND 2, due_at) WHERE state = 'waiting';

-- Updates that wait for a person.
CREATE INDEX outbox_refused ON outbox (seq) WHERE state = 'refused';

INSERT INTO counters (name, value)
  SELECT 'attachments_failed', count(*) FROM attachments WHERE state = 'failed';

-- Terms without a reference to their referral: to remove one, SQLite would look through all terms for
-- some that are left, and at every term that is added it looks whether the referral is there.
ALTER TABLE referral_terms RENAME TO referral_terms_before;
CREATE TABLE referral_terms (
  term     INTEGER NOT NULL, -- blind
  referral INTEGER NOT NULL, -- seq of its row
  PRIMARY KEY (term, referral)
) STRICT, WITHOUT ROWID;
INSERT INTO referral_terms (term, referral) SELECT term, referral FROM referral_terms_before ORDER BY term, referral;
DROP TABLE referral_terms_before;
