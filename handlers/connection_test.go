package handlers

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/views"
)

const testPath = oceanPath + "/test"

// connection is what is known of the connection with Ocean.
func (s *site) connection() store.Connection {
	s.t.Helper()
	c, err := s.store.Connection(context.Background())
	s.must(err)
	return c
}

// says fails the test unless an answer shows all texts, however HTML writes them.
func (a answer) says(t testing.TB, texts ...string) answer {
	t.Helper()
	a.body = plainText(a.body)
	return a.shows(t, texts...)
}

// plainText is HTML without its escapes.
func plainText(body string) string { return html.UnescapeString(body) }

var french = views.InLanguage("fr")

func (s *site) settings() store.OceanSettings {
	s.t.Helper()
	o, err := s.store.OceanSettings(context.Background())
	s.must(err)
	return o
}

// harvester is a host that is not Ocean, and must not learn what is Ocean's.
type harvester struct {
	*httptest.Server
	mu    sync.Mutex
	calls []string
}

func newHarvester(t testing.TB) *harvester {
	h := &harvester{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.calls = append(h.calls, fmt.Sprint(r.Method, " ", r.URL, " ", r.Header, " ", string(body)))
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *harvester) heard() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.calls, "\n")
}

// lastTested is the newest audit entry of a test.
func (s *site) lastTested() (n int, details string) {
	all := s.audited(store.ActionOceanTested)
	if len(all) == 0 {
		return 0, ""
	}
	return len(all), all[len(all)-1].Details
}

func TestSavedCredentialsAreTestedAndTheOutcomeRemembered(t *testing.T) {
	s := newSimulated(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	v.get(oceanPath).says(t, s.text().Ocean.TestNever)
	page := v.get(oceanPath).hidden()
	// With nothing typed, and with all that a browser posts along of a form that nobody touched.
	for i, form := range []url.Values{nil, fields(append(page, "site_number", "1234", "host", "other", "host_other", s.host, "client_id", clinicID, "client_secret", "")...)} {
		s.clock.Turn(2 * time.Minute)
		a := v.do(post, testPath, form).wants(t, 200)
		a.says(t, s.text().Ocean.TestAccepted, s.text().Ocean.TestHost(s.host), "ada@clinic.example").hides(t, clinicSecret, s.text().Ocean.TestTyped)
		c := s.connection()
		if c.Test == nil || c.Test.Fault != "" || c.Test.By != "ada@clinic.example" || !c.Test.At.Equal(s.clock.Now()) || !c.Token.Last.Equal(s.clock.Now()) ||
			!c.CredentialsRefused.IsZero() {
			t.Errorf("%+v, %+v", c.Test, c.Token)
		}
		if n, details := s.lastTested(); n != i+1 || details != `{"fault":"","host":"`+s.host+`","typed":false}` {
			t.Errorf("%d, %s", n, details)
		}
	}
	v.get(oceanPath).says(t, s.text().Ocean.TestAccepted, s.text().Ocean.TestBy("ada@clinic.example"))
	for _, c := range s.sim.Calls() {
		if c.Status != 200 || !strings.HasSuffix(c.Path, "/token") && !strings.HasSuffix(c.Path, "/NamingSystem/id-site-number") {
			t.Errorf("%+v", c)
		}
	}
	s.wantsNowhere(t, clinicSecret)
}

func TestATestSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		secret  string
		faults  oceantest.Faults
		fault   store.Fault
		refused bool // Ocean refuses the saved credentials
		token   bool
	}{
		"the wrong secret":      {"canary-wrong", oceantest.Faults{}, store.FaultCredentials, true, false},
		"credentials withdrawn": {clinicSecret, oceantest.Faults{RefuseCredentials: true}, store.FaultCredentials, true, false},
		"a token for nothing":   {clinicSecret, oceantest.Faults{RefuseTokens: true}, store.FaultForbidden, false, true},
		"an outage":             {clinicSecret, oceantest.Faults{Outage: true}, store.FaultBusy, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulated(t)
			s.credentials(clinicID, c.secret)
			s.sim.SetFaults(c.faults)
			v := s.person("ada@clinic.example", store.ReferralSettings)
			a := v.post(testPath).wants(t, 200)
			words := s.text().Fault(c.fault)
			a.says(t, words.Title, words.Text).hides(t, clinicSecret, c.secret, s.text().Ocean.TestAccepted)
			k := s.connection()
			if k.Test == nil || k.Test.Fault != c.fault || k.Token.Ever() != c.token || k.CredentialsRefused.IsZero() == c.refused {
				t.Errorf("%+v", k)
			}
			if n, details := s.lastTested(); n != 1 || details != `{"fault":"`+string(c.fault)+`","host":"`+s.host+`","typed":false}` {
				t.Errorf("%d, %s", n, details)
			}
			v.get(oceanPath).says(t, words.Title)
			if c.refused {
				v.get(oceanPath).says(t, s.text().Health.CredentialsText)
			}
			s.wantsNowhere(t, clinicSecret, c.secret)

			s.sim.SetFaults(oceantest.Faults{}) // it is mended, and the next test says so
			s.credentials(clinicID, clinicSecret)
			v.post(testPath).wants(t, 200).says(t, s.text().Ocean.TestAccepted)
			if k := s.connection(); k.Test == nil || k.Test.Fault != "" || !k.CredentialsRefused.IsZero() || !k.Token.Ever() {
				t.Errorf("mended: %+v", k)
			}
			v.get(oceanPath).hides(t, plainText(s.text().Health.CredentialsText))
		})
	}
}

