package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

const quietMorning = "a quiet morning in spring"

// hashOf is the stored hash of the only person.
func hashOf(t testing.TB, s *Store) (hash string) {
	t.Helper()
	if err := s.read.QueryRowContext(context.Background(), `SELECT password_hash FROM users`).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	return hash
}

func TestBetterCostsHashAnewAtTheNextSignIn(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	now := func() time.Time { return time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC) }
	at := func(cost Argon2) *Store {
		s, err := Open(ctx, Options{Dir: dir, Migrate: true, Now: now, Argon2: cost})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := at(cheap)
	id, err := s.AddUser(ctx, SystemActor(), NewUser{Email: "ada@x.example", Password: quietMorning})
	if err != nil {
		t.Fatal(err)
	}
	session, err := s.SignIn(ctx, "ada@x.example", quietMorning, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	device, err := s.KnowDevice(ctx, id, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := hashOf(t, s)
	closeStore(t, s)
	for _, c := range []struct {
		cost Argon2
		want string
	}{{Argon2{Memory: 64, Time: 2, Threads: 1}, "m=64,t=2"}, {Argon2{Memory: 128, Time: 1, Threads: 1}, "m=128,t=1"}, {cheap, "m=128,t=1"}} {
		s = at(c.cost)
		if _, err := s.SignIn(ctx, "ada@x.example", "not that morning", "", nil); !errors.Is(err, ErrCredentials) || hashOf(t, s) != first {
			t.Errorf("a wrong password hashes anew: %v", err)
		}
		for range 2 {
			if _, err := s.SignIn(ctx, "ada@x.example", quietMorning, "", nil); err != nil {
				t.Fatal(err)
			}
		}
		if first = hashOf(t, s); !strings.Contains(first, c.want) {
			t.Errorf("at %+v the hash is %s", c.cost, first)
		}
		if number(t, s, `SELECT count(*) FROM devices WHERE hash = ?`, device.hash()) != 1 {
			t.Error("the device is forgotten")
		}
		if _, err := s.PeekSession(ctx, session); err != nil {
			t.Errorf("a session ended: %v", err)
		}
		closeStore(t, s)
	}
}

// Versions before hashed the very bytes.
func TestAPasswordHashedAsItWasTypedStillWorks(t *testing.T) {
	ctx, s := context.Background(), opened(t)
	defer closeStore(t, s)
	typed := "trois chats\u00a0sur un toit"
	if _, err := s.AddUser(ctx, SystemActor(), NewUser{Email: "ada@x.example", Password: quietMorning}); err != nil {
		t.Fatal(err)
	}
	salt := make([]byte, saltSize)
	sum, err := s.hashing.sum(ctx, typed, salt, cheap)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.update(ctx, func(t *tx) error { return t.exec(`UPDATE users SET password_hash = ?`, encodeHash(cheap, salt, sum)) }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignIn(ctx, "ada@x.example", typed, "", nil); err != nil {
		t.Error(err)
	}
	if _, err := s.SignIn(ctx, "ada@x.example", prepare8265(typed), "", nil); !errors.Is(err, ErrCredentials) {
		t.Error(err)
	}
}

func TestACrowdOfStrangersKeepsNobodyAtAKnownDeviceWaiting(t *testing.T) {
	ctx, s := context.Background(), opened(t)
	defer closeStore(t, s)
	if _, err := s.AddUser(ctx, SystemActor(), NewUser{Email: "ada@x.example", Password: quietMorning}); err != nil {
		t.Fatal(err)
	}
	s.hashing.strangers <- struct{}{} // one of them is at it, for long
	waiting := make(chan error)
	gone, leave := context.WithCancel(ctx)
	for range strangersWait {
		go func() {
			_, err := s.SignIn(gone, "nobody@x.example", "wrong", "", nil)
			waiting <- err
		}()
	}
	for len(s.hashing.line) < strangersWait {
		select {
		case err := <-waiting:
			t.Fatalf("one of them was let through: %v", err)
		default:
		}
	}
	if _, err := s.SignIn(ctx, "ada@x.example", quietMorning, "", nil); !errors.Is(err, ErrBusy) {
		t.Errorf("one more waits too: %v", err)
	}
	if _, err := s.SignIn(AsTried(ctx, []Try{TryBy(TryDevice, "x")}), "ada@x.example", quietMorning, "", nil); err != nil {
		t.Errorf("at a known device: %v", err)
	}
	leave()
	for range strangersWait {
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	<-s.hashing.strangers
	if _, err := s.SignIn(ctx, "ada@x.example", quietMorning, "", nil); err != nil {
		t.Error(err)
	}
}
