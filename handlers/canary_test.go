package handlers

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// wantsNowhere fails the test for each text that is in the log or in a file of the data folder,
// in any case, in hexadecimal or in base64.
func (s *site) wantsNowhere(t testing.TB, texts ...string) {
	t.Helper()
	places := map[string][]byte{"the log": []byte(s.log.String())}
	s.must(filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		places[filepath.Base(path)], err = os.ReadFile(path)
		return err
	}))
	if len(places) < 3 || len(places["the log"]) == 0 || len(places[store.FileName])+len(places[store.FileName+"-wal"]) < 10_000 {
		t.Fatalf("there is nothing to look at: %d files", len(places))
	}
	for place, content := range places {
		content = bytes.ToLower(content)
		for _, text := range texts {
			for _, form := range forms(text) {
				if at := bytes.Index(content, bytes.ToLower([]byte(form))); at >= 0 {
					t.Errorf("%q is in %s: ...%q", text, place, content[max(0, at-60):min(len(content), at+80)])
				}
			}
		}
	}
}

// forms are a text and its usual disguises; base64 in each of its three alignments, without the
// digits at the ends that its neighbours change.
func forms(text string) []string {
	list := []string{text, hex.EncodeToString([]byte(text))}
	for shift := range 3 {
		coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + text))
		list = append(list, coded[(shift*8+5)/6:len(coded)-4])
	}
	return list
}

func TestPatientsDataIsInNoLogAndInNoFile(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	var canaries []string
	canary := func(where string) string {
		text := fmt.Sprintf("canary%02d%s", len(canaries), where)
		canaries = append(canaries, text)
		return text
	}
	m := oceantest.Message{Event: canary("event"), HeaderID: canary("header"), Ref: canary("reference"),
		Patient: oceantest.Patient{Family: canary("family"), Given: canary("given"), HealthNumber: oceantest.HealthNumber(31415926),
			Version: canary("version"), ChartNumber: canary("chart"), BirthDate: canary("birth"), Gender: canary("gender"), Phone: canary("phone"), Email: canary("mail")},
		Referrer: canary("referrer"), Destination: canary("destination"), Listing: canary("listing"), Priority: canary("priority"), Status: canary("status"),
		Category: canary("category"), Specialty: canary("specialty"), Reason: canary("reason"), NoteHTML: "<b>" + canary("note") + "</b>",
		Task:           &oceantest.Task{Status: canary("task"), Code: canary("code"), Reason: canary("taskreason")},
		Appointment:    &oceantest.Appointment{Start: time.Date(2026, 7, 1, 14, 30, 0, 0, time.UTC), Type: canary("kind"), Instruction: canary("instruction")},
		Communications: []oceantest.Communication{{ID: canary("talkid"), Text: canary("talk")}},
		Questions:      [][2]string{{canary("question"), canary("answer")}},
		Documents:      []oceantest.Document{{Title: canary("title"), URL: "https://x.example/" + canary("url")}, {Data: base64.StdEncoding.EncodeToString([]byte(canary("document")))}},
		Extra:          []map[string]any{{"resourceType": canary("resource"), "text": canary("extra")}},
	}
	canaries = append(canaries, oceantest.HealthNumber(31415926))
	s.receive(m)
	s.receive(m)
	m.NoteHTML = canary("changed")
	s.receive(m)
	v := s.person("ada@clinic.example", store.ViewReferrals)
	page := v.get(links(v.get("/referrals"))[0]).wants(t, 200).shows(t, canaries[3], canaries[4])
	wantsHarmless(t, page)
	for _, q := range []string{canaries[3], canaries[2], oceantest.HealthNumber(31415926), canary("typed")} {
		v.post("/referrals/search", "q", q).wants(t, 200)
		v.do(post, "/referrals/search", fields("q", q), htmxHeader, "true").wants(t, 200)
	}
	v.get("/referrals/problems").wants(t, 200)

	bad := string(oceantest.Bundle(oceantest.Message{Patient: oceantest.Patient{Family: canary("bad")}}))
	for _, body := range []string{bad[:len(bad)-2], bad + bad, `{"` + canary("keytwice") + `":1,"` + canaries[len(canaries)-1] + `":2}`, `{"a":"` + canary("nobundle") + `"}`} {
		s.deliver([]byte(body))
	}
	torn := s.bundleRequest(torn{strings.NewReader(bad[:500])})
	s.serve(torn)
	conn := s.sql()
	s.exec(conn, `ALTER TABLE referral_messages RENAME TO elsewhere`) // faults tell no more
	s.deliver([]byte(bad)).wants(t, 500)
	v.get(links(v.get("/referrals"))[0]).wants(t, 500)
	s.exec(conn, `ALTER TABLE elsewhere RENAME TO referral_messages`)
	s.wantsNowhere(t, canaries...)
}

