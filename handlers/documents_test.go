package handlers

import (
	"context"
	"encoding/base64"
	"fmt"
	"html"
	"mime"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"
)

// simulated is a site beside a simulated Ocean, which it may call.
type simulated struct {
	*site
	sim     *oceantest.Ocean
	host    string
	fetcher *ocean.Fetcher
}

const (
	clinicID     = "canary-clinic-id"
	clinicSecret = "canary-clinic-secret"
)

func newSimulated(t testing.TB) *simulated {
	t.Helper()
	s := &simulated{site: newSite(t, func(c *Config) { c.AllowLoopback = true })}
	srv := httptest.NewUnstartedServer(nil)
	s.host = "http://" + srv.Listener.Addr().String()
	s.sim = oceantest.New(oceantest.Options{Self: s.host, Now: s.clock.Now, ClientID: clinicID, ClientSecret: clinicSecret})
	srv.Config.Handler = s.sim
	srv.Start()
	t.Cleanup(srv.Close)
	s.siteNumber()
	s.credentials(clinicID, clinicSecret)
	s.fetcher = ocean.NewFetcher(s.store, true, s.clock.Now, s.config.Log)
	return s
}

func (s *simulated) credentials(id, secret string) {
	s.t.Helper()
	s.must(s.store.SaveOceanSettings(context.Background(), storetest.Admin, store.OceanChange{Host: &s.host, ClientID: &id, ClientSecret: &secret, AllowLoopback: true}))
}

// fetch fetches all that is due now.
func (s *simulated) fetch() {
	s.t.Helper()
	for range 50 {
		done, err := s.fetcher.Step(context.Background())
		if s.must(err); done == 0 {
			return
		}
	}
	s.t.Fatal("there is no end to it")
}

// refer receives a referral with documents, and returns its address and what became of them.
func (s *simulated) refer(docs ...oceantest.Document) (address string, all []*store.Attachment) {
	s.t.Helper()
	m := oceantest.Message{Host: s.host, Ref: uuid.NewString(), Documents: docs}
	s.sim.SetContent(m.Ref, oceantest.PDF) // its letter
	s.receive(m)
	s.fetch()
	rows, _, err := s.store.Referrals(context.Background(), store.ReferralFilter{}, 1)
	s.must(err)
	return "/referrals/" + rows[0].ID, s.attachments(rows[0].ID)
}

func (s *simulated) attachments(id string) []*store.Attachment {
	s.t.Helper()
	r, err := s.store.Referral(context.Background(), strings.TrimPrefix(id, "/referrals/"))
	s.must(err)
	all, err := s.store.Attachments(context.Background(), r)
	s.must(err)
	return all
}

// inline is a document that comes inside of its message.
func inline(title, content string) oceantest.Document {
	return oceantest.Document{Title: title, ContentType: "text/html", Data: base64.StdEncoding.EncodeToString([]byte(content))}
}

// audited are the entries of an action.
func (s *site) audited(action store.Action) (found []store.AuditEntry) {
	for _, e := range s.audit() {
		if e.Action == action {
			found = append(found, e)
		}
	}
	return found
}

// wantsDocument checks the headers of a document: what it is, what it is saved as, and that it can
// do nothing.
func (a answer) wantsDocument(t testing.TB, kind, disposition, name string) {
	t.Helper()
	for header, want := range map[string]string{"Content-Type": kind, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'", "Referrer-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin"} {
		if got := a.wants(t, 200).Header()[header]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %s is %q, want %q", name, header, got, want)
		}
	}
	if got := a.Header()["Cross-Origin-Opener-Policy"]; got != nil { // with the sandbox, browsers would refuse it in a tab
		t.Errorf("%s: an opener policy %q", name, got)
	}
	said := a.Header().Get("Content-Disposition")
	how, params, err := mime.ParseMediaType(said)
	if err != nil || how != disposition || params["filename"] != name {
		t.Errorf("Content-Disposition %q, want %s of %q; %v", said, disposition, name, err)
	}
	if strings.ContainsFunc(said, func(c rune) bool { return c < ' ' || c > '~' }) {
		t.Errorf("not fit for a header: %q", said)
	}
}

