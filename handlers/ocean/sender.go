package ocean

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"breakwater/store"
)

const (
	// sendBatch is how many updates are taken from the store at a time. Each may carry a document.
	sendBatch = 12
	// toRecord is how long the store may take to note that Ocean has an update, when the program is
	// about to stop.
	toRecord = 5 * time.Second
)

// Sender brings the clinic's updates to Ocean, those of one referral in their order. What is under way
// is known to the store alone: an update counts as waiting until Ocean's answer is noted, so that one
// whose answer was lost is sent again, with the same id, and none is forgotten.
type Sender struct{ *caller }

// NewSender makes a sender for the updates that wait in a store.
func NewSender(s *store.Store, allowLoopback bool, now func() time.Time, log *slog.Logger) *Sender {
	return &Sender{&caller{store: s, allowLoopback: allowLoopback, now: now, log: log}}
}

// Run sends what is due until ctx ends. Beside a [Fetcher] use a [Courier] instead.
func (s *Sender) Run(ctx context.Context) { s.work().run(ctx, s.store.Work()) }

func (s *Sender) work() work {
	return work{s.caller, "sending updates", sendBatch, s.Step, s.store.NextOutbox}
}

// Step sends what is due now, of each referral the first, and returns how many updates it has dealt
// with. It must not run twice at a time.
func (s *Sender) Step(ctx context.Context) (done int, err error) {
	client, may, held, err := s.ready(ctx)
	if err != nil || !may || held {
		return 0, err
	}
	due, err := s.store.DueOutbox(ctx, sendBatch)
	if err != nil {
		return 0, err
	}
	return inTurn(due, func(w store.OutboxWork) (bool, error) { return s.send(ctx, client, w) })
}

// send sends one update. It reports whether the others had better wait too.
func (s *Sender) send(ctx context.Context, c *Client, w store.OutboxWork) (stop bool, err error) {
	err = c.Send(ctx, w.Bundle)
	if err == nil {
		return false, s.sent(ctx, c, w)
	}
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	if err := s.noteToken(ctx, c); err != nil {
		return true, err
	}
	fault, stop, err := s.judge(ctx, c, err)
	if fault == nil {
		return stop, err
	}
	s.log.Warn("an update could not be sent", "update", w.ID, "fault", string(fault.Fault), "status", fault.Status)
	if isRefusal(fault) {
		return stop, s.store.RefuseOutbox(ctx, w.ID, fault.Fault, fault.Said)
	}
	return stop, s.store.PostponeOutbox(ctx, w.ID, fault.Fault, fault.RetryAfter)
}

// sent notes that Ocean has an update, even if the program is told to stop at this moment.
func (s *Sender) sent(ctx context.Context, c *Client, w store.OutboxWork) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), toRecord)
	defer cancel()
	if err := s.store.OutboxSent(ctx, w.ID); err != nil {
		return err
	}
	s.log.Info("update sent", "update", w.ID)
	return s.noteToken(ctx, c)
}

// isRefusal reports whether Ocean looked at an update and will not have it, so that another try would
// end the same.
func isRefusal(e *CallError) bool {
	switch e.Fault {
	case store.FaultContent, store.FaultGone, store.FaultTooLarge:
		return true
	case store.FaultForbidden:
		return e.Status == http.StatusForbidden // a 401 is about the token
	}
	return false
}
