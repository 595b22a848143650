package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// lookout looks into every file that is there at a moment: in folders and all below them, and those that
// this process has open, though they may have no name any more.
type lookout struct {
	t       testing.TB
	dirs    []string
	secrets map[string][]byte
	open    string         // what is no secret, and must be found somewhere
	found   map[string]int // by file, in how many looks
}

func (l *lookout) look(when string) {
	l.t.Helper()
	files := map[string][]byte{}
	for _, dir := range l.dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || d.Name() == "master.key" {
				return err
			}
			files[path], err = os.ReadFile(path)
			return err
		})
		if err != nil {
			l.t.Fatal(err)
		}
	}
	handles, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		l.t.Fatal(err)
	}
	for _, h := range handles {
		path := "/proc/self/fd/" + h.Name()
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() < 1<<30 {
			files[path], _ = os.ReadFile(path)
		}
	}
	for name, b := range files {
		lower := bytes.ToLower(b)
		if bytes.Contains(b, []byte(l.open)) {
			l.found[name]++
		}
		for what, secret := range l.secrets {
			if bytes.Contains(b, secret) || bytes.Contains(lower, bytes.ToLower(secret)) {
				l.t.Errorf("%s: %s stands in %s", when, what, name)
			}
		}
	}
}

// saw fails the test unless files whose paths hold that text were looked into so often, with something in them.
func (l *lookout) saw(path string, times int) {
	l.t.Helper()
	n := 0
	for name, looks := range l.found {
		if strings.Contains(name, path) {
			n += looks
		}
	}
	if n < times {
		l.t.Errorf("%s was looked into %d times: %v", path, n, l.found)
	}
}

// add looks for a secret, in forms in which it may stand in a file.
func (l *lookout) add(what string, secret []byte) {
	if len(secret) < 6 {
		l.t.Fatalf("%s is too short to look for", what)
	}
	l.secrets[what] = secret
	l.secrets[what+" in hexadecimal"] = []byte(hex.EncodeToString(secret))
	l.secrets[what+" in base64"] = []byte(base64.StdEncoding.EncodeToString(secret)[:len(secret)*4/3])
}

// planted is a store with canaries wherever there is something secret, and who looks for them.
func planted(t *testing.T) (s *store.Store, dir string, l *lookout) {
	s, dir, _ = at(t)
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("SQLITE_TMPDIR", temporary)
	l = &lookout{t: t, dirs: []string{dir, temporary}, secrets: map[string][]byte{}, open: "ada@example.org", found: map[string]int{}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	secret := "canary of the client secret"
	must(save(s, func(c *store.OceanChange) { c.SiteNumber, c.ClientSecret = new("4321"), &secret }))
	l.add("the inbound key", []byte(generate(t, s)))
	ada := storetest.AddUser(t, s, "ada@example.org", store.Permissions()...)
	l.add("the password", []byte(storetest.Password))
	session, err := s.SignIn(ctx, "ada@example.org", storetest.Password, "192.0.2.1", nil)
	must(err)
	l.add("a session's token", session[:])
	link, err := s.MakeLink(ctx, storetest.Admin, storetest.AddUser(t, s, "bo@example.org").ID)
	must(err)
	l.add("a one-time link", []byte(link))
	p := &planter{canaries: map[string]string{}}
	var m store.Message
	p.plant("Message", reflect.ValueOf(&m).Elem())
	m.Digest = sha256.Sum256([]byte("one"))
	if _, err := s.Receive(ctx, m); err != nil {
		t.Fatal(err)
	}
	rows, _, err := s.Referrals(ctx, store.ReferralFilter{}, 1)
	must(err)
	r, err := s.Referral(ctx, rows[0].ID)
	must(err)
	a := store.UserActor(ada, "192.0.2.1")
	must(s.AddRemark(ctx, a, r.ID, "canary of a note"))
	must(s.RecordOpened(ctx, a, r))
	l.add("a canary", []byte("canary")) // every one begins alike
	key, err := os.ReadFile(filepath.Join(dir, "master.key"))
	must(err)
	l.add("the master key as its file has it", bytes.TrimSpace(key))
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(key)))
	must(err)
	l.secrets["the master key"] = plain
	l.secrets["an identity of age"] = []byte("AGE-SECRET-KEY-")
	return s, dir, l
}

