package store

import (
	"context"
	"fmt"
	"time"
)

// OpenSession is a session as its person and administrators see it.
type OpenSession struct {
	ID        string
	Visit               // of the last use
	StartedAt time.Time // when somebody signed in
	SeenAt    time.Time // when it was last used; exact to half a minute
	Own       bool      // the one that asks
}

// OpenSessions lists a person's sessions that are not over, the last used first. Own is the one that
// asks, or nil.
func (s *Store) OpenSessions(ctx context.Context, userID string, own *SessionToken) ([]OpenSession, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT s.id, s.hash = ?, s.created_at, s.seen_at, c.idle_minutes * 60000, s.address, s.browser, s.system
		FROM sessions s, clinic_settings c WHERE c.id = 1 AND s.user_id = ? AND s.ended_at = 0 ORDER BY s.seen_at DESC, s.id DESC`, ownHash(own), userID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	defer rows.Close()
	now := s.now()
	var list []OpenSession
	for rows.Next() {
		var r sessionRow
		var o OpenSession
		if err := rows.Scan(&o.ID, &o.Own, &r.created, &r.seen, &r.idle, &o.Address, &o.Browser, &o.System); err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		if o.StartedAt, o.SeenAt = fromMillis(r.created), fromMillis(r.seen); !r.over(now) {
			list = append(list, o)
		}
	}
	return list, rows.Err()
}

// ownHash is the hash of a token; for nil it is that of none.
func ownHash(token *SessionToken) []byte {
	if token == nil {
		return []byte{}
	}
	return token.hash()
}

// EndSession ends one session of a person: one's own, or that of somebody whom the actor may change.
// One that is over already is no error. It returns [ErrForbidden] or [ErrBeyond].
func (s *Store) EndSession(ctx context.Context, a Actor, userID, id string) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.mayEndSessions(a, userID); err != nil {
			return err
		}
		ended, err := t.changed(`UPDATE sessions SET ended_at = ? WHERE id = ? AND user_id = ? AND ended_at = 0`, t.now, id, userID)
		if err != nil || !ended {
			return err
		}
		return t.audit(a, ActionSessionsEnded, userID, map[string]any{"sessions": 1, "session": id})
	})
}

// EndSessions ends all sessions of a person but keep, if that is not nil. It returns what
// [Store.EndSession] returns.
func (s *Store) EndSessions(ctx context.Context, a Actor, userID string, keep *SessionToken) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.mayEndSessions(a, userID); err != nil {
			return err
		}
		ended, err := t.endSessions(userID, ownHash(keep))
		if err != nil || ended == 0 {
			return err
		}
		return t.audit(a, ActionSessionsEnded, userID, map[string]any{"sessions": ended})
	})
}

func (t *tx) mayEndSessions(a Actor, userID string) error {
	if a.kind == "user" && a.id == userID {
		return t.requireSelf(a, userID)
	}
	return t.mayChange(a, userID)
}

// endSessions ends a person's sessions but the one with the hash keep, and returns how many.
func (t *tx) endSessions(userID string, keep []byte) (int64, error) {
	n, err := t.touched(`UPDATE sessions SET ended_at = ?1 WHERE user_id = ?2 AND ended_at = 0 AND hash IS NOT ?3`, t.now, userID, keep)
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	return n, nil
}
