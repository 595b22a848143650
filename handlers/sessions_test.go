package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

func TestDevicesInPlainWords(t *testing.T) {
	for agent, want := range map[string]string{
		firefox: "Firefox Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36":                         "Chrome Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0":           "Microsoft Edge Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15":                   "Safari macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1": "Safari iPhone",
		"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0.7204.53 Mobile/15E148 Safari/604.1":   "Chrome iPad",
		"Mozilla/5.0 (Linux; Android 14; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36":      "Samsung Internet Android",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36":                          "Chrome ChromeOS",
		"": " ", "curl/8.5.0": " ", "<script>alert(1)</script>": " ", strings.Repeat("x", 10_000) + " Firefox/1 Windows": " ",
	} {
		s := newSite(t)
		storetest.AddUser(t, s.store, "ada@clinic.example")
		v := s.visitor()
		v.do(post, "/login", fields("email", "ada@clinic.example", "password", storetest.Password), "User-Agent", agent).wants(t, 303)
		v.get("/account", "User-Agent", agent).wants(t, 200).hides(t, "<script>alert", "xxxx")
		list, err := s.store.OpenSessions(t.Context(), s.id("ada@clinic.example"), nil)
		s.must(err)
		if got := list[0].Browser + " " + list[0].System; got != want || len(list) != 1 {
			t.Errorf("%.80s: %q, want %q", agent, got, want)
		}
	}
}

// sessionIDs are the ids that a page offers to sign out.
func sessionIDs(a answer) (ids []string) {
	for part := range strings.SplitSeq(a.body, `name="session" value="`) {
		if id, _, ok := strings.Cut(part, `"`); ok && len(id) == 36 {
			ids = append(ids, id)
		}
	}
	return ids
}

func TestPeopleSignTheirOtherSessionsOut(t *testing.T) {
	s := newSite(t)
	office := s.person("ada@clinic.example")
	s.clock.Turn(2 * time.Minute)
	phone, tablet := s.signIn("ada@clinic.example"), s.signIn("ada@clinic.example")
	phone.address = "198.51.100.7"
	phone.get("/account", "User-Agent", firefox).wants(t, 200)
	page := office.get("/account").wants(t, 200).shows(t, "Firefox on Linux", "198.51.100.7", s.text().Sessions.This, s.text().Sessions.UnknownDevice)
	ids := sessionIDs(page)
	if len(ids) != 2 {
		t.Fatalf("%d sessions can be ended, want the two others", len(ids))
	}
	of := fmt.Sprintf(`aria-label="%s"`, s.text().Sessions.EndOf("Firefox on Linux", "198.51.100.7"))
	before, _, _ := strings.Cut(page.body, of)
	id := before[strings.LastIndex(before, `value="`)+len(`value="`):][:36]
	office.post("/account/sessions", "session", id).leadsTo(t, "/account?saved=sessions#sessions")
	phone.get("/account").leadsTo(t, "/login")
	office.get("/account?saved=sessions").wants(t, 200).shows(t, s.text().Sessions.Ended)
	tablet.get("/account").wants(t, 200)
	office.post("/account/sessions", "session", "all").wants(t, 303)
	tablet.get("/account").leadsTo(t, "/login")
	office.get("/account").wants(t, 200).hides(t, s.text().Sessions.EndOthers)
	office.post("/account/sessions").wants(t, 303) // names none
	office.get("/account").wants(t, 200)
	if n := len(s.audited(store.ActionSessionsEnded)); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}

func TestAdministratorsSignOthersOut(t *testing.T) {
	s := newSite(t)
	v, bo := s.person("ada@clinic.example", store.Permissions()...), s.person("bo@clinic.example")
	clerk := s.person("clerk@clinic.example", store.EditUsers)
	at := peoplePath + "/" + s.id("bo@clinic.example")
	ids := sessionIDs(v.get(at).wants(t, 200).shows(t, s.text().Sessions.TheirTitle))
	if len(ids) != 1 {
		t.Fatalf("%d sessions", len(ids))
	}
	// Not somebody's who may do more, and not under another's name.
	ada := peoplePath + "/" + s.id("ada@clinic.example")
	clerk.get(ada).wants(t, 200).hides(t, "/sessions")
	clerk.post(ada+"/sessions", "session", "all").wants(t, 403)
	own := peoplePath + "/" + s.id("clerk@clinic.example")
	clerk.post(own+"/sessions", "session", ids[0]).wants(t, 303)
	bo.post("/account/sessions", "session", sessionIDs(v.get(own))[0]).wants(t, 303)
	clerk.get("/account").wants(t, 200)
	bo.get("/account").wants(t, 200)
	v.post(at+"/sessions", "session", ids[0]).leadsTo(t, at+"?ended=1#sessions")
	bo.get("/account").leadsTo(t, "/login")
	v.get(at+"?ended=1").wants(t, 200).shows(t, s.text().Sessions.Ended, s.text().Sessions.None)
	bo = s.signIn("bo@clinic.example")
	clerk.post(at+"/sessions", "session", "all").wants(t, 303)
	bo.get("/account").leadsTo(t, "/login")
	v.post(peoplePath+"/nobody/sessions", "session", "all").wants(t, 404)
	v.post(ada+"/sessions", "session", "all").wants(t, 303) // one's own: all but this one
	v.get("/account").wants(t, 200)
}

