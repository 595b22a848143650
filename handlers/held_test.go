package handlers

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"
)

// typist is somebody with a referral in front of them, whose session is over.
func typist(t *testing.T) (s *site, v *visitor, at string) {
	s = newSite(t)
	s.siteNumber()
	s.receive(oceantest.Message{})
	v = s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	rows, _, err := s.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	at = "/referrals/" + rows[0].ID
	v.get(at).wants(t, 200)
	s.clock.Turn(store.SessionIdle)
	return s, v, at
}

func (v *visitor) signInAgain(email string) answer {
	v.t.Helper()
	return v.post("/login", "email", email, "password", storetest.Password)
}

func TestWhatWasTypedOutlivesTheSession(t *testing.T) {
	for name, headers := range map[string][]string{"a page": nil, "htmx": {htmxHeader, "true"}} {
		s, v, at := typist(t)
		headers = append(headers, "Referer", baseURL+at)
		a := v.do(post, at+"/notes", fields("text", "canary: called <back> & agreed", "version", "1"), headers...)
		if name == "htmx" {
			a.wants(t, 401).hides(t, "canary")
		} else {
			a.leadsTo(t, "/login")
		}
		if len(s.audited(store.ActionNoted)) != 0 {
			t.Fatalf("%s: it was done without a session", name)
		}
		v.get("/login").wants(t, 200).shows(t, s.text().Login.Expired, s.text().Sessions.KeptText).hides(t, "canary")
		v.post("/login", "email", "ada@clinic.example", "password", "wrong").wants(t, 401).hides(t, "canary")
		v.signInAgain("ada@clinic.example").leadsTo(t, resumePath)
		page := v.get(resumePath).wants(t, 200).shows(t, "canary: called &lt;back&gt; &amp; agreed", s.text().Team.NoteLabel, `action="`+at+`/notes"`, `href="`+at+`"`)
		if len(s.audited(store.ActionNoted)) != 0 {
			t.Errorf("%s: it was sent by itself", name)
		}
		v.post(at+"/notes", append(page.hidden(), "text", "")...).wants(t, 422)
		v.get(resumePath).wants(t, 200).shows(t, "canary") // it stays until it is done
		v.post(at+"/notes", append(page.hidden(), "text", "canary: called <back> & agreed")...).wants(t, 303)
		if len(s.audited(store.ActionNoted)) != 1 {
			t.Errorf("%s: it was not sent", name)
		}
		v.get(resumePath).leadsTo(t, "/")
		v.post("/logout")
		v.signInAgain("ada@clinic.example").leadsTo(t, "/")
		if strings.Contains(s.log.String(), "canary") {
			t.Errorf("%s: the log has it", name)
		}
		for _, c := range v.cookies {
			if strings.Contains(c.Value, "canary") {
				t.Errorf("%s: a cookie has it", name)
			}
		}
	}
}

func TestNobodyElseSeesWhatWasTyped(t *testing.T) {
	s, v, at := typist(t)
	storetest.AddUser(t, s.store, "bo@clinic.example", store.Permissions()...)
	v.post(at+"/notes", "text", "canary", "version", "1").leadsTo(t, "/login")
	v.signInAgain("bo@clinic.example").leadsTo(t, "/")
	v.get(resumePath).leadsTo(t, "/")
	v.get(at).wants(t, 200).hides(t, "canary")
	v.post("/logout")
	elsewhere := s.signIn("ada@clinic.example") // at another browser
	elsewhere.get(resumePath).leadsTo(t, "/")
	v.signInAgain("ada@clinic.example").leadsTo(t, resumePath) // Bo lost her nothing
	v.get(resumePath).wants(t, 200).shows(t, "canary")
	id := fieldOf(v.get(resumePath), "held")
	elsewhere.post(resumePath+"/discard", "held", id).leadsTo(t, resumePath)
	v.get(resumePath).wants(t, 200).shows(t, "canary")
	v.post(resumePath+"/discard", "held", id, "text", "canary").leadsTo(t, resumePath)
	v.get(resumePath).leadsTo(t, "/")
}

// fieldOf is the value of a hidden field on a page.
func fieldOf(a answer, name string) string {
	pairs := a.hidden()
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1]
		}
	}
	return ""
}

