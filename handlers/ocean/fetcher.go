package ocean

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"breakwater/store"
)

const (
	// fetchers is how many documents are fetched at a time.
	fetchers = 3
	// fetchBatch is how many are taken from the store at a time.
	fetchBatch = 200
	// lookEvery is how soon a change is noticed that another process has made.
	lookEvery = 5 * time.Second
	// afterFault is how long the fetcher rests when the store itself fails.
	afterFault = time.Minute
)

// Fetcher brings the documents of referrals here: from Ocean, or out of the bundles that carry them.
// What is under way is known to the store alone, so that a restart loses and repeats nothing.
type Fetcher struct {
	store         *store.Store
	allowLoopback bool
	now           func() time.Time
	log           *slog.Logger

	mu     sync.Mutex
	access store.OceanAccess
	client *Client
	hold   time.Time // Ocean asked not to be called before
	noted  time.Time // the last token that the store was told of
}

// NewFetcher makes a fetcher for the documents that wait in a store.
func NewFetcher(s *store.Store, allowLoopback bool, now func() time.Time, log *slog.Logger) *Fetcher {
	return &Fetcher{store: s, allowLoopback: allowLoopback, now: now, log: log}
}

// Run fetches what is due until ctx ends.
func (f *Fetcher) Run(ctx context.Context) {
	for ctx.Err() == nil {
		done, err := f.Step(ctx)
		wait := f.pause(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			f.log.Error("fetching documents failed", "error", err.Error())
			wait = afterFault
		case done > 0:
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-f.store.Work():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// pause is how long to rest before the next look.
func (f *Fetcher) pause(ctx context.Context) time.Duration {
	next, err := f.store.NextAttachment(ctx)
	if err != nil || next.IsZero() {
		return lookEvery
	}
	wait := next.Sub(f.now())
	if wait <= 0 { // due, but it cannot be done now
		return lookEvery
	}
	return min(wait, lookEvery)
}

// Step fetches what is due now, and returns how many documents it has dealt with.
func (f *Fetcher) Step(ctx context.Context) (done int, err error) {
	client, may, err := f.ready(ctx)
	if err != nil {
		return 0, err
	}
	due, err := f.store.DueAttachments(ctx, true, fetchBatch)
	if err != nil {
		return 0, err
	}
	var links []store.AttachmentWork
	for _, w := range due {
		switch {
		case w.Link == "":
			err = f.take(ctx, w)
		case !client.Local(w.Link):
			err = f.store.MarkForeign(ctx, w.ID)
		default:
			links = append(links, w)
			continue
		}
		if err != nil {
			return done, err
		}
		done++
	}
	if !may && len(due) == fetchBatch && done == 0 { // what needs no call must not wait behind what does
		return f.inlineOnly(ctx)
	}
	if may {
		n, err := f.fetchAll(ctx, client, links)
		return done + n, err
	}
	return done, nil
}

func (f *Fetcher) inlineOnly(ctx context.Context) (done int, err error) {
	due, err := f.store.DueAttachments(ctx, false, fetchBatch)
	for _, w := range due {
		if err == nil {
			err = f.take(ctx, w)
			done++
		}
	}
	return done, err
}

// ready returns the client for the present credentials, and whether Ocean may be called now.
func (f *Fetcher) ready(ctx context.Context) (*Client, bool, error) {
	access, err := f.store.OceanAccess(ctx)
	if err != nil {
		return nil, false, err
	}
	may, err := f.store.MayCall(ctx, access)
	if err != nil {
		return nil, false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.client == nil || access != f.access {
		if f.client != nil {
			f.client.Close()
		}
		f.access, f.client, f.hold = access, NewClient(access, f.allowLoopback), time.Time{}
	}
	wait := f.hold.Sub(f.now())
	held := wait > 0 && wait <= longestHold // a clock that was set back holds nothing up
	return f.client, may && !held, nil
}

// longestHold bounds for how long Ocean may ask to be left alone.
const longestHold = 6 * time.Hour

// fetchAll fetches the first link alone, which shows whether the credentials and the host work,
// then the others side by side.
func (f *Fetcher) fetchAll(ctx context.Context, c *Client, links []store.AttachmentWork) (done int, err error) {
	if len(links) == 0 {
		return 0, nil
	}
	stop, err := f.fetch(ctx, c, links[0])
	if stop || err != nil {
		return 1, err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	next := 1
	worker := func() {
		for {
			mu.Lock()
			if next == len(links) || stop || err != nil {
				mu.Unlock()
				return
			}
			w := links[next]
			next++
			mu.Unlock()
			s, e := f.fetch(ctx, c, w)
			mu.Lock()
			stop = stop || s
			err = errors.Join(err, e)
			mu.Unlock()
		}
	}
	for range fetchers {
		wg.Go(worker)
	}
	wg.Wait()
	return next, err
}

// fetch fetches one document. It reports whether the others had better wait too.
func (f *Fetcher) fetch(ctx context.Context, c *Client, w store.AttachmentWork) (stop bool, err error) {
	content, err := c.Fetch(ctx, w.Link)
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	if noteErr := f.noteToken(ctx, c); noteErr != nil {
		return true, noteErr
	}
	if err == nil {
		return false, f.keep(ctx, w, content)
	}
	fault, ok := errors.AsType[*CallError](err)
	if !ok {
		return true, err
	}
	f.log.Warn("a document could not be fetched", "document", w.ID, "fault", string(fault.Fault), "status", fault.Status)
	switch fault.Fault {
	case store.FaultForeign:
		return false, f.store.MarkForeign(ctx, w.ID)
	case store.FaultCredentials:
		return true, f.store.NoteCredentialsRefused(ctx)
	case store.FaultBusy:
		if fault.RetryAfter > 0 {
			f.mu.Lock()
			f.hold = f.now().Add(min(fault.RetryAfter, longestHold))
			f.mu.Unlock()
			stop = true
		}
	}
	return stop, f.store.PostponeAttachment(ctx, w.ID, fault.Fault, fault.RetryAfter)
}

// noteToken tells the store that Ocean gave a token.
func (f *Fetcher) noteToken(ctx context.Context, c *Client) error {
	at := c.TokenAt()
	f.mu.Lock()
	fresh := at.After(f.noted)
	if fresh {
		f.noted = at
	}
	f.mu.Unlock()
	if !fresh {
		return nil
	}
	return f.store.NoteToken(ctx)
}

// take takes a document out of the bundle that carries it.
func (f *Fetcher) take(ctx context.Context, w store.AttachmentWork) error {
	raw, err := f.store.Bundle(ctx, w)
	if err != nil {
		return err
	}
	content, err := InlineContent(raw, w.Digest)
	if err == nil {
		return f.keep(ctx, w, content)
	}
	fault, ok := errors.AsType[*CallError](err)
	if !ok {
		return err
	}
	f.log.Warn("a document in a bundle cannot be used", "document", w.ID, "fault", string(fault.Fault))
	return f.store.PostponeAttachment(ctx, w.ID, fault.Fault, 0)
}

func (f *Fetcher) keep(ctx context.Context, w store.AttachmentWork, c Content) error {
	if err := f.store.KeepAttachment(ctx, w.ID, c.Type, c.Data); err != nil {
		return err
	}
	f.log.Info("document kept", "document", w.ID, "bytes", len(c.Data))
	return nil
}
