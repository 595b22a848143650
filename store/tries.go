package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// TryKind is what somebody may guess at, and by what their tries are counted.
type TryKind string

// The kinds of tries.
const (
	TryAccount  TryKind = "account"  // signing in, by the e-mail address that was typed
	TryAddress  TryKind = "address"  // signing in, by network address
	TryDevice   TryKind = "device"   // signing in from a known device, by device and account
	TryPassword TryKind = "password" // the own password of somebody signed in, by their id
	TryFactor   TryKind = "factor"   // a second step, by the id of the person whose password was right
	TryKey      TryKind = "key"      // an inbound key, by network address
	TryLink     TryKind = "link"     // a one-time link or a first-run link, by network address
)

// limits are of each kind: the tenth wrong try within a minute has to wait, and whoever goes on waits
// longer each time. Guessing for ever at one account gets to 24 passwords a day; NIST SP 800-63B-4,
// 3.2.2, would close it after 100, which would let any stranger close it.
var limits = map[TryKind]limit{
	TryAccount:  {9, time.Hour, time.Minute, time.Hour},
	TryDevice:   {9, time.Hour, time.Minute, time.Hour},
	TryPassword: {9, time.Hour, time.Minute, 15 * time.Minute},
	// Six digits: an hour for each try after the ninth is 24 a day, of a million.
	TryFactor: {9, time.Hour, time.Minute, time.Hour},
	// A clinic's people share an address, also with whoever waits there.
	TryAddress: {9, 10 * time.Minute, time.Minute, 15 * time.Minute},
	// Nobody guesses 256 random bits: this only keeps floods from costing anything.
	TryKey:  {9, 10 * time.Minute, time.Minute, 15 * time.Minute},
	TryLink: {30, 10 * time.Minute, time.Minute, 15 * time.Minute}, // people open a used one again and again
}

// maxTries bounds the rows of each kind. Beyond it somebody is forgotten at random: to refuse
// everybody instead would let a flood of strangers lock the staff out.
const maxTries = 10_000

// Try is one count of wrong tries.
type Try struct {
	kind TryKind
	who  string
}

// TryBy is the count of a kind for somebody: whoever the kind says that it is counted by.
func TryBy(kind TryKind, who string) Try { return Try{kind, who} }

// key keeps what people type, and where they are, out of the table.
func (s *Store) tryKey(y Try) []byte { return s.keys.Fingerprint("try "+string(y.kind), []byte(y.who)) }

// TakeTry counts a try in each of the counts before it is made, so that many at once, in whatever
// process, are counted too. It returns 0, or how long to wait; then nothing is counted and nothing
// may be looked at. Whoever was right calls [Store.GiveBack].
func (s *Store) TakeTry(ctx context.Context, tries ...Try) (wait time.Duration, err error) {
	for _, y := range tries { // without a write, for who has to wait
		t, err := s.tally(ctx, y)
		if err != nil {
			return 0, err
		}
		wait = max(wait, limits[y.kind].wait(t, s.now()))
	}
	if wait > 0 {
		return wait, nil
	}
	err = s.update(ctx, func(t *tx) error {
		counts := make([]tally, len(tries))
		for i, y := range tries {
			var err error
			if counts[i], err = t.tally(y); err != nil {
				return err
			}
			wait = max(wait, limits[y.kind].wait(counts[i], t.now))
		}
		if wait > 0 {
			return nil
		}
		for i, y := range tries {
			if err := t.setTally(y, limits[y.kind].take(counts[i], t.now)); err != nil {
				return err
			}
		}
		return nil
	})
	return wait, err
}

// GiveBack takes back a try of each of the counts: it was not wrong.
func (s *Store) GiveBack(ctx context.Context, tries ...Try) error {
	return s.update(ctx, func(t *tx) error {
		for _, y := range tries {
			count, err := t.tally(y)
			if err != nil {
				return err
			}
			if err := t.setTally(y, limits[y.kind].giveBack(count, t.now)); err != nil {
				return err
			}
		}
		return nil
	})
}

const selectTally = `SELECT clean_at, free_at FROM tries WHERE kind = ? AND who = ?`

func (s *Store) tally(ctx context.Context, y Try) (c tally, err error) {
	err = notFound(s.read.QueryRowContext(ctx, selectTally, string(y.kind), s.tryKey(y)).Scan(&c.clean, &c.until))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return c, fmt.Errorf("read tries: %w", asStoreError(err))
	}
	return c, nil
}

func (t *tx) tally(y Try) (c tally, err error) {
	err = t.get(selectTally, []any{string(y.kind), t.store.tryKey(y)}, &c.clean, &c.until)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return c, fmt.Errorf("read tries: %w", err)
	}
	return c, nil
}

// setTally keeps a count, or forgets a clean one.
func (t *tx) setTally(y Try, c tally) error {
	who := t.store.tryKey(y)
	if c.isClean(t.now) {
		if err := t.exec(`DELETE FROM tries WHERE kind = ? AND who = ?`, string(y.kind), who); err != nil {
			return fmt.Errorf("forget tries: %w", err)
		}
		return nil
	}
	there, err := t.changed(`UPDATE tries SET clean_at = ?, free_at = ? WHERE kind = ? AND who = ?`, c.clean, c.until, string(y.kind), who)
	if err != nil {
		return fmt.Errorf("count tries: %w", err)
	}
	if there {
		return nil
	}
	if err := t.makeRoom(y.kind); err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO tries (kind, who, clean_at, free_at) VALUES (?, ?, ?, ?)`, string(y.kind), who, c.clean, c.until); err != nil {
		return fmt.Errorf("count tries: %w", err)
	}
	return nil
}

// makeRoom clears away what is forgiven, and where there is still too much forgets somebody. How many
// there are the database itself keeps count of (migration 0014), so a flood costs the same with 10,000
// rows as with none.
func (t *tx) makeRoom(kind TryKind) error {
	if err := t.exec(`DELETE FROM tries WHERE kind = ?1 AND clean_at <= ?2 AND free_at <= ?2`, string(kind), t.now); err != nil {
		return fmt.Errorf("clear tries: %w", err)
	}
	var rows int
	if err := t.get(`SELECT coalesce((SELECT value FROM counters WHERE name = 'tries ' || ?), 0)`, []any{string(kind)}, &rows); err != nil {
		return fmt.Errorf("count tries: %w", err)
	}
	for gone := true; gone && rows >= maxTries; rows-- {
		var err error
		if gone, err = t.forgetSomebody(kind); err != nil {
			return fmt.Errorf("clear tries: %w", err)
		}
	}
	return nil
}

// forgetSomebody removes one row at random: one of the few after a random point in the order of what they
// are counted by. That is a keyed fingerprint, so nobody outside knows who stands where; one of a few, so
// that who has much room before them goes no sooner than others. It reports whether there was anybody.
func (t *tx) forgetSomebody(kind TryKind) (gone bool, err error) {
	var point [16]byte  // as long as a fingerprint
	rand.Read(point[:]) // never fails
	few := int(point[15] % 64)
	for _, from := range [][]byte{point[:], make([]byte, len(point))} { // after the last comes the first
		gone, err = t.changed(`DELETE FROM tries WHERE kind = ?1 AND who = (SELECT who FROM tries WHERE kind = ?1 AND who >= ?2 ORDER BY who LIMIT 1 OFFSET ?3)`,
			string(kind), from, few)
		if gone || err != nil {
			break
		}
	}
	return gone, err
}