func TestWhatIsKeptEndsByTheClockAndInNumber(t *testing.T) {
	s, v, at := typist(t)
	for _, text := range []string{"canary one", "canary two"} { // of one form, the newer
		v.post(at+"/notes", "text", text, "version", "1").leadsTo(t, "/login")
	}
	for _, act := range []string{"accept", "complete", "reopen"} {
		v.post(at+"/"+act, "note", "canary "+act).leadsTo(t, "/login")
	}
	v.signInAgain("ada@clinic.example").leadsTo(t, resumePath)
	v.get(resumePath).wants(t, 200).shows(t, "canary two", "canary accept", "canary complete", "canary reopen").hides(t, "canary one")
	s.clock.Turn(heldFor - 1e6)
	v.signInAgain("ada@clinic.example").leadsTo(t, resumePath)
	s.clock.Turn(1e6)
	v.get(resumePath).leadsTo(t, "/")

	h := newHeldForms(s.clock.Now)
	ada := heldKey{person: "ada"}
	h.keep(ada, views.Held{ID: "ada's", Action: "/a"}, 1)
	for i := range 3 * maxHeldBrowsers { // one person crowds out nobody else
		for action := range 2 * maxHeldForms {
			h.keep(heldKey{[32]byte{byte(i)}, "bo"}, views.Held{ID: "x", Action: strings.Repeat("/", action+1)}, maxHeldBytes)
		}
	}
	if len(h.of) != maxHeldBrowsers+1 || len(h.find(ada)) != 1 {
		t.Errorf("%d browsers are kept", len(h.of))
	}
	for key, forms := range h.of {
		if key.person == "bo" && len(forms) != maxHeldForms {
			t.Errorf("%d forms are kept", len(forms))
		}
	}
	for i := range 200 {
		s.clock.Turn(time.Second)
		h.keep(heldKey{person: strings.Repeat("p", i)}, views.Held{ID: "x", Action: "/"}, maxHeldBytes)
	}
	if got := h.size(); got > maxHeldInAll || got < maxHeldInAll-maxHeldBytes {
		t.Errorf("%d bytes are kept", got)
	}
	if len(h.find(heldKey{person: strings.Repeat("p", 199)})) != 1 {
		t.Error("the newest went")
	}
}

func TestSecretsFilesAndStrangersFormsAreNotKept(t *testing.T) {
	s, v, at := typist(t)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("text", "canary message")
	w.WriteField("new_password", "canary-password")
	w.WriteField("client_secret", "canary-secret")
	file, err := w.CreateFormFile("pdf", "letter.pdf")
	s.must(err)
	file.Write([]byte("%PDF-canary-file"))
	s.must(w.Close())
	v.send(post, at+"/message", &body, "Content-Type", w.FormDataContentType()).leadsTo(t, "/login")
	v.signInAgain("ada@clinic.example").leadsTo(t, resumePath)
	v.get(resumePath).wants(t, 200).shows(t, "canary message", `enctype="multipart/form-data"`, `type="file"`, s.text().Sessions.HeldFileHint).
		hides(t, "canary-password", "canary-secret", "canary-file", "letter.pdf")

	for name, cookie := range map[string]string{"no session": "", "made up": encodeToken(store.SessionToken{1}), "nothing possible": "canary"} {
		stranger := s.visitor()
		a := stranger.do(post, at+"/notes", fields("text", "canary stranger"), "Cookie", s.sessionName()+"="+cookie).leadsTo(t, "/login")
		for _, c := range a.Result().Cookies() {
			if strings.Contains(c.Name, heldCookie) {
				t.Errorf("%s: something is kept", name)
			}
		}
	}
	foreign := v.do(post, at+"/notes", fields("text", "canary"), "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", keepHeader, "1")
	foreign.wants(t, 403)
}

// A button is soon pressed again: of a form in which nobody typed anything, only the page is
// remembered.
func TestAButtonLeadsBackToItsPage(t *testing.T) {
	_, v, at := typist(t)
	v.do(post, at+"/reviewed", fields("version", "1"), "Referer", baseURL+at).leadsTo(t, "/login")
	v.signInAgain("ada@clinic.example").leadsTo(t, at)
}

// An open page hands in what was typed when its session ends. That does nothing but keep it, even
// where the session is alive after all.
func TestAPageHandsInWhatWasTyped(t *testing.T) {
	s, v, at := typist(t)
	keep := func() {
		v.do(post, at+"/notes", fields("text", "canary", "version", "1"), keepHeader, "1").wants(t, 204)
	}
	keep()
	v.signInAgain("ada@clinic.example").leadsTo(t, resumePath)
	id := fieldOf(v.get(resumePath).wants(t, 200), "held")
	v.post(resumePath+"/discard", "held", id)
	keep()
	if len(s.audited(store.ActionNoted)) != 0 {
		t.Error("keeping it sent it")
	}
	v.get(resumePath).wants(t, 200).shows(t, "canary")
	without := s.person("bo@clinic.example")
	without.do(post, at+"/notes", fields("text", "canary"), keepHeader, "1").wants(t, 204)
	if without.get(resumePath).wants(t, 200); len(s.audited(store.ActionNoted)) != 0 {
		t.Error("keeping it did it")
	}
	page := without.get(resumePath)
	without.post(at+"/notes", append(page.hidden(), "text", "canary")...).wants(t, 403) // sent, it needs what it always needs
	for _, target := range []string{"/login", "/logout"} {
		if a := v.do(post, target, fields("email", "x"), keepHeader, "1"); a.Code == http.StatusNoContent {
			t.Errorf("%s is kept", target)
		}
	}
}
