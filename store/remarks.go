package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/store/seal"
)

// Remark is what somebody of the clinic wrote for colleagues. It never goes to Ocean, and nobody
// can change it.
type Remark struct {
	ID   string
	At   time.Time
	ByID string // as [AuditEntry.Actor]
	By   string // as people knew who it was then
	Text string // plain, with its line breaks
}

// MaxRemark is how long a remark may be, in characters.
const MaxRemark = 10_000

// Why a remark cannot be kept.
var (
	ErrRemarkEmpty = errors.New("the note is empty")
	ErrRemarkLong  = errors.New("the note is too long")
)

func remarkPlace(id string) seal.Place {
	return seal.Place{Table: "notes", Column: "text", Row: id}
}

// AddRemark keeps a note on a referral for colleagues alone. It overwrites nothing, so it needs no
// version and changes none. It returns [ErrRemarkEmpty], [ErrRemarkLong], [ErrNotFound], and
// [ErrForbidden] without Manage Referrals.
func (s *Store) AddRemark(ctx context.Context, a Actor, referralID, text string) error {
	text = strings.TrimSpace(printable(strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\uFFFD")))
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return ErrRemarkEmpty
	case n > MaxRemark:
		return ErrRemarkLong
	}
	id := newID()
	sealed := s.keys.Seal(remarkPlace(id), []byte(text))
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ManageReferrals); err != nil {
			return err
		}
		found, err := t.referralAt(referralID)
		if err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO notes (id, referral, at, by_id, by, text) VALUES (?, ?, ?, ?, ?, ?)`,
			id, found.seq, t.now, a.String(), a.label(), t.fresh(remarkPlace(id), sealed)); err != nil {
			return fmt.Errorf("keep a note: %w", err)
		}
		return t.audit(a, ActionNoted, referralID, map[string]any{"note": id})
	})
}

// Remarks lists the notes on a referral, oldest first.
func (s *Store) Remarks(ctx context.Context, referralID string) (list []Remark, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, at, by_id, by, text FROM notes
		WHERE referral = (SELECT seq FROM referrals WHERE id = ?) ORDER BY rowid`, referralID) // ids go by a clock, which may have gone back
	if err != nil {
		return nil, fmt.Errorf("read notes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n Remark
		var at int64
		var sealed []byte
		if err := rows.Scan(&n.ID, &at, &n.ByID, &n.By, &sealed); err != nil {
			return nil, fmt.Errorf("read notes: %w", err)
		}
		text, err := s.keys.Open(remarkPlace(n.ID), sealed)
		if err != nil {
			return nil, fmt.Errorf("note %s: %w", n.ID, err)
		}
		n.At, n.Text = fromMillis(at), string(text)
		list = append(list, n)
	}
	return list, rows.Err()
}

// Mark is by what an open page knows that a referral is no longer as it shows it.
type Mark struct {
	Version int64 // as [Referral.Version]
	Remarks int
}

// Mark returns a referral's mark, or [ErrNotFound].
func (s *Store) Mark(ctx context.Context, referralID string) (m Mark, err error) {
	err = notFound(s.read.QueryRowContext(ctx, `SELECT version, (SELECT count(*) FROM notes WHERE referral = r.seq) FROM referrals r WHERE id = ?`, referralID).
		Scan(&m.Version, &m.Remarks))
	if err != nil {
		err = fmt.Errorf("read referral: %w", err)
	}
	return m, err
}