func TestTypedCredentialsAreTestedAndForgotten(t *testing.T) {
	s := newSimulated(t)
	s.credentials("an-old-id", "an-old-canary-secret")
	v := s.person("ada@clinic.example", store.ReferralSettings)
	v.post(testPath).wants(t, 200).says(t, s.text().Fault(store.FaultCredentials).Title)
	before, settings := s.connection(), s.settings()
	changed := len(s.audited(store.ActionSettingsChanged))

	a := v.post(testPath, "client_id", clinicID, "client_secret", clinicSecret, "site_number", "9999").wants(t, 200)
	a.says(t, s.text().Ocean.TestAccepted, s.text().Ocean.TestTyped, `value="`+clinicID+`"`, `value="9999"`).hides(t, clinicSecret)
	v.post(testPath, "client_id", clinicID, "client_secret", "a-canary-typo").wants(t, 200).
		says(t, s.text().Fault(store.FaultCredentials).Title, s.text().Ocean.TestUnsaved).hides(t, "a-canary-typo")
	v.post(testPath, "client_id", clinicID).wants(t, 200).says(t, s.text().Fault(store.FaultCredentials).Title) // with the saved secret

	after := s.connection()
	if *after.Test != *before.Test || after.Token != before.Token || !after.CredentialsRefused.Equal(before.CredentialsRefused) || before.CredentialsRefused.IsZero() {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if now := s.settings(); now != settings || len(s.audited(store.ActionSettingsChanged)) != changed {
		t.Errorf("something was saved: %+v", now)
	}
	var told []string
	for _, e := range s.audited(store.ActionOceanTested) {
		told = append(told, e.Details)
	}
	if got := fmt.Sprint(told); strings.Count(got, `"typed":true`) != 3 || strings.Count(got, `"fault":""`) != 1 || len(told) != 4 {
		t.Errorf("audited %s", got)
	}
	v.get(oceanPath).hides(t, clinicID, clinicSecret)
	s.wantsNowhere(t, clinicSecret, "an-old-canary-secret", "a-canary-typo")
}

func TestTheSavedSecretGoesToNoTypedHost(t *testing.T) {
	s, h := newSimulated(t), newHarvester(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	for name, pairs := range map[string][]string{
		"the host alone":     {"host", "other", "host_other", h.URL},
		"as the list's word": {"host", h.URL},
		"with a slash":       {"host", "other", "host_other", " " + h.URL + "/ "},
		"with a client id":   {"host", "other", "host_other", h.URL, "client_id", "other"},
		"a blank secret":     {"host", "other", "host_other", h.URL, "client_secret", "", "client_id", clinicID},
		"white space":        {"host", "other", "host_other", h.URL, "client_secret", "  "},
		"seen as saved":      append(v.get(oceanPath).hidden(), "host", "other", "host_other", h.URL, "seen_host", h.URL),
	} {
		v.post(testPath, pairs...).wants(t, 200).says(t, s.text().Fault(store.FaultIncomplete).Title).hides(t, clinicSecret)
		if heard := h.heard(); heard != "" {
			t.Fatalf("%s: the other host heard %s", name, heard)
		}
	}
	if o := s.settings(); o.Host != s.host || !o.HasClientSecret {
		t.Errorf("%+v", o)
	}
	// What was typed goes to where it was typed for, and nothing saved along with it.
	a := v.post(testPath, "host", "other", "host_other", h.URL, "client_id", "typed-id", "client_secret", "typed-secret")
	a.wants(t, 200).says(t, s.text().Fault(store.FaultCredentials).Title, s.text().Ocean.TestHost(h.URL))
	if heard := h.heard(); !strings.Contains(heard, "typed-secret") || !strings.Contains(heard, "typed-id") || strings.Contains(heard, clinicSecret) || strings.Contains(heard, clinicID) {
		t.Errorf("the other host heard %s", heard)
	}
	if k := s.connection(); k.Test != nil || !k.CredentialsRefused.IsZero() {
		t.Errorf("remembered of the saved credentials: %+v", k)
	}
	if calls := s.sim.Calls(); len(calls) != 0 {
		t.Errorf("Ocean was called: %+v", calls)
	}
}

func TestATestOfWhatCannotBeSavedComesBack(t *testing.T) {
	s, h := newSimulated(t), newHarvester(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	for _, host := range []string{"http://ocean.example", "https://ocean.example/path", "ftp://x", "", "https://user@ocean.example", "//ocean.example",
		strings.Replace(h.URL, "127.0.0.1", "localhost", 1)} {
		v.post(testPath, "host", "other", "host_other", host, "client_id", "kept as typed", "client_secret", "canary-secret").wants(t, 422).
			says(t, s.text().Ocean.HostWrong(host), "kept as typed").hides(t, "canary-secret")
	}
	v.post(testPath, "site_number", "12ab").wants(t, 422).says(t, s.text().Ocean.SiteNumberWrong("12ab"))
	v.post(testPath, "client_secret", "two\nlines").wants(t, 422).says(t, s.text().Ocean.TooLong(store.MaxCredential))
	if n, _ := s.lastTested(); n != 0 || len(s.sim.Calls()) != 0 || h.heard() != "" || s.connection().Test != nil {
		t.Error("something was tested")
	}
	// Without the word for it, not even this machine is called.
	strict := newSite(t)
	w := strict.person("ada@clinic.example", store.ReferralSettings)
	w.post(testPath, "host", "other", "host_other", h.URL, "client_id", "x", "client_secret", "canary-secret").wants(t, 422)
	w.post(testPath).wants(t, 200).says(t, strict.text().Fault(store.FaultIncomplete).Title)
	if n, details := strict.lastTested(); n != 1 || !strings.Contains(details, `"fault":"incomplete"`) || h.heard() != "" {
		t.Errorf("%d, %s, %s", n, details, h.heard())
	}
}

// TestATestCountsThoughNobodyWaits: the log says that the credentials were sent, whoever left meanwhile.
func TestATestCountsThoughNobodyWaits(t *testing.T) {
	s := newSimulated(t)
	entered, release := make(chan bool), make(chan bool)
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer slow.Close()
	s.host = slow.URL
	s.credentials(clinicID, clinicSecret)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, post, testPath, nil)
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	done := make(chan answer)
	go func() { done <- s.serve(r) }()
	<-entered
	leave()
	close(release)
	<-done
	if n, details := s.lastTested(); n != 1 || !strings.Contains(details, `"fault":"credentials"`) {
		t.Errorf("%d, %s", n, details)
	}
	if c := s.connection(); c.Test == nil || c.Test.Fault != store.FaultCredentials || c.CredentialsRefused.IsZero() {
		t.Errorf("%+v", c.Test)
	}
}

// TestWhatOceanSaysOfOldCredentialsSaysNothingOfNewOnes: somebody saves others while a call with the
// old ones is under way.
func TestWhatOceanSaysOfOldCredentialsSaysNothingOfNewOnes(t *testing.T) {
	for name, status := range map[string]int{"refused": 401, "taken": 200} {
		t.Run(name, func(t *testing.T) {
			s := newSimulated(t)
			late := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s.credentials("new-id", "new-secret")
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				io.WriteString(w, `{"access_token":"x","token_type":"bearer","expires_in":3600}`)
			}))
			defer late.Close()
			s.host = late.URL
			v := s.person("ada@clinic.example", store.ReferralSettings)
			calls := map[string]func(){"Test Connection": func() { v.post(testPath).wants(t, 200) }, "fetching": func() {
				s.receive(oceantest.Message{Host: s.host, Documents: []oceantest.Document{{Title: "A letter"}}})
				_, err := s.fetcher.Step(t.Context())
				s.must(err)
			}}
			for name, call := range calls {
				s.credentials("old-id", "old-secret")
				call()
				may, err := s.store.MayCall(t.Context(), store.OceanAccess{Host: s.host, ClientID: "new-id", ClientSecret: "new-secret"})
				if c := s.connection(); c.Test != nil || !c.CredentialsRefused.IsZero() || c.Token.Ever() || !may || err != nil {
					t.Errorf("%s: %+v, %+v, may be tried: %v, %v", name, c.Test, c, may, err)
				}
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	s := newSimulated(t)
	nowhere := loopback(t)
	nowhere.Close()
	v := s.person("ada@clinic.example", store.ReferralSettings)
	a := v.do(post, testPath, fields("host", "other", "host_other", "http://"+nowhere.Addr().String(), "client_id", "x", "client_secret", "canary-secret"), "Accept-Language", "fr")
	a.wants(t, 200).says(t, french.Fault(store.FaultConnect).Title, french.Fault(store.FaultConnect).Text).hides(t, "canary-secret")
}
