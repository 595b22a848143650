package store

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"time"

	"breakwater/store/auditlog"
	"breakwater/store/seal"
)

// Action is what an audit entry says was done: noun.verb.
type Action string

// The actions that are audited.
const (
	ActionSetupLinkMade   Action = "setup.link_made"
	ActionSetupCompleted  Action = "setup.completed"
	ActionUserAdded       Action = "user.added"
	ActionUserDisabled    Action = "user.disabled"
	ActionUserEnabled     Action = "user.enabled"
	ActionPasswordReset   Action = "user.password_reset"
	ActionPasswordChanged Action = "user.password_changed"
	ActionProfileChanged  Action = "user.profile_changed"
	ActionSignedIn        Action = "session.signed_in"
	ActionSignInFailed    Action = "session.sign_in_failed"
	ActionSignedOut       Action = "session.signed_out"
	ActionSessionsEnded   Action = "session.ended"           // object: whose; details: sessions (how many), session (id, of one alone)
	ActionClockBack       Action = "session.clock_went_back" // details: sessions
	ActionProven          Action = "session.proven"          // details: by
	ActionProofFailed     Action = "session.proof_failed"
	ActionAccessDenied    Action = "access.denied" // object: method and path; details: permission; of more than a few within an hour also times, first, last
	ActionSettingsChanged Action = "ocean.settings_changed"
	ActionKeyGenerated    Action = "ocean.key_generated"
	ActionKeySaved        Action = "ocean.key_saved"
	ActionKeyRetired      Action = "ocean.key_retired"
	ActionKeysShown       Action = "ocean.keys_shown"
	ActionKeysRefused     Action = "ocean.keys_refused" // in one hour; object: the [RefusalReason]; details: calls, addresses, first, last
	ActionUserChanged     Action = "user.changed"
	ActionLinkMade        Action = "user.link_made"
	ActionLinkUsed        Action = "user.link_used"
	ActionRoleAdded       Action = "role.added"
	ActionRoleChanged     Action = "role.changed"
	ActionRoleRemoved     Action = "role.removed"
	ActionAuditVerified   Action = "audit.verified"
	ActionAuditTouched    Action = "audit.found_touched"
	ActionAuditExported   Action = "audit.exported"
	ActionSelfTestBegun   Action = "ocean.self_test_begun"
	ActionHeldBack        Action = "audit.held_back"     // object: the action that an hour had too much of; details: times, first, last
	ActionOceanTested     Action = "ocean.tested"        // details: host, fault ("" for none), typed
	ActionSelfTested      Action = "ocean.self_tested"   // details: tries, proven
	ActionStepTicked      Action = "ocean.step_ticked"   // object: the step
	ActionStepUnticked    Action = "ocean.step_unticked" // object: the step
	ActionGapRepaired     Action = "ocean.gap_repaired"
	ActionMissedExported  Action = "ocean.missed_exported"   // details: references
	ActionDocumentOpened  Action = "document.opened"         // object: the referral; details: document, type, download, patient (sealed)
	ActionReferralOpened  Action = "referral.opened"         // object: the referral; details: patient (sealed)
	ActionSearched        Action = "referral.searched"       // details: search, terms, found, query (sealed)
	ActionAssigned        Action = "referral.assigned"       // object: the referral; details: from, to (people's ids; "" for nobody)
	ActionReviewAsked     Action = "referral.review_asked"   // object: the referral; details: person (id)
	ActionNoted           Action = "referral.noted"          // object: the referral; details: note (id)
	ActionReviewed        Action = "referral.reviewed"       // object: the referral
	ActionClinicChanged   Action = "clinic.settings_changed" // details: overdue_days
	ActionReferralTold    Action = "referral.told"           // object: the referral; details: update, kind, status, booked, confirmed
	ActionUpdateRetried   Action = "referral.update_retried" // object: the referral; details: update
	ActionUpdateDropped   Action = "referral.update_dropped" // object: the referral; details: update
	ActionRawShown        Action = "message.raw_shown"       // object: the message; details: referrals, patients (sealed), download
	ActionReprocessed     Action = "message.reprocessed"     // object: the message; details: problems from, to; gone: referrals
	ActionMessageSeen     Action = "message.seen"            // object: the message; details: problems
	ActionClockJumped     Action = "system.clock_jumped"     // details: from, to (RFC 3339)
	ActionClockBehind     Action = "system.clock_behind"     // details: from, to: the clock stood behind what had been at the start
	ActionClockConfirmed  Action = "system.clock_confirmed"
	ActionIncidentOpened  Action = "system.incident_opened" // object: the kind
	ActionIncidentClosed  Action = "system.incident_closed" // object: the kind
	ActionNoticesChanged  Action = "system.notices_changed" // details: what changed, from and to; password (set, removed)
	ActionMailTested      Action = "system.mail_tested"     // details: fault ("" for none)
	ActionRetentionSet    Action = "system.retention_set"   // object: the class; details: days (from, to; 0: for ever)
	ActionRetentionRan    Action = "system.retention_ran"   // object: the class; details: referrals, messages, documents
	ActionReferralPurged  Action = "referral.purged"        // object: the referral; details: class, patient (sealed)
	ActionDatabaseMended  Action = "system.database_mended" // details: found_at (RFC 3339), kind, how (replaced, whole)
	ActionDocumentRetried Action = "document.retried"       // object: the referral, or "" for all that failed; details: documents
	ActionRotationStarted Action = "key.rotation_started"   // object: number of the new key
	ActionRotationEnded   Action = "key.rotation_ended"     // object: number of the new key; details: values, left
	ActionMasterReplaced  Action = "key.master_replaced"
	ActionBackupMade      Action = "backup.made"     // object: the file's name; details: nightly, bytes, damaged, removed
	ActionBackupFailed    Action = "backup.failed"   // details: nightly, fault
	ActionBackupTried     Action = "backup.tried"    // object: the file's name; details: damaged, fault
	ActionRestored        Action = "backup.restored" // object: the file's name; details: until (RFC 3339), entries, damaged
	ActionUpgraded        Action = "system.upgraded" // object: Breakwater's version; details: schema
)