func TestDocumentsOpenAsWhatTheyAre(t *testing.T) {
	s := newSimulated(t)
	kinds := []struct{ content, kind, disposition, extension string }{
		{"%PDF-1.4\nletter", "application/pdf", "inline", ".pdf"},
		{"\xff\xd8\xff\xe0picture", "image/jpeg", "inline", ".jpg"},
		{"\x89PNG\r\n\x1a\npicture", "image/png", "inline", ".png"},
		{"II*\x00fax", "image/tiff", "attachment", ".tif"},
		{"ID3\x04\x00\x00\x00\x00\x00\x00sound", "audio/mpeg", "attachment", ".mp3"},
		{"\x00\x00\x00\x18ftypmp42film", "video/mp4", "attachment", ".mp4"},
		{"Hémoglobine 132 g/L\n", "text/plain; charset=utf-8", "inline", ".txt"},
		{"H\xe9moglobine 132 g/L, 5 \x80\n", "text/plain; charset=windows-1252", "inline", ".txt"},
		{"\x00\x01\x02\x03", "application/octet-stream", "attachment", ".bin"},
		{"{\\rtf1 a letter\x00\x01}", "application/octet-stream", "attachment", ".bin"},
	}
	var docs []oceantest.Document
	for i, k := range kinds {
		docs = append(docs, inline(fmt.Sprintf("Result %d.html", i), k.content)) // said to be a page, by type and title
	}
	address, all := s.refer(docs...)
	v := s.person("ada@clinic.example", store.ViewReferrals)
	page := v.get(address).wants(t, 200)
	for i, k := range kinds {
		at, name := address+"/documents/"+all[i].ID, fmt.Sprint("Result ", i, k.extension)
		a := v.get(at)
		if a.wantsDocument(t, k.kind, k.disposition, name); a.body != k.content {
			t.Errorf("%s: %q came as %q", name, k.content, a.body)
		}
		v.get(at+"?download=1").wantsDocument(t, k.kind, "attachment", name)
		v.get(at+"?download=").wantsDocument(t, k.kind, k.disposition, name)
		v.do("HEAD", at, nil).wantsDocument(t, k.kind, k.disposition, name)
		// What the page shows beside the details, and offers to, is what a browser shows.
		beside, inline := address+"?document="+all[i].ID, k.disposition == "inline"
		if offered := strings.Contains(page.body, `href="`+beside+`#document"`); offered != inline {
			t.Errorf("%s is offered to be shown: %v", name, offered)
		}
		open := v.get(beside).wants(t, 200)
		framed, pictured := strings.Contains(open.body, `<iframe class="sheet" src="`+at), strings.Contains(open.body, `<img src="`+at+`"`)
		if image := strings.HasPrefix(k.kind, "image/"); framed != (inline && !image) || pictured != (inline && image) {
			t.Errorf("%s: framed %v, as a picture %v", name, framed, pictured)
		}
		open.hides(t, "sandbox", "<object", "<embed")
		page.shows(t, `href="`+at+`?download=1"`)
	}
}

