package store

import (
	"context"
	"fmt"
	"slices"
)

// MarkSeen notes that a person has looked at a message: it leaves the list of problems, and they
// stay in the history of its referrals. One that is not in the list is no error. It returns
// [ErrForbidden] without Manage Referrals, and [ErrNotFound].
func (s *Store) MarkSeen(ctx context.Context, a Actor, messageID string) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ManageReferrals); err != nil {
			return err
		}
		m, err := t.messageAt(messageID)
		if err != nil || len(m.problems) == 0 {
			return err
		}
		if err := t.saveProblems(m, nil, append(slices.Clone(m.seen), m.problems...)); err != nil {
			return err
		}
		return t.audit(a, ActionMessageSeen, messageID, map[string]any{"problems": codes(m.problems)})
	})
}

// keptMessage is a message's row as far as changes need it.
type keptMessage struct {
	seq            int64
	received       int64
	deliveries     int
	problems, seen []Problem
	was            []Problem // the problems before
}

func (t *tx) messageAt(id string) (m keptMessage, err error) {
	var problems, seen *string
	if err := t.get(`SELECT seq, received_at, deliveries, problems, seen FROM messages WHERE id = ?`, []any{id},
		&m.seq, &m.received, &m.deliveries, &problems, &seen); err != nil {
		return m, err
	}
	m.problems, m.seen = splitProblems(problems), splitProblems(seen)
	m.was = m.problems
	return m, nil
}

// found sorts the problems that a parser finds by whether a person has looked at them. That a message
// came with other content than before is no parser's finding, and stays.
func (m keptMessage) found(by []Problem) (open, seen []Problem) {
	all := slices.Clone(by)
	if slices.Contains(m.problems, ProblemContentChanged) || slices.Contains(m.seen, ProblemContentChanged) {
		all = append(all, ProblemContentChanged)
	}
	for _, p := range all {
		if slices.Contains(m.seen, p) {
			seen = append(seen, p)
		} else {
			open = append(open, p)
		}
	}
	return open, seen
}

func (t *tx) saveProblems(m keptMessage, open, seen []Problem) error {
	if err := t.exec(`UPDATE messages SET problems = ?, seen = ? WHERE seq = ?`, joinProblems(open), joinProblems(seen), m.seq); err != nil {
		return fmt.Errorf("save problems: %w", err)
	}
	return t.count(countAttention, min(len(open), 1)-min(len(m.problems), 1))
}

func codes(problems []Problem) string {
	if text := joinProblems(problems); text != nil {
		return *text
	}
	return ""
}