// What is done to second steps. The object is whose they are.
const (
	ActionFactorAsked      Action = "session.factor_asked"     // the password was right
	ActionFactorFailed     Action = "session.factor_failed"    // details: factor
	ActionPasskeyAdded     Action = "factor.passkey_added"     // details: passkey (id), name
	ActionPasskeyRenamed   Action = "factor.passkey_renamed"   // details: passkey (id), name
	ActionPasskeyRemoved   Action = "factor.passkey_removed"   // details: passkey (id), name
	ActionPasskeySuspected Action = "factor.passkey_suspected" // details: passkey (id)
	ActionAppAdded         Action = "factor.app_added"
	ActionAppRemoved       Action = "factor.app_removed"
	ActionCodesRenewed     Action = "factor.codes_renewed"
	ActionFactorsReset     Action = "factor.reset" // details: email
)

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	Seq       int64
	At        time.Time
	Actor     string // "user:<id>", "cli:<os user>", ...
	ActorName string // the person's e-mail address at the time, or empty
	Address   string // network address, or empty
	Action    Action
	Object    string // id or name of what it was done to, or empty
	Details   string // JSON object, or empty
}

// audit appends an entry to the log within the transaction. The head is read here, inside the
// immediate transaction, so several processes keep one chain.
func (t *tx) audit(a Actor, action Action, object string, fields map[string]any) error {
	seq, err := t.auditEntry(a, action, object, fields)
	if err != nil {
		return err
	}
	if err := t.onDay(auditDays, seq, t.now); err != nil {
		return fmt.Errorf("append to the audit log: %w", err)
	}
	return nil
}

