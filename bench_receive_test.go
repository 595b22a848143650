package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"breakwater/handlers"
	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/seal"
	"breakwater/store/storetest"

	"github.com/google/uuid"
	_ "modernc.org/sqlite"
)

const (
	bundlesPath = "/public/ocean/fhir_bundles"
	benchSite   = "4321"
)

// ways are what a message goes through, one step more in each, and what another way of keeping it takes.
const (
	wayEcho  = "echo the body"
	wayParse = "+ key and parse"
	waySeal  = "+ seal"
	wayPlain = "plain SQLite, group commit"
	wayAlone = "all of it, one commit each"
	wayWhole = "all of it"
)

var ways = []string{wayEcho, wayParse, waySeal, wayPlain, wayAlone, wayWhole}

// receiving measures the ways with messages of so many kilobytes.
func (t *table) receiving(kb int) {
	addresses, key := t.serveWays()
	bundles := newBundles(kb)
	type cell struct {
		way     string
		clients int
	}
	rates, times := map[cell][]float64{}, map[cell][]float64{}
	clients := []int{1, 8, 64}
	for range t.rounds {
		for _, n := range clients {
			for _, way := range ways {
				took, rate := t.load(addresses[way], key, bundles, n, t.turn)
				rates[cell{way, n}] = append(rates[cell{way, n}], rate)
				times[cell{way, n}] = append(times[cell{way, n}], percentile(took, .99))
			}
		}
	}
	rows := [][]string{{"messages in a second, and the 99th percentile", "1 client", "ms", "8 clients", "ms", "64 clients", "ms"}}
	ratio := func(name, of, to string) []string {
		row := []string{name}
		for _, n := range clients {
			row = append(row, figure(median(rates[cell{of, n}])/median(rates[cell{to, n}])), "")
		}
		return row
	}
	for _, way := range ways {
		row := []string{way}
		for _, n := range clients {
			row = append(row, figure(median(rates[cell{way, n}])), figure(median(times[cell{way, n}])))
		}
		rows = append(rows, row)
	}
	t.print(fmt.Sprintf("Receiving messages of %d KB", kb), append(rows,
		ratio("all of it / plain SQLite", wayWhole, wayPlain), ratio("group commit / one commit each", wayWhole, wayAlone))...)
}

// serveWays serves each way at an address of its own, until the measurement ends.
func (t *table) serveWays() (addresses map[string]string, key string) {
	whole, key := t.console(0)
	alone, aloneKey := t.console(1)
	plain := newPlain(t)
	ring := t.keyring()
	checked := func(next func(store.Message) error) http.HandlerFunc {
		return t.reading(func(r *http.Request, body []byte) error {
			if c, err := whole.Store.CheckKey(r.Context(), r.Header.Get("Referral-Integration-API-Key")); err != nil || !c.Valid {
				return fmt.Errorf("the key is not valid: %w", err)
			}
			m, err := ocean.Parse(body)
			if err != nil {
				return err
			}
			return next(m)
		})
	}
	handler := map[string]http.Handler{
		wayEcho:  t.reading(func(*http.Request, []byte) error { return nil }),
		wayParse: checked(func(store.Message) error { return nil }),
		waySeal:  checked(func(m store.Message) error { return sealAll(ring, m) }),
		wayPlain: t.reading(func(_ *http.Request, body []byte) error { return plain.keep(body) }),
		wayAlone: withKey(aloneKey, alone.handler), wayWhole: whole.handler,
	}
	addresses = map[string]string{}
	for way, h := range handler {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		addresses[way] = server.URL + bundlesPath
	}
	return addresses, key
}

type benchConsole struct {
	*store.Store
	handler http.Handler
}

// console is a console on a new store, in which so many writes share a commit; zero is the usual.
func (t *table) console(batch int) (benchConsole, string) {
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Argon2: storetest.Cheap, Batch: batch})
	t.check(err)
	t.Cleanup(func() { t.check(s.Close()) })
	site := benchSite
	t.check(s.SaveOceanSettings(t.Context(), storetest.Admin, store.OceanChange{SiteNumber: &site}))
	key, err := s.GenerateKey(t.Context(), storetest.Admin)
	t.check(err)
	base, err := url.Parse("http://clinic.example")
	t.check(err)
	h, err := handlers.New(handlers.Config{Store: s, BaseURL: base, Zone: time.UTC, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	t.check(err)
	return benchConsole{s, h}, key
}

func withKey(key string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Referral-Integration-API-Key", key)
		next.ServeHTTP(w, r)
	})
}