func TestDocumentsHaveSafeFileNames(t *testing.T) {
	s := newSimulated(t)
	names := []struct{ title, want string }{
		{"letter.pdf", "letter.pdf"},
		{"letter.PDF", "letter.pdf"},
		{"letter.pdf.exe", "letter.pdf.pdf"},
		{"letter.pdf .exe", "letter.pdf.pdf"},
		{"scan.html", "scan.pdf"},
		{`Letter "final"; filename=x.exe`, "Letter _final__ filename_x.pdf"},
		{"a\nb\r\nSet-Cookie: x=1", "a_b__Set-Cookie_ x_1.pdf"},
		{"../../etc/passwd", "etc_passwd.pdf"},
		{`C:\Windows\start.bat`, "C__Windows_start.pdf"},
		{"%2e%2e%2fx", "2e_2e_2fx.pdf"},
		{"invoice\u202efdp.exe", "invoice_fdp.pdf"},
		{"\u2066a\u2069\u200fb\u200bc\ufeffd", "a__b_c_d.pdf"},
		{"nul\x00 and \x1b[2J", "nul and __2J.pdf"},
		{"Résumé d’hôpital.pdf", "Résumé d_hôpital.pdf"},
		{"Résumé d'hôpital, p. 2", "Résumé d'hôpital, p. 2.pdf"},
		{"نتيجة 検査", "نتيجة 検査.pdf"},
		{"Letter to Dr. Ng", "Letter to Dr. Ng.pdf"},
		{"Result 1.5", "Result 1.5.pdf"},
		{"2026.01.15", "2026.01.15.pdf"},
		{"...", "document.pdf"},
		{".png", "document.pdf"},
		{"/", "document.pdf"},
		{"é\U0001f600" + strings.Repeat("é", 298), "é_" + strings.Repeat("é", 98) + ".pdf"},
		{strings.Repeat("x", 99) + ". " + strings.Repeat("y", 200), strings.Repeat("x", 99) + ".pdf"},
	}
	var docs []oceantest.Document
	for i, n := range names {
		docs = append(docs, inline(n.title, fmt.Sprint("%PDF-1.4\n", i)))
	}
	address, all := s.refer(docs...)
	v := s.person("ada@clinic.example", store.ViewReferrals)
	for i, n := range names {
		v.get(address+"/documents/"+all[i].ID).wantsDocument(t, "application/pdf", "inline", n.want)
	}
}

func TestOnlyWhoMaySeeAReferralOpensItsDocuments(t *testing.T) {
	s := newSimulated(t)
	other, theirs := s.refer(inline("Theirs", "%PDF-1.4\ntheirs"))
	address, all := s.refer(inline("A letter", "%PDF-1.4\nletter"), inline("A page", "<html>"),
		oceantest.Document{Title: "Abroad", URL: "https://elsewhere.example/letter"})
	if all[1].State != store.AttachmentFailed || all[2].State != store.AttachmentForeign {
		t.Fatalf("%+v, %+v", all[1], all[2])
	}
	mine := "/documents/" + all[0].ID
	user := storetest.AddUser(t, s.store, "ada@clinic.example", store.ViewReferrals)
	v, blind := s.signIn(user.Email), s.person("bo@clinic.example", store.ManageReferrals, store.ViewRawMessages)
	for name, at := range map[string]string{"another referral's": address + "/documents/" + theirs[0].ID, "mine under another": other + mine,
		"one that failed": address + "/documents/" + all[1].ID, "a foreign one": address + "/documents/" + all[2].ID,
		"no document": address + "/documents/x", "no referral": "/referrals/x" + mine, "the referral itself": address + "/documents/" + strings.TrimPrefix(address, "/referrals/")} {
		if a := v.get(at); a.Code != 404 || strings.Contains(a.body, "%PDF") || a.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s: status %d, %v", name, a.Code, a.Header())
		}
	}
	blind.get(address+mine).wants(t, 403).hides(t, "%PDF", "A letter")
	s.visitor().get(address+mine).leadsTo(t, "/login").hides(t, "%PDF")
	v.get(address).wants(t, 200) // only looking is not opening
	v.get(address+"?document="+all[0].ID).wants(t, 200)
	if e := s.audited(store.ActionDocumentOpened); len(e) != 0 {
		t.Errorf("audited as opened: %+v", e)
	}
	// Beside the details stands nothing that is not here, or not this referral's.
	for _, id := range []string{theirs[0].ID, all[1].ID, all[2].ID, "x", `"><script>`} {
		v.get(address+"?document="+id).wants(t, 200).hides(t, "<iframe", `<img src="/referrals`, "<script>")
	}
	v.get(address).hides(t, all[1].ID+`"`, all[1].ID+"?", all[2].ID, "https://elsewhere.example", "/retry").shows(t, all[0].ID+`"`)

	for range 2 { // each time
		v.get(address+mine).wants(t, 200)
	}
	opened := s.audited(store.ActionDocumentOpened)
	for _, e := range opened {
		if "/referrals/"+e.Object != address || !strings.Contains(e.Details, `"document":"`+all[0].ID+`"`) || strings.Contains(e.Details, "letter") || e.Actor != "user:"+user.ID || e.ActorName != user.Email || e.Address != "192.0.2.1" {
			t.Errorf("%+v", e)
		}
	}
	if len(opened) != 2 {
		t.Errorf("%d entries", len(opened))
	}
}