// left asks as an open page does.
func (v *visitor) left(method string) (left struct {
	Person, Title, Text string
	Left                int
	Last                bool
}) {
	v.t.Helper()
	a := v.do(method, sessionPath, nil, htmxHeader, "true").wants(v.t, 200)
	v.must(json.Unmarshal([]byte(a.body), &left))
	return left
}

func TestAnOpenPageAsksHowLongTheSessionLasts(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example")
	page := v.get("/account").wants(t, 200).shows(t, `data-left="900"`, `data-warn="120"`, `data-person="`+s.id("ada@clinic.example")+`"`)
	page.shows(t, "/static/session")
	s.visitor().get("/login").wants(t, 200).hides(t, "data-left", "/static/session.")
	s.clock.Turn(14 * time.Minute)
	for range 3 { // asking is no use of it
		if l := v.left(get); l.Left != 60 || l.Last || !strings.Contains(l.Text, s.clock.Now().Add(time.Minute).Format("15:04")) {
			t.Fatalf("%+v", l)
		}
	}
	if l := v.left(post); l.Left != 900 {
		t.Errorf("staying: %+v", l)
	}
	s.clock.Turn(15 * time.Minute)
	v.do(get, sessionPath, nil, htmxHeader, "true").wants(t, http.StatusUnauthorized)
	v.do(post, sessionPath, nil, htmxHeader, "true").wants(t, http.StatusUnauthorized) // too late
	v.get("/account").leadsTo(t, "/login")

	v = s.signIn("ada@clinic.example")
	for range 71 {
		s.clock.Turn(10 * time.Minute)
		v.left(post)
	}
	s.clock.Turn(9 * time.Minute)
	if l := v.left(post); l.Left != 60 || !l.Last || l.Title != s.text().Sessions.LastTitle {
		t.Errorf("in the last minute of a day's work: %+v", l)
	}
	s.clock.Turn(time.Minute)
	v.do(post, sessionPath, nil, htmxHeader, "true").wants(t, http.StatusUnauthorized)
}

func TestHowLongSessionsLastIsTheClinicsToSay(t *testing.T) {
	s := newSite(t)
	v, clerk := s.person("ada@clinic.example", store.SystemSettings), s.person("bo@clinic.example")
	clerk.post(clinicPath, "idle_minutes", "60").wants(t, 403)
	for _, typed := range []string{"", "4", "61", "-5", "5.5", "fifteen", "<b>"} {
		v.post(clinicPath, "idle_minutes", typed, "overdue_days", "14").wants(t, 422).shows(t, "5 to 60", `id="idle_minutes-error"`).hides(t, "<b>")
	}
	v.post(clinicPath, "idle_minutes", "61", "overdue_days", "0").wants(t, 422).shows(t, `id="idle_minutes-error"`, `id="overdue_days-error"`)
	v.post(clinicPath, "idle_minutes", " 60 ").leadsTo(t, clinicPath+"?saved=1") // what is not posted stays
	v.get(clinicPath).wants(t, 200).shows(t, `value="60"`, `value="14"`)
	s.clock.Turn(59 * time.Minute)
	v.get("/account").wants(t, 200).shows(t, `data-left="3600"`)
	clerk.get("/account").wants(t, 200)
	s.clock.Turn(6 * time.Minute)
	v.post(clinicPath, "idle_minutes", "5").wants(t, 303)
	clerk.get("/account").leadsTo(t, "/login") // at once, for whoever is signed in
	if got := s.audited(store.ActionClinicChanged); len(got) != 2 || got[1].Details != `{"idle_minutes":{"from":"60","to":"5"}}` {
		t.Errorf("audited %+v", got)
	}
}
