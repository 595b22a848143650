package store

import (
	"context"
	"errors"
	"fmt"

	"breakwater/store/seal"
)

// resealer seals the values of a store anew.
type resealer struct {
	*Store
	walk  sealedWalk
	told  func(Rotation)
	done  int64 // values looked at in this pass
	left  int64 // values that did not open in this pass
	found bool  // one under an older key, in this pass
	older map[uint32]bool
}

// total is about how many values there are to look at.
func (w *resealer) total(ctx context.Context) (n int64, err error) {
	for _, c := range sealedColumns {
		var values int64
		if err := w.read.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM %s WHERE length(%s) > 0`, c.table, c.column)).Scan(&values); err != nil {
			return 0, fmt.Errorf("count what is sealed: %w", err)
		}
		n += values
	}
	return n, nil
}

// pass looks at every value, seals anew what is under an older key, and reports whether it found such
// a one. After a pass that found none there is none: the guards let none in.
func (w *resealer) pass(ctx context.Context) (found bool, err error) {
	w.done, w.left, w.found = 0, 0, false
	if w.older, err = w.olderKeys(ctx); err != nil {
		return false, err
	}
	err = w.walk.each(ctx, func(list []sealedValue) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.some(ctx, list); err != nil {
			return err
		}
		w.done += int64(len(list))
		return w.tell(ctx)
	})
	return w.found, err
}

func (w *resealer) olderKeys(ctx context.Context) (map[uint32]bool, error) {
	wrapped, err := readKeys(ctx, w.read.DB)
	if err != nil {
		return nil, err
	}
	older := map[uint32]bool{}
	for _, k := range wrapped {
		older[k.id] = k.purpose == seal.ForSealing && k.id < w.keys.Current()
	}
	return older, nil
}

func (w *resealer) tell(ctx context.Context) error {
	if w.told == nil {
		return nil
	}
	r, err := w.Rotation(ctx)
	if err == nil {
		r.Done = w.done
		w.told(r)
	}
	return err
}

// resealed is a value sealed anew, on its way into the database.
type resealed struct {
	sealedValue
	anew []byte
}

// some seals those of a list anew that need it, as many in one transaction as are allowed.
func (w *resealer) some(ctx context.Context, list []sealedValue) error {
	var ready []resealed
	var size int64
	for _, v := range list {
		if !w.older[seal.KeyOf(v.prefix)] {
			continue
		}
		anew, err := w.reseal(ctx, v)
		if err != nil {
			return err
		}
		if anew == nil {
			continue
		}
		w.found = true
		ready, size = append(ready, resealed{v, anew}), size+v.size
		if len(ready) >= resealValues || size >= resealBytes {
			if err := w.write(ctx, ready); err != nil {
				return err
			}
			ready, size = nil, 0
		}
	}
	return w.write(ctx, ready)
}

// reseal returns a value sealed anew, or nil for one that is gone or does not open. It is done outside
// of the write path, so that nobody waits for it.
func (w *resealer) reseal(ctx context.Context, v sealedValue) ([]byte, error) {
	sealed, err := w.walk.read(ctx, v)
	if err != nil || sealed == nil || seal.KeyOf(sealed) != seal.KeyOf(v.prefix) {
		return nil, err
	}
	at, err := w.walk.placeOf(ctx, v)
	if err == nil {
		var anew []byte
		if anew, err = w.keys.Reseal(at, sealed); err == nil {
			return anew, nil
		}
	}
	switch {
	case errors.Is(err, ErrNotFound):
		err = nil
	case errors.Is(err, seal.ErrSealed):
		w.left, err = w.left+1, nil
	}
	return nil, err
}

// write puts values in the place of what they were made from. One that somebody else changed
// meanwhile was sealed under the new key by whoever did.
func (w *resealer) write(ctx context.Context, ready []resealed) error {
	if len(ready) == 0 {
		return nil
	}
	return w.patiently(ctx, func(t *tx) error {
		for _, v := range ready {
			c := v.of
			if err := t.exec(fmt.Sprintf(`UPDATE %[1]s SET %[2]s = ?1 WHERE %[3]s = ?2 AND substr(%[2]s, 1, %[4]d) = ?3`,
				c.table, c.column, c.key, seal.PrefixSize), v.anew, v.key, v.prefix); err != nil {
				return fmt.Errorf("%s: %w", v.sealedValue, err)
			}
		}
		if err := t.count(countResealed, len(ready)); err != nil {
			return err
		}
		return t.setCounter(countRotated, w.done)
	})
}
