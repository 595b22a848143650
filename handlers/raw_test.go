package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

func TestSettingOutIsIndentingAndKeepsEveryLetter(t *testing.T) {
	for _, raw := range []string{`{}`, `[]`, `{"a":[],"b":{},"c":[1,2.50,1e3,-0]}`, ` { "x" : "a\"{[,:]}\\" , "y" : [ true , null ] } `,
		`{"big":12345678901234567890.10}`, `"alone"`, `[[[["deep"]]],{"é":"\u00e9"}]`, string(oceantest.Message{}.JSON())} {
		var want bytes.Buffer
		if err := json.Indent(&want, []byte(raw), "", "  "); err != nil {
			t.Fatal(err)
		}
		got, whole := setOut([]byte(raw), 1<<20)
		if !whole || strings.TrimSpace(string(got)) != strings.TrimSpace(want.String()) {
			t.Errorf("%s\nwant %s", got, want.String())
		}
		for most := range min(len(want.String()), 200) {
			if cut, whole := setOut([]byte(raw), most); len(cut) > most || whole && most < len(got) || !bytes.HasPrefix(got, cut) {
				t.Errorf("%d bytes of %s: %q", most, raw, cut)
			}
		}
	}
	for _, broken := range []string{`{"a`, `{"a\`, `}`, `]]`, ``, "\xff", `{"a":"` + strings.Repeat("é", 100)} {
		setOut([]byte(broken), 50)
	}
	wide := []byte(strings.Repeat("[", 60) + strings.Repeat("1,", 1<<20) + "1" + strings.Repeat("]", 60))
	if got, whole := setOut(wide, rawPart); whole || len(got) > rawPart {
		t.Errorf("%d bytes of a message that grows when it is set out", len(got))
	}
}

// messageID is the id of the newest message.
func (s *site) messageID() string {
	s.t.Helper()
	rows, _, err := s.store.Referrals(s.t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	r, err := s.store.Referral(s.t.Context(), rows[0].ID)
	s.must(err)
	return r.History[len(r.History)-1].MessageID
}

func TestARawMessageIsShownToWhoMayAndNoted(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	m := oceantest.Message{Patient: oceantest.Patient{Family: hostile("family")}}
	s.receive(m)
	id := s.messageID()
	reader := s.person("ada@clinic.example", store.ViewReferrals)
	reader.get("/messages/"+id).wants(t, 403).hides(t, "canary")
	s.openReferral(reader).hides(t, "/messages/")
	if n := len(s.audited(store.ActionRawShown)); n != 0 {
		t.Fatalf("%d entries", n)
	}
	v := s.person("bo@clinic.example", store.ViewReferrals, store.ViewRawMessages)
	s.openReferral(v).shows(t, `href="/messages/`+id+`"`, "Raw message of 2026-")
	a := v.get("/messages/"+id).wants(t, 200).shows(t, "<pre", "MessageHeader", "&#34;resourceType&#34;: &#34;Bundle&#34;", "family-canary", "data-copy-from")
	wantsHarmless(t, a)
	file := v.get("/messages/"+id+"?download=1").wants(t, 200)
	if file.body != string(m.JSON()) && !json.Valid([]byte(file.body)) || file.Header().Get("Content-Type") != "application/json" ||
		!strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment;") {
		t.Errorf("the file: %v", file.Header())
	}
	entries := s.audited(store.ActionRawShown)
	if len(entries) != 2 || entries[0].Object != id || !strings.Contains(entries[1].Details, `"download":true`) {
		t.Errorf("%+v", entries)
	}
	v.get("/messages/x").wants(t, 404)
	v.get("/messages/01890000-0000-7000-8000-000000000000").wants(t, 404)
}

func TestALargeOrDamagedMessageIsShownInPart(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	body := oceantest.Message{NoteHTML: "note" + strings.Repeat("x", 3<<20), Patient: oceantest.Patient{Family: "Dam-aged"}}.JSON()
	body = bytes.Replace(body, []byte("Dam-aged"), []byte("Dam\xffaged"), 1)
	s.deliver(body).wants(t, 200)
	id := s.messageID()
	v := s.person("bo@clinic.example", store.ViewReferrals, store.ViewRawMessages)
	a := v.get("/messages/"+id).wants(t, 200).shows(t, "Only the beginning of 3.0 MB is shown", "damaged").hides(t, "data-copy-from", "\xff")
	if len(a.body) > 2*rawPart {
		t.Errorf("the page has %d bytes", len(a.body))
	}
	if file := v.get("/messages/" + id + "?download=1"); file.body != string(body) {
		t.Error("the file is not what came")
	}
	for lang, want := range map[string]string{"en": "Raw message", "fr": "Message brut"} {
		v.get("/messages/"+id, "Accept-Language", lang).shows(t, fmt.Sprintf("<h1>%s</h1>", want))
	}
}