func TestFailedDocumentsAreTriedAgain(t *testing.T) {
	s := newSimulated(t)
	s.sim.SetFaults(oceantest.Faults{LetterMissing: true})
	address, _ := s.refer(oceantest.Document{Title: "Canary-title Example"}, inline("Canary-page", "<html>"))
	for range 10 { // until it is given up
		s.clock.Turn(6 * time.Hour)
		s.fetch()
	}
	failed := s.attachments(address)
	for _, a := range failed {
		if a.State != store.AttachmentFailed {
			t.Fatalf("%+v", a)
		}
	}
	looks, acts := s.person("ada@clinic.example", store.ViewReferrals), s.person("bo@clinic.example", store.ViewReferrals, store.ManageReferrals)
	letter := address + "/documents/" + failed[0].ID

	problems := acts.get("/referrals/problems").wants(t, 200).shows(t, s.text().Fault(store.FaultGone).Title, s.text().Fault(store.FaultContent).Title,
		`href="`+address+`"`, letter+"/retry", `action="/referrals/problems/retry"`)
	problems.shows(t, "Example, Ada") // as in lists: whose letter it is, and nothing else of them
	problems.hides(t, "Canary", oceantest.HealthNumber(1), "1970-01-02", "416-555", "$letter", s.host)
	looks.get("/referrals/problems").wants(t, 200).shows(t, `href="`+address+`"`).hides(t, "/retry", "Canary", oceantest.HealthNumber(1), "1970-01-02")
	looks.get(address).hides(t, "/retry")
	acts.get(address).shows(t, `action="`+letter+`/retry"`)

	looks.post(letter+"/retry").wants(t, 403)
	looks.post("/referrals/problems/retry").wants(t, 403)
	other, _ := s.refer()
	acts.post(other+"/documents/"+failed[0].ID+"/retry").wants(t, 404) // not its document: nothing happens
	if now := s.attachments(address); now[0].State != store.AttachmentFailed || len(s.audited(store.ActionDocumentRetried)) != 0 {
		t.Errorf("%+v, %+v", now[0], s.audited(store.ActionDocumentRetried))
	}

	s.sim.SetFaults(oceantest.Faults{})
	acts.post(letter+"/retry").leadsTo(t, address+"#documents")
	acts.post(letter+"/retry", "from", "problems").leadsTo(t, "/referrals/problems") // pressed twice: somebody was faster
	acts.post(letter+"/retry", "from", "https://evil.example").leadsTo(t, address+"#documents")
	if s.attachments(address)[0].State != store.AttachmentWaiting {
		t.Error("it does not wait to be fetched")
	}
	s.fetch()
	acts.get(letter).wantsDocument(t, "application/pdf", "inline", "Canary-title Example.pdf")
	acts.get("/referrals/problems").hides(t, letter)

	acts.post("/referrals/problems/retry").leadsTo(t, "/referrals/problems")
	if s.attachments(address)[1].State != store.AttachmentWaiting {
		t.Error("Try all again leaves one behind")
	}
	acts.post("/referrals/problems/retry").leadsTo(t, "/referrals/problems") // there is none left
	var told []string
	for _, e := range s.audited(store.ActionDocumentRetried) {
		told = append(told, e.ActorName+" "+e.Object+" "+e.Details)
	}
	if want := []string{"bo@clinic.example " + strings.TrimPrefix(address, "/referrals/") + ` {"documents":1}`, `bo@clinic.example  {"documents":1}`}; !slices.Equal(told, want) {
		t.Errorf("audited %q", told)
	}
}

