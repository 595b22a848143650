package store_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/store/storetest"
)

// TestMakeFixture writes a database of the present schema, filled, as storetest/testdata/schema-N.sql, if
// BREAKWATER_FIXTURE says so. It is run once for each schema that is released, before the next.
func TestMakeFixture(t *testing.T) {
	if os.Getenv("BREAKWATER_FIXTURE") == "" {
		return
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "master.key"), []byte(storetest.FixtureKey), 0o600); err != nil {
		t.Fatal(err)
	}
	s := storetest.At(t, dir, storetest.NewClock())
	storetest.Fill(t, s)
	st, err := s.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("storetest", "testdata", fmt.Sprintf("schema-%d.sql", st.Schema))
	if err := os.WriteFile(path, []byte(asSQL(t, raw(t, dir))), 0o644); err != nil {
		t.Fatal(err)
	}
}

// asSQL writes a database as SQL: tables, rows, then all that hangs on tables.
func asSQL(t *testing.T, db *sql.DB) string {
	t.Helper()
	var out strings.Builder
	for _, n := range []string{"page_size", "auto_vacuum"} {
		fmt.Fprintf(&out, "PRAGMA %s = %d;\n", n, count(t, db, "PRAGMA "+n))
	}
	for _, part := range []string{`type = 'table'`, `type <> 'table'`} {
		rows, err := db.Query(`SELECT name, type, sql FROM sqlite_schema WHERE sql <> '' AND name NOT LIKE 'sqlite_%' AND ` + part + ` ORDER BY rowid`)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for rows.Next() {
			var name, kind, text string
			if err := rows.Scan(&name, &kind, &text); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "%s;\n", text)
			if kind == "table" {
				names = append(names, name)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			rowsAsSQL(t, db, &out, name)
		}
	}
	return out.String()
}

func rowsAsSQL(t *testing.T, db *sql.DB, out *strings.Builder, table string) {
	t.Helper()
	rows, err := db.Query(`SELECT * FROM ` + table)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(columns))
		to := make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = literal(v)
		}
		fmt.Fprintf(out, "INSERT INTO %s (%s) VALUES (%s);\n", table, strings.Join(columns, ", "), strings.Join(words, ", "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return "x'" + hex.EncodeToString(v) + "'"
	case time.Time:
		return "'" + v.Format(time.DateTime) + "'"
	case string:
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	return fmt.Sprint(v)
}
