package ocean_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/google/uuid"
)

// clinic is a store with a fetcher, and a simulated Ocean for it to call.
type clinic struct {
	*store.Store
	t       *testing.T
	clock   *storetest.Clock
	ocean   *oceantest.Ocean
	host    string
	fetcher *ocean.Fetcher
	log     bytes.Buffer
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{t: t, clock: storetest.NewClock()}
	c.Store = storetest.At(t, t.TempDir(), c.clock)
	srv := httptest.NewUnstartedServer(nil)
	c.host = "http://" + srv.Listener.Addr().String()
	c.ocean = oceantest.New(oceantest.Options{Self: c.host, Now: c.clock.Now})
	srv.Config.Handler = c.ocean
	srv.Start()
	t.Cleanup(srv.Close)
	c.save(c.host, "simulated-client", "simulated-secret")
	c.restart()
	return c
}

// restart makes another fetcher, as a new process would.
func (c *clinic) restart() {
	c.fetcher = ocean.NewFetcher(c.Store, true, c.clock.Now, slog.New(slog.NewTextHandler(&c.log, nil)))
}

func (c *clinic) save(host, id, secret string) {
	c.t.Helper()
	c.must(c.SaveOceanSettings(context.Background(), storetest.Admin, store.OceanChange{Host: &host, ClientID: &id, ClientSecret: &secret, AllowLoopback: true}))
}

func (c *clinic) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// receive keeps a message as the public route does. Its letter is a PDF unless it says else.
func (c *clinic) receive(m oceantest.Message) {
	c.t.Helper()
	m.Host = c.host
	if m.Ref == "" {
		m.Ref = uuid.NewString()
		c.ocean.SetContent(m.Ref, oceantest.PDF)
	}
	parsed, err := ocean.Parse(m.JSON())
	c.must(err)
	_, err = c.Receive(context.Background(), parsed)
	c.must(err)
}

// step fetches what is due until nothing more is.
func (c *clinic) step() {
	c.t.Helper()
	for range 1000 {
		done, err := c.fetcher.Step(context.Background())
		c.must(err)
		if done == 0 {
			return
		}
	}
	c.t.Fatal("there is no end to it")
}

// turn lets time pass, a minute at a time, and fetches what comes due.
func (c *clinic) turn(d time.Duration) {
	c.t.Helper()
	for ; d > 0; d -= time.Minute {
		c.clock.Turn(time.Minute)
		c.step()
	}
}

func (c *clinic) counts(pending, attention int64) {
	c.t.Helper()
	st, err := c.Status(context.Background())
	c.must(err)
	if st.AttachmentsPending != pending || st.NeedsAttention != attention {
		c.t.Errorf("%d wait and %d need a person, want %d and %d", st.AttachmentsPending, st.NeedsAttention, pending, attention)
	}
}

// documents are what became of the documents of the newest referral.
func (c *clinic) documents() (referral string, all []*store.Attachment) {
	c.t.Helper()
	rows, _, err := c.Referrals(context.Background(), store.ReferralFilter{}, 1)
	c.must(err)
	r, err := c.Referral(context.Background(), rows[0].ID)
	c.must(err)
	all, err = c.Attachments(context.Background(), r)
	c.must(err)
	return r.ID, all
}

func (c *clinic) content(i int) (string, []byte) {
	c.t.Helper()
	referral, all := c.documents()
	kind, data, err := c.OpenAttachment(context.Background(), storetest.Admin, referral, all[i].ID)
	c.must(err)
	return kind, data
}

// calls counts Ocean's calls by path, tokens apart.
func (c *clinic) calls() (tokens, others int) {
	for _, call := range c.ocean.Calls() {
		if strings.HasSuffix(call.Path, "/oauth2/token") {
			tokens++
		} else {
			others++
		}
	}
	return tokens, others
}

var letter = oceantest.Document{Title: "Ada Example-letter.pdf"}

func TestLettersComeByThemselves(t *testing.T) {
	c := newClinic(t)
	c.receive(oceantest.Message{Documents: []oceantest.Document{letter}})
	c.counts(1, 0)
	c.step()
	c.counts(0, 0)
	if kind, data := c.content(0); kind != "application/pdf" || !bytes.HasPrefix(data, []byte("%PDF-")) {
		t.Errorf("%s, %.20q", kind, data)
	}
	known, err := c.Connection(context.Background())
	if err != nil || !known.Token.Ever() || known.Pending != 0 || !known.CredentialsRefused.IsZero() {
		t.Errorf("%+v, %v", known, err)
	}
}

