package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"sync"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/google/uuid"
)

// keysUsed are the keys that the registered columns' values are sealed under, with their number.
func keysUsed(t *testing.T, db *sql.DB) map[uint32]int {
	t.Helper()
	used := map[uint32]int{}
	for _, c := range store.SealedColumns() {
		for _, header := range strs(t, db, fmt.Sprintf(`SELECT substr(%[1]s, 2, 4) FROM %[2]s WHERE length(%[1]s) > 0`, c[1], c[0])) {
			used[binary.BigEndian.Uint32([]byte(header))]++
		}
	}
	return used
}

func quietly(store.Rotation) {}

func rotate(t *testing.T, s *store.Store) store.Rotation {
	t.Helper()
	r, err := s.RotateKey(ctx, storetest.Admin, quietly)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// seenIn opens what is sealed in the audit log's entries.
func seenIn(t *testing.T, s *store.Store) (list []store.Sealed) {
	t.Helper()
	if err := s.AuditEntries(ctx, func(e store.AuditEntry) error {
		if o := s.OpenSealed(e); len(o.Patients) > 0 || o.Query != "" {
			list = append(list, o)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.VerifyAudit(ctx, ""); err != nil {
		t.Error(err)
	}
	return list
}

func same(t *testing.T, what string, before, after map[string]string) {
	t.Helper()
	if !maps.Equal(before, after) {
		for k := range before {
			if before[k] != after[k] {
				t.Errorf("%s: %s is %q, was %q", what, k, after[k], before[k])
			}
		}
	}
}

// TestRotationSealsEverythingAnew rotates in one process while another one has the database open,
// reads the same in both, and looks into the file for what must be gone.
func TestRotationSealsEverythingAnew(t *testing.T) {
	s, dir, clock := at(t)
	other := storetest.At(t, dir, clock)
	filled := storetest.Fill(t, s)
	seen := seenIn(t, s)
	before := everything(t, s, filled)
	if len(seen) != 4 {
		t.Fatalf("%d entries hold something sealed", len(seen))
	}
	db := raw(t, dir)
	gone := map[string][]byte{"wrapped key": []byte(strs(t, db, `SELECT wrapped FROM keys WHERE id = 1`)[0])}
	for _, c := range store.SealedColumns() {
		for i, v := range strs(t, db, fmt.Sprintf(`SELECT %[1]s FROM %[2]s WHERE length(%[1]s) > 0`, c[1], c[0])) {
			gone[fmt.Sprintf("%s.%s %d", c[0], c[1], i)] = []byte(v)
		}
	}
	r := rotate(t, s)
	if r.Running || r.Left != 0 || r.Key != 5 || int(r.Sealed) != len(gone)-1 {
		t.Errorf("of %d values: %+v", len(gone)-1, r)
	}
	if used := keysUsed(t, db); len(used) != 1 || used[5] != len(gone)-1 {
		t.Errorf("values by their keys: %v", used)
	}
	if got := strs(t, db, `SELECT id || purpose FROM keys ORDER BY id`); fmt.Sprint(got) != "[2index 3audit 4entries 5seal]" {
		t.Errorf("keys: %v", got)
	}
	for name, content := range fileBytes(t, dir) {
		for what, value := range gone {
			if bytes.Contains(content, value) {
				t.Errorf("%s still holds the old %s", name, what)
			}
		}
	}
	fresh := storetest.At(t, dir, clock)
	for name, s := range map[string]*store.Store{"the process that rotated": s, "another process": other, "a new process": fresh} {
		same(t, name, before, everything(t, s, filled))
		if again := seenIn(t, s); fmt.Sprint(again[:len(seen)]) != fmt.Sprint(seen) {
			t.Errorf("%s: sealed in the log: %v, was %v", name, again, seen)
		}
	}
	if err := other.AddRemark(ctx, storetest.Admin, filled.Referral, "after the rotation"); err != nil {
		t.Error(err)
	}
	if used := keysUsed(t, db); used[1] != 0 {
		t.Errorf("another process writes under the old key: %v", used)
	}
}

// TestWhoDoesNotKnowTheNewKeyWritesNothingUnderTheOldOne: a value that was sealed before the rotation
// began is sealed anew on its way, and the database itself refuses one that was not.
func TestWhoDoesNotKnowTheNewKeyWritesNothingUnderTheOldOne(t *testing.T) {
	s, dir, clock := at(t)
	other := storetest.At(t, dir, clock)
	filled := storetest.Fill(t, s)
	id := uuid.NewString()
	old := other.SealedNote(id, "sealed before")
	rotate(t, s)
	db := raw(t, dir)
	for _, query := range []string{`INSERT INTO notes (id, referral, at, by_id, by, text) VALUES (?1, 1, 0, '', '', ?2)`, `UPDATE notes SET id = ?1, text = ?2`} {
		if _, err := db.Exec(query, id, old); err == nil {
			t.Errorf("%s: a value under the old key is taken", query)
		}
	}
	if err := other.AddRemark(ctx, storetest.Admin, filled.Referral, "sealed by who does not know yet"); err != nil {
		t.Error(err)
	}
	if used := keysUsed(t, db); used[1] != 0 {
		t.Errorf("%v", used)
	}
	if notes, err := s.Remarks(ctx, filled.Referral); err != nil || len(notes) != 2 || notes[1].Text != "sealed by who does not know yet" {
		t.Errorf("%+v, %v", notes, err)
	}
}

// TestRotationGoesOnWhereItWasBrokenOff breaks it off at every step, in turn by two processes, and
// reads everything each time.
func TestRotationGoesOnWhereItWasBrokenOff(t *testing.T) {
	s, dir, clock := at(t)
	stores := []*store.Store{s, storetest.At(t, dir, clock)}
	filled := storetest.Fill(t, s)
	before := everything(t, s, filled)
	broken := 0
	for ; ; broken++ {
		until, cancel := context.WithCancel(ctx)
		steps := 0
		_, err := stores[broken%2].RotateKey(until, storetest.Admin, func(store.Rotation) {
			if steps++; steps > broken {
				cancel()
			}
		})
		cancel()
		same(t, fmt.Sprint("broken off at ", broken), before, everything(t, stores[(broken+1)%2], filled))
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if r, err := s.Rotation(ctx); err != nil || !r.Running {
			t.Fatalf("after breaking it off: %+v, %v", r, err)
		}
	}
	if broken < 10 {
		t.Errorf("it was broken off %d times only", broken)
	}
	db := raw(t, dir)
	if used := keysUsed(t, db); len(used) != 1 {
		t.Errorf("%v", used)
	}
	if n := count(t, db, `SELECT count(*) FROM audit_entries WHERE action LIKE 'key.rotation%'`); n != 2 {
		t.Errorf("%d entries tell of it", n)
	}
	if err := s.ResumeRotation(ctx, nil); err != nil {
		t.Errorf("nothing to resume: %v", err)
	}
}

// TestRotationBesideReceiving receives in two processes at each step of a third one that rotates, twice.
func TestRotationBesideReceiving(t *testing.T) {
	s, dir, clock := at(t)
	filled := storetest.Fill(t, s)
	steps := make(chan int, 1000)
	var senders sync.WaitGroup
	for n := range 2 {
		s := storetest.At(t, dir, clock)
		senders.Go(func() {
			for i := range steps {
				ref := fmt.Sprintf("beside-%d-%d", n, i%7)
				if _, err := s.Receive(ctx, message(fmt.Sprintf("beside-%d-%d", n, i), ref, func(m *store.Message) {
					m.Updates[0].Documents = []store.Document{{Title: "Letter", URL: "https://ocean.cognisantmd.com/" + ref}}
				})); err != nil {
					t.Errorf("while the key is rotated: %v", err)
				}
				if err := s.AddRemark(ctx, storetest.Admin, filled.Referral, "meanwhile"); err != nil {
					t.Errorf("while the key is rotated: %v", err)
				}
			}
		})
	}
	step := 0
	for range 2 {
		if _, err := s.RotateKey(ctx, storetest.Admin, func(store.Rotation) {
			for range 2 {
				step++
				steps <- step
			}
		}); err != nil {
			t.Error(err)
		}
	}
	close(steps)
	senders.Wait()
	if used := keysUsed(t, raw(t, dir)); len(used) != 1 || used[6] < step {
		t.Errorf("after %d steps: %v", step, used)
	}
	if _, shut, err := s.OpenEverySealed(ctx); err != nil || len(shut) > 0 {
		t.Errorf("do not open: %v, %v", shut, err)
	}
}

// TestAValueThatDoesNotOpenKeepsItsKey: nothing that could perhaps be mended loses its key.
func TestAValueThatDoesNotOpenKeepsItsKey(t *testing.T) {
	s, dir, _ := at(t)
	storetest.Fill(t, s)
	db := raw(t, dir)
	note := strs(t, db, `SELECT text FROM notes`)[0]
	run(t, db, `UPDATE notes SET text = CAST(substr(text, 1, length(text) - 1) || x'ff' AS BLOB)`)
	if r := rotate(t, s); r.Running || r.Left != 1 {
		t.Errorf("%+v", r)
	}
	if used := keysUsed(t, db); used[1] != 1 || len(used) != 2 {
		t.Errorf("%v", used)
	}
	if n := count(t, db, `SELECT count(*) FROM keys WHERE id = 1 AND purpose = 'seal'`); n != 1 {
		t.Error("the older key is gone")
	}
	// It is mended, as from a backup; the guard stands against it, so that it takes both.
	run(t, db, `DROP TRIGGER guard_notes_text_update`)
	run(t, db, `UPDATE notes SET text = ?`, []byte(note))
	if r := rotate(t, s); r.Left != 0 {
		t.Errorf("%+v", r)
	}
	if used := keysUsed(t, db); len(used) != 1 || used[6] == 0 {
		t.Errorf("%v", used)
	}
	if n := count(t, db, `SELECT count(*) FROM keys WHERE purpose = 'seal'`); n != 1 {
		t.Errorf("%d seal keys are left", n)
	}
}

func TestWhoMayRotate(t *testing.T) {
	s, dir, _ := at(t)
	clerk := storetest.AddUser(t, s, "clerk@example.org", store.ReferralSettings, store.ViewReferrals)
	actor := store.UserActor(clerk, "192.0.2.1")
	if _, err := s.RotateKey(ctx, actor, quietly); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("rotate: %v", err)
	}
	if _, err := s.NewMaster(ctx, actor, ""); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("a new master key: %v", err)
	}
	if n := count(t, raw(t, dir), `SELECT count(*) FROM keys`); n != 4 {
		t.Errorf("%d keys", n)
	}
	if _, err := store.Open(ctx, store.Options{Dir: dir, MasterKey: filepath.Join(dir, "master.key"), Argon2: storetest.Cheap}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
