package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"breakwater/store"
	"breakwater/views"
)

const oceanPath = "/settings/referral/ocean"

func (s *server) oceanPage(r *request) error {
	form, err := s.oceanForm(r)
	if err != nil {
		return err
	}
	form.Saved, form.Dropped = r.QueryParam("saved") != "", r.QueryParam("saved") == "dropped"
	return r.render(http.StatusOK, views.OceanSettings(r.frame(), form))
}

// oceanForm is the page as it is saved.
func (s *server) oceanForm(r *request) (form views.OceanForm, err error) {
	if form.Seen, err = s.Store.OceanSettings(r.ctx()); err != nil {
		return form, err
	}
	form.SiteNumber, form.ClientID = form.Seen.SiteNumber, form.Seen.ClientID
	form.Host = form.Seen.Host
	if form.Host != store.DefaultOceanHost && form.Host != store.TestOceanHost {
		form.Host, form.HostOther = otherHost, form.Seen.Host
	}
	form.Errors = map[string]string{}
	form.Request, form.RequestURL = s.BaseURL.Host+bundlesPath, s.BaseURL.String()+bundlesPath
	form.HeaderName = keyHeader
	if form.Health, err = s.health(r); err != nil {
		return form, err
	}
	return form, s.addKeys(r, &form)
}

// addKeys reads the keys, and the values that this session may see.
func (s *server) addKeys(r *request, form *views.OceanForm) (err error) {
	if form.Keys, err = s.Store.InboundKeys(r.ctx()); err != nil {
		return err
	}
	form.Values, err = s.Store.KeyValues(r.ctx(), r.token)
	return err
}

// otherHost is the form's word for a host that it does not list.
const otherHost = "other"

// typedOcean is the page with what was typed in place of what is saved. A field that was not
// posted stays as it is.
func (s *server) typedOcean(r *request) (form views.OceanForm, c store.OceanChange, err error) {
	if form, err = s.oceanForm(r); err != nil {
		return form, c, err
	}
	posted := func(name string, to *string) *string {
		if r.posted(name) == "" { // blank or absent keeps
			return nil
		}
		*to = r.posted(name)
		return to
	}
	c.SiteNumber, c.ClientID = posted("site_number", &form.SiteNumber), posted("client_id", &form.ClientID)
	if secret := r.posted("client_secret"); secret != "" {
		c.ClientSecret, form.SecretTyped = &secret, true
	}
	host := form.Host
	if posted("host", &host) != nil {
		form.Host, form.HostOther = host, r.posted("host_other")
		if host == otherHost {
			host = form.HostOther
		}
		c.Host = &host
	}
	c.AllowLoopback, c.Draft, c.Session = s.AllowLoopback, r.posted("draft"), &r.token
	if c.Seen = r.seenOcean(form.Seen); c.Seen != nil {
		form.Seen.SiteNumber, form.Seen.Host, form.Seen.ClientID = c.Seen.SiteNumber, c.Seen.Host, c.Seen.ClientID
		form.Seen.SecretSetAt = c.Seen.SecretSetAt // goes back with the form: it is what the person knows
	}
	return form, c, nil
}

// seenOcean is what the person saw when the page was made, from the form's hidden fields; nil for
// a form that has none.
func (r *request) seenOcean(now store.OceanSettings) *store.OceanSettings {
	if !r.Request().PostForm.Has("seen_site_number") {
		return nil
	}
	seen := now
	seen.SiteNumber, seen.Host, seen.ClientID = r.posted("seen_site_number"), r.posted("seen_host"), r.posted("seen_client_id")
	seen.SecretSetAt = time.Time{}
	if ms, err := strconv.ParseInt(r.posted("seen_secret_at"), 10, 64); err == nil && ms != 0 {
		seen.SecretSetAt = time.UnixMilli(ms)
	}
	return &seen
}

// saveOcean is Save Ocean Settings.
func (s *server) saveOcean(r *request) error {
	form, change, err := s.typedOcean(r)
	if err != nil {
		return err
	}
	err = s.Store.SaveOceanSettings(r.ctx(), r.actor(), change)
	switch {
	case err == nil:
		now, err := s.Store.OceanSettings(r.ctx())
		if err != nil {
			return err
		}
		if form.Seen.HasClientSecret && !now.HasClientSecret {
			return r.see(oceanPath + "?saved=dropped")
		}
		return r.see(oceanPath + "?saved=1")
	case !r.explainOcean(&form, err):
		return err
	case len(form.Conflicts) > 0:
		if err := s.catchUp(r, &form); err != nil {
			return err
		}
		return r.render(http.StatusConflict, views.OceanSettings(r.frame(), form))
	}
	return r.render(http.StatusUnprocessableEntity, views.OceanSettings(r.frame(), form))
}

// catchUp tells the person's form what is saved now: what they left alone becomes what somebody
// else saved, what they typed stays, and from here on they have seen both.
func (s *server) catchUp(r *request, form *views.OceanForm) error {
	now, err := s.oceanForm(r)
	if err != nil {
		return err
	}
	if form.SiteNumber == form.Seen.SiteNumber {
		form.SiteNumber = now.SiteNumber
	}
	if form.ClientID == form.Seen.ClientID {
		form.ClientID = now.ClientID
	}
	if form.Host == form.Seen.Host || form.HostOther == form.Seen.Host {
		form.Host, form.HostOther = now.Host, now.HostOther
	}
	form.Seen = now.Seen
	return nil
}

// explainOcean puts errors beside their fields; it reports whether there were any such.
func (r *request) explainOcean(form *views.OceanForm, err error) bool {
	t := r.text()
	for _, e := range each(err) {
		var field *store.FieldError
		var conflict *store.ConflictError
		switch {
		case errors.As(e, &field):
			form.Errors[field.Field] = fieldProblem(t.Ocean, field, form)
		case errors.As(e, &conflict) && conflict.Field == "key":
			form.Errors["key"] = t.Ocean.KeyGone
		case errors.As(e, &conflict):
			form.Conflicts = append(form.Conflicts, views.Conflict{Field: conflict.Field, Theirs: conflict.Theirs, Yours: conflict.Yours})
		default:
			return false
		}
	}
	return len(form.Errors)+len(form.Conflicts) > 0
}

func fieldProblem(t views.OceanText, e *store.FieldError, form *views.OceanForm) string {
	switch e.Reason {
	case store.ReasonSiteNumber:
		return t.SiteNumberWrong(form.SiteNumber)
	case store.ReasonHost:
		return t.HostWrong(form.HostOther)
	}
	return t.TooLong(store.MaxCredential)
}

// each takes joined errors apart.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// confirm asks before something is done.
func (r *request) confirm(status int, asked views.Asked, form views.ConfirmForm) error {
	form.Title, form.Text, form.Button = asked.Title, asked.Text, asked.Button
	return r.render(status, views.Confirm(r.frame(), form))
}

func (s *server) removeSecretPage(r *request) error {
	return r.confirm(http.StatusOK, r.text().Confirm.RemoveSecret, views.ConfirmForm{Action: oceanPath + "/remove-secret", Cancel: oceanPath, Harm: true})
}

func (s *server) removeSecret(r *request) error {
	none := ""
	if err := s.Store.SaveOceanSettings(r.ctx(), r.actor(), store.OceanChange{ClientSecret: &none}); err != nil {
		return err
	}
	return r.see(oceanPath)
}
