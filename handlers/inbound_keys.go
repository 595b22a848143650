package handlers

import (
	"errors"
	"net/http"

	"breakwater/store"
	"breakwater/views"
)

// generateKey makes a key that counts once the page is saved, and keeps what was typed elsewhere.
func (s *server) generateKey(r *request) error {
	form, _, err := s.typedOcean(r)
	if err != nil {
		return err
	}
	err = s.Store.DraftKey(r.ctx(), r.actor())
	if errors.Is(err, store.ErrTwoKeys) {
		form.Errors["key"] = r.text().Ocean.TwoKeys
		return r.render(http.StatusUnprocessableEntity, views.OceanSettings(r.frame(), form))
	}
	if err != nil {
		return err
	}
	if err := s.addKeys(r, &form); err != nil {
		return err
	}
	return r.render(http.StatusOK, views.OceanSettings(r.frame(), form))
}

// showKeys shows the keys again to whoever has typed their own password.
func (s *server) showKeys(r *request) error {
	if err := s.Store.ShowKeys(r.ctx(), r.actor(), r.token); err != nil {
		return err
	}
	return r.see(oceanPath + "#keys")
}

func (s *server) retireKeyPage(r *request) error {
	keys, err := s.Store.InboundKeys(r.ctx())
	if err != nil {
		return err
	}
	form := views.ConfirmForm{Action: oceanPath + "/retire-key", Cancel: oceanPath, Harm: true}
	if n := len(keys); n > 0 { // the oldest stands last; by its id nobody retires another than they saw
		form.HiddenValues = map[string]string{"key": keys[n-1].ID}
	}
	return r.confirm(http.StatusOK, r.text().Confirm.RetireKey, form)
}

func (s *server) retireKey(r *request) error {
	err := s.Store.RetireOlderKey(r.ctx(), r.actor(), r.posted("key"))
	if err != nil && !errors.Is(err, store.ErrOneKey) { // pressed twice: it is retired already
		return err
	}
	return r.see(oceanPath)
}
