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

// NoteTest audits a test of the connection with a host, and with typed credentials or the saved
// ones. Only of the saved ones the outcome is kept. It returns [ErrForbidden] without Referral
// Settings.
func (s *Store) NoteTest(ctx context.Context, a Actor, host string, fault Fault, typed bool) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		if !typed {
			if err := t.keepTest(a, fault); err != nil {
				return err
			}
		}
		return t.audit(a, ActionOceanTested, "", map[string]any{"host": host, "fault": fault, "typed": typed})
	})
}

func (t *tx) keepTest(a Actor, fault Fault) error {
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
		t.store.proven.forget(string(ProofToken))
		return t.prove(proofRefused)
	}
	return nil
}
