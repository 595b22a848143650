package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"breakwater/store/seal"
)

// A rotation of the seal key: a new key is made, and from that moment on everything new is sealed
// under it (see guards). Then every value under an older key is sealed anew, in small transactions, as
// often as it takes until a whole walk finds none. Only then the older keys go. It may be broken off
// at any moment: what is sealed anew stays so, and both keys are there until the end.

// The counters of a rotation.
const (
	countRotating     = "rotation_key"        // the new key's number while the rotation is under way, else 0
	countRotated      = "rotation_done"       // values that the present walk has looked at
	countToRotate     = "rotation_total"      // of so many, about
	countResealed     = "rotation_resealed"   // values sealed anew, in all walks
	countNotOpened    = "rotation_left"       // values that did not open, of the last rotation
	countRotatedAt    = "rotation_ended_at"   // Unix seconds
	countEntriesUntil = "entries_sealed_with" // the last seal key that sealed audit entries too
)

const (
	// resealBytes and resealValues bound what is sealed anew in one transaction, and so how long a
	// message that comes meanwhile waits. One value may be larger.
	resealBytes  = 1 << 20
	resealValues = 100
	// lockName is the file that is locked by whoever seals anew, so that two do not do it twice.
	lockName = FileName + ".rotation"
)

// Rotation is how far a rotation of the seal key has come.
type Rotation struct {
	Key     uint32    // number of the key that seals what is new
	Running bool      // older values are still to be sealed anew
	Done    int64     // values that were looked at, while it runs
	Total   int64     // of so many, about
	Sealed  int64     // values that were sealed anew, by this rotation or the last
	Left    int64     // values that the last rotation could not open; their older key is kept
	Ended   time.Time // when the last one ended; zero for never
}

// Rotation reads how far a rotation has come.
func (s *Store) Rotation(ctx context.Context) (r Rotation, err error) {
	var running, ended int64
	for name, to := range map[string]*int64{countRotating: &running, countRotated: &r.Done, countToRotate: &r.Total,
		countResealed: &r.Sealed, countNotOpened: &r.Left, countRotatedAt: &ended} {
		if *to, err = s.counter(ctx, name); err != nil {
			return r, err
		}
	}
	r.Running = running != 0
	if ended != 0 {
		r.Ended = time.Unix(ended, 0).UTC()
	}
	if err = s.read.QueryRowContext(ctx, `SELECT max(id) FROM keys WHERE purpose = 'seal'`).Scan(&r.Key); err != nil {
		err = fmt.Errorf("read keys: %w", err)
	}
	return r, err
}

