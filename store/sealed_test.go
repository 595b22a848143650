package store_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

var (
	tableLine  = regexp.MustCompile(`^CREATE TABLE (\w+) `)
	alterLine  = regexp.MustCompile(`^ALTER TABLE (\w+) ADD COLUMN (\w+) .*-- (?:.*\b)?sealed`)
	columnLine = regexp.MustCompile(`^\s+(\w+)\s+BLOB\b.*-- (?:.*\b)?sealed`)
)

// TestEveryColumnThatSaysSealedIsSealedAnew reads the migrations: a column that says that it is sealed
// and is not in the registry would be lost at the next rotation.
func TestEveryColumnThatSaysSealedIsSealedAnew(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var said [][2]string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		table := ""
		for line := range strings.Lines(string(text)) {
			if m := tableLine.FindStringSubmatch(line); m != nil {
				table = m[1]
			}
			if m := alterLine.FindStringSubmatch(line); m != nil {
				said = append(said, [2]string{m[1], m[2]})
			}
			if m := columnLine.FindStringSubmatch(line); m != nil {
				said = append(said, [2]string{table, m[1]})
			}
		}
	}
	if len(said) < 15 {
		t.Fatalf("only %d columns say so: %v", len(said), said)
	}
	known := store.SealedColumns()
	for _, c := range said {
		if !slices.Contains(known, c) {
			t.Errorf("%s.%s is said to be sealed and is not in sealedColumns", c[0], c[1])
		}
	}
	for _, c := range known {
		if !slices.Contains(said, c) {
			t.Errorf("%s.%s is in sealedColumns, and no migration says that it is sealed", c[0], c[1])
		}
	}
}

// looksSealed reports whether a value has the form of a sealed one, whatever its column says.
func looksSealed(b []byte, keys int64) bool {
	return len(b) >= 45 && (b[0] == 1 || b[0] == 2) && binary.BigEndian.Uint32(b[1:5]) >= 1 && int64(binary.BigEndian.Uint32(b[1:5])) <= keys
}

