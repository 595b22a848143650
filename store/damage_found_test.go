package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// filled makes a data folder with a bit of everything in it, closed, and returns how to open it.
func filled(t testing.TB, referrals int) Options {
	t.Helper()
	s := opened(t)
	opts := s.opts
	ctx := context.Background()
	if _, err := s.AddUser(ctx, SystemActor(), NewUser{Email: "ada@example.org", Password: "a quiet harbour at dawn"}); err != nil {
		t.Fatal(err)
	}
	for i := range referrals {
		m := aMessage(fmt.Sprint("message ", i), fmt.Sprint("referral ", i))
		m.Raw = bytes.Repeat([]byte{byte(i), byte(i >> 8), 7, 77}, 4000)
		rand.NewChaCha8([32]byte{byte(i)}).Read(m.Raw) // so that it fills pages of its own
		if _, err := s.Receive(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	opts.Damaged = true
	return opts
}

// aCopy is another data folder with the same content.
func aCopy(t testing.TB, opts Options) Options {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(opts.Dir)); err != nil {
		t.Fatal(err)
	}
	opts.Dir, opts.MasterKey = dir, filepath.Join(dir, "master.key")
	return opts
}

// spoil changes the database's bytes as a failing disk does.
func spoil(t testing.TB, opts Options, change func(content []byte) []byte) {
	t.Helper()
	path := filepath.Join(opts.Dir, FileName)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0o600) // the file stays the same one
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(change(content)); errors.Join(err, f.Close()) != nil {
		t.Fatal(err)
	}
}

const pageSize = 4096

// pagesOf spoils the headers of all pages of a kind (file format, 1.6) but the first page.
func pagesOf(kind byte) func([]byte) []byte {
	return func(content []byte) []byte {
		for at := pageSize; at < len(content); at += pageSize {
			if content[at] == kind {
				copy(content[at:], bytes.Repeat([]byte{0xee}, 64))
			}
		}
		return content
	}
}

// image is what is on the disk of the database and its log.
func image(t testing.TB, dir string) [2][32]byte {
	t.Helper()
	var sums [2][32]byte
	for i, name := range []string{FileName, FileName + "-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if len(content) > 0 { // to a reader, no log and an empty one are the same
			sums[i] = sha256.Sum256(content)
		}
	}
	return sums
}

// TestADamagedDatabaseIsNeverWrittenTo spoils one kind of page after the other. What is found, at the
// start or by the check, ends all writing, also that of closing, and a restart does not begin anew.
func TestADamagedDatabaseIsNeverWrittenTo(t *testing.T) {
	ctx := context.Background()
	good := filled(t, 60)
	for name, change := range map[string]func([]byte) []byte{
		"leaves of tables":   pagesOf(0x0d),
		"inside of tables":   pagesOf(0x05),
		"leaves of indexes":  pagesOf(0x0a),
		"half of the file":   func(c []byte) []byte { return c[:len(c)/2/pageSize*pageSize] },
		"the header":         func(c []byte) []byte { clear(c[:100]); return c },
		"everything":         func(c []byte) []byte { clear(c); return c },
		"nothing is left":    func([]byte) []byte { return nil },
		"the schema":         func(c []byte) []byte { copy(c[100:], bytes.Repeat([]byte{0xee}, 500)); return c },
		"a few bytes remain": func(c []byte) []byte { return c[:50] },
	} {
		t.Run(name, func(t *testing.T) {
			opts := aCopy(t, good)
			spoil(t, opts, change)
			before := image(t, opts.Dir)
			s, err := Open(ctx, opts)
			if err != nil {
				t.Fatal(err)
			}
			if s.Damage() == nil {
				if err := s.CheckWhole(ctx, false); !errors.Is(err, ErrDamaged) {
					t.Fatalf("the check: %v", err)
				}
			}
			<-s.Damaged()
			if _, err := s.Receive(ctx, aMessage("new", "new")); !errors.Is(err, ErrDamaged) {
				t.Errorf("receiving: %v", err)
			}
			for what, err := range map[string]error{"writing": s.update(ctx, func(*tx) error { return nil }), "emptying the log": s.Tidy(ctx),
				"noting that it runs": s.Beat(ctx), "ready": s.Ready(ctx)} {
				if !errors.Is(err, ErrDamaged) {
					t.Errorf("%s: %v", what, err)
				}
			}
			closeStore(t, s)
			if after := image(t, opts.Dir); after != before {
				t.Error("something was written")
			}
			if _, err := Open(ctx, Options{Dir: opts.Dir, Argon2: cheap, Now: opts.Now}); !errors.Is(err, ErrDamaged) {
				t.Errorf("a command after that: %v", err)
			}
			again, err := Open(ctx, opts)
			if err != nil || again.Damage() == nil {
				t.Fatalf("a restart: %v", err)
			}
			if whole, _ := again.Reprieve(ctx); whole {
				t.Error("it is thought to be whole again")
			}
			closeStore(t, again)
			if after := image(t, opts.Dir); after != before {
				t.Error("the restart wrote something")
			}
		})
	}
}

