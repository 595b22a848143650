package handlers

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"
)

// newReachable is a site that listens on loopback. What stands before it, if anything, is reached at
// its base URL.
func newReachable(t testing.TB, before func(inside *url.URL) http.Handler) *site {
	t.Helper()
	inside := httptest.NewUnstartedServer(nil)
	at := parseURL(t, "http://"+inside.Listener.Addr().String())
	base := at
	if before != nil {
		outside := httptest.NewServer(before(at))
		t.Cleanup(outside.Close)
		base = parseURL(t, outside.URL)
	}
	s := newSite(t, func(c *Config) { c.BaseURL = base })
	inside.Config.Handler = s.handler
	inside.Start()
	t.Cleanup(inside.Close)
	s.siteNumber()
	return s
}

var resultLine = regexp.MustCompile(`(?s)<li>\s*<h3>([^<]*)</h3>\s*<span class="chip[^"]*">.*?</svg>([^<]*)</span>`)

// outcomes are what the page says of each try, in its words, as plain text.
func (a answer) outcomes(t testing.TB) map[views.SelfTestTry]string {
	t.Helper()
	found := map[views.SelfTestTry]string{}
	for _, m := range resultLine.FindAllStringSubmatch(a.wants(t, 200).body, -1) {
		for try, words := range views.English.SelfTest.Tries {
			if words.Title == plainText(m[1]) {
				found[try] = strings.TrimSpace(plainText(m[2]))
			}
		}
	}
	if len(found) != len(views.SelfTestTries) {
		t.Fatalf("the page tells of %v", found)
	}
	return found
}

// wantsOutcomes checks each try's outcome: proven but for those that are named.
func (a answer) wantsOutcomes(t testing.TB, others map[views.SelfTestTry]views.SelfTestOutcome) {
	t.Helper()
	for try, got := range a.outcomes(t) {
		want := others[try]
		if want == "" {
			want = views.OutcomeProven
		}
		if words := views.English.SelfTest.Outcomes[want]; got != words.Title {
			t.Errorf("%s: %q, want %q", try, got, words.Title)
		} else if want != views.OutcomeProven {
			a.says(t, words.Text)
		}
	}
}

// all is one outcome for all tries but some.
func all(o views.SelfTestOutcome, but ...views.SelfTestTry) map[views.SelfTestTry]views.SelfTestOutcome {
	outcomes := map[views.SelfTestTry]views.SelfTestOutcome{}
	for _, try := range views.SelfTestTries {
		if !slices.Contains(but, try) {
			outcomes[try] = o
		}
	}
	return outcomes
}

// traces is all that the database holds, but for the audit log and who is signed in.
func (s *site) traces() string {
	s.t.Helper()
	conn := s.sql()
	defer conn.Close()
	tables := s.rows(conn, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	var out strings.Builder
	for _, table := range tables {
		if strings.HasPrefix(table, "audit_") || table == "sessions" {
			continue
		}
		where := ""
		if table == "counters" {
			where = " WHERE value <> 0"
		}
		for _, row := range s.rows(conn, `SELECT * FROM `+table+where) {
			fmt.Fprintf(&out, "%s %q\n", table, row)
		}
	}
	if len(tables) < 15 {
		s.t.Fatalf("only %d tables", len(tables))
	}
	return out.String()
}

// rows are the rows of a query, each as one text.
func (s *site) rows(conn *sql.Conn, query string) (list []string) {
	s.t.Helper()
	rows, err := conn.QueryContext(context.Background(), query)
	s.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	s.must(err)
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		s.must(rows.Scan(to...))
		text := ""
		for _, v := range values {
			if b, ok := v.([]byte); ok {
				v = hex.EncodeToString(b)
			}
			text += fmt.Sprint(v, " ")
		}
		list = append(list, strings.TrimSpace(text))
	}
	s.must(rows.Err())
	return list
}

// plainStatus are the status without the audit log's share.
func (s *site) plainStatus() store.Status {
	st := s.status()
	st.AuditEntries, st.AuditHead = 0, ""
	return st
}

