package store_test

import (
	"bytes"
	"errors"
	"testing"

	"breakwater/store/auditlog"
)

// loose is the log's table without what SQLite checks of it, so that any value of any type fits.
const loose = untie + `
	CREATE TABLE loose (seq, at, actor, actor_name, address, action, object, details, mac);
	INSERT INTO loose SELECT * FROM audit_entries;
	DROP TABLE audit_entries;
	ALTER TABLE loose RENAME TO audit_entries;`

// FuzzVerifyAudit writes arbitrary values of any type into one column of one entry: checking the
// log never panics and never finds it good, unless what is read is what stood there before.
func FuzzVerifyAudit(f *testing.F) {
	s, dir, _ := at(f)
	denied(f, s, 3)
	db := raw(f, dir)
	run(f, db, loose)
	columns := []string{"seq", "at", "actor", "actor_name", "address", "action", "object", "details", "mac"}
	for column := range columns {
		for kind := range 5 {
			f.Add(byte(column), byte(kind), byte(1), int64(-1), []byte("\x00\xff'"))
		}
	}
	f.Add(byte(0), byte(0), byte(2), int64(1), []byte{})                // a number twice
	f.Add(byte(1), byte(2), byte(0), int64(9e18), []byte("2026-06-01")) // a time as text
	f.Fuzz(func(t *testing.T, column, kind, entry byte, number int64, text []byte) {
		name, row := columns[int(column)%len(columns)], int64(entry)%3+1
		var before, after []byte
		if err := db.QueryRow(`SELECT `+name+` FROM audit_entries WHERE rowid = ?`, row).Scan(&before); err != nil {
			t.Fatal(err)
		}
		value := []any{number, text, string(text), float64(number) / 3, nil}[int(kind)%5]
		run(t, db, `CREATE TEMP TABLE kept AS SELECT * FROM audit_entries`)
		defer run(t, db, `DELETE FROM audit_entries; INSERT INTO audit_entries SELECT * FROM kept; DROP TABLE kept`)
		run(t, db, `UPDATE audit_entries SET `+name+` = ? WHERE rowid = ?`, value, row)
		if err := db.QueryRow(`SELECT `+name+` FROM audit_entries WHERE rowid = ?`, row).Scan(&after); err != nil {
			t.Fatal(err)
		}
		_, err := s.VerifyAudit(ctx, "")
		var fault *auditlog.Fault
		if same := bytes.Equal(before, after) && value != nil; same != (err == nil) || !same && !errors.As(err, &fault) {
			t.Errorf("%s of %d from %q to %q: %v", name, row, before, after, err)
		}
	})
}
