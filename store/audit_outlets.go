package store

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// OutletFault says why the audit log's head could not leave the database.
type OutletFault string

// What can be the matter with an outlet.
const (
	OutletMissing     OutletFault = "missing"     // the folder of the file is not there: is the disk mounted?
	OutletDenied      OutletFault = "denied"      // the file may not be written
	OutletFull        OutletFault = "full"        // no room on the disk
	OutletUnreachable OutletFault = "unreachable" // the host cannot be reached
	OutletCertificate OutletFault = "certificate" // it does not prove to be the host
	OutletSlow        OutletFault = "slow"        // no answer in time
	OutletOther       OutletFault = "other"
)

// OutletFaults are all of them, for tables that must be whole.
var OutletFaults = []OutletFault{OutletMissing, OutletDenied, OutletFull, OutletUnreachable, OutletCertificate, OutletSlow, OutletOther}

// AuditOutlet is a way by which the audit log's head leaves the database.
type AuditOutlet struct {
	Name    string      // log, file, syslog
	SentAt  time.Time   // when a head last left by it; zero: never
	Seq     int64       // the entry of that head
	Failing time.Time   // since when it fails; zero: it works
	Fault   OutletFault // why
	// Lost is the entry of a head that left and is in the log no more: its end was cut off, or an
	// older copy of the database put back. 0 where all are there.
	Lost int64
}

// AuditHead is the newest entry of the log. Its number is 0 where there is none yet.
func (s *Store) AuditHead(ctx context.Context) (h AuditHead, err error) {
	if err := s.read.QueryRowContext(ctx, `SELECT seq, mac FROM audit_head WHERE id = 1`).Scan(&h.Seq, &h.MAC); err != nil {
		return h, fmt.Errorf("read the audit log's head: %w", err)
	}
	return h, nil
}

// HoldsHead reports whether the log still has the entry that a head names, as it was then. It looks
// at that entry alone; [Store.VerifyAudit] looks at all.
func (s *Store) HoldsHead(ctx context.Context, h AuditHead) (bool, error) {
	var mac []byte
	err := notFound(s.read.QueryRowContext(ctx, `SELECT mac FROM audit_entries WHERE seq = ?`, h.Seq).Scan(&mac))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for a head in the audit log: %w", err)
	}
	return hmac.Equal(mac, h.MAC), nil
}

// KeepOutlets says by which ways heads leave from now on; what was known of others is forgotten.
func (s *Store) KeepOutlets(ctx context.Context, names ...string) error {
	text, err := json.Marshal(names)
	if err != nil {
		return fmt.Errorf("keep outlets: %w", err)
	}
	err = s.update(ctx, func(t *tx) error {
		return errors.Join(t.exec(`DELETE FROM audit_outlets WHERE name NOT IN (SELECT value FROM json_each(?))`, string(text)),
			t.exec(`INSERT INTO audit_outlets (name) SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`, string(text)))
	})
	if err != nil {
		return fmt.Errorf("keep outlets: %w", err)
	}
	return nil
}

// NoteHead notes that the head with that number left by an outlet, or why it could not. Lost is the
// entry of one that left earlier and is in the log no more, 0 for none: once said it stays said, until
// the outlet begins anew, which is lost -1.
func (s *Store) NoteHead(ctx context.Context, outlet string, seq int64, fault OutletFault, lost int64) error {
	err := s.update(ctx, func(t *tx) error {
		return t.exec(`UPDATE audit_outlets SET sent_at = iif(?3 = '', ?4, sent_at), seq = iif(?3 = '', ?2, seq), fault = ?3,
			failing_since = iif(?3 = '', 0, iif(failing_since > 0, failing_since, ?4)), lost = iif(?5 = 0, lost, max(?5, 0)) WHERE name = ?1`,
			outlet, seq, string(fault), t.now, lost)
	})
	if err != nil {
		return fmt.Errorf("note how an outlet does: %w", err)
	}
	return nil
}

// AuditOutlets lists by which ways heads leave, and how those do; none before the first start.
func (s *Store) AuditOutlets(ctx context.Context) (list []AuditOutlet, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT name, sent_at, seq, failing_since, fault, lost FROM audit_outlets ORDER BY name = 'log' DESC, name`)
	if err != nil {
		return nil, fmt.Errorf("read how outlets do: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var o AuditOutlet
		var sent, failing int64
		if err := rows.Scan(&o.Name, &sent, &o.Seq, &failing, &o.Fault, &o.Lost); err != nil {
			return nil, fmt.Errorf("read how outlets do: %w", err)
		}
		o.SentAt, o.Failing = fromMillis(sent), fromMillis(failing)
		list = append(list, o)
	}
	return list, rows.Err()
}