// busySite is a clinic at work: referrals, a document that waits, a call that was refused.
func busySite(t testing.TB, before func(*url.URL) http.Handler) (*site, *visitor) {
	s := newReachable(t, before)
	for i := range 3 {
		m := oceantest.Message{Documents: []oceantest.Document{{Title: "A letter"}, inline("A text", fmt.Sprint("text ", i))}}
		s.receive(m)
	}
	s.receive(firstMessage)
	s.receive(firstMessage)
	s.clock.Turn(time.Minute)
	s.deliver(nil, keyHeader, "x").wants(t, 401)
	s.clock.Turn(2 * time.Hour)
	return s, s.person("ada@clinic.example", store.ReferralSettings, store.ViewReferrals)
}

func TestTheSelfTestProvesTheWholeWayAndLeavesNoTrace(t *testing.T) {
	s, v := busySite(t, nil)
	v.get(selfTestPath).wants(t, 200).shows(t, s.config.BaseURL.String()+bundlesPath).hides(t, "<h3>")
	known, keys := s.connection(), s.keys()
	before, figures, list, entries := s.traces(), s.plainStatus(), v.get("/referrals").body, len(s.audit())
	a := v.post(selfTestPath)
	a.wantsOutcomes(t, nil)
	a.says(t, s.text().SelfTest.WholeTitle)
	if after := s.traces(); after != before {
		t.Errorf("it left traces: %d bytes became %d", len(before), len(after))
	}
	if after := s.plainStatus(); after != figures {
		t.Errorf("%+v became %+v", figures, after)
	}
	if after := v.get("/referrals").body; after != list {
		t.Error("the list of referrals is another")
	}
	if after := s.connection(); !reflect.DeepEqual(after, known) {
		t.Errorf("of the connection was known %+v, now %+v", known, after)
	}
	if after := s.keys(); !slices.Equal(after, keys) {
		t.Errorf("the keys %+v became %+v", keys, after)
	}
	told := s.audit()[entries:]
	if len(told) != 2 || told[0].Action != store.ActionSelfTestBegun || told[1].Action != store.ActionSelfTested || told[1].Details != `{"proven":8,"tries":8}` || told[1].ActorName != "ada@clinic.example" {
		t.Errorf("audited %+v", told)
	}
	if _, err := s.store.VerifyAudit(t.Context(), ""); err != nil {
		t.Error(err)
	}
	v.post(selfTestPath).wantsOutcomes(t, nil) // and again
	both(t, func(h ...string) answer { return v.do(post, selfTestPath, nil, h...) }, func(a answer, text *views.Text) { a.says(t, text.SelfTest.WholeText) })
}

func (s *site) keys() []store.InboundKey {
	s.t.Helper()
	list, err := s.store.InboundKeys(context.Background())
	s.must(err)
	return list
}

func TestASelfTestsKeyOpensNothingElse(t *testing.T) {
	s := newSite(t)
	begun, err := s.store.BeginSelfTest(t.Context(), storetest.Admin)
	s.must(err)
	before := s.traces()
	for name, m := range map[string]oceantest.Message{"another referral": {}, "no referral": {Ref: oceantest.None},
		"its own and another": {Ref: begun.Ref, Others: []oceantest.Request{{Ref: "another", Focus: true}}},
		"another and its own": {Others: []oceantest.Request{{Ref: begun.Ref, Focus: true}}}} {
		if a := s.deliver(m.JSON(), keyHeader, begun.Key); a.Code != 401 {
			t.Errorf("%s: status %d", name, a.Code)
		}
	}
	s.deliver(oceantest.Bundle(oceantest.Message{Ref: begun.Ref}), keyHeader, begun.RetiredKey).wantsRefusal(t, 401)
	s.wantsNothingKept(t)
	if after := s.traces(); after != before {
		t.Errorf("something was kept:\n%s", after)
	}
	if c := s.connection(); len(c.Refusals) != 0 || c.Gap != nil {
		t.Errorf("%+v", c)
	}
	// It opens for its own, proves nothing by it, and ends.
	s.deliver(oceantest.Bundle(oceantest.Message{Ref: begun.Ref}), keyHeader, begun.Key).wantsKept(t)
	if c := s.connection(); c.Message.Ever() || c.Received.Ever() || len(c.Listings) != 0 {
		t.Errorf("%+v", c)
	}
	s.must(s.store.EndSelfTest(t.Context(), storetest.Admin, begun.ID, 1, 1))
	s.wantsNothingKept(t)
	s.deliver(oceantest.Bundle(oceantest.Message{Ref: begun.Ref}), keyHeader, begun.Key).wantsRefusal(t, 401)
	s.wantsNothingKept(t)
	other, err := s.store.BeginSelfTest(t.Context(), storetest.Admin)
	s.must(err)
	s.clock.Turn(10 * time.Minute)
	s.deliver(oceantest.Bundle(oceantest.Message{Ref: other.Ref}), keyHeader, other.Key).wantsRefusal(t, 401) // it lasts ten minutes
	s.wantsNothingKept(t)
}

