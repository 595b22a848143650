package store

import (
	"context"

	"breakwater/store/seal"
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
