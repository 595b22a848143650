package handlers

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"breakwater/store"
	"breakwater/views"
)

// provePath is where the proof for a page goes that is only looked at; a form's proof goes along
// with the form itself.
const provePath = "/account/prove"

// The fields that a proof adds to a form. None of them reaches a handler's own fields.
const (
	proofPassword = "password"
	proofPasskey  = "proof_passkey" // what an authenticator answered
	proofApp      = "proof_app"     // what an authenticator app shows
	proofBack     = "proof_back"    // where somebody came from who gives up
	proofAgain    = "proof_again"   // names of secrets that are to be typed again
)

// secretNames are the ends of the names of fields whose values never go back to a browser, nor into any
// keeping.
var secretNames = []string{"password", "secret", "token", "code", "otp"}

func secretField(name string) bool {
	return slices.ContainsFunc(secretNames, func(end string) bool { return strings.HasSuffix(name, end) })
}

// proven reports whether the request may go on to its handler: its route asks for no proof, or the
// person proved who they are within the last [store.ProvenFor], or does so with this very form.
// Where it may not go on, it has been answered.
func (r *request) proven(a access) (bool, error) {
	if a.proof == nil {
		return true, nil
	}
	wanted, err := a.proof(r)
	if err != nil || !wanted {
		return err == nil, err
	}
	fresh := r.session.Proven(r.s.Now())
	switch {
	case r.posted(proofPasskey) != "" || r.posted(proofApp) != "":
		wrong, status, err := r.s.ownFactor(r)
		if err != nil {
			return false, err
		}
		if wrong != nil {
			return false, r.askProof(status, wrong)
		}
	case r.posted(proofPassword) != "" || !fresh && r.Request().PostForm.Has(proofPassword):
		problem, status, err := r.s.ownPassword(r)
		if err != nil {
			return false, err
		}
		if problem != "" {
			return false, r.askProof(status, map[string]string{proofPassword: problem})
		}
	case !fresh:
		return false, r.askProof(http.StatusUnauthorized, nil)
	}
	if missing := r.stillMissing(); len(missing) > 0 {
		return false, r.askProof(http.StatusUnprocessableEntity, missing)
	}
	return true, nil
}

// stillMissing says what is wrong with secrets that were to be typed again and were not: an empty one
// means "keep" to some handlers, which is not what the person typed.
func (r *request) stillMissing() map[string]string {
	missing := map[string]string{}
	for _, name := range r.Request().PostForm[proofAgain] {
		if r.posted(name) == "" {
			missing[name] = r.text().Sessions.SecretMissing
		}
	}
	return missing
}

// askProof asks for the password, and carries on with exactly what was asked. Everything that was
// posted goes along in the form but for secrets: those are asked for again.
func (r *request) askProof(status int, wrong map[string]string) error {
	form := views.ProofForm{Action: provePath, Back: r.cameFrom(), Errors: wrong}
	if r.Request().Method == post {
		form.Action = r.Request().URL.RequestURI()
		for _, name := range slices.Sorted(maps.Keys(r.Request().PostForm)) {
			switch values := r.Request().PostForm[name]; {
			case slices.Contains([]string{proofPassword, proofPasskey, proofApp, proofBack, proofAgain}, name):
			case !secretField(name):
				form.Carried = append(form.Carried, views.Carried{Name: name, Values: values})
			case values[0] != "":
				form.Again = append(form.Again, name)
			}
		}
		for _, name := range r.Request().PostForm[proofAgain] {
			if !slices.Contains(form.Again, name) {
				form.Again = append(form.Again, name)
			}
		}
	} else {
		form.Carried = []views.Carried{{Name: "to", Values: []string{r.Request().URL.RequestURI()}}}
	}
	f, err := r.s.Store.Factors(r.ctx(), r.user.ID)
	if err != nil {
		return err
	}
	form.Passkey, form.App = r.s.passkeys != nil && len(sound(f.Passkeys)) > 0, f.App != nil
	if r.htmx() {
		return r.render(status, views.ProofFragment(r.frame(), form))
	}
	return r.render(status, views.Proof(r.frame(), form))
}

// cameFrom is the page of our own from which the request comes.
func (r *request) cameFrom() string {
	if back := r.posted(proofBack); back != "" {
		return localPath(back)
	}
	from, err := url.Parse(r.Request().Referer())
	if err != nil || from.Host != r.Request().Host && from.Host != r.s.BaseURL.Host {
		return "/"
	}
	return localPath(from.RequestURI())
}

// prove goes on to the page that asked for the proof.
func (s *server) prove(r *request) error { return r.see(localPath(r.posted("to"))) }

// ownPassword checks the posted password against the person's own, which then counts as proof. It
// returns what is wrong in the reader's words, "" for nothing, and the status of the page that says
// so.
func (s *server) ownPassword(r *request) (problem string, status int, err error) {
	try := store.TryBy(store.TryPassword, r.user.ID)
	wait, err := r.guess(try)
	if err != nil {
		return "", 0, err
	}
	if wait > 0 {
		return r.text().Login.TooMany(minutes(wait)), http.StatusTooManyRequests, nil
	}
	password := r.posted(proofPassword)
	err = s.Store.ProvePerson(r.ctx(), r.actor(), r.token, password)
	switch {
	case errors.Is(err, store.ErrCredentials) && password == "": // nobody guesses with nothing
		return r.text().Confirm.PasswordMissing, http.StatusUnprocessableEntity, r.wasRight(try)
	case errors.Is(err, store.ErrCredentials):
		return r.text().Confirm.PasswordWrong, http.StatusUnprocessableEntity, nil
	}
	return "", 0, errors.Join(err, r.wasRight(try))
}

// replacesKey reports whether a key that is generated now would take the place of one: nobody is
// asked for their password over the first.
func (s *server) replacesKey(r *request) (bool, error) { return s.Store.KeyActive(r.ctx()) }

// replacesAccess reports whether a form changes where updates about patients go, or as whom, once
// that is set up: the Ocean host or the credentials of a clinic that has a saved secret.
func (s *server) replacesAccess(r *request) (bool, error) {
	saved, err := s.Store.OceanSettings(r.ctx())
	if err != nil || !saved.HasClientSecret {
		return false, err
	}
	host := r.posted("host")
	if host == otherHost {
		host = r.posted("host_other")
	}
	differs := func(typed, kept string) bool { return typed != "" && typed != kept }
	return r.posted("client_secret") != "" || differs(host, saved.Host) || differs(strings.TrimSpace(r.posted("client_id")), saved.ClientID), nil
}