// TestDamageFoundInUse: the writer comes upon it while others wait.
func TestDamageFoundInUse(t *testing.T) {
	ctx := context.Background()
	opts := filled(t, 60)
	s, err := Open(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	spoil(t, opts, pagesOf(0x0d))
	before := image(t, opts.Dir)
	err = s.update(ctx, func(t *tx) error {
		var n int
		if err := t.exec(`PRAGMA shrink_memory`); err != nil {
			return err
		}
		return t.get(`SELECT count(*) FROM messages NOT INDEXED WHERE length(raw) > 0`, nil, &n)
	})
	if !errors.Is(err, ErrDamaged) || s.Damage() == nil || s.Err() != nil {
		t.Fatalf("the write: %v, damage %v, failed %v", err, s.Damage(), s.Err())
	}
	if _, err := s.Receive(ctx, aMessage("new", "new")); !errors.Is(err, ErrDamaged) {
		t.Errorf("receiving after that: %v", err)
	}
	closeStore(t, s)
	if image(t, opts.Dir) != before {
		t.Error("something was written")
	}
}

// TestSuspectTellsDamageFromOtherErrors: a reader comes upon it.
func TestSuspectTellsDamageFromOtherErrors(t *testing.T) {
	ctx := context.Background()
	opts := filled(t, 60)
	spoil(t, opts, pagesOf(0x0a))
	s, err := Open(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Suspect(ErrNotFound); err != ErrNotFound || s.Damage() != nil {
		t.Errorf("%v", err)
	}
	_, err = s.read.ExecContext(ctx, `SELECT * FROM messages WHERE header = x'00'`)
	if err := s.Suspect(err); !errors.Is(err, ErrDamaged) || s.Damage() == nil {
		t.Errorf("%v", err)
	}
	closeStore(t, s)
}

// TestADatabaseThoughtDamagedGetsAReprieve: the disk reads again, and it was the same file all along.
func TestADatabaseThoughtDamagedGetsAReprieve(t *testing.T) {
	ctx := context.Background()
	opts := filled(t, 3)
	s, err := Open(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	s.noteDamage(DamageUse)
	if err := s.NoteDamageTold(); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	if s, err = Open(ctx, opts); err != nil || s.Damage() == nil || s.Damage().Told.IsZero() {
		t.Fatalf("after a restart: %v, %+v", err, s.Damage())
	}
	if whole, err := s.Reprieve(ctx); !whole || err != nil {
		t.Fatalf("the reprieve: %v, %v", whole, err)
	}
	if err := s.update(ctx, func(*tx) error { return nil }); !errors.Is(err, ErrDamaged) {
		t.Errorf("before the next start: %v", err)
	}
	closeStore(t, s)
	mended(t, opts, "whole")
}

// TestARestoredDatabaseIsNotSuspected: another file took the damaged one's place.
func TestARestoredDatabaseIsNotSuspected(t *testing.T) {
	opts := filled(t, 3)
	backup := aCopy(t, opts)
	spoil(t, opts, pagesOf(0x0d))
	s, err := Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckWhole(context.Background(), false); !errors.Is(err, ErrDamaged) {
		t.Fatal(err)
	}
	closeStore(t, s)
	for _, name := range []string{FileName + "-wal", FileName + "-shm"} {
		if err := os.Remove(filepath.Join(opts.Dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.Rename(filepath.Join(backup.Dir, FileName), filepath.Join(opts.Dir, FileName)); err != nil {
		t.Fatal(err)
	}
	mended(t, opts, "replaced")
}

// mended opens a database that is good again: it says so in the audit log, once.
func mended(t *testing.T, opts Options, how string) {
	t.Helper()
	ctx := context.Background()
	for range 2 {
		s, err := Open(ctx, opts)
		if err != nil || s.Damage() != nil {
			t.Fatalf("%v, %v", err, s.Damage())
		}
		if err := s.MendDamage(ctx); err != nil {
			t.Fatal(err)
		}
		if n := number(t, s, `SELECT count(*) FROM audit_entries WHERE action = 'system.database_mended' AND details LIKE '%"how":"`+how+`"%'`); n != 1 {
			t.Errorf("it was noted %d times", n)
		}
		closeStore(t, s)
	}
}

// TestRandomDamage spoils a hundred copies at random places. Nothing panics; what was acknowledged
// afterwards can be read back whenever the database is not known to be damaged; and a database that
// is known to be is not written to.
func TestRandomDamage(t *testing.T) {
	ctx := context.Background()
	good := filled(t, 60)
	random := rand.New(rand.NewPCG(7, 77))
	var found, harmless int
	for round := range 100 {
		opts := aCopy(t, good)
		spoil(t, opts, func(c []byte) []byte {
			at, size := random.IntN(len(c)), []int{1, 16, 512, 4096, 3 * pageSize}[random.IntN(5)]
			for i := at; i < min(at+size, len(c)); i++ {
				c[i] = byte(random.Uint32())
			}
			return c
		})
		s, err := Open(ctx, opts)
		if err != nil {
			t.Errorf("round %d: it does not open, and does not say that it is damaged: %v", round, err)
			continue
		}
		if s.Damage() == nil {
			r, err := s.Receive(ctx, aMessage("new", "new"))
			if err == nil {
				var sealed []byte
				err = s.read.QueryRowContext(ctx, `SELECT raw FROM messages WHERE id = ?`, r.MessageID).Scan(&sealed)
				if raw, openErr := s.keys.Open(messagePlace("raw", r.MessageID), sealed); err != nil || openErr != nil || string(raw) != "new" {
					t.Errorf("round %d: an acknowledged message cannot be read: %v, %v", round, err, openErr)
				}
			}
			_ = s.CheckWhole(ctx, false)
		}
		if s.Damage() == nil {
			harmless++
			closeStore(t, s)
			continue
		}
		found++
		before := image(t, opts.Dir)
		if _, err := s.Receive(ctx, aMessage("more", "more")); !errors.Is(err, ErrDamaged) {
			t.Errorf("round %d: receiving: %v", round, err)
		}
		_, _, _ = s.Referrals(ctx, ReferralFilter{}, 50)
		closeStore(t, s)
		if image(t, opts.Dir) != before {
			t.Errorf("round %d: it was written to", round)
		}
	}
	t.Logf("tried 100, found damaged %d, harmless %d", found, harmless)
	if found < 20 {
		t.Errorf("only %d of 100 were found", found)
	}
}
