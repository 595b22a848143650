package store

import (
	"cmp"
	"slices"
	"time"
)

// heard is what one message said of a referral, with what is known of the message itself.
type heard struct {
	Update
	ours       *bool // the receiver is this clinic; nil while that is not known
	receivedAt time.Time
	deliveries int
	problems   []Problem
	seen       bool   // a person has looked at them
	id         string // of the message
	tie        []byte // orders what nothing else does
	seq        int64  // the message's row; 0 for the clinic's own update
	own        bool   // the clinic's own update, not a message of Ocean's
}

// at is the message's own time; one that names none counts from its arrival.
func (h heard) at() time.Time {
	if h.SentAt.IsZero() {
		return h.receivedAt
	}
	return h.SentAt
}

// inOrder sorts by the messages' own time, ties by event rank, then id, so that the same messages
// tell the same story in whatever order they came.
func inOrder(messages []heard) {
	slices.SortStableFunc(messages, earlier)
}

func earlier(a, b heard) int {
	return cmp.Or(a.at().Compare(b.at()), cmp.Compare(a.Rank, b.Rank),
		cmp.Compare(a.HeaderID, b.HeaderID), slices.Compare(a.tie, b.tie))
}

// gathered is a list in which the newest of what has the same key counts.
type gathered[K comparable, T any] struct {
	list []T
	at   map[K]int
}

// put adds an element or replaces the one with its key; it reports whether the key is new.
func (g *gathered[K, T]) put(key K, e T) bool {
	if i, there := g.at[key]; there {
		g.list[i] = e
		return false
	}
	if g.at == nil {
		g.at = map[K]int{}
	}
	g.at[key] = len(g.list)
	g.list = append(g.list, e)
	return true
}

// known is what tells a document from others of its referral, even one that has nothing to fetch.
func (d Document) known() string {
	if d.Inline {
		return d.Digest
	}
	return cmp.Or(d.URL, d.Title)
}

// known is what tells a communication from others, in whatever zone its time is written.
func (c Communication) known() Communication {
	if c.ID != "" {
		return Communication{ID: c.ID}
	}
	c.SentAt = c.SentAt.UTC()
	return c
}
