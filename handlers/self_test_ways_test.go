package handlers

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"breakwater/store"
	"breakwater/views"
)

// proxy passes on what change leaves of a request.
func proxy(change func(*http.Request)) func(*url.URL) http.Handler {
	return func(inside *url.URL) http.Handler {
		return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(inside); change(r.Out) }}
	}
}

// limited refuses what is larger than a limit, as a proxy in front does.
func limited(limit int64) func(*url.URL) http.Handler {
	return func(inside *url.URL) http.Handler {
		next := proxy(func(*http.Request) {})(inside)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > limit {
				http.Error(w, "<html>413 Request Entity Too Large</html>", http.StatusRequestEntityTooLarge)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestTheSelfTestFindsWhatIsInTheWay(t *testing.T) {
	other := func(status int, to string) func(*url.URL) http.Handler {
		return func(*url.URL) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if to != "" {
					w.Header().Set("Location", to)
				}
				w.WriteHeader(status)
			})
		}
	}
	for name, c := range map[string]struct {
		before   func(*url.URL) http.Handler
		outcomes map[views.SelfTestTry]views.SelfTestOutcome
	}{
		"nothing but a proxy":   {proxy(func(*http.Request) {}), nil},
		"a proxy that strips":   {proxy(func(r *http.Request) { r.Header.Del(keyHeader) }), all(views.OutcomeStripped, views.TryNoKey)},
		"a limit of 1 MB":       {limited(1 << 20), map[views.SelfTestTry]views.SelfTestOutcome{views.TryLarge: views.OutcomeLimited}},
		"a limit of 20 MB":      {limited(20 << 20), nil},
		"somebody else":         {other(200, ""), all(views.OutcomeElsewhere)},
		"another site":          {other(404, ""), all(views.OutcomeElsewhere)},
		"a redirect":            {other(301, "https://clinic.example/"), all(views.OutcomeElsewhere)},
		"a proxy without it":    {other(502, ""), all(views.OutcomeElsewhere)},
		"a proxy to the root":   {func(in *url.URL) http.Handler { return proxy(func(r *http.Request) { r.URL.Path = "/" })(in) }, all(views.OutcomeElsewhere)},
		"a proxy that shortens": {proxy(func(r *http.Request) { r.URL.Path = "/public" + strings.TrimPrefix(r.URL.Path, "/public/ocean") }), all(views.OutcomeRefused)},
	} {
		t.Run(name, func(t *testing.T) {
			s, v := busySite(t, c.before)
			before, known := s.traces(), s.connection()
			a := v.post(selfTestPath)
			a.wantsOutcomes(t, c.outcomes)
			if after := s.traces(); after != before {
				t.Errorf("it left traces:\n%s", after)
			}
			if after := s.connection(); !reflect.DeepEqual(after.Refusals, known.Refusals) || !reflect.DeepEqual(after.Gap, known.Gap) || after.Message != known.Message {
				t.Errorf("of the connection was known %+v, now %+v", known, after)
			}
			if told := s.audited(store.ActionSelfTested); len(told) != 1 {
				t.Errorf("%+v", told)
			}
		})
	}
}

// TestTheSelfTestFindsAnOpenDoor has a proxy that shows the key by itself, whoever comes.
func TestTheSelfTestFindsAnOpenDoor(t *testing.T) {
	var key atomic.Value
	s, v := busySite(t, proxy(func(r *http.Request) { r.Header.Set(keyHeader, key.Load().(string)) }))
	key.Store(s.key)
	figures, known := s.plainStatus(), s.connection()
	a := v.post(selfTestPath)
	a.wantsOutcomes(t, map[views.SelfTestTry]views.SelfTestOutcome{views.TryNoKey: views.OutcomeLetIn, views.TryWrongKey: views.OutcomeLetIn, views.TryRetired: views.OutcomeLetIn})
	a.says(t, s.text().SelfTest.WrongTitle(3), s.text().SelfTest.LetInRetired)
	if after := s.plainStatus(); after != figures {
		t.Errorf("%+v became %+v", figures, after)
	}
	if after := s.connection(); !reflect.DeepEqual(after, known) {
		t.Errorf("of the connection was known %+v, now %+v", known, after)
	}
}

func TestTheSelfTestWhereNobodyListens(t *testing.T) {
	nowhere := loopback(t)
	nowhere.Close()
	s := newSite(t, func(c *Config) { c.BaseURL = parseURL(t, "http://"+nowhere.Addr().String()) })
	v := s.person("ada@clinic.example", store.ReferralSettings)
	a := v.post(selfTestPath)
	a.wantsOutcomes(t, all(views.OutcomeUnreachable))
	a.says(t, s.text().SelfTest.UntriedTitle)
	if told := s.audited(store.ActionSelfTested); len(told) != 1 || told[0].Details != `{"proven":0,"tries":8}` {
		t.Errorf("%+v", told)
	}
	// A certificate that this machine does not trust is another matter.
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	s = newSite(t, func(c *Config) { c.BaseURL = parseURL(t, secure.URL) })
	v = s.person("ada@clinic.example", store.ReferralSettings)
	v.post(selfTestPath).wantsOutcomes(t, all(views.OutcomeCertificate))
}
