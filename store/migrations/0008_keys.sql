-- Keys that are rotated. What audit entries hold has a key of its own, since entries never change.

-- +goose Up
CREATE TABLE keys_new (
  id         INTEGER PRIMARY KEY,
  purpose    TEXT    NOT NULL CHECK (purpose IN ('seal', 'index', 'audit', 'entries')),
  wrapped    BLOB    NOT NULL, -- under the master key
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO keys_new SELECT id, purpose, wrapped, created_at FROM keys;
DROP TABLE keys;
ALTER TABLE keys_new RENAME TO keys;

-- Entries were sealed with the seal key so far: up to this one it stays, for them.
INSERT INTO counters (name, value)
  SELECT 'entries_sealed_with', max(id) FROM keys WHERE purpose = 'seal' AND EXISTS (SELECT 1 FROM audit_entries
    WHERE action IN ('referral.opened', 'referral.searched', 'document.opened', 'message.raw_shown')) HAVING max(id) IS NOT NULL;

CREATE UNIQUE INDEX missed_id ON missed (id); -- finds what is sealed anew