// What a backup leaves in files while it is made, tried and restored is sealed as ever, and is gone
// afterwards but for the backup.
func TestNothingOfABackupCanBeReadInAnyFileWhileItIsMadeAndRestored(t *testing.T) {
	s, dir, l := planted(t)
	to := t.TempDir()
	l.dirs = append(l.dirs, to)
	at := "before"
	defer store.WatchFiles(func(what, path string) { l.look(fmt.Sprint(at, ", ", filepath.Base(path), " ", what)) })()
	at = "while a backup is made"
	file := filepath.Join(to, "one.age")
	if _, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: file}); err != nil {
		t.Fatal(err)
	}
	l.saw("breakwater.db.backup", 2)
	content, err := os.ReadFile(file)
	if err != nil || bytes.Contains(content, []byte(l.open)) || !bytes.HasPrefix(content, []byte("age-encryption.org/v1\n")) {
		t.Errorf("the backup is not encrypted, %v", err)
	}
	clock := func() time.Time {
		l.look(at + ", when the time was asked for")
		return storetest.NewClock().Now()
	}
	for _, trial := range []struct{ what, dir string }{{"beside the database", dir}, {"without a data folder", filepath.Join(to, "none")}} {
		at = "while it is tried " + trial.what
		l.found = map[string]int{}
		if _, err := store.TryRestore(ctx, store.RestoreFrom{File: file, Dir: trial.dir, MasterKey: filepath.Join(dir, "master.key"), Now: clock}); err != nil {
			t.Fatal(err)
		}
		l.saw("breakwater-trial-", 1)
	}
	at = "while it is restored"
	back := t.TempDir()
	l.dirs = append(l.dirs, back)
	copyFile(t, filepath.Join(dir, "master.key"), filepath.Join(back, "master.key"))
	l.found = map[string]int{}
	if _, err := store.Restore(ctx, storetest.Admin, store.RestoreFrom{File: file, Dir: back, Now: clock}); err != nil {
		t.Fatal(err)
	}
	at = "at the end"
	l.look(at)
	l.saw(filepath.Join(back, store.FileName), 3) // also under its name of before
	for _, dir := range []string{os.TempDir(), to} {
		for _, name := range names(t, dir) {
			if filepath.Join(dir, name) != file {
				t.Errorf("%s is left in %s", name, dir)
			}
		}
	}
	for _, name := range names(t, dir) {
		if strings.Contains(name, "backup") && !strings.HasSuffix(name, ".lock") || strings.Contains(name, "trial") {
			t.Errorf("%s is left", name)
		}
	}
}

// A backup that fails in the middle leaves nothing to be read either.
func TestABackupThatFailsLeavesNothingToRead(t *testing.T) {
	s, dir, l := planted(t)
	to := t.TempDir()
	l.dirs = append(l.dirs, to)
	undo := store.FullAfter(20_000)
	defer undo()
	defer store.WatchFiles(func(what, path string) { l.look(filepath.Base(path) + " " + what) })()
	if _, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: filepath.Join(to, "one.age")}); err == nil {
		t.Fatal("it does not fail")
	}
	l.look("after it")
	if list := append(names(t, to), names(t, os.TempDir())...); len(list) > 0 {
		t.Errorf("left: %q", list)
	}
	l.saw("breakwater.db.backup", 1)
	if list := strings.Join(names(t, dir), " "); strings.Contains(strings.ReplaceAll(list, "backup.lock", ""), "backup") {
		t.Errorf("left: %s", list)
	}
}