func TestWhatStrangersSendIsInNoLogAndInNoFile(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ViewReferrals)
	headers := []string{"User-Agent", "canary-agent", "Referer", "http://canary-referrer.example/", "Cookie", "canary-cookie=canary-value",
		"X-Forwarded-For", "canary-forwarded", "X-Request-Id", "canary-id", "Accept-Language", "canary-language", "Origin", "http://canary-origin.example",
		keyHeader, "canary-key", "HX-Current-URL", "http://x/canary-current", "Authorization", "Basic canary-basic"}
	for _, who := range []*visitor{v, s.visitor()} {
		for _, method := range []string{"GET", "POST", "HEAD", "PUT", "OPTIONS", "CANARY-METHOD"} {
			for _, path := range []string{"/", "/canary-path", "/referrals", "/referrals/canary-id", "/canary%2Fpath", "/public/canary-path", bundlesPath,
				"/static/canary.css", "/healthz", "/readyz", "/login", "/setup", "/account"} {
				who.do(method, path+"?canary-query=canary-value&token=canary-token&next=canary", fields("canary-name", "canary-field", "email", "canary@clinic.example",
					"password", "canary-password", "token", "canary-token"), headers...)
			}
		}
		who.send(post, "/login", torn{strings.NewReader("email=canary")}).wants(t, 400)
	}
	if log := s.log.String(); strings.Count(log, "\n") < 150 {
		t.Errorf("the log is short: %s", log)
	}
	s.wantsNowhere(t, "canary")
}

func TestSecretsAreInNoLogAndInNoFile(t *testing.T) {
	s := newSite(t)
	token := s.setupToken()
	v := s.visitor()
	v.get("/setup?token="+token).wants(t, 200)
	v.post("/setup", administrator(token)...).leadsTo(t, "/")
	const canary = "canary words that are unrelated"
	v.post("/account/password", "current_password", canary+"1", "new_password", newPassword).wants(t, 422)
	v.post("/account/password", "current_password", storetest.Password, "new_password", canary+"2").wants(t, 303)
	s.visitor().post("/login", "email", canary+"3", "password", "x").wants(t, 401) // typed into the wrong field
	s.visitor().post("/login", "email", "ada@clinic.example", "password", canary+"4").wants(t, 401)
	s.visitor().post("/login", "email", "ada@clinic.example", "password", canary+"2").wants(t, 303)
	session := v.cookies[s.sessionName()].Value
	v.get("/referrals").wants(t, 200)
	secret, raw := "canary-client-secret", must(decodeToken(session))
	s.must(s.store.SaveOceanSettings(t.Context(), storetest.Admin, store.OceanChange{ClientSecret: &secret}))
	second, err := s.store.GenerateKey(t.Context(), storetest.Admin)
	s.must(err)
	s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, second).wantsKept(t)
	s.deliver(nil, keyHeader, second+"x").wants(t, 401)
	binary := func(hexed string) string { b, _ := hex.DecodeString(hexed); return string(b) }
	s.wantsNowhere(t, "canary", "unrelated", storetest.Password, newPassword, token, session, string(raw[:]), s.key, second, binary(s.key), binary(second))
	v.post("/logout")
	s.wantsNowhere(t, session)
}

func must[T any](value T, ok bool) T {
	if !ok {
		panic("not ok")
	}
	return value
}

// TestTheSearchForCanariesFindsThem keeps the tests above honest.
func TestTheSearchForCanariesFindsThem(t *testing.T) {
	const text = "canary words that are unrelated"
	for shift := range 5 {
		coded := base64.StdEncoding.EncodeToString([]byte("12345"[:shift] + text + "and more"))
		found := false
		for _, form := range forms(text) {
			found = found || strings.Contains(coded, form)
		}
		if !found {
			t.Errorf("not found in base64 after %d bytes", shift)
		}
	}
	s := newSite(t)
	s.person("seen@clinic.example") // the audit log names people
	var found recorder
	s.wantsNowhere(&found, "seen@clinic.example")
	if found.errors == 0 {
		t.Error("not found in the data folder")
	}
}

// recorder counts errors.
type recorder struct {
	testing.TB
	errors int
}

func (r *recorder) Errorf(string, ...any) { r.errors++ }
func (r *recorder) Helper()               {}