// reading reads the whole body before it does anything with it.
func (t *table) reading(do func(*http.Request, []byte) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := bytes.NewBuffer(make([]byte, 0, r.ContentLength+bytes.MinRead))
		_, err := io.Copy(body, r.Body)
		if err == nil {
			err = do(r, body.Bytes())
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}

// keyring is a ring of keys that seal nothing that is kept.
func (t *table) keyring() *seal.Keyring {
	master, err := seal.CreateMaster(filepath.Join(t.TempDir(), "master.key"))
	t.check(err)
	var keys []seal.Key
	for i, purpose := range []seal.Purpose{seal.ForSealing, seal.ForIndexes, seal.ForAudit} {
		key, _, err := master.NewKey(uint32(i+1), purpose)
		t.check(err)
		keys = append(keys, key)
	}
	ring, err := seal.NewKeyring(keys)
	t.check(err)
	return ring
}

// sealAll seals what the store does of a message: its bytes, and what it says.
func sealAll(ring *seal.Keyring, m store.Message) error {
	ring.Seal(seal.Place{Table: "messages", Column: "raw", Row: m.HeaderID}, m.Raw)
	for _, u := range m.Updates {
		facts, err := json.Marshal(u)
		if err != nil {
			return err
		}
		ring.Seal(seal.Place{Table: "referral_messages", Column: "facts", Row: u.Ref}, facts)
	}
	return nil
}

// plain keeps the same bytes as they are in a table of SQLite, durable before it answers, what waits at
// the same time in one commit: the least that a durable receiver on SQLite can do.
type plain struct {
	waiting chan plainBody
}

type plainBody struct {
	body []byte
	done chan error
}

func newPlain(t *table) *plain {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "plain.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	t.check(err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE bodies (id TEXT PRIMARY KEY, body BLOB NOT NULL)`)
	t.check(err)
	p := &plain{waiting: make(chan plainBody)}
	var writing sync.WaitGroup
	ctx, stop := context.WithCancel(context.Background())
	writing.Go(func() { p.run(ctx, db) })
	t.Cleanup(func() {
		stop()
		writing.Wait()
		t.check(db.Close())
	})
	return p
}

func (p *plain) keep(body []byte) error {
	b := plainBody{body, make(chan error, 1)}
	p.waiting <- b
	return <-b.done
}

func (p *plain) run(ctx context.Context, db *sql.DB) {
	for {
		var batch []plainBody
		select {
		case <-ctx.Done():
			return
		case first := <-p.waiting:
			batch = append(batch, first)
		}
		for more := true; more && len(batch) < 128; {
			select {
			case next := <-p.waiting:
				batch = append(batch, next)
			default:
				more = false
			}
		}
		err := p.commit(db, batch)
		for _, b := range batch {
			b.done <- err
		}
	}
}

func (p *plain) commit(db *sql.DB, batch []plainBody) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, err := tx.Prepare(`INSERT INTO bodies (id, body) VALUES (?, ?)`)
	if err != nil {
		return err
	}
	for _, b := range batch {
		if _, err := insert.Exec(uuid.NewString(), b.body); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// bundles makes messages that differ in what they must differ in.
type bundles struct{ parts [][]byte }

// newBundles makes messages of so many kilobytes: up to 100 a form with many lines, above that a short one
// with a document inside.
func newBundles(kb int) *bundles {
	const ref, header = "REFERRAL-OF-THE-BENCH", "MESSAGE-OF-THE-BENCH"
	m := oceantest.Message{Ref: ref, HeaderID: header, TestData: true, SiteNumber: benchSite}
	if kb > 100 {
		raw := make([]byte, kb*1024*3/4)
		rand.Read(raw)
		m.Documents = []oceantest.Document{{Data: base64.StdEncoding.EncodeToString(raw), ContentType: "application/pdf"}}
	}
	for i := 0; kb <= 100 && len(oceantest.Bundle(m)) < kb*1000; i++ {
		m.Questions = append(m.Questions, [2]string{fmt.Sprintf("Question %d about the <i>history</i>", i), fmt.Sprintf("Answer %d: no red flags, symptoms since spring.", i)})
	}
	var parts [][]byte
	for i, part := range bytes.Split(oceantest.Bundle(m), []byte(ref)) {
		for j, piece := range bytes.Split(part, []byte(header)) {
			switch {
			case j > 0:
				parts = append(parts, []byte{1})
			case i > 0:
				parts = append(parts, []byte{0})
			}
			parts = append(parts, piece)
		}
	}
	return &bundles{parts}
}

// next is a message that was never sent.
func (b *bundles) next() []byte {
	ids := [2]string{uuid.NewString(), uuid.NewString()}
	var body bytes.Buffer
	for i, part := range b.parts {
		if i%2 == 1 {
			body.WriteString(ids[part[0]])
		} else {
			body.Write(part)
		}
	}
	return body.Bytes()
}

// load posts messages by so many clients for a while, and returns how long each took and how many there
// were in a second. Its clients are in the same process as most servers: that costs all of them alike.
func (t *table) load(address, key string, b *bundles, clients int, d time.Duration) (took []time.Duration, rate float64) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var failed error
	var all sync.WaitGroup
	began := time.Now()
	for range clients {
		all.Go(func() {
			var mine []time.Duration
			var err error
			for err == nil && time.Since(began) < d {
				body, at := b.next(), time.Now()
				err = post(client, address, key, body)
				mine = append(mine, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			if err != nil {
				failed = err
			}
		})
	}
	all.Wait()
	t.check(failed)
	return took, float64(len(took)) / time.Since(began).Seconds()
}

// post posts one message. Anything but 2xx is an error.
func post(client *http.Client, address, key string, body []byte) error {
	req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/fhir+json")
	req.Header.Set("Referral-Integration-API-Key", key)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %.300s", res.Status, answer)
	}
	return err
}
