package handlers

import (
	"net/http"
	"slices"

	"breakwater/store"
	"breakwater/views"
)

// afterUpdate is where somebody goes on who settled an update: where they came from.
func afterUpdate(r *request, from string) string {
	if from == "problems" {
		return "/referrals/problems"
	}
	return "/referrals/" + r.Param("id")
}

// toldNow tells an open page how far what was told has come: 204 where it says so already. It shows
// nothing of the patient, and is not audited.
func (s *server) toldNow(r *request) error {
	found, err := s.Store.Referral(r.ctx(), r.Param("id"))
	if err != nil {
		return err
	}
	detail := views.ReferralDetail{Referral: *found}
	if detail.Says(r.QueryParam("said")) {
		return r.NoContent(http.StatusNoContent)
	}
	return r.render(http.StatusOK, views.ToldNow(r.frame(), detail))
}

// retryUpdate sends an update again that Ocean did not take.
func (s *server) retryUpdate(r *request) error {
	if err := s.Store.RetryOutbox(r.ctx(), r.actor(), r.Param("id"), r.Param("update")); err != nil {
		return err
	}
	return r.see(afterUpdate(r, r.posted("from")))
}

// dropUpdatePage asks before an update is given up. One that does not wait for a person any more is
// no question: somebody was faster.
func (s *server) dropUpdatePage(r *request) error {
	found, err := s.Store.Referral(r.ctx(), r.Param("id"))
	if err == nil && !r.user.Can(store.ViewReferrals) {
		err = store.ErrNotFound // as everywhere for who may not see it
	}
	if err != nil {
		return err
	}
	at, back := slices.IndexFunc(found.Outbox, func(o store.Sent) bool { return o.ID == r.Param("update") }), afterUpdate(r, r.QueryParam("from"))
	switch {
	case at < 0:
		return store.ErrNotFound
	case found.Outbox[at].State != store.OutRefused:
		return r.see(back)
	}
	if err := s.Store.RecordOpened(r.ctx(), r.actor(), found); err != nil {
		return err
	}
	form := views.ConfirmForm{Action: "/referrals/" + found.ID + "/updates/" + found.Outbox[at].ID + "/drop", Cancel: back, Harm: true}
	if r.QueryParam("from") != "" {
		form.HiddenValues = map[string]string{"from": r.QueryParam("from")}
	}
	return r.confirm(http.StatusOK, r.text().Actions.DropAsked(r.frame().Told(found.Outbox[at])), form)
}

func (s *server) dropUpdate(r *request) error {
	if err := s.Store.DropOutbox(r.ctx(), r.actor(), r.Param("id"), r.Param("update")); err != nil {
		return err
	}
	return r.see(afterUpdate(r, r.posted("from")))
}
