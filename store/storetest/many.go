package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"breakwater/store"
)

// manyAtOnce is how many referrals are on their way at a time: so many share a commit.
const manyAtOnce = 64

// manyYears is the time over which the referrals came, however many they are.
const manyYears = 3

// manyProblems is how many messages have problems, manyFailed how many documents failed, and manyWaiting
// how many wait, if there are so many at all: that does not grow with the years.
const manyProblems, manyFailed, manyWaiting = 60, 20, 20

// ManyPeople is how many people work with the referrals of [Many].
const ManyPeople = 12

// many is a store on its way to hold very many referrals.
type many struct {
	*store.Store
	at     atomic.Int64 // the clock, in Unix milliseconds
	end    time.Time
	people []*store.User
}

// Many opens the store in dir, made where missing, with n invented referrals of three years, who worked
// with them and what they did, on a clock that stands still. They go in as any message does, so they are
// sealed, found and counted like real ones; what was broken off goes on. A million takes half an
// hour or more, and 5 GB. Tell, if not nil, hears how far it is.
func Many(ctx context.Context, dir string, n int, tell func(done int)) (*store.Store, error) {
	m := &many{end: NewClock().Now()}
	m.at.Store(m.end.UnixMilli())
	var err error
	if m.Store, err = store.Open(ctx, store.Options{Dir: filepath.Clean(dir), Migrate: true, Argon2: Cheap,
		Now: func() time.Time { return time.UnixMilli(m.at.Load()) }}); err != nil {
		return nil, err
	}
	if tell == nil {
		tell = func(int) {}
	}
	if err = m.fill(ctx, n, tell); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m.Store, nil
}

// ManyAt is a folder of the user's cache in which what [Many] makes stays from one run to the next; it
// is of no use after a change of the schema that cannot be migrated, and may be removed at any time.
func ManyAt(n int) (string, error) {
	cache := os.Getenv("BREAKWATER_BENCH_CACHE")
	if cache == "" {
		var err error
		if cache, err = os.UserCacheDir(); err != nil {
			return "", err
		}
		cache = filepath.Join(cache, "breakwater-bench")
	}
	return filepath.Join(cache, fmt.Sprintf("referrals-%d", n)), nil
}

func (m *many) fill(ctx context.Context, n int, tell func(int)) error {
	st, err := m.Status(ctx)
	if err != nil {
		return err
	}
	site := manySite
	if err := m.SaveOceanSettings(ctx, Admin, store.OceanChange{SiteNumber: &site}); err != nil {
		return err
	}
	if err := m.hire(ctx); err != nil {
		return err
	}
	if err := m.receive(ctx, int(st.Referrals), n, tell); err != nil {
		return err
	}
	if st.AuditEntries < int64(n) { // else they have worked with all of them
		if err := m.work(ctx); err != nil {
			return err
		}
	}
	if err := m.handOver(ctx); err != nil {
		return err
	}
	return m.keepDocuments(ctx, n)
}

// handOver gives the first person a page full of referrals, however few there are: the newest.
func (m *many) handOver(ctx context.Context) error {
	const full = 60
	mine, _, err := m.Referrals(ctx, store.ReferralFilter{Assignee: m.people[0].ID}, full)
	if err != nil || len(mine) >= full {
		return err
	}
	newest, _, err := m.Referrals(ctx, store.ReferralFilter{}, full)
	for i := 0; err == nil && i < len(newest); i++ {
		var whole *store.Referral
		if whole, err = m.Referral(ctx, newest[i].ID); err == nil {
			err = m.Assign(ctx, Admin, whole.ID, whole.Version, m.people[0].ID)
		}
	}
	return err
}

// hire adds the people, once.
func (m *many) hire(ctx context.Context) error {
	users, err := m.Users(ctx)
	if err != nil {
		return err
	}
	for i := len(users); i < ManyPeople; i++ {
		n := store.NewUser{Email: fmt.Sprintf("person%d@example.org", i), Name: givenNames[i] + " Example", Password: Password, Roles: []string{"administrator"}}
		if _, err := m.AddUser(ctx, Admin, n); err != nil {
			return err
		}
	}
	if users, err = m.Users(ctx); err != nil {
		return err
	}
	for i := range users {
		m.people = append(m.people, &users[i])
	}
	return nil
}

