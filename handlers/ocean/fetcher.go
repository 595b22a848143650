package ocean

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"breakwater/store"
)

const (
	// fetchBatch is how many documents are fetched before the next look at what is due: few, so that
	// nothing new waits long, and no call is made with settings that are saved no more.
	fetchBatch = 6
	// sortBatch is how many are looked at, for those that are never fetched.
	sortBatch = 200
	// oddOnes is how many documents in a row may be refused, or not be documents, before it is Ocean
	// that seems to be at fault, and not they.
	oddOnes = 3
	// oddRest is how long documents are left alone then.
	oddRest = 10 * time.Minute
)

// Fetcher brings the documents of referrals here: from Ocean, or out of the bundles that carry them.
// What is under way is known to the store alone, so that a restart loses and repeats nothing.
type Fetcher struct {
	*caller
	memory *room
	odd    map[string]bool // documents that Ocean would not give, since it last gave one
	rest   time.Time       // no document is asked for before
}

// NewFetcher makes a fetcher for the documents that wait in a store.
func NewFetcher(s *store.Store, allowLoopback bool, now func() time.Time, log *slog.Logger) *Fetcher {
	return newFetcher(&caller{store: s, allowLoopback: allowLoopback, now: now, log: log})
}

func newFetcher(c *caller) *Fetcher { return &Fetcher{caller: c, memory: newRoom(documentsInMemory)} }

// Run fetches what is due until ctx ends. Beside a [Sender] use a [Courier] instead.
func (f *Fetcher) Run(ctx context.Context) { f.work().run(ctx, f.store.Work()) }

func (f *Fetcher) work() work {
	return work{f.caller, "fetching documents", fetchBatch, f.Step, f.store.NextAttachment}
}

// Step fetches some of what is due now, and returns how many documents it has dealt with. What needs
// no call goes first; links that lead elsewhere count only where there may be more of them.
func (f *Fetcher) Step(ctx context.Context) (done int, err error) {
	if err := f.store.HasRoom(); err != nil {
		return 0, err // there is no place to put them
	}
	if done, err = f.takeAll(ctx); done > 0 || err != nil {
		return done, err
	}
	client, may, held, err := f.ready(ctx)
	if err != nil {
		return 0, err
	}
	if !may {
		if err := f.store.GiveUpWaiting(ctx); err != nil {
			return 0, err
		}
	}
	due, err := f.store.DueAttachments(ctx, true, sortBatch)
	if err != nil {
		return 0, err
	}
	links, foreign, err := f.sort(ctx, client, due) // before any call, which may last
	if foreign == sortBatch {
		done = foreign
	}
	if !may || held || f.resting() || err != nil {
		return done, err
	}
	links = links[:min(len(links), fetchBatch)]
	n, err := inTurn(links, func(w store.AttachmentWork) (bool, error) { return f.fetch(ctx, client, w) })
	return done + n, err
}

// takeAll takes documents out of the bundles that carry them.
func (f *Fetcher) takeAll(ctx context.Context) (done int, err error) {
	due, err := f.store.DueAttachments(ctx, false, fetchBatch)
	for _, w := range due {
		if err == nil {
			err = f.take(ctx, w)
			done++
		}
	}
	return done, err
}

// sort marks the links that lead elsewhere, and returns the others.
func (f *Fetcher) sort(ctx context.Context, c *Client, due []store.AttachmentWork) (links []store.AttachmentWork, foreign int, err error) {
	var others []store.AttachmentWork
	for _, w := range due {
		switch {
		case w.Link == "":
		case c.fault != "" || c.Local(w.Link): // a host that may not be called at all says nothing of links
			links = append(links, w)
		default:
			others = append(others, w)
		}
	}
	if len(others) == 0 {
		return links, 0, nil
	}
	return links, len(others), f.store.MarkForeign(ctx, others...)
}

// resting reports whether documents are left alone for now.
func (f *Fetcher) resting() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	wait := f.rest.Sub(f.now())
	return wait > 0 && wait <= oddRest
}

// came notes how Ocean answered for a document: many odd answers in a row, a page of maintenance for
// instance, are no fault of the documents, which would be given up one by one.
func (f *Fetcher) came(id string, odd bool) (stop bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !odd || f.odd == nil {
		f.odd = map[string]bool{}
	}
	if !odd {
		return false
	}
	if f.odd[id] = true; len(f.odd) < oddOnes {
		return false
	}
	f.rest = f.now().Add(oddRest)
	return true
}

// fetch fetches one document. It reports whether the others had better wait too.
func (f *Fetcher) fetch(ctx context.Context, c *Client, w store.AttachmentWork) (stop bool, err error) {
	defer f.survive(ctx, w, &err)
	most := c.limits.document
	if u, ok := c.origin.local(w.Link); ok {
		most = c.most(u)
	}
	memory, err := f.memory.take(ctx, most)
	if err != nil {
		return true, err
	}
	defer memory.giveBack() // once it is in the database
	content, err := c.fetch(ctx, w.Link, memory)
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	if noteErr := f.noteToken(ctx, c); noteErr != nil {
		return true, noteErr
	}
	if err == nil {
		f.came(w.ID, false)
		return false, f.keep(ctx, w, content)
	}
	fault, stop, err := f.judge(ctx, c, err)
	if fault == nil {
		return stop, err
	}
	switch fault.Fault {
	case store.FaultGone, store.FaultForbidden, store.FaultRedirect, store.FaultContent:
		stop = f.came(w.ID, true) || stop
	}
	f.log.Warn("a document could not be fetched", "document", w.ID, "fault", string(fault.Fault), "status", fault.Status)
	if fault.Fault == store.FaultForeign {
		return stop, f.store.MarkForeign(ctx, w)
	}
	return stop, f.store.PostponeAttachment(ctx, w, fault.Fault, fault.RetryAfter)
}

// survive keeps a document that nobody foresaw from ending the program, again after every restart.
func (f *Fetcher) survive(ctx context.Context, w store.AttachmentWork, err *error) {
	if p := recover(); p != nil {
		f.log.Error("panic", "document", w.ID, "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
		*err = f.store.GiveUpAttachment(ctx, w, store.FaultContent)
	}
}

// take takes a document out of the bundle that carries it.
func (f *Fetcher) take(ctx context.Context, w store.AttachmentWork) (err error) {
	defer f.survive(ctx, w, &err)
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
	return f.store.GiveUpAttachment(ctx, w, fault.Fault) // a bundle never changes
}

func (f *Fetcher) keep(ctx context.Context, w store.AttachmentWork, c Content) error {
	if err := f.store.KeepAttachment(ctx, w, c.Type, c.Data); err != nil {
		return err
	}
	f.log.Info("document kept", "document", w.ID, "bytes", len(c.Data))
	return nil
}
