package store

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"
)

// TestTheLogStaysBounded writes far more than the log may hold. While a reader needs all of it the log
// grows; as soon as it is gone the next write cuts it.
func TestTheLogStaysBounded(t *testing.T) {
	ctx := context.Background()
	s := opened(t)
	defer closeStore(t, s)
	much := bytes.Repeat([]byte{1}, 4<<20)
	write := func(times int) {
		t.Helper()
		for range times {
			if err := s.update(ctx, func(t *tx) error {
				return errors.Join(t.exec(`INSERT INTO setup_tokens (hash, expires_at) VALUES (?, 1)`, much), t.exec(`DELETE FROM setup_tokens`))
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(40)
	if size := s.LogSize(); size > logMost {
		t.Errorf("after 160 MB the log has %d bytes", size)
	}
	reader, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRow(`SELECT count(*) FROM keys`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	write(40)
	if size := s.LogSize(); size < logMost {
		t.Errorf("the log has %d bytes under a reader's feet: this test proves nothing", size)
	}
	if err := s.Tidy(ctx); err != nil && !errors.Is(err, ErrBusy) {
		t.Errorf("emptying it under a reader: %v", err)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	write(logPause)
	if size := s.LogSize(); size > logMost {
		t.Errorf("after the reader has gone the log has %d bytes", size)
	}
	if err := s.Tidy(ctx); err != nil || s.LogSize() != 0 {
		t.Errorf("when there is time: %v, %d bytes", err, s.LogSize())
	}
}

// TestReceivingEndsAtTheFloorAndGoesOnAboveIt: what people see of patients is still noted below it.
func TestReceivingEndsAtTheFloorAndGoesOnAboveIt(t *testing.T) {
	ctx := context.Background()
	free := uint64(1 << 30)
	at := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)
	s, err := Open(ctx, Options{Dir: t.TempDir(), Argon2: cheap, MinFree: 256 << 20, Now: func() time.Time { return at },
		Disk: func(string) (Disk, error) { return Disk{Free: free}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if _, err := s.Receive(ctx, aMessage("a", "a")); err != nil {
		t.Fatal(err)
	}
	rows, _, err := s.Referrals(ctx, ReferralFilter{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, below := range []uint64{256<<20 - 1, 1 << 20, 0} {
		free = below
		for what, err := range map[string]error{"ready": s.Ready(ctx), "room": s.HasRoom(), "a document": s.KeepAttachment(ctx, AttachmentWork{}, "image/png", []byte("x")),
			"an update for Ocean": s.Tell(ctx, SystemActor(), rows[0].ID, 1, Outgoing{ID: "x", Kind: OutStatus})} {
			if !errors.Is(err, ErrDiskFull) {
				t.Errorf("%d free, %s: %v", below, what, err)
			}
		}
		if _, err := s.Receive(ctx, aMessage("b", "b")); !errors.Is(err, ErrDiskFull) {
			t.Errorf("%d free, receiving: %v", below, err)
		}
		before := number(t, s, `SELECT count(*) FROM audit_entries`)
		if err := s.RecordSearched(ctx, SystemActor(), "Example", 1); err != nil || number(t, s, `SELECT count(*) FROM audit_entries`) != before+1 {
			t.Errorf("%d free, noting what is read: %v", below, err)
		}
	}
	free = 256<<20 + 1000 // room for something small alone
	large := aMessage("large", "large")
	large.Raw = make([]byte, 1<<20)
	if _, err := s.Receive(ctx, large); !errors.Is(err, ErrDiskFull) {
		t.Errorf("a message that would go below the floor: %v", err)
	}
	if _, err := s.Receive(ctx, aMessage("b", "b")); err != nil {
		t.Errorf("room again: %v", err)
	}
}