// RotateKey makes a new seal key and seals everything anew under it, or goes on with a rotation that
// was broken off. Everything can be read and written meanwhile. It returns once it is done; told is
// called now and then with how far it is. It returns [ErrForbidden] without System Settings.
func (s *Store) RotateKey(ctx context.Context, a Actor, told func(Rotation)) (Rotation, error) {
	err := s.update(ctx, func(t *tx) error {
		if err := t.require(a, SystemSettings); err != nil {
			return err
		}
		running, err := t.counter(countRotating)
		if err != nil || running != 0 {
			return err
		}
		return t.startRotation(a)
	})
	for err == nil {
		var r Rotation
		if err = s.resumeRotation(ctx, a, told); err != nil {
			break
		}
		if r, err = s.Rotation(ctx); err != nil || !r.Running {
			return r, err
		}
		told(r) // another process seals: wait for it, or take over from it
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return Rotation{}, fmt.Errorf("rotate the key: %w", err)
}

func (t *tx) counter(name string) (n int64, err error) {
	err = t.get(`SELECT coalesce((SELECT value FROM counters WHERE name = ?), 0)`, []any{name}, &n)
	return n, err
}

func (t *tx) setCounters(values map[string]int64) (err error) {
	for name, value := range values {
		err = errors.Join(err, t.setCounter(name, value))
	}
	return err
}

func (t *tx) startRotation(a Actor) error {
	keys, err := t.unwrapped() // so that the new one is wrapped under the same master key
	if err != nil {
		return err
	}
	key, wrapped, err := t.store.masterNow().NewKey(keys[len(keys)-1].ID+1, seal.ForSealing)
	if err != nil {
		return err
	}
	if err := t.exec(insertKey, key.ID, string(key.Purpose), wrapped, t.now); err != nil {
		return fmt.Errorf("keep a new key: %w", err)
	}
	if err := t.setCounters(map[string]int64{countRotating: int64(key.ID), countRotated: 0, countToRotate: 0, countResealed: 0, countNotOpened: 0}); err != nil {
		return err
	}
	return t.audit(a, ActionRotationStarted, strconv.Itoa(int(key.ID)), nil)
}

// ResumeRotation goes on with a rotation that was broken off, if there is one that no other process
// goes on with, until it is done.
func (s *Store) ResumeRotation(ctx context.Context, told func(Rotation)) error {
	return s.resumeRotation(ctx, SystemActor(), told)
}

func (s *Store) resumeRotation(ctx context.Context, a Actor, told func(Rotation)) error {
	running, err := s.counter(ctx, countRotating)
	if err != nil || running == 0 {
		return err
	}
	lock, err := openLock(filepath.Join(s.opts.Dir, lockName))
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return nil // somebody else does it
	} else if err != nil {
		return fmt.Errorf("lock the rotation: %w", err)
	}
	w := resealer{Store: s, walk: sealedWalk{s.read.DB, s.keys}, told: told}
	total, err := w.total(ctx)
	if err != nil {
		return err
	}
	if err := s.patiently(ctx, func(t *tx) error { // which learns the new key, where another process made it
		return t.setCounter(countToRotate, total)
	}); err != nil {
		return err
	}
	for found := true; found; {
		if found, err = w.pass(ctx); err != nil {
			return fmt.Errorf("seal anew: %w", err)
		}
	}
	return s.endRotation(ctx, a, w.left)
}

// patiently is update for what nobody waits for: where other processes keep the database busy, it
// tries again until ctx ends.
func (s *Store) patiently(ctx context.Context, fn func(*tx) error) error {
	for {
		err := s.update(ctx, fn)
		if !errors.Is(err, ErrBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// endRotation removes the older keys, unless something under them did not open. One that audit
// entries were sealed under stays, for them alone.
func (s *Store) endRotation(ctx context.Context, a Actor, left int64) error {
	err := s.patiently(ctx, func(t *tx) error {
		running, err := t.counter(countRotating)
		if err != nil || running == 0 {
			return err
		}
		if left == 0 {
			if err := t.removeOlderKeys(uint32(running)); err != nil {
				return fmt.Errorf("remove the older key: %w", err)
			}
		}
		if err := t.setCounters(map[string]int64{countRotating: 0, countNotOpened: left, countRotatedAt: t.now / 1000}); err != nil {
			return err
		}
		sealed, err := t.counter(countResealed)
		if err != nil {
			return err
		}
		return t.audit(a, ActionRotationEnded, strconv.Itoa(int(running)), map[string]any{"values": sealed, "left": left})
	})
	if err == nil {
		s.emptyWAL(ctx)
	}
	return err
}

func (t *tx) removeOlderKeys(newest uint32) error {
	keys, err := t.unwrapped()
	if err != nil {
		return err
	}
	until, err := t.counter(countEntriesUntil)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.Purpose != seal.ForSealing || k.ID >= newest {
			continue
		}
		if int64(k.ID) > until {
			err = t.exec(`DELETE FROM keys WHERE id = ?`, k.ID)
		} else {
			err = t.keepForEntries(k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) keepForEntries(k seal.Key) error {
	wrapped, err := t.store.masterNow().Wrap(k.For(seal.ForEntries))
	if err != nil {
		return err
	}
	return t.exec(`UPDATE keys SET purpose = ?, wrapped = ? WHERE id = ?`, string(seal.ForEntries), wrapped, k.ID)
}

// emptyWAL takes what was removed out of the write-ahead log too. Where somebody reads at this moment
// it is done later, when the log is emptied the next time.
func (s *Store) emptyWAL(ctx context.Context) {
	for range 20 {
		if s.Tidy(ctx) != nil || s.LogSize() == 0 {
			return
		}
	}
}