func TestLettersComeThroughOutages(t *testing.T) {
	for name, faults := range map[string]oceantest.Faults{"outage": {Outage: true}, "missing for a while": {LetterMissing: true}, "tokens refused": {RefuseTokens: true}} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t)
			c.ocean.SetFaults(faults)
			c.receive(oceantest.Message{Documents: []oceantest.Document{letter}})
			c.step()
			c.turn(2 * time.Minute)
			c.counts(1, 0)
			c.restart()
			c.ocean.SetFaults(oceantest.Faults{})
			c.turn(15 * time.Minute)
			c.counts(0, 0)
			if kind, _ := c.content(0); kind != "application/pdf" {
				t.Error(kind)
			}
		})
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	c := newClinic(t)
	c.ocean.SetFaults(oceantest.Faults{LetterBusy: 20 * time.Minute})
	for range 3 {
		c.receive(oceantest.Message{Documents: []oceantest.Document{letter}})
	}
	c.step()
	_, before := c.calls()
	c.turn(19 * time.Minute)
	if _, after := c.calls(); after != before {
		t.Errorf("%d calls while Ocean asked to be left alone", after-before)
	}
	c.ocean.SetFaults(oceantest.Faults{})
	c.turn(20 * time.Minute)
	c.counts(0, 0)
}

func TestRefusedCredentialsStopTheFetching(t *testing.T) {
	c := newClinic(t)
	c.save(c.host, "simulated-client", "a wrong secret")
	for range 40 {
		c.receive(oceantest.Message{Documents: []oceantest.Document{letter, {Data: "JVBERi0xLjQgaW5saW5l"}}})
	}
	c.step()
	c.turn(30 * time.Minute)
	if tokens, others := c.calls(); tokens != 1 || others != 0 {
		t.Errorf("%d times asked for a token, %d other calls; want 1 and none", tokens, others)
	}
	c.counts(40, 0) // what the bundles carry themselves is here
	known, err := c.Connection(context.Background())
	if err != nil || known.CredentialsRefused.IsZero() {
		t.Errorf("%+v, %v", known, err)
	}
	c.turn(24 * time.Hour)
	if tokens, _ := c.calls(); tokens < 20 || tokens > 26 {
		t.Errorf("%d tries in a day, want about one an hour", tokens)
	}
	c.save(c.host, "simulated-client", "simulated-secret")
	c.step()
	c.counts(0, 0)
	if known, err = c.Connection(context.Background()); err != nil || !known.CredentialsRefused.IsZero() {
		t.Errorf("still refused: %+v, %v", known, err)
	}
}

func TestWithoutCredentialsDocumentsWait(t *testing.T) {
	c := newClinic(t)
	c.save(c.host, "simulated-client", "")
	c.receive(oceantest.Message{Documents: []oceantest.Document{letter}})
	c.turn(10 * time.Minute)
	c.counts(1, 0)
	if tokens, others := c.calls(); tokens+others != 0 {
		t.Errorf("%d calls", tokens+others)
	}
}

func TestForeignHostsAreNeverContacted(t *testing.T) {
	foreign := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s came, Authorization %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	defer foreign.Close()
	c := newClinic(t)
	name := strings.TrimPrefix(c.host, "http://")
	c.receive(oceantest.Message{Documents: []oceantest.Document{
		{URL: foreign.URL + "/svc/fhir/v1/DocumentReference/1/$binary"},
		{URL: "http://" + name + "@" + strings.TrimPrefix(foreign.URL, "http://") + "/x"},
		{URL: "https://" + name + "/svc/x"},
		{URL: "file:///etc/passwd"}, {URL: "//" + strings.TrimPrefix(foreign.URL, "http://")}, {URL: "javascript:alert(1)"},
	}})
	c.step()
	c.counts(0, 0)
	_, all := c.documents()
	for i, a := range all {
		if a.State != store.AttachmentForeign || a.Fault != store.FaultForeign {
			t.Errorf("document %d: %+v", i, a)
		}
	}
	if tokens, others := c.calls(); tokens+others != 0 {
		t.Errorf("%d calls to Ocean for links that lead elsewhere", tokens+others)
	}
}

// TestLinksElsewhereAreLookedAtTogether counts as work only what may have left more to do at once: each
// look asks the database several questions, and messages may come by the thousand.
func TestLinksElsewhereAreLookedAtTogether(t *testing.T) {
	c := newClinic(t)
	var links []oceantest.Document
	for i := range 250 {
		links = append(links, oceantest.Document{URL: fmt.Sprint("https://elsewhere.example/", i)})
	}
	c.receive(oceantest.Message{Documents: links})
	for _, want := range []int{200, 0, 0} {
		if done, err := c.fetcher.Step(context.Background()); err != nil || done != want {
			t.Errorf("%d done, %v; want %d", done, err, want)
		}
	}
	c.counts(0, 0)
}

