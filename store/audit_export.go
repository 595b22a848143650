package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// RecordExport notes that the audit log is about to be exported: in which format, and what of it,
// times in the zone of the filter's. It returns [ErrForbidden] without View Audit Log.
func (s *Store) RecordExport(ctx context.Context, a Actor, format string, f AuditFilter) error {
	fields := map[string]any{}
	if !f.From.IsZero() {
		fields["from"] = f.From.Format(time.RFC3339)
	}
	if !f.Until.IsZero() {
		fields["until"] = f.Until.Format(time.RFC3339) // exclusive
	}
	if f.Referrals != nil {
		fields["referrals"] = f.Referrals
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ViewAuditLog); err != nil {
			return err
		}
		return t.audit(a, ActionAuditExported, format, fields)
	})
}

// ErrScope says that a text names neither a referral nor a patient's health card number.
var ErrScope = errors.New("this is neither a referral reference nor a health card number")

// maxScope bounds the referrals of one patient.
const maxScope = 1000

// AuditScope says which referrals are meant by a referral's id or reference, or by a patient's health
// card number: those of whom the patient is. That a patient is known here is only for people who may
// see it, so that wants View Referrals. A referral that is here no more
// is still in the log, so any reference is taken; a number that nobody has means no referral. It
// returns [ErrScope] for other texts, and [ErrForbidden] also without View Audit Log. It writes
// nothing: [Store.RecordExport] follows.
func (s *Store) AuditScope(ctx context.Context, a Actor, text string) (ids []string, err error) {
	if err := s.update(ctx, func(t *tx) error { return t.require(a, ViewAuditLog) }); err != nil {
		return nil, err
	}
	text = strings.TrimSpace(text)
	var id string
	err = notFound(s.read.QueryRowContext(ctx, `SELECT id FROM referrals WHERE ref = ?`, s.refFingerprint(text)).Scan(&id))
	switch named, noID := uuid.Parse(text); {
	case err == nil:
		return []string{id}, nil
	case !errors.Is(err, ErrNotFound):
		return nil, fmt.Errorf("look for a referral: %w", err)
	case noID == nil:
		return []string{named.String()}, nil
	}
	number := healthNumber.FindStringSubmatch(strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(text)))
	if number == nil || birthDate.MatchString(text) {
		return nil, ErrScope
	}
	if err := s.update(ctx, func(t *tx) error { return t.require(a, ViewReferrals) }); err != nil {
		return nil, err
	}
	rows, err := s.referralsBy(ctx, way{{s.keys.Term(termHealth, number[1])}}, maxScope)
	if err != nil {
		return nil, err
	}
	ids = []string{}
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids, nil
}
