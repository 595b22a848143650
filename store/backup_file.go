package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"breakwater/store/seal"

	"filippo.io/age"
	"golang.org/x/sys/unix"
)

// backupReaders are who can open a backup.
type backupReaders struct {
	recipients []age.Recipient
	proof      age.Identity // opens it at once again, to read it back
}

// readersOf are whoever has the master key; or else the recipient that is named. Then a second one is
// made for this backup alone, so that it can be read back, and is forgotten afterwards.
func (s *Store) readersOf(ctx context.Context, recipient string) (r backupReaders, err error) {
	if recipient == "" {
		id, err := s.identity(ctx)
		if err != nil {
			return r, err
		}
		return backupReaders{[]age.Recipient{id.Recipient()}, id}, nil
	}
	named, err := age.ParseRecipients(strings.NewReader(recipient))
	if err != nil {
		return r, fmt.Errorf("%w: %q; one begins with age1", errRecipient, recipient)
	}
	if _, ok := named[0].(*age.HybridRecipient); ok { // age lets only their like stand beside them
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			return r, fmt.Errorf("make a key to read the backup back: %w", err)
		}
		return backupReaders{append(named, id.Recipient()), id}, nil
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return r, fmt.Errorf("make a key to read the backup back: %w", err)
	}
	return backupReaders{append(named, id.Recipient()), id}, nil
}

// identity is that of the master key which wraps the keys now: another process may have replaced it.
func (s *Store) identity(ctx context.Context) (*age.X25519Identity, error) {
	wrapped, err := readKeys(ctx, s.keyring)
	if err != nil {
		return nil, err
	}
	if _, err := s.unwrap(wrapped); err != nil {
		return nil, err
	}
	return s.masterNow().Identity()
}

// encryptInto encrypts a copy into a new file, reads it back, and gives it its name, so that it is
// there whole or not at all, also after a power cut.
func encryptInto(ctx context.Context, plain, file string, who backupReaders) (size int64, err error) {
	unfinished := file + unfinishedName
	if err := removeIfThere(unfinished); err != nil {
		return 0, fmt.Errorf("remove an unfinished backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(asFull(err), removeIfThere(unfinished))
		}
	}()
	sum, err := encrypt(ctx, plain, unfinished, who.recipients)
	if err != nil {
		return 0, fmt.Errorf("write the backup: %w", err)
	}
	size, err = readBack(ctx, unfinished, who.proof, sum)
	if err != nil {
		return 0, fmt.Errorf("read the backup back: %w", err)
	}
	return size, nameNew(unfinished, file)
}

// written is a file that is being written.
type written interface {
	io.WriteCloser
	Sync() error
}

// newFile makes a file for its owner alone. Tests put one of a full disk in its place.
var newFile = func(path string) (written, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func encrypt(ctx context.Context, from, to string, recipients []age.Recipient) (sum digest, err error) {
	in, err := os.Open(from)
	if err != nil {
		return sum, err
	}
	defer in.Close()
	out, err := newFile(to)
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w, err := age.Encrypt(out, recipients...)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, h), &breakable{ctx, in}); err != nil {
		return sum, err
	}
	if err := errors.Join(w.Close(), out.Sync()); err != nil {
		return sum, err
	}
	return digest(h.Sum(nil)), nil
}

// readBack decrypts a backup to its end, and compares it with what went in.
func readBack(ctx context.Context, file string, id age.Identity, want digest) (size int64, err error) {
	in, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	h := sha256.New()
	if err := decrypt(ctx, in, h, id); err != nil {
		return 0, err
	}
	if digest(h.Sum(nil)) != want {
		return 0, errors.New("it does not hold what was written")
	}
	info, err := in.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// ErrNoReader says that nobody whose key is here can open a backup.
var ErrNoReader = errors.New("the backup was made for another master key, or for a recipient of its own")

// decrypt writes what is in a backup, to its authenticated end. What it has written until an error is
// not to be used.
func decrypt(ctx context.Context, from io.Reader, to io.Writer, ids ...age.Identity) error {
	r, err := age.Decrypt(&breakable{ctx, from}, ids...)
	var no *age.NoIdentityMatchError
	if errors.As(err, &no) {
		return ErrNoReader
	}
	if err != nil {
		return fmt.Errorf("it is no backup, or damaged: %w", err)
	}
	if _, err := io.Copy(to, r); err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	return nil
}

// nameNew gives a finished file its name, durably, and never over a file that is there.
func nameNew(unfinished, file string) error {
	err := unix.Renameat2(unix.AT_FDCWD, unfinished, unix.AT_FDCWD, file, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) { // a file system that does not know that
		var there bool
		if there, err = exists(file); err == nil && !there {
			err = os.Rename(unfinished, file)
		} else if err == nil {
			err = unix.EEXIST
		}
	}
	if errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("%w: %s; name another, or remove it", ErrBackupThere, file)
	}
	if err == nil {
		err = seal.SyncDir(filepath.Dir(file))
	}
	if err != nil {
		return fmt.Errorf("name the backup: %w", err)
	}
	return nil
}

// asFull turns the system's word for a full disk into the store's.
func asFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}

// breakable is a reader that ends with its context.
type breakable struct {
	ctx context.Context
	io.Reader
}

func (b *breakable) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Reader.Read(p)
}
