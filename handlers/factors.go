package handlers

import (
	"errors"
	"net/http"

	"breakwater/store"
	"breakwater/views"
)

const factorsPath = "/account/second-step"

// ownFactors is what the person has, for the pages that list it.
func (s *server) ownFactors(r *request) (views.FactorList, error) {
	f, err := s.Store.Factors(r.ctx(), r.user.ID)
	return views.FactorList{Factors: f, PasskeysWork: s.passkeys != nil}, err
}

func (s *server) factorsPage(r *request) error {
	list, err := s.ownFactors(r)
	if err != nil {
		return err
	}
	page := views.FactorsPage{FactorList: list, Recovered: r.QueryParam("recovered") != ""}
	for _, saved := range []string{"passkey", "app", "renamed", "removed"} {
		if r.QueryParam("saved") == saved {
			page.Saved = saved
		}
	}
	return r.render(http.StatusOK, views.FactorsOf(r.frame(), page))
}

// factorAdded goes on after a second step was added: with the first one come recovery codes, which
// the answer itself shows, since nothing can show them later.
func (r *request) factorAdded(codes []string, saved string) error {
	if len(codes) == 0 {
		return r.see(factorsPath + "?saved=" + saved)
	}
	if err := r.readAgain(); err != nil {
		return err
	}
	return r.render(http.StatusOK, views.Codes(r.frame(), views.CodesPage{Codes: codes, First: true}))
}

// readAgain reads who asks once more, after what they may do has changed.
func (r *request) readAgain() (err error) {
	r.user, err = r.s.Store.User(r.ctx(), r.user.ID)
	return err
}

func (s *server) renewCodesPage(r *request) error {
	return r.askFactor(http.StatusOK, r.text().Factors.AskRenew, "/codes", "", false)
}

func (s *server) renewCodes(r *request) error {
	codes, err := s.Store.RenewCodes(r.ctx(), r.actor())
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, views.Codes(r.frame(), views.CodesPage{Codes: codes}))
}

// askFactor is the confirm page of what is done to a second step at a path under [factorsPath].
func (r *request) askFactor(status int, asked views.Asked, path, problem string, harm bool) error {
	return r.confirm(status, asked, views.ConfirmForm{Action: factorsPath + path, Cancel: factorsPath, Error: problem, Harm: harm})
}

// removed goes on after a second step was removed, or asks again with the reason why it must stay.
func (r *request) removed(err error, asked views.Asked, path string) error {
	t := r.text().Factors
	switch {
	case errors.Is(err, store.ErrFactorRequired):
		return r.askFactor(http.StatusUnprocessableEntity, asked, path, t.LastRequired, true)
	case errors.Is(err, store.ErrPasswordAlone):
		return r.askFactor(http.StatusUnprocessableEntity, asked, path, t.LastShort(store.MinPassword), true)
	case err != nil:
		return err
	}
	return r.see(factorsPath + "?saved=removed")
}
