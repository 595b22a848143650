package oceantest

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed style.css
	styleCSS []byte

	pageTemplate = template.Must(template.New("page").Parse(pageHTML))
)

// shown is how many rows each of the page's tables has at most.
const shown = 25

// page is what the template shows.
type page struct {
	Lang, Other   string // language, and the one to change to
	Chosen        bool   // the language was chosen, and goes along
	Notice        string
	Wrong         map[string]string // keys of words by field of the integration's form
	Form          integration
	Site          portal
	PortalFirst   bool // the portal is not set up: that comes first
	SiteNumber    string
	Listing       string
	Console       string
	Credentials   []Credential
	New, Changes  []Action
	Referrals     []Referral
	ReferralCount int
	Deliveries    []deliveryRow
	DeliveryCount int
	Calls         []Call
	CallCount     int
	Faults        []faultRow
}

type deliveryRow struct {
	Delivery
	Patient string
	In      string // until the next try
}

type faultRow struct {
	Name string
	On   bool
}

// T returns what the page says for a key of words.
func (p page) T(key string) string {
	both, ok := words[key]
	if !ok {
		return key
	}
	if p.Lang == "fr" {
		return both[1]
	}
	return both[0]
}

// Why returns a key of words for one action's name.
func (p page) Why(f faultRow) string { return p.T(f.Name + "_why") }

// Said returns what the simulator says of a delivery in the page's language; what the clinic says
// comes as it is.
func (p page) Said(s string) string {
	for _, key := range []string{"no_integration", "not_bound", "no_copies", "no_answer_in_ten"} {
		if words[key][0] == s {
			return p.T(key)
		}
	}
	return s
}

func (o *Ocean) showPage(w http.ResponseWriter, r *http.Request) {
	o.render(w, r, http.StatusOK, nil, nil)
}

// render writes the page; with form and wrong the integration's form as it was typed.
func (o *Ocean) render(w http.ResponseWriter, r *http.Request, status int, form *integration, wrong map[string]string) {
	p := o.view()
	p.Lang, p.Chosen = language(r)
	p.Other = map[string]string{"en": "fr", "fr": "en"}[p.Lang]
	if _, ok := words[r.FormValue("notice")]; ok {
		p.Notice = r.FormValue("notice")
	}
	if form != nil {
		p.Form, p.Wrong, p.Notice = *form, wrong, "problem"
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		http.Error(w, "The page of the simulated Ocean cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

func (o *Ocean) view() page {
	o.mu.Lock()
	defer o.mu.Unlock()
	p := page{
		Site: o.site, Form: o.site.Integration, SiteNumber: o.opts.SiteNumber, Listing: o.opts.Listing, Console: o.opts.Console,
		Credentials: slices.Clone(o.credentials), ReferralCount: len(o.order), DeliveryCount: len(o.queue), CallCount: len(o.calls),
		New:     []Action{ActNew, ActEConsult, ActSentCopy, ActBurst, ActHostile},
		Changes: []Action{ActUpdate, ActMessage, ActBook, ActConfirm, ActForward, ActCancel, ActDuplicate, ActLate},
		Faults: []faultRow{{"outage", o.faults.Outage}, {"slow", o.faults.Slow}, {"credentials", o.faults.RefuseCredentials},
			{"tokens", o.faults.RefuseTokens}, {"letter", o.faults.LetterMissing}, {"busy", o.faults.LetterBusy > 0},
			{"answers", o.faults.LoseAnswers}},
	}
	p.PortalFirst = !o.site.CloudConnect || o.site.Integration.URL == "" || o.site.ExternalID == "" || len(o.credentials) == 0
	for _, r := range newest(o.order) {
		p.Referrals = append(p.Referrals, r.public())
	}
	for _, d := range newest(o.queue) {
		row := deliveryRow{Delivery: d.Delivery, In: near(d.NextTry.Sub(o.queueNow()))}
		if r, ok := o.referrals[d.Ref]; ok {
			row.Patient = r.public().Patient
		}
		p.Deliveries = append(p.Deliveries, row)
	}
	p.Calls = newest(o.calls)
	return p
}

// newest returns the last few of a list, the last first.
func newest[T any](all []T) []T {
	last := slices.Clone(all[max(0, len(all)-shown):])
	slices.Reverse(last)
	return last
}

// near says a span of time as people do.
func near(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}

// language returns the language chosen by the address, else that which the browser asks for first.
func language(r *http.Request) (lang string, chosen bool) {
	if lang = r.FormValue("lang"); lang == "en" || lang == "fr" {
		return lang, true
	}
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(first)), "fr") {
		return "fr", false
	}
	return "en", false
}

func showStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(styleCSS)
}

// secured bounds forms, and keeps the page from being framed or from running anything: it shows what
// the hostile actions made.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/svc/") {
			h := w.Header()
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "same-origin")
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		}
		next.ServeHTTP(w, r)
	})
}