// receive receives the referrals from one number on, the clock going with them.
func (m *many) receive(ctx context.Context, from, n int, tell func(int)) error {
	const span = manyYears * 365 * 24 * time.Hour
	return inParallel(ctx, from, n, func(i int) error {
		if i%10_000 == 0 {
			tell(i)
		}
		at := m.end.Add(-span + time.Duration(float64(span)*float64(i)/float64(n)))
		m.at.Store(at.UnixMilli())
		for _, msg := range invent(i, at, i%max(n/manyProblems, 1) == 0) {
			if _, err := m.Receive(ctx, msg); err != nil {
				return err
			}
		}
		return nil
	}, func() { m.at.Store(m.end.UnixMilli()) })
}

// work has somebody open every referral, and some of them assigned, noted or handed to a colleague.
func (m *many) work(ctx context.Context) error {
	var next store.Cursor
	for n := 0; ; {
		rows, after, err := m.Referrals(ctx, store.ReferralFilter{Before: next}, 2000)
		if err != nil {
			return err
		}
		if err := inParallel(ctx, 0, len(rows), func(i int) error { return m.workOn(ctx, rows[i], n+i) }, func() {}); err != nil {
			return err
		}
		if n, next = n+len(rows), after; next == (store.Cursor{}) {
			return nil
		}
	}
}

func (m *many) workOn(ctx context.Context, row store.ReferralRow, n int) error {
	person, colleague := m.people[n%len(m.people)], m.people[n/7%len(m.people)]
	actor := store.UserActor(person, fmt.Sprintf("192.0.2.%d", n%len(m.people)))
	r := &store.Referral{ID: row.ID, Patient: store.Patient{Name: row.Patient, BirthDate: row.BirthDate}}
	if err := m.RecordOpened(ctx, actor, r); err != nil {
		return err
	}
	if n%20 == 3 {
		if err := m.AddRemark(ctx, actor, row.ID, "Called; will call again on Monday."); err != nil {
			return err
		}
	}
	if n%30 != 0 && n%50 != 7 {
		return nil
	}
	whole, err := m.Referral(ctx, row.ID)
	if err != nil {
		return err
	}
	if n%30 == 0 {
		return m.Assign(ctx, actor, row.ID, whole.Version, colleague.ID)
	}
	return m.AskReview(ctx, actor, row.ID, whole.Version, colleague.ID)
}

// keepDocuments gives the documents their content, but for a few that wait and some that failed.
func (m *many) keepDocuments(ctx context.Context, n int) error {
	known, err := m.Connection(ctx)
	if err != nil {
		return err
	}
	toFail, toWait := min(manyFailed, n/50)-int(known.Failed), int64(min(manyWaiting, n/50))
	for {
		st, err := m.Status(ctx)
		if err != nil || st.AttachmentsPending <= toWait {
			return err
		}
		due, err := m.DueAttachments(ctx, true, int(min(1000, st.AttachmentsPending-toWait)))
		if err != nil {
			return err
		}
		if len(due) == 0 {
			return errors.New("no document is due, though some wait")
		}
		if err := inParallel(ctx, 0, len(due), func(i int) error {
			if i < toFail {
				return m.GiveUpAttachment(ctx, due[i], store.FaultGone)
			}
			return m.KeepAttachment(ctx, due[i], "application/pdf", []byte("%PDF-1.7 invented "+due[i].ID))
		}, func() {}); err != nil {
			return err
		}
		toFail -= len(due)
	}
}

// inParallel does each of from to n, so many at a time, and then what comes last. It returns the first
// error.
func inParallel(ctx context.Context, from, n int, do func(int) error, last func()) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := atomic.Int64{}
	next.Store(int64(from) - 1)
	var all sync.WaitGroup
	for range min(manyAtOnce, n-from) {
		all.Go(func() {
			for i := int(next.Add(1)); i < n && ctx.Err() == nil; i = int(next.Add(1)) {
				if err := do(i); err != nil {
					stop(err)
				}
			}
		})
	}
	all.Wait()
	last()
	return context.Cause(ctx)
}
