package store

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"errors"
	"testing"
)

func aMessage(header, ref string) Message {
	return Message{HeaderID: header, Event: "notify-update-service-request", Raw: []byte(header), Digest: sha256.Sum256([]byte(header)),
		Updates: []Update{{Ref: ref, Event: "notify-update-service-request", HeaderID: header, ReceiverSite: "4321", Patient: &Patient{Name: Name{Family: "Example"}}}}}
}

// TestADamagedValueCostsNothingElse spoils what one message says, and a summary: later messages
// about the same referral are kept all the same, and the settings can be saved.
func TestADamagedValueCostsNothingElse(t *testing.T) {
	ctx := context.Background()
	for _, damage := range []string{`UPDATE referral_messages SET facts = x'00'`, `UPDATE referrals SET summary = x'00'`} {
		s := opened(t)
		if _, err := s.Receive(ctx, aMessage("first", "r")); err != nil {
			t.Fatal(err)
		}
		if err := s.update(ctx, func(t *tx) error { return t.exec(damage) }); err != nil {
			t.Fatal(err)
		}
		site := "4321"
		if err := s.SaveOceanSettings(ctx, SystemActor(), OceanChange{SiteNumber: &site}); err != nil {
			t.Errorf("%s: saving the Site Number: %v", damage, err)
		}
		if _, err := s.Receive(ctx, aMessage("second", "r")); err != nil {
			t.Errorf("%s: a later message: %v", damage, err)
		}
		rows, _, err := s.Referrals(ctx, ReferralFilter{}, 10)
		if err != nil || len(rows) != 1 || rows[0].Patient.Family != "Example" {
			t.Errorf("%s: the list: %+v, %v", damage, rows, err)
		}
		closeStore(t, s)
	}
}

// TestALostConnectionIsAFault: nothing may be written on, and closing still works.
func TestALostConnectionIsAFault(t *testing.T) {
	s := opened(t)
	err := s.update(context.Background(), func(t *tx) error {
		return t.conn.Raw(func(any) error { return driver.ErrBadConn }) // which closes the connection
	})
	if !errors.Is(err, ErrFailed) {
		t.Errorf("a write that lost its connection: %v", err)
	}
	<-s.Failed()
	if err := s.update(context.Background(), func(*tx) error { return nil }); !errors.Is(err, ErrFailed) {
		t.Errorf("a write after that: %v", err)
	}
	if s.Err() == nil {
		t.Error("the fault has no reason")
	}
	closeStore(t, s)
}
