package handlers

import (
	"errors"

	"breakwater/store"
	"breakwater/views"
)

// reviewed is for whoever has looked at what came for a referral. Where something came since, it
// is shown and nothing is cleared.
func (s *server) reviewed(r *request) error {
	err := s.Store.Reviewed(r.ctx(), r.actor(), r.Param("id"), r.seenVersion())
	if errors.Is(err, store.ErrStale) {
		return s.showStale(r, "", func(*views.Team) {})
	}
	if err != nil {
		return err
	}
	return r.see("/referrals/" + r.Param("id"))
}
