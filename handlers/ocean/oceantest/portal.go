package oceantest

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// portal is what the clinic has set up in Ocean's portal.
type portal struct {
	CloudConnect bool
	Integration  integration
	ExternalID   string // External Service ID: the listing is bound when it has one
}

type integration struct {
	Name, URL, Header, Key string
	Copies                 bool // of the referrals that the clinic sends
}

// The reasons why the portal does not send a message at all.
const (
	noIntegration = "No integration is registered: Menu > Admin > Integrations."
	notBound      = "The directory listing is not bound to the integration: Menu > Admin > Directory Listings."
	noCopies      = "Copies of sent referrals are not ticked: Menu > Admin > Integrations."
)

// withheld says why messages about a referral are not sent; "" when they are.
func (p portal) withheld(r *referral) string {
	switch {
	case p.Integration.URL == "":
		return noIntegration
	case r != nil && r.received && p.ExternalID == "":
		return notBound
	case r != nil && !r.received && !p.Integration.Copies:
		return noCopies
	}
	return ""
}

// patience is how long a button of the page waits for the clinic before it shows the page again.
const patience = 15 * time.Second

func (o *Ocean) postAction(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	action := Action(r.PathValue("action"))
	if action == "expire-tokens" {
		o.ExpireTokens()
		back(w, r, "troubles", "tokens_expired")
		return
	}
	_, err := o.Do(ctx, action, r.FormValue("ref"))
	switch {
	case errors.Is(err, ErrUnknownAction):
		http.NotFound(w, r)
	case errors.Is(err, ErrNoReferral):
		back(w, r, "referrals", "no_referral")
	case errors.Is(err, ErrElsewhere):
		back(w, r, "referrals", "is_elsewhere")
	default:
		back(w, r, "referrals", "")
	}
}

func (o *Ocean) postFault(w http.ResponseWriter, r *http.Request) {
	on := r.FormValue("on") == "1"
	o.mu.Lock()
	f := o.faults
	if !f.set(r.PathValue("fault"), on) {
		o.mu.Unlock()
		http.NotFound(w, r)
		return
	}
	o.setFaults(f)
	o.mu.Unlock()
	back(w, r, "troubles", "")
}

// set turns one fault on or off, by its name on the page.
func (f *Faults) set(name string, on bool) (known bool) {
	switch name {
	case "outage":
		f.Outage = on
	case "slow":
		f.Slow = on
	case "credentials":
		f.RefuseCredentials = on
	case "tokens":
		f.RefuseTokens = on
	case "letter":
		f.LetterMissing = on
	case "busy":
		if f.LetterBusy = 0; on {
			f.LetterBusy = 30 * time.Second
		}
	case "answers":
		f.LoseAnswers = on
	default:
		return false
	}
	return true
}

// postSkip puts the queue's clock forward by an hour.
func (o *Ocean) postSkip(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	o.Skip(time.Hour)
	o.Deliver(ctx)
	back(w, r, "deliveries", "")
}

func (o *Ocean) postFeatures(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	o.site.CloudConnect = r.FormValue("on") == "1"
	o.nudge()
	o.mu.Unlock()
	back(w, r, "/admin/features/", "")
}

func (o *Ocean) postIntegration(w http.ResponseWriter, r *http.Request) {
	i := integration{Name: field(r, "name"), URL: field(r, "url"), Header: field(r, "header"), Key: field(r, "key"),
		Copies: r.FormValue("copies") == "1"}
	o.mu.Lock()
	wrong := i.check(o.opts.Clinic)
	if wrong == nil {
		o.site.Integration = i
		o.nudge()
	}
	o.mu.Unlock()
	if wrong != nil {
		o.render(w, r, http.StatusUnprocessableEntity, &i, wrong)
		return
	}
	back(w, r, "/admin/integrations/", "saved")
}

// check says what is wrong with an integration, as keys of words by field, and completes its URL: the
// CHR's article writes it without a scheme.
func (i *integration) check(clinic string) map[string]string {
	wrong := map[string]string{}
	if i.Name == "" {
		wrong["name"] = "wrong_name"
	}
	full := i.URL
	if !strings.Contains(full, "://") {
		full = "http://" + full
	}
	u, err := url.Parse(full)
	known, _ := url.Parse(clinic)
	// Whoever can open this page must not make the simulator call strangers.
	if err != nil || u.Scheme != "http" && u.Scheme != "https" ||
		!isLoopback(u.Hostname()) && (known == nil || u.Hostname() == "" || u.Hostname() != known.Hostname()) {
		wrong["url"] = "wrong_url"
	}
	if i.Header == "" || strings.ContainsFunc(i.Header, func(c rune) bool {
		return c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}) {
		wrong["header"] = "wrong_header"
	}
	if i.Key == "" || strings.ContainsFunc(i.Key, func(c rune) bool { return c < ' ' || c > '~' }) {
		wrong["key"] = "wrong_key"
	}
	if len(wrong) > 0 {
		return wrong
	}
	i.URL = full
	return nil
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func (o *Ocean) postBulk(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	refs := strings.FieldsFunc(r.FormValue("refs"), func(c rune) bool { return strings.ContainsRune(" ,;\r\n\t\"", c) })
	notice := "resent"
	if o.Resend(ctx, refs, r.FormValue("as") == "new") == 0 {
		notice = "no_referral"
	}
	back(w, r, "deliveries", notice)
}

func (o *Ocean) postListing(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	o.site.ExternalID = field(r, "external_id")
	o.mu.Unlock()
	back(w, r, "/admin/directory-listings/", "saved")
}

func (o *Ocean) postCredential(w http.ResponseWriter, r *http.Request) {
	c := Credential{Name: field(r, "name"), ID: "simulated-" + strings.ToLower(rand.Text()[:8]), Secret: rand.Text()}
	if c.Name == "" {
		back(w, r, "/admin/credentials/", "wrong_name")
		return
	}
	o.mu.Lock()
	o.credentials = append(o.credentials, c)
	o.mu.Unlock()
	back(w, r, "/admin/credentials/", "saved")
}

func field(r *http.Request, name string) string { return strings.TrimSpace(r.FormValue(name)) }

// back shows the page again, at one of its parts, so that reloading it repeats nothing.
func back(w http.ResponseWriter, r *http.Request, part, notice string) {
	q := url.Values{}
	if lang := r.FormValue("lang"); lang == "en" || lang == "fr" {
		q.Set("lang", lang)
	}
	if notice != "" {
		q.Set("notice", notice)
	}
	http.Redirect(w, r, "/?"+q.Encode()+"#"+part, http.StatusSeeOther)
}
