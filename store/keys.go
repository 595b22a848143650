package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"breakwater/store/auditlog"
	"breakwater/store/seal"
)

// masterKey is the master key as this process knows it. Another one may have put a new one into its
// place meanwhile.
type masterKey struct {
	mu     sync.Mutex
	is     seal.Master
	at     string // its file
	beside bool   // it still lies beside that file: see [Store.NewMaster]
}

// wrappedKey is a row of keys.
type wrappedKey struct {
	id      uint32
	purpose seal.Purpose
	wrapped []byte
}

// makeKeys makes the first key of each purpose and starts the audit log.
func makeKeys(ctx context.Context, db *sql.DB, opts Options, master seal.Master) error {
	now := opts.Now().UnixMilli()
	for i, purpose := range []seal.Purpose{seal.ForSealing, seal.ForIndexes, seal.ForAudit} {
		key, wrapped, err := master.NewKey(uint32(i+1), purpose)
		if err != nil {
			return err
		}
		if _, err := db.ExecContext(ctx, insertKey, key.ID, string(purpose), wrapped, now); err != nil {
			return err
		}
		if purpose == seal.ForAudit {
			if _, err := db.ExecContext(ctx, `INSERT INTO audit_head (id, seq, mac, seal) VALUES (1, 0, x'', ?)`,
				auditlog.SealHead(key, 0, nil)); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	insertKey  = `INSERT INTO keys (id, purpose, wrapped, created_at) VALUES (?, ?, ?, ?)`
	selectKeys = `SELECT id, purpose, wrapped FROM keys ORDER BY id`
)

// openKeys unwraps every key of the database, and makes what an older Breakwater did not have yet.
func (s *Store) openKeys(ctx context.Context) error {
	unlock, err := lockFolder(s.opts.Dir)
	if err != nil {
		return err
	}
	defer unlock()
	wrapped, err := readKeys(ctx, s.write)
	if err != nil {
		return err
	}
	keys, err := s.unwrap(wrapped)
	if err != nil {
		return err
	}
	if s.master.beside {
		_ = seal.ReplaceMaster(s.master.at, s.opts.Now()) // it opens the database where it is, too; the next to come tries again
	}
	if s.keys, err = seal.NewKeyring(keys); err != nil {
		return err
	}
	s.keys.AskFor(s.askForKeys)
	if s.keys.HasEntries() {
		return nil
	}
	return s.addEntriesKey(ctx, keys)
}

// loadKeys unwraps the keys of a database that is only read.
func (s *Store) loadKeys(ctx context.Context, db *sql.DB) (*seal.Keyring, error) {
	wrapped, err := readKeys(ctx, db)
	if err != nil {
		return nil, err
	}
	keys, err := s.unwrap(wrapped)
	if err != nil {
		return nil, err
	}
	return seal.NewKeyring(keys)
}

// addEntriesKey makes the key of what audit entries hold. The folder is locked, so only one does.
func (s *Store) addEntriesKey(ctx context.Context, keys []seal.Key) error {
	key, wrapped, err := s.master.is.NewKey(keys[len(keys)-1].ID+1, seal.ForEntries)
	if err != nil {
		return err
	}
	if _, err := s.write.ExecContext(ctx, insertKey, key.ID, string(key.Purpose), wrapped, s.now()); err != nil {
		return fmt.Errorf("keep a new key: %w", err)
	}
	return s.keys.Learn(append(keys, key))
}

// askForKeys reads the keys that there are now, on a connection that nobody holds for anything else.
func (s *Store) askForKeys() ([]seal.Key, error) {
	wrapped, err := readKeys(context.Background(), s.keyring)
	if err != nil {
		return nil, err
	}
	return s.unwrap(wrapped)
}

// learnKeys makes what follows in the transaction seal with the newest key: whoever rotated it may
// have been another process.
func (t *tx) learnKeys() error {
	var newest uint32
	if err := t.get(`SELECT max(id) FROM keys WHERE purpose = 'seal'`, nil, &newest); err != nil || newest == t.store.keys.Current() {
		return err
	}
	keys, err := t.unwrapped()
	if err != nil {
		return err
	}
	return t.store.keys.Learn(keys)
}

// fresh is a value that was sealed outside of the transaction, so that nobody waited for it; sealed
// anew where the key was rotated since.
func (t *tx) fresh(at seal.Place, sealed []byte) []byte {
	if len(sealed) == 0 || seal.KeyOf(sealed) == t.store.keys.Current() {
		return sealed
	}
	if anew, err := t.store.keys.Reseal(at, sealed); err == nil {
		return anew
	}
	return sealed // the database refuses it: see guards
}

// unwrapped are all keys of the database, and the store's master key is the one that wraps them.
func (t *tx) unwrapped() ([]seal.Key, error) {
	rows, err := t.query(selectKeys)
	if err != nil {
		return nil, err
	}
	wrapped, err := scanKeys(rows)
	if err != nil {
		return nil, err
	}
	return t.store.unwrap(wrapped)
}

func readKeys(ctx context.Context, db *sql.DB) ([]wrappedKey, error) {
	rows, err := db.QueryContext(ctx, selectKeys)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return scanKeys(rows)
}

func scanKeys(rows *sql.Rows) (list []wrappedKey, err error) {
	defer rows.Close()
	for rows.Next() {
		var k wrappedKey
		if err := rows.Scan(&k.id, &k.purpose, &k.wrapped); err != nil {
			return nil, fmt.Errorf("read keys: %w", err)
		}
		list = append(list, k)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return list, nil
}

// unwrap opens the keys with the master key, or with another one that took its place. It returns
// [seal.ErrWrongMaster] where none fits.
func (s *Store) unwrap(wrapped []wrappedKey) ([]seal.Key, error) {
	s.master.mu.Lock()
	defer s.master.mu.Unlock()
	keys, err := unwrapWith(s.master.is, wrapped)
	if !errors.Is(err, seal.ErrWrongMaster) {
		return keys, err
	}
	for _, path := range []string{s.master.at, seal.BesideMaster(s.master.at)} {
		other, failed := seal.ReadMaster(path)
		if failed != nil {
			continue
		}
		if keys, failed := unwrapWith(other, wrapped); failed == nil {
			s.master.is, s.master.beside = other, path != s.master.at
			return keys, nil
		}
	}
	return nil, fmt.Errorf("%w: put the key that it was made with at %s", err, s.master.at)
}

func unwrapWith(master seal.Master, wrapped []wrappedKey) ([]seal.Key, error) {
	keys := make([]seal.Key, len(wrapped))
	for i, k := range wrapped {
		var err error
		if keys[i], err = master.Unwrap(k.id, k.purpose, k.wrapped); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// masterNow is the master key that wrapped the keys when they were last read.
func (s *Store) masterNow() seal.Master {
	s.master.mu.Lock()
	defer s.master.mu.Unlock()
	return s.master.is
}
