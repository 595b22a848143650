// Package storetest opens real stores on temporary files, for tests: SQLite is the test double.
package storetest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"breakwater/store"
)

// Clock is a clock that tests turn by hand.
type Clock struct{ at time.Time }

// NewClock starts at a fixed moment, a Monday morning in Toronto.
func NewClock() *Clock { return &Clock{time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)} }

// Now is the time that the clock shows.
func (c *Clock) Now() time.Time { return c.at }

// Turn turns the clock on. It must not run beside something that reads the clock.
func (c *Clock) Turn(d time.Duration) { c.at = c.at.Add(d) }

// Cheap are argon2id costs for tests, which hash many passwords.
var Cheap = store.Argon2{Memory: 64, Time: 1, Threads: 1}

// Admin is somebody who may do everything.
var Admin = store.CLIActor("test")

// Open opens a new store in a temporary folder and closes it when the test ends.
func Open(t testing.TB) *store.Store { return At(t, t.TempDir(), NewClock()) }

// At opens the store in dir, made where missing, on the given clock.
func At(t testing.TB, dir string, clock *Clock) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{Dir: filepath.Clean(dir), Migrate: true, Now: clock.Now, Argon2: Cheap})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// Whatever a test did, the figures on the screen are those of the rows.
		if wrong, err := s.CheckCounters(context.Background()); err == nil && len(wrong) > 0 && !t.Failed() {
			t.Errorf("counters that are wrong: %+v", wrong)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Password is one that [store.CheckPassword] takes.
const Password = "a quiet harbour at dawn"

// AddUser adds a person with permissions of their own and returns them.
func AddUser(t testing.TB, s *store.Store, email string, permissions ...store.Permission) *store.User {
	t.Helper()
	id, err := s.AddUser(context.Background(), Admin, store.NewUser{Email: email, Password: Password, Permissions: permissions})
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.User(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Notices are settings for notices with a mail server that is nowhere.
func Notices() store.NoticeSettings {
	return store.NoticeSettings{QuietHours: 18, WorkFrom: 8, WorkUntil: 17, WorkDays: [7]bool{false, true, true, true, true, true, false},
		Host: "smtp.invalid", Port: 587, TLS: store.MailSTARTTLS, User: "clinic", From: "breakwater@clinic.example", To: []string{"it@clinic.example"}, Language: "en"}
}
