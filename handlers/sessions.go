package handlers

import (
	"net/http"
	"time"

	"breakwater/store"
	"breakwater/views"
)

const (
	sessionPath = "/session"
	resumePath  = "/resume"
)

// sessionLeft tells an open page how long the session still lasts. Asking is no use of it.
func (s *server) sessionLeft(r *request) error {
	t, now := r.text().Sessions, s.Now()
	left := struct {
		Person string `json:"person"` // whose session it is: a page of somebody else's must go
		Left   int    `json:"left"`   // seconds
		Last   bool   `json:"last"`   // no use of it makes it longer
		Title  string `json:"title"`
		Text   string `json:"text"`
	}{Person: r.user.ID, Left: int(r.session.EndsAt.Sub(now) / time.Second), Last: r.session.LastsTo.Equal(r.session.EndsAt)}
	clock := r.session.EndsAt.In(s.Zone).Format("15:04")
	left.Title, left.Text = t.WarnTitle, t.WarnText(clock)
	if left.Last {
		left.Title, left.Text = t.LastTitle, t.LastText(clock)
	}
	return r.JSON(http.StatusOK, left)
}

// staySignedIn is a use of the session, and nothing else.
func (s *server) staySignedIn(r *request) error { return s.sessionLeft(r) }

// endOwnSessions ends one of the person's sessions, or all but the one that asks.
func (s *server) endOwnSessions(r *request) error {
	if err := s.endSessions(r, r.user.ID); err != nil {
		return err
	}
	return r.see("/account?saved=sessions#sessions")
}

// endSessionsOf ends one session of somebody else, or all of them.
func (s *server) endSessionsOf(r *request) error {
	u, err := s.Store.User(r.ctx(), r.Param("id"))
	if err != nil {
		return err
	}
	if err := s.endSessions(r, u.ID); err != nil {
		return err
	}
	return r.see(peoplePath + "/" + u.ID + "?ended=1#sessions")
}

func (s *server) endSessions(r *request, userID string) error {
	if id := r.posted("session"); id != "all" {
		return s.Store.EndSession(r.ctx(), r.actor(), userID, id)
	}
	var keep *store.SessionToken
	if userID == r.user.ID {
		keep = &r.token
	}
	return s.Store.EndSessions(r.ctx(), r.actor(), userID, keep)
}

// sessionsOf lists where somebody is signed in.
func (s *server) sessionsOf(r *request, userID string) (list views.SessionList, err error) {
	list = views.SessionList{Own: userID == r.user.ID, Action: peoplePath + "/" + userID + "/sessions"}
	if list.Own {
		list.Action = "/account/sessions"
	}
	list.Sessions, err = s.Store.OpenSessions(r.ctx(), userID, &r.token)
	return list, err
}
