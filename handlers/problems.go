package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/store"
	"breakwater/views"
)

const (
	problemsPath = "/referrals/problems"

	failedMost = 100 // documents, and updates, on the page Delivery problems
	// againMost and againFor bound what one press processes again, well within what a browser waits.
	againMost = 500
	againFor  = 20 * time.Second
)

func (s *server) problemsPage(r *request) error {
	rows, next, err := s.Store.ProblemMessages(r.ctx(), cursor(r), listPage)
	if err != nil {
		return err
	}
	list := views.ProblemList{Rows: rows, CanManage: r.user.Can(store.ManageReferrals), CanSeeRaw: r.user.Can(store.ViewRawMessages), Again: again(r)}
	if cursor(r) == 0 {
		if list.Documents, err = s.Store.FailedAttachments(r.ctx(), failedMost); err != nil {
			return err
		}
		if list.Updates, err = s.Store.FailedUpdates(r.ctx(), failedMost); err != nil {
			return err
		}
	}
	if next != 0 {
		list.Older = older(problemsPath, next)
	}
	if list.Names, err = s.Store.PatientNames(r.ctx(), list.Referrals()); err != nil {
		return err
	}
	return r.render(http.StatusOK, views.Problems(r.frame(), list))
}

// again is what processing messages again came to, which stands in the address of the answer; nil
// where it stands not.
func again(r *request) *views.Again {
	done, err := strconv.Atoi(r.QueryParam("again"))
	left, err2 := strconv.Atoi(r.QueryParam("left"))
	if err != nil || err2 != nil || done < 1 || left < 0 || left > done {
		return nil
	}
	next, err := strconv.ParseInt(r.QueryParam("next"), 10, 64)
	if err != nil || next < 0 {
		next = 0
	}
	return &views.Again{Done: done, Left: left, Next: next}
}

// processAgain reads one message anew, or all that a person should look at, as the parser of today
// understands them.
func (s *server) processAgain(r *request) error {
	if id := r.posted("message"); id != "" {
		left, err := s.readAnew(r, id)
		if err != nil {
			return err
		}
		return r.see(fmt.Sprintf("%s?again=1&left=%d", problemsPath, left))
	}
	before, _ := strconv.ParseInt(r.posted("before"), 10, 64) // anything else starts with the newest
	done, left := 0, 0
	for start := s.Now(); done < againMost && s.Now().Sub(start) < againFor; {
		rows, next, err := s.Store.ProblemMessages(r.ctx(), before, listPage)
		if err != nil {
			return err
		}
		for _, row := range rows {
			problems, err := s.readAnew(r, row.MessageID)
			if err != nil && !errors.Is(err, store.ErrNotFound) { // purged meanwhile
				return err
			}
			done, left = done+1, left+problems
		}
		if before = next; next == 0 {
			break
		}
	}
	if done == 0 {
		return r.see(problemsPath)
	}
	q := url.Values{"again": {strconv.Itoa(done)}, "left": {strconv.Itoa(left)}}
	if before > 0 {
		q.Set("next", strconv.FormatInt(before, 10))
	}
	return r.see(problemsPath + "?" + q.Encode())
}

// readAnew processes one message again, and returns 1 if a person should still look at it. One that
// the parser of today refuses stays as it is.
func (s *server) readAnew(r *request, id string) (left int, err error) {
	raw, err := s.Store.Kept(r.ctx(), id)
	if err != nil {
		return 0, err
	}
	parsed, err := ocean.Parse(raw)
	if err != nil {
		s.Log.Warn("a kept message is not understood any more", "message", id, "error", err.Error())
		return 1, nil
	}
	open, err := s.Store.Reprocess(r.ctx(), r.actor(), id, parsed)
	return min(len(open), 1), err
}

// markSeen notes that a person has looked at a message.
func (s *server) markSeen(r *request) error {
	if err := s.Store.MarkSeen(r.ctx(), r.actor(), r.posted("message")); err != nil {
		return err
	}
	return r.see(problemsPath)
}