// TestEverySealedValueOfAFilledDatabaseIsKnown looks at the values themselves: every one that looks
// sealed is in a column of the registry, every column of it holds one, and all of them open.
func TestEverySealedValueOfAFilledDatabaseIsKnown(t *testing.T) {
	s, dir, _ := at(t)
	storetest.Fill(t, s)
	db := raw(t, dir)
	keys := count(t, db, `SELECT max(id) FROM keys`)
	known := store.SealedColumns()
	for _, table := range strs(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`) {
		for _, column := range strs(t, db, fmt.Sprintf(`SELECT name FROM pragma_table_info('%s')`, table)) {
			for _, value := range strs(t, db, fmt.Sprintf(`SELECT CAST(%[1]s AS BLOB) FROM %[2]s WHERE %[1]s IS NOT NULL`, column, table)) {
				if looksSealed([]byte(value), keys) && !slices.Contains(known, [2]string{table, column}) {
					t.Errorf("%s.%s holds a sealed value and is not in sealedColumns", table, column)
				}
				if b, err := base64.StdEncoding.DecodeString(value); err == nil && looksSealed(b, keys) {
					t.Errorf("%s.%s holds a sealed value as text", table, column)
				}
			}
		}
	}
	found, shut, err := s.OpenEverySealed(ctx)
	if err != nil || len(shut) > 0 {
		t.Errorf("do not open: %v, %v", shut, err)
	}
	for _, c := range known {
		if found[c] == 0 {
			t.Errorf("storetest.Fill puts nothing into %s.%s", c[0], c[1])
		}
	}
}

// TestAValueMovedElsewhereDoesNotOpen moves sealed values in the file, as somebody with SQLite can:
// to another row, and to another column. What is read then is a plain error or is left out, and
// nothing panics or shows the wrong patient.
func TestAValueMovedElsewhereDoesNotOpen(t *testing.T) {
	for _, move := range []string{
		`UPDATE referrals SET summary = (SELECT summary FROM referrals o WHERE o.seq <> referrals.seq)`,
		`UPDATE referrals SET summary = (SELECT facts FROM referral_messages WHERE referral = referrals.seq LIMIT 1)`,
		`UPDATE referral_messages SET facts = (SELECT facts FROM referral_messages o WHERE o.rowid <> referral_messages.rowid)`,
		`UPDATE messages SET raw = event`,
		`UPDATE messages SET event = raw`,
		`UPDATE contents SET data = (SELECT raw FROM messages LIMIT 1)`,
		`UPDATE notes SET text = (SELECT summary FROM referrals LIMIT 1)`,
		`UPDATE outbox SET facts = bundle, bundle = facts, said = facts`,
		`UPDATE attachments SET source = (SELECT source FROM attachments o WHERE o.seq < attachments.seq) WHERE seq > 1`,
		`UPDATE inbound_keys SET value = (SELECT client_secret FROM ocean_settings) WHERE value <> x''`,
		`UPDATE ocean_settings SET client_secret = (SELECT value FROM inbound_keys WHERE value <> x'')`,
		`UPDATE listings SET name = (SELECT name FROM services)`,
		`UPDATE services SET name = (SELECT name FROM listings)`,
		`UPDATE missed SET name = (SELECT text FROM notes)`,
		`UPDATE authenticators SET secret = (SELECT client_secret FROM ocean_settings)`,
	} {
		s, dir, _ := at(t)
		filled := storetest.Fill(t, s)
		before := everything(t, s, filled)
		_, shut, err := s.OpenEverySealed(ctx)
		if err != nil || len(shut) > 0 {
			t.Fatalf("do not open: %v, %v", shut, err)
		}
		run(t, raw(t, dir), move)
		if _, shut, err = s.OpenEverySealed(ctx); err != nil || len(shut) == 0 {
			t.Errorf("%s: everything opens (%v)", move, err)
		}
		after := everything(t, s, filled)
		changed := false
		for what, is := range after {
			if is == before[what] {
				continue
			}
			changed = true
			if !strings.HasPrefix(is, "error: ") && len(is) >= len(before[what]) { // what does not open may be left out
				t.Errorf("%s: %s is %q, was %q", move, what, is, before[what])
			}
		}
		if !changed {
			t.Errorf("%s: nothing that is read shows it", move)
		}
	}
}

// everything reads all that [storetest.Fill] put in, through the store's own methods. What does not
// open is the text of its error.
func everything(t testing.TB, s *store.Store, f storetest.Filled) map[string]string {
	t.Helper()
	got := map[string]string{}
	note := func(what string, value any, err error) {
		if got[what] = fmt.Sprint(value); err != nil {
			got[what] = "error: " + err.Error()
		}
	}
	access, err := s.OceanAccess(ctx)
	note("client secret", access.ClientSecret, err)
	rows, _, err := s.Referrals(ctx, store.ReferralFilter{}, 10)
	names := ""
	for _, r := range rows {
		names += r.Patient.Family + " " + r.Service + ";"
	}
	note("list", names, err)
	r, err := s.Referral(ctx, f.Referral)
	if err == nil {
		note("referral", fmt.Sprint(r.Ref, r.Patient.Name, r.Patient.BirthDate, r.Patient.HealthNumber, strings.Repeat("h", len(r.History))), nil)
		docs, err := s.Attachments(ctx, r)
		state := ""
		for _, d := range docs {
			state += string(d.State) + ";"
		}
		note("documents", state, err)
		said := ""
		for _, o := range r.Outbox {
			said += o.Said + ";" + o.Update.Task.Status + ";"
		}
		note("outbox", said, nil)
	} else {
		for _, what := range []string{"referral", "documents", "outbox"} {
			note(what, nil, err)
		}
	}
	bytes, err := s.Kept(ctx, f.Message)
	note("raw", string(bytes), err)
	_, letter, err := s.OpenAttachment(ctx, storetest.Admin, f.Referral, f.Document)
	note("letter", string(letter), err)
	remarks, err := s.Remarks(ctx, f.Referral)
	note("notes", remarks, err)
	problems, _, err := s.ProblemMessages(ctx, 0, 10)
	note("problems", len(problems), err)
	failed, err := s.FailedUpdates(ctx, 10)
	note("failed updates", len(failed), err)
	services, err := s.Services(ctx)
	note("services", services, err)
	known, err := s.Connection(ctx)
	note("listings", known.Listings, err)
	people, err := s.Users(ctx)
	app := ""
	if err == nil {
		app, err = s.WaitingApp(ctx, store.UserActor(&people[0], ""))
	}
	note("authenticator app", app, err)
	refs, err := s.MissedRefs(ctx, storetest.Admin)
	note("missed", refs, err)
	waiting := ""
	due, err := s.DueAttachments(ctx, true, 10)
	for _, w := range due {
		waiting += w.Link + ";"
	}
	note("links", waiting, err)
	key, err := s.CheckKey(ctx, f.Key)
	note("inbound key", key.Valid, err)
	values, err := s.KeyValues(ctx, store.SessionToken{})
	note("inbound key's value", values, err)
	return got
}
