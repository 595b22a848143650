package store

import (
	"context"
	"os"
	"syscall"
	"testing"

	"breakwater/store/seal"

	"filippo.io/age"
)

// What tests from outside of the package see of its inside.

// SealedColumns are the tables and columns that rotation knows.
func SealedColumns() (list [][2]string) {
	for _, c := range sealedColumns {
		list = append(list, [2]string{c.table, c.column})
	}
	return list
}

// OpenEverySealed opens every sealed value of the database, and returns how many there are in each
// column, and those that do not open.
func (s *Store) OpenEverySealed(ctx context.Context) (found map[[2]string]int, shut []string, err error) {
	found = map[[2]string]int{}
	w := sealedWalk{s.read.DB, s.keys}
	err = w.each(ctx, func(list []sealedValue) error {
		for _, v := range list {
			found[[2]string{v.of.table, v.of.column}]++
			sealed, err := w.read(ctx, v)
			if err != nil {
				return err
			}
			var at seal.Place
			if at, err = w.placeOf(ctx, v); err == nil {
				_, err = s.keys.Open(at, sealed)
			}
			if err != nil {
				shut = append(shut, v.String())
			}
		}
		return nil
	})
	return found, shut, err
}

// SealedNote is a note as a process seals it outside of the write path.
func (s *Store) SealedNote(id, text string) []byte { return s.keys.Seal(remarkPlace(id), []byte(text)) }

// FullAfter lets files of backups take so many bytes, as on a full disk, until undone.
func FullAfter(bytes int) (undo func()) {
	before := newFile
	newFile = func(path string) (written, error) {
		f, err := before(path)
		return &fullFile{f, bytes}, err
	}
	return func() { newFile = before }
}

type fullFile struct {
	written
	room int
}

func (f *fullFile) Write(p []byte) (int, error) {
	if len(p) > f.room {
		return 0, &os.PathError{Op: "write", Path: "somewhere", Err: syscall.ENOSPC}
	}
	f.room -= len(p)
	return f.written.Write(p)
}

// EncryptCopy makes a backup of a database file that nobody has open, whatever is in it.
func EncryptCopy(t testing.TB, database, key, file string) {
	t.Helper()
	master, err := seal.ReadMaster(key)
	if err != nil {
		t.Fatal(err)
	}
	id, err := master.Identity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := encryptInto(context.Background(), database, file, backupReaders{[]age.Recipient{id.Recipient()}, id}); err != nil {
		t.Fatal(err)
	}
}

// WatchFiles calls seen for each file of a backup, made or restored: when it has begun, and when all of
// it is written. It says what is happening to which path, until undone.
func WatchFiles(seen func(what, path string)) (undo func()) {
	before := newFile
	newFile = func(path string) (written, error) {
		f, err := before(path)
		seen("begun", path)
		return &watchedFile{f, func() { seen("written", path) }}, err
	}
	return func() { newFile = before }
}

type watchedFile struct {
	written
	whole func()
}

func (f *watchedFile) Close() error {
	f.whole()
	return f.written.Close()
}
