package handlers

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"breakwater/store"
)

// The audit log's head leaves the database, so that somebody who cuts off its end, or puts an older
// copy of all in its place, is found out by a head that they cannot reach: in the system's journal, on
// another host, on another disk.

const (
	// headEvery is how often the head leaves; HeadTick how often is looked whether it should.
	headEvery = time.Hour
	// HeadTick is the beat of [HeadKeeper.Run]. What failed is tried again with each.
	HeadTick = time.Minute
	// outletTimeout bounds one try of one outlet: a disk or host that hangs must not keep Breakwater
	// from stopping.
	outletTimeout = 10 * time.Second
)

// HeadOutlets say where the head goes, beside Breakwater's own log.
type HeadOutlets struct {
	File   string // to which it is appended, best on another disk; "" for none
	Syslog string // udp://, tcp:// or tls://, and host:port; "" for none
	CAFile string // PEM of who vouches for the syslog host; "" for the system's
}

// HeadKeeper brings heads out. Its failures are said and never stop anything.
type HeadKeeper struct {
	store   *store.Store
	now     func() time.Time
	log     *slog.Logger
	outlets []*outlet
}

// outlet is one way out.
type outlet struct {
	name string
	// send brings a head out. It returns the head that left this way before, zero for none.
	send func(ctx context.Context, h store.AuditHead, at time.Time) (before store.AuditHead, err error)

	busy    sync.Mutex // held while a try is under way, even where nobody waits for it any more
	sent    time.Time
	failing bool
}

// NewHeadKeeper prepares the outlets; the first is always the log, whose level must let Info
// through. It fails on addresses that are none and on a file of certificates that cannot be read.
func NewHeadKeeper(ctx context.Context, s *store.Store, to HeadOutlets, now func() time.Time, log *slog.Logger) (*HeadKeeper, error) {
	k := &HeadKeeper{store: s, now: now, log: log}
	k.outlets = []*outlet{{name: "log", send: remembering(func(ctx context.Context, h store.AuditHead, _ time.Time) error {
		log.InfoContext(ctx, "audit head", "seq", h.Seq, "mac", hex.EncodeToString(h.MAC))
		return nil
	})}}
	names := []string{"log"}
	if to.File != "" {
		f := headFile(to.File)
		if f.beside(s.Dir()) {
			log.Warn("the file for audit heads lies on the disk of the database: who can change the one can change the other", "file", to.File)
		}
		k.outlets, names = append(k.outlets, &outlet{name: "file", send: f.send}), append(names, "file")
	}
	if to.Syslog != "" {
		far, err := newSyslog(to.Syslog, to.CAFile)
		if err != nil {
			return nil, err
		}
		k.outlets, names = append(k.outlets, &outlet{name: "syslog", send: remembering(far.send)}), append(names, "syslog")
	}
	if err := s.KeepOutlets(ctx, names...); err != nil { // heads leave nevertheless
		log.Warn("the audit outlets cannot be noted", "error", err.Error())
	}
	return k, nil
}

// remembering is for outlets that cannot be asked what left by them before.
func remembering(send func(context.Context, store.AuditHead, time.Time) error) func(context.Context, store.AuditHead, time.Time) (store.AuditHead, error) {
	var last store.AuditHead
	return func(ctx context.Context, h store.AuditHead, at time.Time) (store.AuditHead, error) {
		before := last
		err := send(ctx, h, at)
		if err == nil {
			last = h
		}
		return before, err
	}
}

// Run brings the head out at once, and then every hour by the ticks, until ctx ends.
func (k *HeadKeeper) Run(ctx context.Context, ticks <-chan time.Time) {
	for {
		k.bring(ctx, false)
		select {
		case <-ticks:
		case <-ctx.Done():
			return
		}
	}
}

// Leave brings out the last head, when nothing writes to the log any more.
func (k *HeadKeeper) Leave(ctx context.Context) { k.bring(context.WithoutCancel(ctx), true) }

// bring brings the head out by the outlets whose time it is, or by all.
func (k *HeadKeeper) bring(ctx context.Context, all bool) {
	h, err := k.store.AuditHead(ctx)
	if err != nil {
		k.log.Error("the audit log's head cannot be read", "error", err.Error())
		return
	}
	if h.Seq == 0 {
		return // nothing to vouch for
	}
	now := k.now()
	var under sync.WaitGroup
	defer under.Wait()
	for _, o := range k.outlets {
		if all || o.failing || o.sent.IsZero() || now.Sub(o.sent).Round(HeadTick) >= headEvery || now.Before(o.sent) {
			under.Go(func() { k.by(ctx, o, h, now) })
		}
	}
}

// by brings a head out by one outlet, and says what became of it.
func (k *HeadKeeper) by(ctx context.Context, o *outlet, h store.AuditHead, now time.Time) {
	before, err := o.try(ctx, h, now)
	var fault store.OutletFault
	switch {
	case err != nil && ctx.Err() != nil:
		return // Breakwater stops; Leave tries again
	case err != nil:
		fault = outletFault(err)
		if !o.failing { // once
			k.log.Error("the audit log's head cannot leave; it is tried again every minute", "outlet", o.name, "error", err.Error())
		}
	case o.failing:
		k.log.Info("the audit log's head leaves again", "outlet", o.name)
	}
	if o.failing = err != nil; err == nil {
		o.sent = now
	}
	if err := k.store.NoteHead(ctx, o.name, h.Seq, fault, k.lost(ctx, o, before, err)); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrDamaged) {
		k.log.Warn("how an audit outlet does cannot be noted", "outlet", o.name, "error", err.Error())
	}
}

// lost is the entry of the head that left before, where the log holds it no more; 0 where it does, and
// -1 where none left before.
func (k *HeadKeeper) lost(ctx context.Context, o *outlet, before store.AuditHead, failed error) int64 {
	if before.Seq == 0 {
		if failed != nil {
			return 0 // nothing is known of what left
		}
		return -1
	}
	holds, err := k.store.HoldsHead(ctx, before)
	if err != nil || holds {
		return 0
	}
	k.log.Error("the audit log was cut off, or an older copy of the database put back: it does not hold a head that left it", "outlet", o.name, "seq", before.Seq, "mac", hex.EncodeToString(before.MAC))
	return before.Seq
}

// errHangs says that the try before has not come back yet.
var errHangs = errors.New("it hangs since the last try")

// try gives up waiting after a while; the try itself may go on.
func (o *outlet) try(ctx context.Context, h store.AuditHead, now time.Time) (store.AuditHead, error) {
	if !o.busy.TryLock() {
		return store.AuditHead{}, errHangs
	}
	ctx, cancel := context.WithTimeout(ctx, outletTimeout)
	type outcome struct {
		before store.AuditHead
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		defer cancel()
		defer o.busy.Unlock()
		before, err := o.send(ctx, h, now)
		done <- outcome{before, err}
	}()
	select {
	case out := <-done:
		return out.before, out.err
	case <-ctx.Done():
		select { // it may have come back at the same moment
		case out := <-done:
			return out.before, out.err
		default:
			return store.AuditHead{}, fmt.Errorf("%w: no answer within %s", context.Cause(ctx), outletTimeout)
		}
	}
}