func TestBadDocuments(t *testing.T) {
	foreign := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s came", r.URL) }))
	defer foreign.Close()
	for content, fault := range map[oceantest.Content]store.Fault{oceantest.Empty: store.FaultContent, oceantest.FakePDF: store.FaultContent,
		oceantest.Huge: store.FaultTooLarge, oceantest.Elsewhere: store.FaultRedirect} {
		t.Run(string(content), func(t *testing.T) {
			c := newClinic(t)
			m := oceantest.Message{Ref: "1f0c0f2e-1111-4222-8333-944455556666", Documents: []oceantest.Document{letter}}
			c.ocean.SetContent(m.Ref, content)
			c.receive(m)
			c.step()
			c.turn(20 * time.Hour)
			c.counts(0, 1)
			failed, err := c.FailedAttachments(context.Background(), 10)
			if err != nil || len(failed) != 1 || failed[0].Fault != fault || failed[0].Tries != 6 || failed[0].Here() {
				t.Errorf("%+v, %v", failed, err)
			}
		})
	}
}

func TestHostileBundleIsBounded(t *testing.T) {
	c := newClinic(t)
	documents := make([]oceantest.Document, 10_000)
	for i := range documents {
		documents[i].URL = fmt.Sprintf("https://host%d.example/x", i)
	}
	c.receive(oceantest.Message{Documents: documents})
	st, err := c.Status(context.Background())
	if err != nil || st.Referrals != 1 || st.AttachmentsPending > 1000 || st.NeedsAttention != 1 {
		t.Errorf("%+v, %v", st, err)
	}
	c.step()
	c.counts(0, 1)
}

// TestAFetcherThatIsKilledLosesAndRepeatsNothing stops fetchers in the middle of their work.
func TestAFetcherThatIsKilledLosesAndRepeatsNothing(t *testing.T) {
	c := newClinic(t)
	const referrals = 20
	for range referrals {
		c.receive(oceantest.Message{Documents: []oceantest.Document{letter}})
	}
	for round := range 5 {
		c.ocean.SetFaults(oceantest.Faults{Slow: true})
		ctx, kill := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		_, before := c.calls()
		wg.Go(func() {
			if _, err := c.fetcher.Step(ctx); err == nil && round < 4 {
				t.Error("nobody noticed that it was killed")
			}
		})
		for _, now := c.calls(); now == before && round == 0; _, now = c.calls() { // until a call is under way
			tokens, _ := c.calls()
			if tokens > 0 {
				break
			}
		}
		kill()
		wg.Wait()
		c.restart()
	}
	c.counts(referrals, 0)
	c.ocean.SetFaults(oceantest.Faults{})
	c.step()
	c.counts(0, 0)
	fetched := map[string]int{}
	for _, call := range c.ocean.Calls() {
		if call.Status == http.StatusOK && strings.HasSuffix(call.Path, "$letter") {
			fetched[call.Path]++
		}
	}
	if len(fetched) != referrals {
		t.Errorf("%d letters were fetched, want %d", len(fetched), referrals)
	}
	for path, n := range fetched {
		if n != 1 {
			t.Errorf("%s was fetched %d times", path, n)
		}
	}
}

func TestFetchingSaysNothingOfPatientsOrSecrets(t *testing.T) {
	c := newClinic(t)
	m := oceantest.Message{Ref: "1f0c0f2e-1111-4222-8333-944455556666", Documents: []oceantest.Document{letter, {URL: c.host + "/svc/CANARY", Title: "CANARY"}}}
	c.receive(m)
	c.turn(time.Hour)
	c.ocean.SetFaults(oceantest.Faults{RefuseCredentials: true})
	c.save(c.host, "simulated-client", "CANARY secret")
	c.turn(2 * time.Hour)
	for _, word := range []string{"CANARY", "simulated-secret", "Example", m.Ref} {
		if strings.Contains(c.log.String(), word) {
			t.Errorf("the log holds %q:\n%s", word, c.log.String())
		}
	}
	if c.log.Len() == 0 {
		t.Error("the log is empty")
	}
}

// TestAHostThatAnswersOddlyCostsNoDocument: a page of maintenance in place of every document is no
// fault of theirs.
func TestAHostThatAnswersOddlyCostsNoDocument(t *testing.T) {
	for name, faults := range map[string]oceantest.Faults{"404": {LetterMissing: true}, "401": {RefuseTokens: true}} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t)
			c.ocean.SetFaults(faults)
			for range 40 {
				c.receive(oceantest.Message{Documents: []oceantest.Document{letter}})
			}
			c.step()
			c.turn(time.Hour)
			if _, calls := c.calls(); calls > 60 {
				t.Errorf("%d calls within an hour", calls)
			}
			c.ocean.SetFaults(oceantest.Faults{})
			c.turn(3 * time.Hour)
			c.counts(0, 0)
		})
	}
}
