-- Ocean as a peer: documents, and what is known of the connection. As in 0001, columns said to be
-- sealed or blind hold what store/seal makes, and times are Unix milliseconds.

-- +goose Up
-- Goes up with every change of the host or the credentials: what is known of them is of no others.
ALTER TABLE ocean_settings ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;

-- Documents of referrals that came before there was a queue: up to this one they are to be queued.
INSERT INTO counters (name, value) SELECT 'documents_to_queue', coalesce(max(seq), 0) FROM referrals;

-- Each content once, however many referrals it hangs on.
CREATE TABLE contents (
  id          TEXT    PRIMARY KEY,
  fingerprint BLOB    NOT NULL UNIQUE, -- blind, of the bytes
  type        TEXT    NOT NULL,        -- media type, by the bytes themselves
  size        INTEGER NOT NULL,        -- bytes before sealing
  data        BLOB    NOT NULL         -- sealed
) STRICT;

-- What was attached to referrals, and what became of it.
CREATE TABLE attachments (
  seq       INTEGER PRIMARY KEY,
  id        TEXT    NOT NULL UNIQUE,
  referral  INTEGER NOT NULL REFERENCES referrals (seq),
  key       BLOB    NOT NULL, -- blind, of what it is known by within its referral
  message   INTEGER REFERENCES messages (seq), -- whose bundle holds the content; NULL for a link
  source    BLOB    NOT NULL, -- sealed: the link, or the digest of what the bundle holds
  made_at   INTEGER NOT NULL, -- as Ocean says; a newer one is fetched anew
  state     TEXT    NOT NULL CHECK (state IN ('waiting', 'kept', 'failed', 'foreign')),
  fault     TEXT    NOT NULL DEFAULT '', -- of the last try
  tries     INTEGER NOT NULL DEFAULT 0,  -- since it waits
  queued_at INTEGER NOT NULL,            -- since when it waits
  due_at    INTEGER NOT NULL,
  failed_at INTEGER NOT NULL DEFAULT 0,  -- of the first failure since it waits
  kept_at   INTEGER NOT NULL DEFAULT 0,
  content   TEXT REFERENCES contents (id),
  UNIQUE (referral, key)
) STRICT;
CREATE INDEX attachments_due ON attachments (due_at) WHERE state = 'waiting';
CREATE INDEX attachments_waiting ON attachments (queued_at) WHERE state = 'waiting';
CREATE INDEX attachments_failed ON attachments (seq) WHERE state = 'failed';
CREATE INDEX attachments_foreign ON attachments (seq) WHERE state = 'foreign';
CREATE INDEX attachments_content ON attachments (content) WHERE content IS NOT NULL;
CREATE INDEX attachments_message ON attachments (message) WHERE message IS NOT NULL;

-- What is known to have happened between Ocean and this clinic: when first, when last.
CREATE TABLE proofs (
  name     TEXT    PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  detail   TEXT    NOT NULL DEFAULT '' -- of the last; never anything from outside
) STRICT, WITHOUT ROWID;

-- The listings that referrals came for: these are bound to the integration in Ocean.
CREATE TABLE listings (
  key      BLOB    PRIMARY KEY, -- blind, of the name
  name     BLOB    NOT NULL,    -- sealed: it is text from outside
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Calls that the public route refused: one row for each reason and hour, however many there were.
CREATE TABLE refusals (
  hour     INTEGER NOT NULL, -- hours since 1970, UTC
  reason   TEXT    NOT NULL,
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  calls    INTEGER NOT NULL,
  PRIMARY KEY (hour, reason)
) STRICT, WITHOUT ROWID;

-- Times in which Ocean could deliver nothing.
CREATE TABLE gaps (
  id       INTEGER PRIMARY KEY,
  reason   TEXT    NOT NULL, -- as in refusals, or down
  since    INTEGER NOT NULL,
  until    INTEGER,          -- NULL: it goes on
  repaired INTEGER NOT NULL DEFAULT 0 -- when somebody said that what was lost in it is back
) STRICT;
CREATE UNIQUE INDEX gaps_open ON gaps ((until IS NULL)) WHERE until IS NULL; -- one at a time

-- Referrals whose messages could be read but not kept, so that the gap can be repaired.
CREATE TABLE missed (
  ref     BLOB    NOT NULL, -- blind, of Ocean's referral reference, as in referrals
  header  BLOB    NOT NULL, -- blind, of MessageHeader.id, as in messages
  id      TEXT    NOT NULL,
  name    BLOB    NOT NULL, -- sealed: the reference itself
  sent_at INTEGER NOT NULL, -- the message's own time
  at      INTEGER NOT NULL,
  PRIMARY KEY (ref, header)
) STRICT, WITHOUT ROWID;

-- Steps of the set-up that somebody says are done.
CREATE TABLE setup_ticks (
  step TEXT    PRIMARY KEY,
  at   INTEGER NOT NULL,
  by   TEXT    NOT NULL -- as people know who it was
) STRICT, WITHOUT ROWID;

-- Self-tests under way: keys that count for nothing else, and what to purge afterwards.
CREATE TABLE self_tests (
  id      TEXT    PRIMARY KEY,
  key     BLOB    NOT NULL, -- blind
  retired BLOB    NOT NULL, -- blind, of a key that is refused
  ref     BLOB    NOT NULL, -- blind, of the referral that the test makes
  at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
