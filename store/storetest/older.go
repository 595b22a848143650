package storetest

import (
	"database/sql"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"breakwater/store"
)

//go:embed testdata/*.sql
var fixtures embed.FS

// FixtureKey is the master key of the fixtures. It opens nothing else.
const FixtureKey = "YnJlYWt3YXRlciB0ZXN0IGZpeHR1cmUga2V5IDAwMDE=\n"

// Older makes a data folder as the version with that schema left it, filled by [Fill] as that was then.
// There is one for every schema that was released.
func Older(t testing.TB, dir string, schema int) {
	t.Helper()
	text, err := fixtures.ReadFile(fmt.Sprintf("testdata/schema-%d.sql", schema))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "master.key"), []byte(FixtureKey), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, store.FileName)
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, script := range []string{string(text), `PRAGMA journal_mode = WAL`} {
		if _, err := db.Exec(script); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

// OldestSchema is the oldest that can be upgraded from, of those of which there is a fixture.
const OldestSchema = 4