// auditEntry is [tx.audit] without the record of days, which databases before schemaOfDays do not have:
// the migration makes it of all entries. It returns the entry's number.
func (t *tx) auditEntry(a Actor, action Action, object string, fields map[string]any) (int64, error) {
	text, err := details(fields)
	if err != nil {
		return 0, err
	}
	e := auditlog.Entry{At: t.now, Actor: a.String(), ActorName: a.name, Address: a.address,
		Action: string(action), Object: object, Details: text}
	key := t.store.keys.Audit()
	var prev, seal []byte
	if err := t.get(`SELECT seq, mac, seal FROM audit_head WHERE id = 1`, nil, &e.Seq, &prev, &seal); err != nil {
		return 0, fmt.Errorf("read the audit log's head: %w", err)
	}
	whole := hmac.Equal(seal, auditlog.SealHead(key, e.Seq, prev))
	e.Seq++
	e.MAC = auditlog.Chain(key, prev, e)
	if err := t.exec(`INSERT INTO audit_entries (seq, at, actor, actor_name, address, action, object, details, mac)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.At, e.Actor, e.ActorName, e.Address, e.Action, e.Object, e.Details, e.MAC); err != nil {
		return 0, fmt.Errorf("append to the audit log: %w", err)
	}
	if seal = auditlog.SealHead(key, e.Seq, e.MAC); !whole {
		// Somebody changed the head's record: the log goes on, but nothing vouches for it again.
		seal = make([]byte, auditlog.MACSize)
	}
	return e.Seq, t.exec(`UPDATE audit_head SET seq = ?, mac = ?, seal = ? WHERE id = 1`, e.Seq, e.MAC, seal)
}

// AuditState is the outcome of a check of the audit log.
type AuditState struct {
	Entries int64
	Head    string // hex of the newest entry's MAC; "" for an empty log
}

// AuditHead is the newest entry of the log at some moment, as it is kept outside of the database.
type AuditHead = auditlog.Head

// ParseHead reads a head: SEQ:MAC, or the MAC's hex alone.
func ParseHead(text string) (AuditHead, error) { return auditlog.ParseHead(text) }

// ReadHeads finds the heads in a file to which they were sent, or in a journal.
func ReadHeads(r io.Reader) ([]AuditHead, error) { return auditlog.ReadHeads(r) }

// VerifyAudit checks the whole log from its first entry. Head, if not "", is a head kept outside
// of the database, which must be found in it. It returns an *[auditlog.Fault] that names the
// first bad entry, [auditlog.ErrHead], or [auditlog.ErrNoHead].
func (s *Store) VerifyAudit(ctx context.Context, head string) (AuditState, error) {
	if strings.TrimSpace(head) == "" {
		return s.VerifyHeads(ctx)
	}
	h, err := ParseHead(head)
	if err != nil {
		return AuditState{}, err
	}
	return s.VerifyHeads(ctx, h)
}

// VerifyHeads is [Store.VerifyAudit] against several heads, all of which must be found.
func (s *Store) VerifyHeads(ctx context.Context, heads ...AuditHead) (AuditState, error) {
	return verifyLog(ctx, s.read.DB, s.keys.Audit(), true, heads...)
}

// verifyLog checks the log of a database; withDays says that its schema has the record of days.
func verifyLog(ctx context.Context, db *sql.DB, key seal.Key, withDays bool, heads ...AuditHead) (AuditState, error) {
	v := auditlog.NewVerifier(key, heads...)
	// One read transaction: entries that are appended meanwhile belong to the next check.
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return AuditState{}, fmt.Errorf("read the audit log: %w", err)
	}
	defer t.Rollback()
	rows, err := t.QueryContext(ctx, selectEntries)
	if err != nil {
		return AuditState{}, fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	var days []dayRow
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return AuditState{}, &auditlog.Fault{Seq: v.Count() + 1, Reason: "it cannot be read"}
		}
		if err := v.Next(e); err != nil {
			return AuditState{}, err
		}
		if day := dayOf(e.At); len(days) == 0 || days[len(days)-1].day != day {
			days = append(days, dayRow{e.Seq, day})
		}
	}
	if err := rows.Err(); err != nil {
		return AuditState{}, fmt.Errorf("read the audit log: %w", err)
	}
	var seq int64
	var mac, seal []byte
	if err := t.QueryRowContext(ctx, `SELECT seq, mac, seal FROM audit_head WHERE id = 1`).Scan(&seq, &mac, &seal); err != nil {
		return AuditState{}, &auditlog.Fault{Seq: v.Count(), Reason: "the record of the newest entry is missing"}
	}
	if err := v.Finish(seq, mac, seal); err != nil || !withDays {
		return AuditState{Entries: v.Count(), Head: v.Head()}, err
	}
	return AuditState{Entries: v.Count(), Head: v.Head()}, verifyDays(ctx, t, days)
}

const selectEntries = `SELECT seq, at, actor, actor_name, address, action, object, details, mac
	FROM audit_entries ORDER BY seq`

func scanEntry(rows interface{ Scan(...any) error }) (e auditlog.Entry, err error) {
	err = rows.Scan(&e.Seq, &e.At, &e.Actor, &e.ActorName, &e.Address, &e.Action, &e.Object, &e.Details, &e.MAC)
	return e, err
}
