package ocean

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// documentsInMemory is how many bytes of documents may be in memory at once: three of the largest, or
// one consolidated letter. Each is there up to four times for a moment: as it came, sealed, and on
// its way into the database.
const documentsInMemory = 3 * maxDocument

// room bounds the bytes of documents in memory, whatever the number of those who fetch them.
type room struct {
	free *semaphore.Weighted
	size int64
}

func newRoom(size int64) *room { return &room{semaphore.NewWeighted(size), size} }

// share is what one document has of a room. A nil share is of no room and bounds nothing.
type share struct {
	room  *room
	bytes int64
}

// take waits for room for so many bytes; one that is larger than the whole room gets all of it. Its
// error is that of ctx.
func (r *room) take(ctx context.Context, bytes int64) (*share, error) {
	bytes = min(bytes, r.size)
	if err := r.free.Acquire(ctx, bytes); err != nil {
		return nil, err
	}
	return &share{r, bytes}, nil
}

// shrink gives back what turned out not to be needed. Nobody ever asks for more than they took: two
// who did could wait for each other.
func (s *share) shrink(to int64) {
	if s == nil || to < 0 || to >= s.bytes {
		return
	}
	s.room.free.Release(s.bytes - to)
	s.bytes = to
}

func (s *share) giveBack() { s.shrink(0) }
