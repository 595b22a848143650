package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"breakwater/store"
	"breakwater/store/auditlog"
	"breakwater/store/storetest"
)

// restored makes a data folder of a database file and another folder's master key.
func restored(t testing.TB, database, keyFrom string) string {
	t.Helper()
	dir := t.TempDir()
	for to, from := range map[string]string{store.FileName: database, "master.key": filepath.Join(keyFrom, "master.key")} {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// untie takes away what keeps people with the file from changing the log.
const untie = `DROP TRIGGER audit_entries_no_update; DROP TRIGGER audit_entries_no_delete; DROP TRIGGER audit_entries_append_only;`

// touched is a log of logged entries to which each of the statements is done in turn on a copy.
const logged = 6

func TestEveryTouchOfTheLogIsFound(t *testing.T) {
	type touch struct {
		name, do string
		bad      int64
	}
	all := []touch{
		{"first removed", `DELETE FROM audit_entries WHERE seq = 1`, 1},
		{"middle removed", `DELETE FROM audit_entries WHERE seq = 3`, 3},
		{"last removed", `DELETE FROM audit_entries WHERE seq = 6`, 6},
		{"tail removed", `DELETE FROM audit_entries WHERE seq > 3`, 4},
		{"all removed", `DELETE FROM audit_entries`, 1},
		{"removed and closed up", `DELETE FROM audit_entries WHERE seq = 3; UPDATE audit_entries SET seq = seq - 1 WHERE seq > 3`, 3},
		{"tail removed, head's number set back", `DELETE FROM audit_entries WHERE seq > 3; UPDATE audit_head SET seq = 3`, 3},
		{"tail removed, head set back", `DELETE FROM audit_entries WHERE seq > 3;
			UPDATE audit_head SET seq = 3, mac = (SELECT mac FROM audit_entries WHERE seq = 3)`, 3},
		{"all removed, head set back", `DELETE FROM audit_entries; UPDATE audit_head SET seq = 0, mac = x''`, 0},
		{"two swapped", `UPDATE audit_entries SET seq = -3 WHERE seq = 3; UPDATE audit_entries SET seq = 3 WHERE seq = 4;
			UPDATE audit_entries SET seq = 4 WHERE seq = -3`, 3},
		{"first moved to the end", `UPDATE audit_entries SET seq = 7 WHERE seq = 1; UPDATE audit_entries SET seq = seq - 1`, 1},
		{"one put between", `UPDATE audit_entries SET seq = -seq - 1 WHERE seq >= 3; UPDATE audit_entries SET seq = -seq WHERE seq < 0;
			INSERT INTO audit_entries SELECT 3, at, actor, actor_name, address, 'user.added', object, details, mac FROM audit_entries WHERE seq = 4`, 3},
		{"one doubled", `UPDATE audit_entries SET seq = -seq - 1 WHERE seq >= 3; UPDATE audit_entries SET seq = -seq WHERE seq < 0;
			INSERT INTO audit_entries SELECT 3, at, actor, actor_name, address, action, object, details, mac FROM audit_entries WHERE seq = 2`, 3},
		{"one before the first", `INSERT INTO audit_entries SELECT 0, at, actor, actor_name, address, action, object, details, mac FROM audit_entries WHERE seq = 1`, 0},
		{"one with a negative number", `INSERT INTO audit_entries SELECT -5, at, actor, actor_name, address, action, object, details, mac FROM audit_entries WHERE seq = 1`, -5},
		{"one behind the end", `INSERT INTO audit_entries SELECT 7, at, actor, actor_name, address, action, object, details, mac FROM audit_entries WHERE seq = 6`, 7},
		{"one behind the end, with the head", `INSERT INTO audit_entries SELECT 7, at, actor, actor_name, address, action, object, details, mac FROM audit_entries WHERE seq = 6;
			UPDATE audit_head SET seq = 7`, 7},
		{"two contents changed over", `UPDATE audit_entries SET object = (SELECT object FROM audit_entries WHERE seq = 5) WHERE seq = 2`, 2},
		{"a mac changed over", `UPDATE audit_entries SET mac = (SELECT mac FROM audit_entries WHERE seq = 5) WHERE seq = 4`, 4},
		{"head's number", `UPDATE audit_head SET seq = 5`, 6},
		{"head's number ahead", `UPDATE audit_head SET seq = 9`, 9},
		{"head's mac", `UPDATE audit_head SET mac = zeroblob(32)`, 6},
		{"head's seal", `UPDATE audit_head SET seal = zeroblob(32)`, 6},
		{"head removed", `DELETE FROM audit_head`, 6},
		{"days removed", `DELETE FROM audit_days`, 1},
		{"a day added", `INSERT INTO audit_days VALUES (4, 1)`, 4},
		{"a day begins later", `UPDATE audit_days SET seq = 2`, 1},
		{"another day", `UPDATE audit_days SET day = day - 1`, 1},
	}
	for _, seq := range []int64{1, 3, logged} {
		for column, value := range map[string]string{
			"at": "at + 1", "actor": "'cli:somebody'", "actor_name": "actor_name || 'x'", "address": "'192.0.2.99'", "action": "'user.enabled'",
			"object": "object || ' '", "details": `'{"permission":"edit_users"}'`, "mac": "zeroblob(32)", "mac ": "x''",
			"details ": "details || char(0)", "details  ": "details || char(0) || 'x'", "actor ": "upper(actor)", "details   ": "replace(details, ':', ': ')",
			"action ": "CAST(x'ff' AS TEXT)",
		} {
			all = append(all, touch{fmt.Sprintf("%s of %d = %s", column, seq, value), fmt.Sprintf(`UPDATE audit_entries SET %s = %s WHERE seq = %d`, column, value, seq), seq})
		}
	}
	dir := t.TempDir()
	clock := storetest.NewClock()
	s, err := store.Open(ctx, store.Options{Dir: dir, Now: clock.Now, Argon2: storetest.Cheap})
	if err != nil {
		t.Fatal(err)
	}
	denied(t, s, logged)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		dir := restored(t, filepath.Join(dir, store.FileName), dir)
		run(t, raw(t, dir), untie+c.do)
		s := storetest.At(t, dir, clock)
		_, err := s.VerifyAudit(ctx, "")
		var fault *auditlog.Fault
		if !errors.As(err, &fault) || fault.Seq != c.bad {
			t.Errorf("%s: %v, want the fault at %d", c.name, err, c.bad)
		}
	}
	dir = restored(t, filepath.Join(dir, store.FileName), dir)
	run(t, raw(t, dir), untie+`UPDATE audit_entries SET seq = seq`)
	if v, err := storetest.At(t, dir, clock).VerifyAudit(ctx, ""); err != nil || v.Entries != logged {
		t.Errorf("touched by nothing but the triggers' removal: %+v, %v", v, err)
	}
}

func TestLogGoesOnAfterATouchButNeverVerifiesAgain(t *testing.T) {
	s, dir, _ := at(t)
	denied(t, s, 4)
	run(t, raw(t, dir), untie+`UPDATE audit_entries SET action = 'x.y' WHERE seq = 2`)
	denied(t, s, 2)
	var fault *auditlog.Fault
	if _, err := s.VerifyAudit(ctx, ""); !errors.As(err, &fault) || fault.Seq != 2 {
		t.Errorf("%v", err)
	}
}

func TestKeyOfAnotherDatabaseMakesNoLogOfThisOne(t *testing.T) {
	s, dir, _ := at(t)
	other, otherDir, _ := at(t)
	denied(t, s, 3)
	denied(t, other, 3)
	db := raw(t, dir)
	run(t, db, untie+`DELETE FROM audit_entries`)
	run(t, db, `ATTACH ? AS other`, filepath.Join(otherDir, store.FileName))
	run(t, db, `INSERT INTO audit_entries SELECT * FROM other.audit_entries`)
	run(t, db, `DELETE FROM main.audit_head`)
	run(t, db, `INSERT INTO main.audit_head SELECT * FROM other.audit_head`)
	var fault *auditlog.Fault
	if _, err := s.VerifyAudit(ctx, ""); !errors.As(err, &fault) || fault.Seq != 1 {
		t.Errorf("%v", err)
	}
}

// TestACutTailIsNeverVouchedForAgain cuts the log's end off, makes the head fit, and lets the
// program write on.
func TestACutTailIsNeverVouchedForAgain(t *testing.T) {
	s, dir, _ := at(t)
	for i := range 5 {
		if err := s.RecordDenied(ctx, storetest.Admin, fmt.Sprint(i), store.ViewAuditLog); err != nil {
			t.Fatal(err)
		}
	}
	db := raw(t, dir)
	run(t, db, `DROP TRIGGER audit_entries_no_delete`)
	run(t, db, `DELETE FROM audit_entries WHERE seq > 2`)
	run(t, db, `UPDATE audit_head SET seq = 2, mac = (SELECT mac FROM audit_entries WHERE seq = 2)`)
	if _, err := s.VerifyAudit(ctx, ""); err == nil {
		t.Error("a cut tail verifies")
	}
	if err := s.RecordDenied(ctx, storetest.Admin, "later", store.ViewAuditLog); err != nil {
		t.Fatal(err)
	}
	if _, err := s.VerifyAudit(ctx, ""); err == nil {
		t.Error("the next entry healed a cut tail")
	}
}
