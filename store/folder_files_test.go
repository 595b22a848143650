package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// What tests see of a data folder from outside: its files' bytes, and its database by a
// connection that knows nothing of the store.

var ctx = context.Background()

// at opens a store in a new folder and names the folder.
func at(t testing.TB) (s *store.Store, dir string, clock *storetest.Clock) {
	t.Helper()
	dir, clock = t.TempDir(), storetest.NewClock()
	return storetest.At(t, dir, clock), dir, clock
}

// raw opens the folder's database as anybody with the file can.
func raw(t testing.TB, dir string) *sql.DB {
	t.Helper()
	path := (&url.URL{Path: filepath.Join(dir, store.FileName)}).EscapedPath()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func run(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func count(t testing.TB, db *sql.DB, query string, args ...any) (n int64) {
	t.Helper()
	if err := db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// dump writes every row of every table, but for those named.
func dump(t testing.TB, db *sql.DB, except ...string) string {
	t.Helper()
	var text strings.Builder
	for _, table := range strs(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`) {
		if !strings.Contains(" "+strings.Join(except, " ")+" ", " "+table+" ") {
			fmt.Fprintf(&text, "%s: %q\n", table, rowsOf(t, db, table))
		}
	}
	return text.String()
}

func rowsOf(t testing.TB, db *sql.DB, table string) (list []string) {
	t.Helper()
	rows, err := db.Query(`SELECT * FROM ` + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, _ := rows.Columns()
	for rows.Next() {
		values, to := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%v", values))
	}
	return list
}

func strs(t testing.TB, db *sql.DB, query string, args ...any) (list []string) {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// fileBytes are the raw bytes of every file in the folder but the master key.
func fileBytes(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		if f.Name() == "master.key" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = b
	}
	if all[store.FileName] == nil {
		t.Fatal("there is no database")
	}
	return all
}

// nowhere checks that what must be secret stands in no file of the folder, in any case of letters,
// and that what stands there openly would have been found.
func nowhere(t testing.TB, dir, open string, secrets map[string]string) {
	t.Helper()
	found := false
	for name, b := range fileBytes(t, dir) {
		b = bytes.ToLower(b)
		found = found || bytes.Contains(b, bytes.ToLower([]byte(open)))
		for what, secret := range secrets {
			if len(secret) < 6 {
				t.Fatalf("%s is too short to look for", what)
			}
			if bytes.Contains(b, bytes.ToLower([]byte(secret))) {
				t.Errorf("%s stands in %s", what, name)
			}
		}
	}
	if !found {
		t.Errorf("%q, which is no secret, was not found either", open)
	}
}

// auditDetails are the actions and details of the audit log's entries from number on.
func auditDetails(t testing.TB, s *store.Store, from int64) (list []string) {
	t.Helper()
	if err := s.AuditEntries(ctx, func(e store.AuditEntry) error {
		if e.Seq >= from {
			list = append(list, strings.TrimSpace(string(e.Action)+" "+e.Details))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func status(t testing.TB, s *store.Store) store.Status {
	t.Helper()
	st, err := s.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return st
}
