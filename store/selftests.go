package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// SelfTest is what Breakwater tests its own public route with: keys that open it for nothing else,
// and the reference of a referral that is purged afterwards.
type SelfTest struct {
	ID         string
	Key        string // valid for ten minutes, and only with Ref (see [Store.SelfTestRef])
	RetiredKey string // refused as one that was retired
	Ref        string // a UUID
}

// selfTestFor is how long a self-test's key is valid.
const selfTestFor = 10 * time.Minute

// BeginSelfTest makes what a self-test needs. It returns [ErrForbidden] without Referral Settings.
// What came of it is audited by [Store.EndSelfTest].
func (s *Store) BeginSelfTest(ctx context.Context, a Actor) (SelfTest, error) {
	st := SelfTest{ID: newID(), Key: randomKey(), RetiredKey: randomKey(), Ref: uuid.NewString()}
	err := s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO self_tests (id, key, retired, ref, at) VALUES (?, ?, ?, ?, ?)`, st.ID,
			s.keyFingerprint(st.Key), s.keyFingerprint(st.RetiredKey), s.refFingerprint(st.Ref), t.now); err != nil {
			return fmt.Errorf("begin self-test: %w", err)
		}
		return t.audit(a, ActionSelfTestBegun, "", nil)
	})
	if err != nil {
		return SelfTest{}, err
	}
	return st, nil
}

// SelfTestRef reports whether that is the referral reference of the self-test. Nothing else may be
// received with its key: it could not be told apart from a clinic's referral, and would stay.
func (s *Store) SelfTestRef(ctx context.Context, id, ref string) (is bool, err error) {
	if err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM self_tests WHERE id = ? AND ref = ?)`, id, s.refFingerprint(ref)).Scan(&is); err != nil {
		err = fmt.Errorf("look for the self-test: %w", asStoreError(err))
	}
	return is, err
}

// ofSelfTest reports whether one of the referrals is a self-test's.
func (s *Store) ofSelfTest(ctx context.Context, refs []arrivedRef) (bool, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT ref FROM self_tests`)
	if err != nil {
		return false, fmt.Errorf("look for self-tests: %w", asStoreError(err))
	}
	defer rows.Close()
	for rows.Next() {
		var known []byte
		if err := rows.Scan(&known); err != nil {
			return false, fmt.Errorf("look for self-tests: %w", err)
		}
		for _, r := range refs {
			if string(known) == string(r.ref[:]) {
				return true, nil
			}
		}
	}
	return false, asStoreError(rows.Err())
}

// EndSelfTest purges all that a self-test left, as if it had never been, and audits it: how much
// was tried and how much of that proven. It returns [ErrNotFound] where there is no such test, and
// [ErrForbidden] without Referral Settings.
func (s *Store) EndSelfTest(ctx context.Context, a Actor, id string, tries, proven int) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		var ref []byte
		if err := t.get(`SELECT ref FROM self_tests WHERE id = ?`, []any{id}, &ref); err != nil {
			return fmt.Errorf("end self-test: %w", err)
		}
		if err := t.purgeSelfTest(id, ref); err != nil {
			return err
		}
		return t.audit(a, ActionSelfTested, "", map[string]any{"tries": tries, "proven": proven})
	})
}

// PurgeSelfTests purges what self-tests left that were never ended, and audits each with the detail
// abandoned. Serve calls it once, before it listens.
func (s *Store) PurgeSelfTests(ctx context.Context) error {
	return s.update(ctx, func(t *tx) error {
		left, err := t.selfTests()
		if err != nil {
			return err
		}
		for id, ref := range left {
			if err := t.purgeSelfTest(id, ref); err != nil {
				return err
			}
			if err := t.audit(SystemActor(), ActionSelfTested, "", map[string]any{"abandoned": true}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) selfTests() (map[string][]byte, error) {
	rows, err := t.query(`SELECT id, ref FROM self_tests`)
	if err != nil {
		return nil, fmt.Errorf("look for self-tests: %w", err)
	}
	defer rows.Close()
	list := map[string][]byte{}
	for rows.Next() {
		var id string
		var ref []byte
		if err := rows.Scan(&id, &ref); err != nil {
			return nil, fmt.Errorf("look for self-tests: %w", err)
		}
		list[id] = ref
	}
	return list, rows.Err()
}

func (t *tx) purgeSelfTest(id string, ref []byte) error {
	var referral int64
	err := t.get(`SELECT seq FROM referrals WHERE ref = ?`, []any{ref}, &referral)
	if err == nil {
		err = t.purgeReferral(referral)
	}
	if err == nil || errors.Is(err, ErrNotFound) {
		err = t.exec(`DELETE FROM self_tests WHERE id = ?`, id)
	}
	if err != nil {
		return fmt.Errorf("purge self-test: %w", err)
	}
	return nil
}
