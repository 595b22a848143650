package oceantest

import (
	"context"
	"sync"
	"time"
)

// DeliveryState says what became of a message.
type DeliveryState string

const (
	Waiting   DeliveryState = "waiting"   // not yet tried, or to be tried again
	Delivered DeliveryState = "delivered" // answered with 2xx
	Abandoned DeliveryState = "abandoned" // failed for 96 hours
	NotSent   DeliveryState = "not sent"  // the portal's set-up keeps it from being sent at all
)

// Delivery is one message on its way to the clinic.
type Delivery struct {
	ID        int    // from 1, in the order of sending
	MessageID string // MessageHeader.id
	Ref       string // referral reference
	Event     string
	SentAt    time.Time // the message's own time
	State     DeliveryState
	Tries     int
	Status    int       // of the last answer; 0 for none
	Said      string    // the clinic's diagnostics, or why there was no answer, or why it is not sent
	FirstTry  time.Time // by the queue's clock, as the next two
	LastTry   time.Time
	NextTry   time.Time // zero unless it waits
}

type delivery struct {
	Delivery
	body []byte
}

// retries is Ocean's retry rule: when a failed message is tried again, after its first try. Several
// times in the first hour, then hourly for 96 hours.
var retries = func() []time.Duration {
	after := []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute}
	for hour := 1; hour <= 96; hour++ {
		after = append(after, time.Duration(hour)*time.Hour)
	}
	return after
}()

// workers is how many messages are on their way at once.
const workers = 8

// Send queues a message and tries at once to deliver it and whatever else is due. What the message
// leaves open of the simulator's own (host, site number, time, the mark as test data) is filled in.
// The simulator learns from it how its referral stands.
func (o *Ocean) Send(ctx context.Context, m Message) Delivery {
	o.mu.Lock()
	d := o.send(m)
	o.mu.Unlock()
	o.Deliver(ctx)
	return o.delivery(d)
}

func (o *Ocean) delivery(d *delivery) Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return d.Delivery
}

// Deliveries returns every message so far, the oldest first.
func (o *Ocean) Deliveries() []Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]Delivery, len(o.queue))
	for i, d := range o.queue {
		all[i] = d.Delivery
	}
	return all
}

// enqueue puts a body in the queue, due at once. The caller holds the lock.
func (o *Ocean) enqueue(d Delivery, body []byte) *delivery {
	d.ID, d.State, d.NextTry = len(o.queue)+1, Waiting, o.queueNow()
	if why := o.site.withheld(o.referrals[d.Ref]); why != "" {
		d.State, d.Said, d.NextTry = NotSent, why, time.Time{}
	}
	queued := &delivery{d, body}
	o.queue = append(o.queue, queued)
	o.nudge()
	return queued
}

// nudge makes Run look at the queue now rather than at its next tick.
func (o *Ocean) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// queueNow returns the time by the queue's clock, which may run ahead. The caller holds the lock.
func (o *Ocean) queueNow() time.Time { return o.now().Add(o.ahead) }

// Skip puts the queue's clock forward, for messages that wait to be tried again.
func (o *Ocean) Skip(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ahead += d
	o.nudge()
}

// Run delivers what is due until ctx ends. The clock of the queue goes speed times as fast as a real
// one, so that a rehearsal can show 96 hours of retries in minutes.
func (o *Ocean) Run(ctx context.Context, speed float64) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-o.wake:
		case <-tick.C:
		}
		now := time.Now()
		o.mu.Lock()
		o.ahead += time.Duration(float64(now.Sub(last)) * (speed - 1))
		o.mu.Unlock()
		last = now
		o.Deliver(ctx)
	}
}

// Deliver tries once what is due by the queue's clock, and returns when all of it has been answered
// or ctx ends. Messages about the same referral go one after the other.
func (o *Ocean) Deliver(ctx context.Context) {
	select {
	case o.turn <- struct{}{}:
		defer func() { <-o.turn }()
	case <-ctx.Done():
		return
	}
	free := make(chan struct{}, workers)
	var all sync.WaitGroup
	for _, row := range o.due() {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			for _, d := range row {
				o.try(ctx, d)
			}
		})
	}
	all.Wait()
}

// due returns the messages to be tried now, by referral.
func (o *Ocean) due() [][]*delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.faults.Outage || !o.site.CloudConnect {
		return nil // the queue lives in Cloud Connect: what is in it waits
	}
	var rows [][]*delivery
	place := map[string]int{}
	for _, d := range o.queue {
		if d.State != Waiting || d.NextTry.After(o.queueNow()) {
			continue
		}
		i, ok := place[d.Ref]
		if !ok {
			i = len(rows)
			place[d.Ref], rows = i, append(rows, nil)
		}
		rows[i] = append(rows[i], d)
	}
	return rows
}

// try sends a message once and notes the outcome.
func (o *Ocean) try(ctx context.Context, d *delivery) {
	o.mu.Lock()
	to := o.site.Integration
	o.mu.Unlock()
	status, said := o.post(ctx, to, d.body)
	if status == 0 && ctx.Err() != nil {
		return // it was us who gave up: not a try
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.queueNow()
	d.Tries, d.Status, d.Said, d.LastTry = d.Tries+1, status, said, now
	if d.Tries == 1 {
		d.FirstTry = now
	}
	d.State, d.NextTry = Abandoned, time.Time{}
	if status >= 200 && status < 300 {
		d.State = Delivered
		return
	}
	for _, after := range retries {
		if next := d.FirstTry.Add(after); next.After(now) {
			d.State, d.NextTry = Waiting, next
			return
		}
	}
}
