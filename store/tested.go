package store

import (
	"context"
	"encoding/json"
	"fmt"
)

// testDetail is what a proof keeps of the last test of the saved credentials.
type testDetail struct {
	By    string `json:"by"`
	Fault Fault  `json:"fault"`
}

// NoteTest audits a test of the connection, with typed credentials or the saved ones. Only of those
// that are still saved the outcome is kept. It returns [ErrForbidden] without Referral Settings.
func (s *Store) NoteTest(ctx context.Context, a Actor, o OceanAccess, fault Fault, typed bool) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		is, err := t.stillSaved(o)
		if err != nil {
			return err
		}
		if !typed && is {
			if err := t.keepTest(a, o, fault); err != nil {
				return err
			}
		}
		return t.audit(a, ActionOceanTested, "", map[string]any{"host": o.Host, "fault": fault, "typed": typed})
	})
}

func (t *tx) keepTest(a Actor, o OceanAccess, fault Fault) error {
	detail, err := json.Marshal(testDetail{a.label(), fault})
	if err != nil {
		return fmt.Errorf("write the test's outcome: %w", err)
	}
	if err := t.setProof(proofTest, t.now, string(detail)); err != nil {
		return err
	}
	switch fault {
	case "", FaultForbidden: // there was a token
		return t.tokenGiven()
	case FaultCredentials:
		t.store.proven.forget(tokenOf(o))
		return t.prove(proofRefused)
	}
	return nil
}