// TestTheSelfTestClosesNoGap runs it while Ocean can deliver nothing: that must stay known.
func TestTheSelfTestClosesNoGap(t *testing.T) {
	s := newReachable(t, nil)
	s.receive(oceantest.Message{})
	s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, s.retiredKey()).wants(t, 401)
	s.clock.Turn(time.Hour)
	known := s.connection()
	if known.Gap == nil || !known.Gap.Until.IsZero() {
		t.Fatalf("%+v", known.Gap)
	}
	s.person("ada@clinic.example", store.ReferralSettings).post(selfTestPath).wantsOutcomes(t, nil)
	if now := s.connection(); !reflect.DeepEqual(now, known) {
		t.Errorf("was known %+v, now %+v", known, now)
	}
}

// TestRefusalsOfOthersCountDuringASelfTest: only the self-test's own are left out.
func TestRefusalsOfOthersCountDuringASelfTest(t *testing.T) {
	var s *site
	var once sync.Once
	s = newReachable(t, func(in *url.URL) http.Handler {
		next := proxy(func(*http.Request) {})(in)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			once.Do(func() {
				s.deliver(nil, keyHeader, "x").wants(t, 401)
				s.deliver(nil, keyHeader, "-", selfTestHeader, "x").wants(t, 401)
			})
			next.ServeHTTP(w, r)
		})
	})
	s.person("ada@clinic.example", store.ReferralSettings).post(selfTestPath).wantsOutcomes(t, nil)
	got := map[store.RefusalReason]int64{}
	for _, r := range s.connection().Refusals {
		got[r.Reason] = r.Calls
	}
	if want := map[store.RefusalReason]int64{store.RefusedWrongKey: 1, store.RefusedNoKey: 1}; !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestASelfTestThatNobodyWaitsForIsCleanedUp(t *testing.T) {
	var leave context.CancelFunc
	var tries atomic.Int32
	s := newReachable(t, func(in *url.URL) http.Handler {
		next := proxy(func(*http.Request) {})(in)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if tries.Add(1)%4 == 0 { // the good one was kept
				leave()
			}
		})
	})
	v := s.person("ada@clinic.example", store.ReferralSettings)
	before := s.traces()
	for n := 1; n <= 8; n++ {
		ctx, cancel := context.WithCancel(t.Context())
		leave = cancel
		r := httptest.NewRequestWithContext(ctx, post, selfTestPath, nil)
		for _, c := range v.cookies {
			r.AddCookie(c)
		}
		s.serve(r)
		cancel()
		s.wantsNothingKept(t)
		if after := s.traces(); after != before {
			t.Fatalf("it left traces:\n%s", after)
		}
		if told := s.audited(store.ActionSelfTested); len(told) != n || !strings.Contains(told[n-1].Details, `"tries":8`) {
			t.Fatalf("%+v", told)
		}
		s.clock.Turn(time.Minute)
	}
}