// TestADocumentComesFromOceanToTheScreen goes all the way over real connections: Ocean delivers a
// referral, the letter is fetched, the page shows it, and it opens.
func TestADocumentComesFromOceanToTheScreen(t *testing.T) {
	s := newSimulated(t)
	clinic := httptest.NewServer(s.handler)
	defer clinic.Close()
	s.sim.SetIntegration(clinic.URL+bundlesPath, s.key)
	d, err := s.sim.Do(t.Context(), oceantest.ActNew, "")
	if err != nil || d.State != oceantest.Delivered {
		t.Fatalf("%+v, %v", d, err)
	}
	v := s.person("ada@clinic.example", store.ViewReferrals)
	address := links(v.get("/referrals"))[0]
	v.get(address).shows(t, s.text().Documents.OnItsWay).hides(t, "?document=", "?download=")
	if pending := s.status().AttachmentsPending; pending == 0 {
		t.Error("nothing waits")
	}
	s.fetch()
	if st := s.status(); st.AttachmentsPending != 0 || st.NeedsAttention != 0 {
		t.Errorf("%+v", st)
	}
	letter := s.attachments(address)[0]
	page := v.get(address).hides(t, s.text().Documents.OnItsWay).shows(t, "?document="+letter.ID)
	page.shows(t, html.EscapeString(s.text().FileTypes["application/pdf"]))
	v.get(address+"?document="+letter.ID).shows(t, `<iframe class="sheet" src="`+address+"/documents/"+letter.ID)
	a := v.get(address+"/documents/"+letter.ID).wants(t, 200)
	if !strings.HasPrefix(a.body, "%PDF-") || a.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(a.body, "%%EOF") {
		t.Errorf("%.200q", a.body)
	}
	for _, c := range s.sim.Calls() {
		if c.Status != 200 {
			t.Errorf("Ocean refused %+v", c)
		}
	}
	s.wantsNowhere(t, clinicSecret, a.body[:40])
}

// TestDocumentsThatAreOpenedAtOnceAreBounded: whoever opens one while others fill the memory waits,
// and is asked to come again if it lasts.
func TestDocumentsThatAreOpenedAtOnceAreBounded(t *testing.T) {
	s := &server{opened: semaphore.NewWeighted(maxOpened)}
	ctx, leave := contextThatEnds(t)
	opening := &request{Context: echo.New().NewContext(httptest.NewRequest(get, "/", nil).WithContext(ctx), nil)}
	closed, err := s.roomToOpen(opening, 2*maxOpened) // one that is larger than all gets all
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan error)
	go func() {
		closed, err := s.roomToOpen(opening, 1)
		if err == nil {
			defer closed()
		}
		came <- err
	}()
	select {
	case err := <-came:
		t.Fatalf("it does not wait: %v", err)
	default:
	}
	closed()
	if err := <-came; err != nil {
		t.Fatal(err)
	}
	closed, err = s.roomToOpen(opening, maxOpened)
	if err != nil {
		t.Fatalf("not all was given back: %v", err)
	}
	defer closed()
	leave()
	if _, err := s.roomToOpen(opening, 1); statusOf(err) != 503 {
		t.Errorf("%v is answered with %d", err, statusOf(err))
	}
}
