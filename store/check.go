package store

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"

	"breakwater/store/auditlog"
	"breakwater/store/seal"
)

// CheckName names something that must be well for Breakwater to do its work.
type CheckName string

// What is looked at before Breakwater calls itself ready, and by those who look after it.
const (
	CheckDatabase CheckName = "database"
	CheckKey      CheckName = "key"
	CheckDisk     CheckName = "disk"
	CheckAudit    CheckName = "audit"
	CheckClock    CheckName = "clock"
)

// CheckError says which check failed, and why.
type CheckError struct {
	Check CheckName
	Err   error
}

func (e *CheckError) Error() string { return fmt.Sprintf("%s: %v", e.Check, e.Err) }

// Unwrap is why.
func (e *CheckError) Unwrap() error { return e.Err }

// ErrReadOnly says that the disk takes no writes.
var ErrReadOnly = errors.New("the disk is mounted read-only")

// Ready returns why the store could not keep a message now, or could not vouch for it, as a
// *[CheckError]; or nil. It reads a few rows, and proves that the database can be written by writing
// nothing to it.
func (s *Store) Ready(ctx context.Context) error {
	for _, c := range []struct {
		name  CheckName
		check func(context.Context) error
	}{
		{CheckDatabase, s.checkSound}, {CheckDisk, s.checkDisk}, {CheckKey, s.CheckMaster}, {CheckClock, s.CheckClock}, {CheckAudit, s.CheckHead},
		{CheckDatabase, func(ctx context.Context) error { return s.update(ctx, func(*tx) error { return nil }) }},
	} {
		if err := s.Suspect(c.check(ctx)); errors.Is(err, ErrDamaged) {
			return &CheckError{CheckDatabase, err}
		} else if err != nil {
			return &CheckError{c.name, err}
		}
	}
	return nil
}

func (s *Store) checkSound(context.Context) error {
	if s.Damage() != nil {
		return ErrDamaged
	}
	return s.Err()
}

// checkDisk returns [ErrReadOnly] or [ErrDiskFull].
func (s *Store) checkDisk(context.Context) error {
	disk, _, err := s.Disk()
	if err == nil && disk.ReadOnly {
		err = ErrReadOnly
	}
	return errors.Join(err, s.room(0))
}

// CheckMaster reports whether the master key is still where it was, and still fits: the next start
// needs it. It returns [seal.ErrNoMaster] or [seal.ErrWrongMaster].
func (s *Store) CheckMaster(ctx context.Context) error {
	master, err := seal.ReadMaster(s.opts.MasterKey)
	if err != nil {
		return err
	}
	var id uint32
	var purpose string
	var wrapped []byte
	if err := s.read.QueryRowContext(ctx, `SELECT id, purpose, wrapped FROM keys ORDER BY id DESC LIMIT 1`).Scan(&id, &purpose, &wrapped); err != nil {
		return fmt.Errorf("read keys: %w", err)
	}
	_, err = master.Unwrap(id, seal.Purpose(purpose), wrapped)
	return err
}

// CheckHead reports whether the record of the audit log's newest entry vouches for it: whether the
// entry is there, chains to the one before it, and the record was made with the key. It looks at no
// others, which takes [Store.VerifyAudit]. What is wrong is an *[auditlog.Fault].
func (s *Store) CheckHead(ctx context.Context) error {
	t, err := s.read.BeginTx(ctx, nil) // so that nothing is appended between the two
	if err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	defer t.Rollback()
	var seq int64
	var mac, sealed []byte
	if err := notFound(t.QueryRowContext(ctx, `SELECT seq, mac, seal FROM audit_head WHERE id = 1`).Scan(&seq, &mac, &sealed)); errors.Is(err, ErrNotFound) {
		return &auditlog.Fault{Reason: "the record of the newest entry is missing"}
	} else if err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	rows, err := t.QueryContext(ctx, `SELECT seq, at, actor, actor_name, address, action, object, details, mac FROM audit_entries ORDER BY seq DESC LIMIT 2`)
	if err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	var newest []auditlog.Entry
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return &auditlog.Fault{Seq: seq, Reason: "it cannot be read"}
		}
		newest = append(newest, e)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	return vouched(s.keys.Audit(), seq, mac, sealed, newest)
}

// Touched reports whether an error says that the audit log was touched.
func Touched(err error) bool {
	var fault *auditlog.Fault
	return errors.As(err, &fault) || errors.Is(err, auditlog.ErrHead)
}

// vouched holds the record of the newest entry against the newest entries.
func vouched(key seal.Key, seq int64, mac, sealed []byte, newest []auditlog.Entry) error {
	var last, before auditlog.Entry
	if len(newest) > 0 {
		last = newest[0]
	}
	if len(newest) > 1 {
		before = newest[1]
	}
	switch {
	case !hmac.Equal(sealed, auditlog.SealHead(key, seq, mac)):
		return &auditlog.Fault{Seq: seq, Reason: "the record of the newest entry was changed"}
	case last.Seq != seq || !hmac.Equal(last.MAC, mac):
		return &auditlog.Fault{Seq: seq, Reason: "the newest entries are missing"}
	case seq > 0 && !hmac.Equal(auditlog.Chain(key, before.MAC, last), last.MAC):
		return &auditlog.Fault{Seq: seq, Reason: "it was changed"}
	}
	return nil
}
