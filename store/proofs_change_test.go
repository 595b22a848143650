package store

import (
	"context"
	"reflect"
	"testing"
	"time"
)

func TestProofsFollowWhatIsSaved(t *testing.T) {
	s, turn := clocked(t)
	defer closeStore(t, s)
	ctx := context.Background()
	connection := func() Connection {
		t.Helper()
		c, err := s.Connection(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	do := func(fn func(*tx) error) {
		t.Helper()
		if err := s.update(ctx, fn); err != nil {
			t.Fatal(err)
		}
	}
	save := func(site string) {
		t.Helper()
		if err := s.SaveOceanSettings(ctx, SystemActor(), OceanChange{SiteNumber: &site}); err != nil {
			t.Fatal(err)
		}
		do((*tx).proveDirections)
	}
	first := s.opts.Now().UTC()
	save("9999") // mistyped: what comes looks sent
	good(t, s, 1)
	turn(time.Hour)
	good(t, s, 2)
	seen := Seen{first, first.Add(time.Hour)}
	if c := connection(); c.Received.Ever() || c.SentCopy != seen {
		t.Errorf("mistyped: %+v", c)
	}
	save("4321")
	if c := connection(); c.SentCopy.Ever() || c.Received != seen {
		t.Errorf("corrected: %+v", c)
	}
	for range 2 {
		access, err := s.OceanAccess(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.NoteToken(ctx, access); err != nil {
			t.Fatal(err)
		}
		if err := s.NoteTest(ctx, SystemActor(), access, "", false); err != nil {
			t.Fatal(err)
		}
		if c := connection(); !c.Token.Ever() || c.Test == nil { // the second time within a minute
			t.Errorf("%+v", c)
		}
		if err := s.NoteCredentialsRefused(ctx, access); err != nil {
			t.Fatal(err)
		}
		do((*tx).forgetCredentials)
		for _, late := range []error{s.NoteCredentialsRefused(ctx, access), s.NoteTest(ctx, SystemActor(), access, FaultCredentials, false)} {
			if late != nil { // an answer about the old ones
				t.Fatal(late)
			}
		}
		if c := connection(); c.Token.Ever() || c.Test != nil || !c.CredentialsRefused.IsZero() || !c.Message.Ever() {
			t.Errorf("other credentials: %+v", c)
		}
	}
	if err := s.Prove(ctx, ProofOldFHIR); err != nil {
		t.Fatal(err)
	}
	if at := s.opts.Now().UTC(); !reflect.DeepEqual(connection().OldFHIR, Seen{at, at}) {
		t.Errorf("%+v", connection().OldFHIR)
	}
}
