package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// Visit is from where a request comes. Browser and System are names that the caller knows, never
// what a browser says of itself.
type Visit struct {
	Address string // network address
	Browser string // "Firefox"; "" for none that is known
	System  string // "Windows"; "" for none that is known
}

// Session is somebody's session at one moment.
type Session struct {
	ID       string
	User     *User        // with the rights of this moment
	Token    SessionToken // what the browser is to hold from now on; after a change of rights another than it sent
	ProvenAt time.Time    // when the person last proved who they are
	EndsAt   time.Time    // unless it is used before that
	LastsTo  time.Time    // however much it is used
}

// Proven reports whether the person proved who they are within the last [ProvenFor].
func (s Session) Proven(now time.Time) bool {
	since := now.Sub(s.ProvenAt)
	return since < ProvenFor && since >= -clockSlack
}

// Session returns the session of a token and notes its use. It returns [ErrNotFound] for one that
// is over, and for one of a person who is disabled.
func (s *Store) Session(ctx context.Context, token SessionToken, from Visit) (Session, error) {
	row, err := s.openSession(ctx, token)
	if err != nil {
		return Session{}, err
	}
	here := from == Visit{row.address, row.browser, row.system}
	if !row.renew && here && s.now()-row.seen < seenEvery.Milliseconds() {
		return s.sessionOf(ctx, row)
	}
	err = s.update(ctx, func(t *tx) error { return t.useSession(&row, from) })
	if err != nil && !readingGoesOn(err) { // else the session only ends a little sooner
		return Session{}, err
	}
	return s.sessionOf(ctx, row)
}

// readingGoesOn reports whether an error of a write leaves what there is to read.
func readingGoesOn(err error) bool {
	return errors.Is(err, ErrBusy) || errors.Is(err, ErrDiskFull) || errors.Is(err, ErrDamaged)
}

// PeekSession is [Store.Session] where nobody uses the session: an open page asks for news by
// itself, and must not keep the session of somebody who went away.
func (s *Store) PeekSession(ctx context.Context, token SessionToken) (Session, error) {
	row, err := s.openSession(ctx, token)
	if err != nil {
		return Session{}, err
	}
	return s.sessionOf(ctx, row)
}

// WhoseSession returns the id of the person whose session it is or was until a day ago, or
// [ErrNotFound]. It lets nobody in.
func (s *Store) WhoseSession(ctx context.Context, token SessionToken) (userID string, err error) {
	err = notFound(s.read.QueryRowContext(ctx, `SELECT user_id FROM sessions WHERE hash = ?1 OR before = ?1`, token.hash()).Scan(&userID))
	return userID, err
}

// sessionRow is a session as it is kept.
type sessionRow struct {
	id, userID                   string
	created, seen, proven, ended int64 // Unix milliseconds
	idle                         int64 // milliseconds without use after which it is over
	address, browser, system     string
	renew                        bool
	token                        SessionToken // that its browser is to hold
}

// over reports whether the session has ended by the clock, or by a clock that went back.
func (r sessionRow) over(now int64) bool {
	slack := clockSlack.Milliseconds()
	return now-r.created >= SessionLife.Milliseconds() || now-r.seen >= r.idle || r.created-now > slack || r.seen-now > slack
}

// openSession returns the session of a token, or [ErrNotFound]. One that turns out to be over is
// ended for good: neither a clock nor a setting brings it back.
func (s *Store) openSession(ctx context.Context, token SessionToken) (r sessionRow, err error) {
	var hash, salt []byte
	var renewed int64
	err = notFound(s.read.QueryRowContext(ctx, `SELECT s.id, s.user_id, s.created_at, s.seen_at, s.proven_at, s.ended_at, c.idle_minutes * 60000,
		s.address, s.browser, s.system, s.renew, s.hash, s.salt, s.renewed_at
		FROM sessions s, clinic_settings c WHERE c.id = 1 AND (s.hash = ?1 OR s.before = ?1)`, token.hash()).
		Scan(&r.id, &r.userID, &r.created, &r.seen, &r.proven, &r.ended, &r.idle, &r.address, &r.browser, &r.system, &r.renew, &hash, &salt, &renewed))
	if err != nil {
		return r, err
	}
	now, err := s.moment(ctx) // after the reading: whatever was read is not of a later time
	if err != nil || r.ended != 0 {
		return r, errors.Join(ErrNotFound, err)
	}
	if r.over(now) {
		return r, errors.Join(ErrNotFound, s.endOver(ctx, r))
	}
	if r.token = token; !bytes.Equal(hash, token.hash()) {
		if since := now - renewed; since >= renewGrace.Milliseconds() || since < -clockSlack.Milliseconds() {
			return r, ErrNotFound
		}
		r.token = s.renewedToken(token, salt)
	}
	return r, nil
}

// sessionOf reads the person of a session with the rights of this moment.
func (s *Store) sessionOf(ctx context.Context, r sessionRow) (Session, error) {
	u, err := s.User(ctx, r.userID)
	if err != nil {
		return Session{}, err
	}
	if u.Disabled {
		return Session{}, ErrNotFound
	}
	lasts := r.created + SessionLife.Milliseconds()
	return Session{ID: r.id, User: u, Token: r.token, ProvenAt: fromMillis(r.proven),
		EndsAt: fromMillis(min(r.seen+r.idle, lasts)), LastsTo: fromMillis(lasts)}, nil
}

// useSession notes a use of the session, and renews its token where that is due. It returns
// [ErrNotFound] for one that was ended meanwhile.
func (t *tx) useSession(r *sessionRow, from Visit) error {
	if err := t.renewToken(r); err != nil {
		return err
	}
	if err := t.exec(`UPDATE sessions SET seen_at = max(seen_at, ?), address = ?, browser = ?, system = ? WHERE id = ?`,
		t.now, from.Address, from.Browser, from.System, r.id); err != nil {
		return fmt.Errorf("note the use of a session: %w", err)
	}
	r.seen = t.now
	return nil
}
