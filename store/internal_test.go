package store

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Tests of this package's inside cannot use storetest, which imports it.

var cheap = Argon2{Memory: 64, Time: 1, Threads: 1}

// opened is an open store in a new folder, its clock standing still.
func opened(t testing.TB) *Store {
	t.Helper()
	at := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)
	s, err := Open(context.Background(), Options{Dir: t.TempDir(), Migrate: true, Argon2: cheap, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeStore(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// number reads one number with the store's readers.
func number(t testing.TB, s *Store, query string, args ...any) (n int64) {
	t.Helper()
	if err := s.read.QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// counted is the value of a counter.
func counted(t testing.TB, s *Store, name string) int64 {
	t.Helper()
	return number(t, s, `SELECT coalesce((SELECT value FROM counters WHERE name = ?), 0)`, name)
}

// commits counts the transactions in the write-ahead log: a frame that ends one names the
// database's size in pages (SQLite's file format, 4.2).
func commits(t testing.TB, s *Store) (n int) {
	t.Helper()
	wal, err := os.ReadFile(filepath.Join(s.opts.Dir, FileName+"-wal"))
	if err != nil {
		t.Fatal(err)
	}
	if len(wal) < 32 {
		return 0
	}
	page := int(binary.BigEndian.Uint32(wal[8:]))
	salt := string(wal[16:24])
	for at := 32; at+24+page <= len(wal) && string(wal[at+8:at+16]) == salt; at += 24 + page {
		if binary.BigEndian.Uint32(wal[at+4:]) != 0 {
			n++
		}
	}
	return n
}
