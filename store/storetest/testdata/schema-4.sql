PRAGMA page_size = 8192;
PRAGMA auto_vacuum = 2;
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
CREATE TABLE keys (
  id         INTEGER PRIMARY KEY,
  purpose    TEXT    NOT NULL CHECK (purpose IN ('seal', 'index', 'audit')),
  wrapped    BLOB    NOT NULL, -- under the master key
  created_at INTEGER NOT NULL
) STRICT;
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
CREATE TABLE audit_head (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  seq  INTEGER NOT NULL,
  mac  BLOB    NOT NULL,
  seal BLOB    NOT NULL
) STRICT;
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
CREATE TABLE sessions (
  hash       BLOB    PRIMARY KEY, -- SHA-256 of what the cookie holds
  user_id    TEXT    NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  keys_shown TEXT    NOT NULL DEFAULT '', -- id of the inbound key whose value this session is shown; * for all
  keys_until INTEGER NOT NULL DEFAULT 0   -- until when
) STRICT, WITHOUT ROWID;
CREATE TABLE invitations (
  hash       BLOB    PRIMARY KEY, -- SHA-256 of the token in the link
  user_id    TEXT    NOT NULL REFERENCES users (id),
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
, generation INTEGER NOT NULL DEFAULT 0) STRICT;
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
  raw         BLOB    NOT NULL, seen TEXT, -- sealed: the bytes as they came
  UNIQUE (header, digest)
) STRICT;
CREATE TABLE referrals (
  seq         INTEGER PRIMARY KEY, -- in order of arrival: lists page by it
  id          TEXT    NOT NULL UNIQUE,
  ref         BLOB    NOT NULL UNIQUE, -- blind, of Ocean's referral reference
  direction   TEXT    NOT NULL,
  folder      TEXT    NOT NULL,
  test        INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  summary     BLOB    NOT NULL -- sealed: what a list shows
, version INTEGER NOT NULL DEFAULT 1, folder_since INTEGER NOT NULL DEFAULT 0, urgent INTEGER NOT NULL DEFAULT 0, needs_review INTEGER NOT NULL DEFAULT 0, assignee TEXT REFERENCES users (id), review_by TEXT REFERENCES users (id), service BLOB) STRICT;
CREATE TABLE referral_messages (
  referral INTEGER NOT NULL REFERENCES referrals (seq),
  message  INTEGER NOT NULL REFERENCES messages (seq),
  ours     INTEGER, -- 1: the receiver is this clinic; 0: it is not; NULL: not known
  facts    BLOB    NOT NULL, -- sealed
  PRIMARY KEY (referral, message)
) STRICT;
CREATE TABLE referral_terms (
  term     INTEGER NOT NULL, -- blind
  referral INTEGER NOT NULL REFERENCES referrals (seq),
  PRIMARY KEY (term, referral)
) STRICT, WITHOUT ROWID;
CREATE TABLE contents (
  id          TEXT    PRIMARY KEY,
  fingerprint BLOB    NOT NULL UNIQUE, -- blind, of the bytes
  type        TEXT    NOT NULL,        -- media type, by the bytes themselves
  size        INTEGER NOT NULL,        -- bytes before sealing
  data        BLOB    NOT NULL         -- sealed
) STRICT;
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
CREATE TABLE proofs (
  name     TEXT    PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  detail   TEXT    NOT NULL DEFAULT '' -- of the last; never anything from outside
) STRICT, WITHOUT ROWID;
CREATE TABLE listings (
  key      BLOB    PRIMARY KEY, -- blind, of the name
  name     BLOB    NOT NULL,    -- sealed: it is text from outside
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE refusals (
  hour     INTEGER NOT NULL, -- hours since 1970, UTC
  reason   TEXT    NOT NULL,
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  calls    INTEGER NOT NULL,
  PRIMARY KEY (hour, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE gaps (
  id       INTEGER PRIMARY KEY,
  reason   TEXT    NOT NULL, -- as in refusals, or down
  since    INTEGER NOT NULL,
  until    INTEGER,          -- NULL: it goes on
  repaired INTEGER NOT NULL DEFAULT 0 -- when somebody said that what was lost in it is back
) STRICT;
CREATE TABLE missed (
  ref     BLOB    NOT NULL, -- blind, of Ocean's referral reference, as in referrals
  header  BLOB    NOT NULL, -- blind, of MessageHeader.id, as in messages
  id      TEXT    NOT NULL,
  name    BLOB    NOT NULL, -- sealed: the reference itself
  sent_at INTEGER NOT NULL, -- the message's own time
  at      INTEGER NOT NULL,
  PRIMARY KEY (ref, header)
) STRICT, WITHOUT ROWID;
CREATE TABLE setup_ticks (
  step TEXT    PRIMARY KEY,
  at   INTEGER NOT NULL,
  by   TEXT    NOT NULL -- as people know who it was
) STRICT, WITHOUT ROWID;
CREATE TABLE self_tests (
  id      TEXT    PRIMARY KEY,
  key     BLOB    NOT NULL, -- blind
  retired BLOB    NOT NULL, -- blind, of a key that is refused
  ref     BLOB    NOT NULL, -- blind, of the referral that the test makes
  at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE services (
  key  BLOB PRIMARY KEY, -- blind, of the name
  name BLOB NOT NULL     -- sealed: it is text from outside
) STRICT, WITHOUT ROWID;
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
CREATE TABLE notes (
  id       TEXT    PRIMARY KEY,
  referral INTEGER NOT NULL REFERENCES referrals (seq),
  at       INTEGER NOT NULL,
  by_id    TEXT    NOT NULL, -- the person, as in audit_entries.actor
  by       TEXT    NOT NULL, -- as people know who it was
  text     BLOB    NOT NULL  -- sealed
) STRICT;
CREATE TABLE clinic_settings (
  id           INTEGER PRIMARY KEY CHECK (id = 1),
  overdue_days INTEGER NOT NULL DEFAULT 14
) STRICT;
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (1, 0, 1, '2026-11-27 09:59:55');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (2, 1, 1, '2026-11-27 09:59:55');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (3, 2, 1, '2026-11-27 09:59:55');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (4, 3, 1, '2026-11-27 09:59:55');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (5, 4, 1, '2026-11-27 09:59:55');
INSERT INTO keys (id, purpose, wrapped, created_at) VALUES (1, 'seal', x'c9dcd218a1cec102f05ac7bcdd2d1301658fd38d4020db02f7b92a40cb2600bf437790e3c6d34ed925936c101e4d75d548c0bb3512dfb8f9b8867083bb8b3fbf888cb5ed981db365', 1780318800000);
INSERT INTO keys (id, purpose, wrapped, created_at) VALUES (2, 'index', x'24554c8c46b6b469f3c9ded222309153f3aee0859bb265e60a562cf37f526dde5ce626b1f082d28cd6603d52da595d60a58190305c81354a758a00787b827b0a1d2c232aedede755', 1780318800000);
INSERT INTO keys (id, purpose, wrapped, created_at) VALUES (3, 'audit', x'5c51713664641dadd1dd90179ab2ae8d0ce1597caa4dccf19d775765e54dc589ca112fd32f4f1729b4c7ee437c2d0098eb1957a964952ce4453f8b7a681f21197fad59d0193f0799', 1780318800000);
INSERT INTO counters (name, value) VALUES ('attachments_pending', 1);
INSERT INTO counters (name, value) VALUES ('documents_to_queue', 0);
INSERT INTO counters (name, value) VALUES ('folder received new', 2);
INSERT INTO counters (name, value) VALUES ('folder received pending_booking', 0);
INSERT INTO counters (name, value) VALUES ('messages', 4);
INSERT INTO counters (name, value) VALUES ('needs_attention', 2);
INSERT INTO counters (name, value) VALUES ('outbox_failed', 1);
INSERT INTO counters (name, value) VALUES ('outbox_pending', 0);
INSERT INTO counters (name, value) VALUES ('referrals', 2);
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (1, 1780318800000, 'cli:test', '', '', 'ocean.settings_changed', '', '{"client_id":{"from":"","to":"client"},"client_secret":"set","site_number":{"from":"","to":"4321"}}', x'8cb5fefff49cea15da4178b5ce1977aace9cedbdc6b27b1297f0544b62792ead');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (2, 1780318800000, 'cli:test', '', '', 'ocean.key_generated', '01a21c72-7eef-788d-8e4d-d97606262b9d', '', x'971dfcdb46a62c2357aa49ed9f040dbfe66e3368fbd416dbe3a0d84a5f098750');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (3, 1780318800000, 'cli:test', '', '', 'ocean.key_saved', '01a21c72-7eef-788d-8e4d-d97606262b9d', '', x'80db0e536d1b610033aa1bcc8a3e8efd7081f2c3e28c5d79de65dd515122d26e');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (4, 1780318800000, 'cli:test', '', '', 'ocean.key_generated', '01a21c72-7ef0-7394-a82b-15391959866b', '', x'86ad485be73df611e8874a254555e9f24b16a1e90f50672d08a7491b73997d45');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (5, 1780318800000, 'cli:test', '', '', 'ocean.key_saved', '01a21c72-7ef0-7394-a82b-15391959866b', '', x'feb2e4160259cd2625f846a5fe5f6aa092214d3b4108bd4081e01203c95bf15e');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (6, 1780318800000, 'cli:test', '', '', 'ocean.key_retired', '01a21c72-7eef-788d-8e4d-d97606262b9d', '', x'72a94aef6a83d13fa86518b7472576986fe543ccb04184695dd3bd11e4534b75');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (7, 1780318800000, 'cli:test', '', '', 'user.added', '01a21c72-7ef6-7414-a30f-cd1cd4d4f5d3', '{"email":"ada@example.org","permissions":null,"roles":["administrator"]}', x'8c2101798d38496ff47a222b2d57e51a06f27be44e959b30552520380356bb22');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (8, 1780318800000, 'cli:test', '', '', 'referral.told', '01a21c72-7ef9-747a-8595-2c6bde45d46c', '{"kind":"status","status":"accepted","update":"8b740bee-1b8f-4da5-a0d3-4f13ee0053a8"}', x'e15e140a6242f74bc821e70cfbe100027c3727f1333b72eccab68df7222fb97b');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (9, 1780318800000, 'cli:test', '', '', 'referral.noted', '01a21c72-7ef9-747a-8595-2c6bde45d46c', '{"note":"01a21c72-7f07-73ab-9a77-4daede31a2c8"}', x'f21a1162e5c34537755d939621664ad836c63bca85b1cc915451f0546de10838');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (10, 1780318800000, 'cli:test', '', '', 'referral.opened', '01a21c72-7ef9-747a-8595-2c6bde45d46c', '{"patient":"AQAAAAFuVZwGv+wjGz1be//ZF7kB1ImXtwdtyO4UmIp99XDTxAWYSYHBiOpVUKWz5xa/6eDtpdQzwpmzmmq7cl3g4QxAeodD0SMVqR+xudWVwFGIVCxgxFKEdNYDbLcisUcMTb7U1QiVWAEvzk3dmM+hphs1sJ0PId0T6RLHO6oJKL6W2rJ4Hk+W58Gzkfy5"}', x'dd167f96b73d989bbe0429955ce34a6769d96a24cd29ac354be8fac7a82043c3');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (11, 1780318800000, 'cli:test', '', '', 'referral.searched', '', '{"found":1,"query":"AQAAAAFpaEXy7jHxZAuT6EGzqntqdwmkTT7XpDAGfz7A1LJDxm2naqVJnwlybc36Uw==","search":"01a21c72-7f08-76cf-98ca-00dcfcb99b42","terms":["name"]}', x'e0f69323feaec55722639ff23255ebd7e6c5f6f555c710a82d2cd9d5a0ef0c9f');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (12, 1780318800000, 'cli:test', '', '', 'document.opened', '01a21c72-7ef9-747a-8595-2c6bde45d46c', '{"document":"01a21c72-7ef9-7184-b511-3e4aa48e5c77","download":false,"patient":"AQAAAAFm+PWtwllvrn9yY1kxCUM54CI4CcbcyrAyFxREdZ+Joe+H7E55lKhRJAULhllsHZEZP9ORP9K6+mAbNg4h43EfS649BwcynuMPEwmOLUrn3VmzYpmq8UHjkJuNhNyESFPy1/WRgHXnIviy3T0JoRKn0m7tdgAe0WoVX6gr3hmSx8Np9U4opbEur/SR","type":"application/pdf"}', x'b268055b5f61a2dbf618b2f7ec4aabf28555feb37e14273a35ff19386d20167f');
INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac) VALUES (13, 1780318800000, 'cli:test', '', '', 'message.raw_shown', '01a21c72-7ef8-77a1-9a7c-076d551590dc', '{"download":false,"patients":["AQAAAAH8IE4B5pWEKHfFaWFZzoIVwQYKMpAvpVYsql6q11iodZpMx3SD8qT92JYyVBgTUP8DU8Gd/8ZEDF8U3ad+a9o7S/bFINiEMvcFBufoVHsVih7EPI5A+bspC/LkaWO1aIZTLQWT27D/D8nhUQh8+5rFJuErD/JeSQDuLQl0xcuA1Kl3RF0AszzLizzM"],"referrals":["01a21c72-7ef9-747a-8595-2c6bde45d46c"]}', x'56080ed37a57d50c9f73f3fd6926742d80e9bcc066dfc768c2f59cdaeef0deba');
INSERT INTO audit_head (id, seq, mac, seal) VALUES (1, 13, x'56080ed37a57d50c9f73f3fd6926742d80e9bcc066dfc768c2f59cdaeef0deba', x'66b48138fe7b5791124150c8d03ae4634985f60b8a5cf92e165ab4a9412f99f3');
INSERT INTO users (id, email, email_key, name, password_hash, language, theme, disabled, created_at) VALUES ('01a21c72-7ef6-7414-a30f-cd1cd4d4f5d3', 'ada@example.org', 'ada@example.org', 'Ada Example', '$argon2id$v=19$m=64,t=1,p=1$t0DAFdxIzo0g5QwkncHQiw$ZsZ5Y5qETw7hSaBuVP7fM9zA5FQP9vS++lapsfZ0WvI', '', '', 0, 1780318800000);
INSERT INTO roles (code, name) VALUES ('administrator', '');
INSERT INTO roles (code, name) VALUES ('front_desk', '');
INSERT INTO roles (code, name) VALUES ('privacy_officer', '');
INSERT INTO role_permissions (role, permission) VALUES ('administrator', 'edit_roles');
INSERT INTO role_permissions (role, permission) VALUES ('administrator', 'edit_users');
INSERT INTO role_permissions (role, permission) VALUES ('administrator', 'manage_referrals');
INSERT INTO role_permissions (role, permission) VALUES ('administrator', 'referral_settings');
INSERT INTO role_permissions (role, permission) VALUES ('administrator', 'system_settings');
INSERT INTO role_permissions (role, permission) VALUES ('administrator', 'view_audit_log');
INSERT INTO role_permissions (role, permission) VALUES ('administrator', 'view_raw_messages');
INSERT INTO role_permissions (role, permission) VALUES ('administrator', 'view_referrals');
INSERT INTO role_permissions (role, permission) VALUES ('front_desk', 'manage_referrals');
INSERT INTO role_permissions (role, permission) VALUES ('front_desk', 'view_referrals');
INSERT INTO role_permissions (role, permission) VALUES ('privacy_officer', 'view_audit_log');
INSERT INTO user_roles (user_id, role) VALUES ('01a21c72-7ef6-7414-a30f-cd1cd4d4f5d3', 'administrator');
INSERT INTO ocean_settings (id, site_number, host, client_id, client_secret, secret_set_at, secret_set_by, generation) VALUES (1, '4321', 'https://ocean.cognisantmd.com', 'client', x'0100000001058c11e13307c9fd4dd01ad7c5e7e4d10d911c42a9405dacaaed17a04e78593956bccacd27a39d1bf3a1d74250a60f396471550035216d00dcd270375d6f87cfbea1b3', 1780318800000, 'cli:test', 1);
INSERT INTO inbound_keys (seq, id, fingerprint, value, created_at, created_by, saved_at, retired_at, last_used_at, refused_at) VALUES (1, '01a21c72-7eef-788d-8e4d-d97606262b9d', x'c015a3f3a84e88c27a0bc66f7a8b76e5', x'', 1780318800000, 'cli:test', 1780318800000, 1780318800000, 0, 0);
INSERT INTO inbound_keys (seq, id, fingerprint, value, created_at, created_by, saved_at, retired_at, last_used_at, refused_at) VALUES (2, '01a21c72-7ef0-7394-a82b-15391959866b', x'81fa38af442e5f5e8e005878a9ab265b', x'0100000001ba0ecb732ac512cfa9d8922fe20f3de18a1a3884f3d82e3250d62a6bac6bf96273f6c12a3db669214c43e32e474a0b99e6b43f837c2544e4a2f446fbf3a8deac8f9204d57e7708f6ad448691e2219531f69ec394bec0e5fe1d05fd43cedea4b55d0fdb4b98df3202', 1780318800000, 'cli:test', 1780318800000, NULL, 0, 0);
INSERT INTO messages (seq, id, header, digest, received_at, deliveries, problems, event, raw, seen) VALUES (1, '01a21c72-7ef8-77a1-9a7c-076d551590dc', x'8c1445749953dd3c7bd721ec428e6543', x'4c9ecad29f423ae02b47238a8144889d', 1780318800000, 1, NULL, x'0100000001285ca5b2b3c17f694103653148d5f1771d47477c67f0cbf910b1bafd463ce661d970a299feccf89c179f74142262d1de5f542d2cf478072804063a8091b8df08f3e11b79d8', x'0100000001eaa9fcb2a283ea57165fc303a08481c26e468fd006016a9fff54a10e6c57ab8a0b863541e2e6cd882c76fe19416ce070403015a194ff1eb0f7', NULL);
INSERT INTO messages (seq, id, header, digest, received_at, deliveries, problems, event, raw, seen) VALUES (2, '01a21c72-7efd-7d7c-b72d-de6ebc013127', x'18fa240721b86e4188795a4b1e223f0a', x'70a34a0ad269b4f61670924844660bad', 1780318800000, 1, 'odd_resource', x'010000000129b8aa7a3fe7e7f0affec8f9ef33185b341460bf9f02f95b4e777904cf85dce647a6d34f486c6561ff9719b2637c876870a7af889fad3ae41769fbf39ba7010466fde338ce', x'010000000168f1ee4f4885eab0f22a32e7fb580a1015074a69f48be1bfea6136a1513994c7b68359bf08c7d8549fd0615d3eb68d6a97da3e792565b9b380', NULL);
INSERT INTO messages (seq, id, header, digest, received_at, deliveries, problems, event, raw, seen) VALUES (3, '01a21c72-7f00-7807-b3d8-f49747c7e207', x'4127d065a3c267a14a4f22d623ddf63c', x'1f32a212de848e9e7d405e45e7c815ab', 1780318800000, 1, NULL, x'0100000001fade9f15301159b87df45c3d26b92310d7e3b0f27fee47108352248c8a3c2d86b0f6729a85c6d548cd8af6c4325ab7dc8a02548fa18cdf43b4dec542a98857248bd909ba35', x'010000000132bf2ca2602c03b8095ca7b51686702e1482c7e69816a0f39a2f417799008bf2b652deea945f73757bf472644f544f43ed105e6eed81e1d597', NULL);
INSERT INTO messages (seq, id, header, digest, received_at, deliveries, problems, event, raw, seen) VALUES (4, '01a21c72-7f01-7e72-9bd6-e48628f4e3d8', x'f235daa2d477b05a18ec480313c952bc', x'755d9d309a8539f70da7e45586ff8839', 1780318800000, 1, NULL, x'0100000001caac7db4e9522402684db39fd0afefdca4e5b059dbfadd2250e2e65a4c52d8387793496b8f40f1315eecd10371b022247ee95feb9976cfdbff82a90f4e2590a39737cf62e3', x'0100000001d2ecdd27291d1543a22367025f7695f9612b1cfbb46a23056aa496a90d8d5a27ba9d69470de538b9d412e48e38ecba882fc5d0eb8d3737588f', NULL);
INSERT INTO referrals (seq, id, ref, direction, folder, test, received_at, summary, version, folder_since, urgent, needs_review, assignee, review_by, service) VALUES (1, '01a21c72-7ef9-747a-8595-2c6bde45d46c', x'9558f3fef88c50d187df7d278961a751', 'received', 'new', 0, 1780318800000, x'010000000183901b0314960779d09f3333896e8208c35b40f64eafb42ffee4af6d0bceff0e28bd394cc8319c6b1ce64599bbd8678a06bd11a3cda874716ba75337c40e5f7cb0a79c0e9e896d9f2adc8301351a3b0329ad34e6b77de624a66e818c00388017f17e4d3ef73f442a278a3f7f656a2e1588d128c0a129b83385f039309c05f4bd6502b96df28d3b93720ca704d253128eb3bfa3785dc9e5fbd63d1e1885272f38fb4868e33161ddedf9f4ce3d741fa41115920e2cec507a2d01afa2c314e74c34bdcc7bf642a155b285e7a8a3a895767a6c798eb888b6687cb54a7085a7930dc99a850ff82609ea8a8090f208f5792f6b96c7214b8e94b6744d6a00ea6242c47afcaf1348c19e', 5, 1780318800000, 1, 0, NULL, NULL, x'09109b616b2ae08a7edb94e167de7744');
INSERT INTO referrals (seq, id, ref, direction, folder, test, received_at, summary, version, folder_since, urgent, needs_review, assignee, review_by, service) VALUES (2, '01a21c72-7f02-714f-b211-29ff6e652661', x'f4b99079f6292c519a98b4735b5216f2', 'received', 'new', 0, 1780318800000, x'010000000171b64d71eb7737c01fc67e727bfccc496c31336a098758de77f680aa6349cdc0e75f6f63f55923887b45c6d71e3107e8918eb7507a983d18ead7e13d2eac87d55de7de953f5116a5183bc6cb93b2e8ee7ae2b5e0a28b8c6ae64d574ae34e90fb7c444c1b91ccbdc668b4c5fa9d7128b2832748eb398c838dafd20bb35bbff207ff7c486c1f0e0b64ecc7fdf59327c60215924bdad52af539edd1cd6e4804c5e89d7b5bde13061c02047f521e3812cf0bc58f9c1e7281dd13d3fd6b1593a375dcf7147e6b43c630d1dc87b2d23103488866d69069bd766eb972beb5bc11f9e3a81be28b3a68f229a2cb19576155aafc69867f', 1, 1780318800000, 1, 0, NULL, NULL, x'09109b616b2ae08a7edb94e167de7744');
INSERT INTO referral_messages (referral, message, ours, facts) VALUES (1, 1, 1, x'02000000017ff4ff0598e3aa78fd50b1be54380a276e2c9271b18d753d017d9773e7554aabc0df46dd558deebbb270c2a491f9a6c4fa09afbdac8af0b577440c777eebea776f027632c29d5d55c0f08b47d87356f845c4656df033268fb2b77aa946cc358b90ce328bbce2975311c418e34f7e9193b7d80abd578c963458ed6479e02f9ae38e4be05ff9511bfb626fa55eba443823251fd0feb5445be83047c5d067aa788d3b0a5e649a741fe0dc84d0d498272e57c7a29fb0be1e410f32689b308ad8d12ba7df5e7f0d95b88eb896b0ee2c8da70a063a514927ac1c222447cc520cc6bf8cbbe5eeef101facf0d91ff597685275719aa0c6c7693ccbe0c7de8ec5293a77d49500ae339d4a28d0fed8b1bd4a5f7d9630196f9d128912353c7f46ba588e396d3df1a390ecd210a1d406d844861d34e21632fc78fa9bda23cdf3c1526aede3b3e5b7fdb0a76a962edfbe6b6f30fca65f01affd345ca054df21fc2265ffd1388c52cd93d1d881d64e38ec8f987b9b2f452bcc7b34a40b2518b22fcb22ce9053a445a178c39b7682ffee8b8985a77ad770ba766755f4782b1373cff0c58bc8af4827d081cb683e944e58101a180d88818c26');
INSERT INTO referral_messages (referral, message, ours, facts) VALUES (1, 2, 1, x'0200000001c4af6a4df7dd7165a77d6bfe5b52a860118bea47c63ddc60d5ad23d809ba99a13b412f506253f7b88274a2797c49faa7c9a4b47460b48ce2fc6b75a001573311f5825538dc42e736079c10bcd92532229b639661d5eb45a2311fd20b3b6fa101679ba74b0ee0da4db613c75e7dc77d084cd4dbb2a8c0683f14a075649c59a94b0dc7bd6e75641ed4d3e30f6361248feed200391ff94d4058c62ffdc5891eca9a5d1e8513b5367d67fefcc7f1c13a994af0ca6ce775d6b38efbe7db53d9989a8ea5ab94ed341d3da6d9bc69f3ec427470d1d67a8df0cf51897dce66cac13998185c8ff421327fc19c5054f83170d8bdaff799aa19696b44f26421445047f1ff8bee4da579f2409aae87c1b1912c421dc71f303f23f6c09f1fef48f9acb0a70f3d6928a3b2a9bcde5a5be2c03e754b8d4d7e7838d8070ae75a26b3d4287f298f957ac99c1bb46a053a807c70719c3da9f5baa1f3cf9aeb5f49ebb006020c5b7886994b55a973b847961ac0b1297af2fcff596d4be2451fa52bbeda0297cae8c8175bef835d4cd47480605c98eef738c9a08c7cf30a456219857e4de7bfb90df9bc8a62ef5460be2b88371437b3eb5721510e19');
INSERT INTO referral_messages (referral, message, ours, facts) VALUES (1, 3, 1, x'02000000011582850b45c6d3564f75d5b5953189e5d775b127e8f55172b410d3de9adf7d49890594c06f293a28a2251793725dd71b6f3d78d54ebbd8a53547755c7e5dfc2c58c68fd4751100099178fc7c650053f3cc288fff67de3e5d52a98772f459e1f7e694371630a620946d3a6a84c8a14c9346b74001854aace88fc5aaa4c93eada86d0356c0cd08cec310312f10cd20044500d150108edda7be147a202cd68166a57bf862b4913bf14a6a5d30561e10c1175c4c7f1f88fa99ae805075d5f84832b10291a0e9fe324d4876a00c186a2c1181d0e215e66a57dddb7e847199614d6970ba6b0d99cfaf7138c7a840dff4bcbb507699fd1c5d2d7916d462c023fc5181380c8b35e93aa34a853770225c90dcc849087a0eea7cedcdc46da47841fd001f3712950f5218c71584f420a908897bdb946ea328fcee58979062136e399e6ef3736fa500b0a6d9c43563f92144e59508dbaa8449afea25cd9f835060e2afe17007a0551a692c1da7bca24e989e0e18457f8dc95a72dcdd70326273e4e40e6c14c834f7c1d78e420cf94b9e60e662ee43f1654247df06a5a763a0acc190a63f2e0487cd763bd8e2a5c78564be85940320cfdd');
INSERT INTO referral_messages (referral, message, ours, facts) VALUES (2, 4, 1, x'02000000013f676b5cad1467ebec61ff37a4c4ad73790b95cc3ab3a853b957b93eacb4cf600a9977e05f83b52e656635b73a38a00a49e2cdf892962a07f2fb589cf598d0fd6b4d96bcbf700db86fc1f9d35517537408dadbcc7e04329e94652810106f16cb709b1b7144e9d0e7d5e1b2a9abf42cb285da4b00212a2aaa1095edd1cf8ff4b02c29573eae00c05ee55afe6180861a9584609d8d7f9dd130651117c2033998a17db7bd1692c844eee2687fb64764de2e56dd220217bbf76c560ad17234c16440f16c09f4137373e132bc97af1be301f74c818bca8f9bd0a598f954a30e3ec022ba7db5dc60cf5a279b15c320223a0149ae306ebc5f317b9340238f3589b8b20e24c592834cdb437a641eac11e65b81ff3505fd6b6e47cb7711aceec619b37cf95767f77af266be338a60acbcee118b84889565f2cfabcf9a976f3180a0b91d11fafe1ac457a3e3e98cacfa4f63529c7f7bc9f49fc576bdae068124577b00f6f181961d38e6c5bbd5d996a3048072807ad64e5323759abca24d25a79584496d34c1956a3e02b80f2399d07b9b9cdd21ba876eba57e4');
INSERT INTO referral_terms (term, referral) VALUES (-6490008028049069269, 1);
INSERT INTO referral_terms (term, referral) VALUES (-6490008028049069269, 2);
INSERT INTO referral_terms (term, referral) VALUES (-5323592383657525421, 1);
INSERT INTO referral_terms (term, referral) VALUES (-5323592383657525421, 2);
INSERT INTO referral_terms (term, referral) VALUES (-1961048434489741988, 1);
INSERT INTO referral_terms (term, referral) VALUES (-1961048434489741988, 2);
INSERT INTO referral_terms (term, referral) VALUES (-1937959463577217530, 1);
INSERT INTO referral_terms (term, referral) VALUES (-1937959463577217530, 2);
INSERT INTO referral_terms (term, referral) VALUES (-1183294090488098067, 1);
INSERT INTO referral_terms (term, referral) VALUES (-1183294090488098067, 2);
INSERT INTO referral_terms (term, referral) VALUES (-435683500954527726, 1);
INSERT INTO referral_terms (term, referral) VALUES (-435683500954527726, 2);
INSERT INTO referral_terms (term, referral) VALUES (1276605973028643312, 1);
INSERT INTO referral_terms (term, referral) VALUES (1276605973028643312, 2);
INSERT INTO referral_terms (term, referral) VALUES (1967228860522767275, 1);
INSERT INTO referral_terms (term, referral) VALUES (1967228860522767275, 2);
INSERT INTO referral_terms (term, referral) VALUES (2656169765838271447, 1);
INSERT INTO referral_terms (term, referral) VALUES (2656169765838271447, 2);
INSERT INTO referral_terms (term, referral) VALUES (2761368617779334379, 1);
INSERT INTO referral_terms (term, referral) VALUES (2761368617779334379, 2);
INSERT INTO referral_terms (term, referral) VALUES (5963779919397887250, 1);
INSERT INTO referral_terms (term, referral) VALUES (5963779919397887250, 2);
INSERT INTO referral_terms (term, referral) VALUES (6222513365750930841, 1);
INSERT INTO referral_terms (term, referral) VALUES (6222513365750930841, 2);
INSERT INTO referral_terms (term, referral) VALUES (6389992160079961258, 1);
INSERT INTO referral_terms (term, referral) VALUES (6389992160079961258, 2);
INSERT INTO referral_terms (term, referral) VALUES (8308626941293089713, 1);
INSERT INTO referral_terms (term, referral) VALUES (8308626941293089713, 2);
INSERT INTO referral_terms (term, referral) VALUES (9066254883206847569, 1);
INSERT INTO referral_terms (term, referral) VALUES (9066254883206847569, 2);
INSERT INTO contents (id, fingerprint, type, size, data) VALUES ('01a21c72-7f04-7882-bd9f-7bfaf6c4f29b', x'7f6f0de91209abe386df842e6e1afa35', 'application/pdf', 30, x'010000000112c09725035f164b327953b204a9bac744fc3ef1c027565e35064ad2001d46827e7f0abf27a90cbbae287e92ccb5116507ec23371bbde13c451ff200fa24b2d61f9a8d012a8e');
INSERT INTO attachments (seq, id, referral, key, message, source, made_at, state, fault, tries, queued_at, due_at, failed_at, kept_at, content) VALUES (1, '01a21c72-7ef9-7184-b511-3e4aa48e5c77', 1, x'bd221280c454cb1c18d2b91b6bf0bd08', NULL, x'0100000001aa93d446d370ad96aa984f9c12e308f9158be5aab8aab0a08c525a29ebb85b724ea817a2efe6d19a59d1aca4ddae380cd7f8047d3aefe557b89ff7e0a2f91b0f0dc3da9a634cb296906d7164a028213ef89ace1a6cfe34be2b4db29ee105a6784108cfdddd47910ed2a8ea585461e65a26e3f1728f', 0, 'kept', '', 0, 1780318800000, 1780318800000, 0, 1780318800000, '01a21c72-7f04-7882-bd9f-7bfaf6c4f29b');
INSERT INTO attachments (seq, id, referral, key, message, source, made_at, state, fault, tries, queued_at, due_at, failed_at, kept_at, content) VALUES (2, '01a21c72-7f02-7020-9228-5d02a0021659', 2, x'f2767617cfceb0a6cc7f70a8128cb95f', NULL, x'010000000195bf83a6d9f500756a845c9c42657aa61cef57203ba528e3dd33652b1b92ae7ed344c4afff746cd24a30a9d477ff1a0504fb4a4995c7e6ef2a6703d02965163f65767189b31109495236eee071cd24363fa2ec34d8232e905c9c2d187ee5a9c474', 0, 'waiting', '', 0, 1780318800000, 1780318800000, 0, 0, NULL);
INSERT INTO proofs (name, first_at, last_at, detail) VALUES ('alive', 1780318800000, 1780318800000, '');
INSERT INTO proofs (name, first_at, last_at, detail) VALUES ('message', 1780318800000, 1780318800000, '');
INSERT INTO proofs (name, first_at, last_at, detail) VALUES ('received', 1780318800000, 1780318800000, '');
INSERT INTO listings (key, name, first_at, last_at) VALUES (x'ae0b8e9fdb8b3f6520d051c21106b676', x'0100000001876465465bc164a7d974338f42d0eb5378901985190e0070aefbd6e7d25af27180b3c559bf638c0b8ee41f01ef955b8f2d89d6f984c04848b413d75ae7c13d181d9d', 1780318800000, 1780318800000);
INSERT INTO refusals (hour, reason, first_at, last_at, calls) VALUES (494533, 'full', 1780318800000, 1780318800000, 1);
INSERT INTO gaps (id, reason, since, until, repaired) VALUES (1, 'full', 1780318800000, NULL, 0);
INSERT INTO missed (ref, header, id, name, sent_at, at) VALUES (x'd87cf4348143d52d2547b5f02662ba98', x'b29c7e4f176fdfbaf00b64b54ef9e7ba', '01a21c72-7f03-762b-9381-a9002a02333b', x'01000000015a49b8730bcd92af35c36f3e775c5f0a7e22e103aa228838439fb8f58b3dd222db82de6e962a215ba0c1b5c6ee1651c846165df7cdacb95a4c', 1780318800000, 1780318800000);
INSERT INTO services (key, name) VALUES (x'09109b616b2ae08a7edb94e167de7744', x'0100000001b28ab390966aed185bee415344150273cae5ae172999082226c85ac6ddc58ca5a6faa47ccbdde453e861b45539d1b9e6bfa7');
INSERT INTO outbox (seq, id, referral, kind, state, facts, bundle, at, by, fault, said, tries, due_at, failed_at, sent_at, confirmed_at) VALUES (1, '8b740bee-1b8f-4da5-a0d3-4f13ee0053a8', 1, 'status', 'refused', x'010000000169ddca3133398a30945bd95b66714f00710cb84b05a62ab92065b2e70218098a7e5bf25aaf85def5160a946354217f04dd0d9b5ae274a15081fc6e9a7a5db6b2b5a2bddaecd4d604a67ba4f30cd3028e4fadf4918434ad0778e7d033d828d17727dbf2bcfd2281ca0da7a6d892f98d07367285465caff2a2615e05d3e4c4020ef7c713818c0dc667c9f11f32110182bd9af9d1d6d6c9e838a56e7fdaeea8931e71767f1d4594395948a843ff514359177f6d04b5c203c57380546583d95f50ed1070e265a18bb95c9bc477458660f516b4e49cff06388ef663ecdea048fe6aac753b8e2f2d36cdb68d23ddff521135c50c417e0433', x'010000000189bf97a3c514d6a3accbf128ead1e54e07d9c5e9fa723dda36859fe132c80e604f046830ecca2816e839a4ec07065e075b1fc37a5195db', 1780318800000, 'cli:test', 'server', x'0100000001d173fb43f35f58c118ee3358e25dbf072aa811936322cdcd3d9099b497b9a443f010c5f84117d16b2f8ad45ec4489daed6ec29f25ef2ad59dcf435627c4386735c3319a7ac27', 1, 1780318800000, 1780318800000, 0, 0);
INSERT INTO notes (id, referral, at, by_id, by, text) VALUES ('01a21c72-7f07-73ab-9a77-4daede31a2c8', 1, 1780318800000, 'cli:test', 'cli:test', x'01000000015ea2f718a627e0bbaa3f4c86168dea72ecf3be1d9c7484774f8999ee8ab0609fe4227ed08b52aa4f72495f36a71886836520dad11e2a2ca3e56003c4');
INSERT INTO clinic_settings (id, overdue_days) VALUES (1, 14);
CREATE INDEX audit_entries_actor ON audit_entries (actor, seq);
CREATE INDEX audit_entries_action ON audit_entries (action, seq);
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
CREATE TRIGGER audit_entries_append_only BEFORE INSERT ON audit_entries
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit_entries)
BEGIN SELECT RAISE(ABORT, 'audit entries are only added at the end'); END;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX invitations_user ON invitations (user_id);
CREATE INDEX messages_problems ON messages (seq) WHERE problems IS NOT NULL;
CREATE INDEX referrals_sent ON referrals ((direction = 'sent'), seq);
CREATE INDEX referral_messages_message ON referral_messages (message);
CREATE INDEX referral_messages_undecided ON referral_messages (referral) WHERE ours IS NOT 1;
CREATE INDEX attachments_due ON attachments (due_at) WHERE state = 'waiting';
CREATE INDEX attachments_waiting ON attachments (queued_at) WHERE state = 'waiting';
CREATE INDEX attachments_failed ON attachments (seq) WHERE state = 'failed';
CREATE INDEX attachments_foreign ON attachments (seq) WHERE state = 'foreign';
CREATE INDEX attachments_content ON attachments (content) WHERE content IS NOT NULL;
CREATE INDEX attachments_message ON attachments (message) WHERE message IS NOT NULL;
CREATE UNIQUE INDEX gaps_open ON gaps ((until IS NULL)) WHERE until IS NULL;
CREATE INDEX referrals_folder ON referrals ((direction = 'sent'), folder, seq);
CREATE INDEX referrals_age ON referrals ((direction = 'sent'), folder, folder_since);
CREATE INDEX referrals_urgent ON referrals ((direction = 'sent'), folder, urgent, seq);
CREATE INDEX referrals_review ON referrals ((direction = 'sent'), seq) WHERE needs_review = 1;
CREATE INDEX referrals_assignee ON referrals (assignee, seq) WHERE assignee IS NOT NULL;
CREATE INDEX referrals_review_by ON referrals (review_by, seq) WHERE review_by IS NOT NULL;
CREATE INDEX referrals_service ON referrals (service, seq) WHERE service IS NOT NULL;
CREATE INDEX outbox_referral ON outbox (referral, seq);
CREATE INDEX outbox_open ON outbox (referral, seq) WHERE state IN ('waiting', 'refused');
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'waiting';
CREATE INDEX notes_referral ON notes (referral, id);
CREATE INDEX audit_entries_object ON audit_entries (object, seq) WHERE object <> '';
