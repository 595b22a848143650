package handlers_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/handlers"
	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// harbour is a console beside a simulated Ocean, each able to call the other.
type harbour struct {
	*console
	t     *testing.T
	ocean *oceantest.Ocean
	ahead atomic.Int64 // by which the console's clock is ahead of the real one

	messages atomic.Int64 // of Ocean's that are in hand

	mu   sync.Mutex
	sent []string // documents, by path and type
}

// newHarbour starts both, and what goes between them; all ends before the store closes.
func newHarbour(t *testing.T) *harbour {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	h := &harbour{t: t}
	s, err := store.Open(ctx, store.Options{Dir: t.TempDir(), Migrate: true, Now: h.now, Argon2: storetest.Cheap})
	h.must(err)
	t.Cleanup(func() { h.must(s.Close()) })
	srv, portal := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	h.console = &console{Server: srv, store: s}
	self := "http://" + portal.Listener.Addr().String()
	base, err := url.Parse("http://" + srv.Listener.Addr().String())
	h.must(err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	handler, err := handlers.New(handlers.Config{Store: s, BaseURL: base, Zone: time.UTC, AllowLoopback: true, Now: h.now, Log: log})
	h.must(err)
	srv.Config.Handler = h.noting(handler)
	h.ocean = oceantest.New(oceantest.Options{Self: self, Clinic: base.String() + publicRoute})
	portal.Config.Handler = h.ocean
	portal.Start()
	t.Cleanup(portal.Close)
	srv.Start()
	t.Cleanup(srv.Close)
	h.must(s.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{Host: &self, AllowLoopback: true}))
	var fetching sync.WaitGroup
	fetching.Go(func() { ocean.NewCourier(s, true, h.now, log).Run(ctx) })
	t.Cleanup(func() { stop(); fetching.Wait() })
	return h
}

const publicRoute = "/public/ocean/fhir_bundles"

func (h *harbour) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

func (h *harbour) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// noting notes the documents that are answered: what a frame shows, scripts of the page cannot see. It also
// counts the messages in hand: what one proves is noted when Ocean has its answer already.
func (h *harbour) noting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == publicRoute {
			h.messages.Add(1)
			defer h.messages.Add(-1)
		}
		next.ServeHTTP(w, r)
		if strings.Contains(r.URL.Path, "/documents/") && r.Method == http.MethodGet {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.sent = append(h.sent, r.URL.Path+" "+w.Header().Get("Content-Type"))
		}
	})
}

// answered reports whether a document was, by its path and type.
func (h *harbour) answered(document string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.sent, document)
}

func (h *harbour) until(what string, is func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("%s: it does not happen", what)
		}
	}
}

func (h *harbour) status() store.Status {
	h.t.Helper()
	st, err := h.store.Status(context.Background())
	h.must(err)
	return st
}

// fetched waits until no document is on its way any more.
func (h *harbour) fetched() {
	h.t.Helper()
	h.until("all documents fetched", func() bool { return h.status().AttachmentsPending == 0 })
}

// givenUp turns the clock on to every next try, until a document waits for a person.
func (h *harbour) givenUp() {
	h.t.Helper()
	ctx := context.Background()
	h.until("a document given up", func() bool {
		if h.status().NeedsAttention > 0 {
			return true
		}
		next, err := h.store.NextAttachment(ctx)
		h.must(err)
		if wait := next.Sub(h.now()); wait > 0 {
			h.ahead.Add(int64(wait))
			h.must(h.store.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{})) // changes nothing, and wakes the fetcher
		}
		return false
	})
}

// happens lets something happen in Ocean, of which the console must take the message, and note what it proves.
func (h *harbour) happens(a oceantest.Action) {
	h.t.Helper()
	d, err := h.ocean.Do(context.Background(), a, "")
	h.must(err)
	if d.State != oceantest.Delivered {
		h.t.Fatalf("%s: %+v", a, d)
	}
	h.until("all messages noted", func() bool { return h.messages.Load() == 0 })
}
