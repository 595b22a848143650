package ocean

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"breakwater/store"
)

const (
	// sideBySide is how many calls are under way at a time.
	sideBySide = 3
	// lookEvery is how soon a change is noticed that another process has made.
	lookEvery = 5 * time.Second
	// restFor is the least time between two looks that found little to do: messages that come in a flood
	// must not make a flood of looks, each with several questions to the database.
	restFor = 200 * time.Millisecond
	// afterFault is how long to rest when the store itself fails.
	afterFault = time.Minute
	// longestHold bounds for how long Ocean may ask to be left alone.
	longestHold = 6 * time.Hour
)

// caller is what all work with Ocean shares: one client, hence one token, for the credentials that
// are saved, and what is known of when to leave Ocean alone.
type caller struct {
	store         *store.Store
	allowLoopback bool
	now           func() time.Time
	log           *slog.Logger

	mu     sync.Mutex
	access store.OceanAccess
	client *Client
	hold   time.Time // Ocean is not called before
	failed int       // how often in a row there was no token
	noted  time.Time // the last token that the store was told of
}

// ready returns the client for the present credentials, whether there are any that Ocean does not
// refuse, and whether it is left alone just now all the same.
func (c *caller) ready(ctx context.Context) (client *Client, may, held bool, err error) {
	access, err := c.store.OceanAccess(ctx)
	if err != nil {
		return nil, false, false, err
	}
	if may, err = c.store.MayCall(ctx, access); err != nil {
		return nil, false, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client == nil || access != c.access {
		if c.client != nil {
			c.client.Close()
		}
		c.access, c.client, c.hold = access, NewClient(access, c.allowLoopback), time.Time{}
		c.failed = 0
	}
	wait := c.hold.Sub(c.now())
	held = wait > 0 && wait <= longestHold // a clock that was set back holds nothing up
	return c.client, may, held, nil
}

// judge takes what an error means for all calls: stop says that the others had better wait too. The
// fault is nil where nothing more is to be done about this call: it stays due, or the error that
// comes back is not Ocean's doing.
func (c *caller) judge(ctx context.Context, client *Client, callErr error) (fault *CallError, stop bool, err error) {
	fault, ok := errors.AsType[*CallError](callErr)
	if !ok {
		return nil, true, callErr
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case fault.Fault == store.FaultCredentials:
		c.log.Warn("Ocean refuses the credentials", "status", fault.Status)
		return nil, true, c.store.NoteCredentialsRefused(ctx, client.access)
	case fault.AtToken:
		// Whatever stands in the way there, it is no fault of this document or update.
		held := *fault
		held.Fault = transient(fault.Fault)
		c.hold = c.now().Add(max(tokenWaits[min(c.failed, len(tokenWaits)-1)], min(fault.RetryAfter, longestHold)))
		c.failed++
		return &held, true, nil
	case fault.Status == http.StatusTooManyRequests && fault.RetryAfter > 0:
		c.hold = c.now().Add(min(fault.RetryAfter, longestHold))
		return fault, true, nil
	}
	c.failed = 0
	return fault, false, nil
}

// tokenWaits is how long Ocean is left alone when it gave no token, the last one repeated.
var tokenWaits = []time.Duration{2 * time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}

// transient is a fault of the token's call as one that another try may mend.
func transient(fault store.Fault) store.Fault {
	switch fault {
	case store.FaultGone, store.FaultForbidden, store.FaultRedirect, store.FaultTooLarge, store.FaultContent:
		return store.FaultServer
	}
	return fault
}

// noteToken tells the store that Ocean gave a token.
func (c *caller) noteToken(ctx context.Context, client *Client) error {
	at := client.TokenAt()
	c.mu.Lock()
	fresh := at.After(c.noted)
	if fresh {
		c.noted = at
	}
	c.mu.Unlock()
	if !fresh {
		return nil
	}
	return c.store.NoteToken(ctx, client.access)
}

// work is one kind of work with Ocean.
type work struct {
	*caller
	what  string // as the log names it
	batch int    // so much done in a step, or more, means that there may be more to do
	step  func(context.Context) (int, error)
	next  func(context.Context) (time.Time, error) // when more is due; zero where nothing waits
}

// run does what is due until ctx ends, and looks again when it is woken.
func (w work) run(ctx context.Context, wake <-chan struct{}) {
	for ctx.Err() == nil {
		began := time.Now()
		done, err := w.step(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			w.log.Error(w.what+" failed", "error", err.Error())
			sleep(ctx, wake, afterFault)
		case done == 0:
			sleep(ctx, wake, w.pause(ctx))
		}
		if done < w.batch {
			sleep(ctx, nil, restFor-time.Since(began))
		}
	}
}

// sleep waits for a while, until it is woken, or until ctx ends.
func sleep(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}

// pause is how long to rest before the next look.
func (w work) pause(ctx context.Context) time.Duration {
	next, err := w.next(ctx)
	if err != nil || next.IsZero() {
		return lookEvery
	}
	wait := next.Sub(w.now())
	if wait <= 0 { // due, but it cannot be done now
		if wait = w.held(); wait <= 0 {
			return lookEvery
		}
	}
	return min(wait, lookEvery)
}

// held is for how long Ocean is left alone yet.
func (c *caller) held() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return min(c.hold.Sub(c.now()), longestHold)
}

// inTurn does the first of several things alone, which shows whether the credentials and the host
// work, then the others side by side. It returns how many it began.
func inTurn[T any](list []T, do func(T) (stop bool, err error)) (done int, err error) {
	if len(list) == 0 {
		return 0, nil
	}
	stop, err := do(list[0])
	if stop || err != nil {
		return 1, err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	next := 1
	worker := func() {
		for {
			mu.Lock()
			if next == len(list) || stop || err != nil {
				mu.Unlock()
				return
			}
			one := list[next]
			next++
			mu.Unlock()
			s, e := do(one)
			mu.Lock()
			stop = stop || s
			err = errors.Join(err, e)
			mu.Unlock()
		}
	}
	for range sideBySide {
		wg.Go(worker)
	}
	wg.Wait()
	return next, err
}
