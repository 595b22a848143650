package handlers_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers"
	"breakwater/store"
	"breakwater/store/storetest"
)

// evil is a page of somebody else's that does with the console what a browser lets it. It counts what it
// could read, and says so in its title when it is done.
const evil = `<!doctype html><title>working</title><iframe name=sink></iframe><iframe id=frame src="%[1]s/account"></iframe><div id=forms></div><script>
const base = '%[1]s', targets = ['/account', '/logout', '/account/password', '/account/sessions', '/settings/clinic', '/settings/users', '/settings/referral/ocean/generate', '/referrals/search'];
const got = [];
const fields = 'name=Canary&theme=dark&session=all&new_password=a+canary+that+is+long+enough&current_password=x&idle=60&email=canary@x.example';
const read = async (what, f) => { try { const r = await f(); const text = r.type === 'opaque' ? '' : await r.text(); if (text) got.push(what); } catch (e) {} };
(async () => {
  for (const t of targets) {
    await read('simple post ' + t, () => fetch(base + t, {method: 'POST', mode: 'no-cors', credentials: 'include', body: fields, headers: {'Content-Type': 'application/x-www-form-urlencoded'}}));
    await read('text post ' + t, () => fetch(base + t, {method: 'POST', mode: 'no-cors', credentials: 'include', body: fields}));
    await read('cors post ' + t, () => fetch(base + t, {method: 'POST', mode: 'cors', credentials: 'include', body: fields, headers: {'Content-Type': 'application/x-www-form-urlencoded', 'HX-Request': 'true'}}));
    await read('get ' + t, () => fetch(base + t, {credentials: 'include'}));
    await read('quiet get ' + t, () => fetch(base + t, {mode: 'no-cors', credentials: 'include'}));
    navigator.sendBeacon(base + t, new URLSearchParams(fields));
    await new Promise(done => { const i = new Image(); i.onload = () => { got.push('image ' + t); done(); }; i.onerror = done; i.src = base + t; });
    await new Promise(done => { const s = document.createElement('script'); s.onload = () => { got.push('script ' + t); done(); }; s.onerror = done; s.src = base + t; document.head.append(s); });
    const form = document.createElement('form'); form.method = 'post'; form.action = base + t; form.target = 'sink';
    for (const [name, value] of new URLSearchParams(fields)) { const i = document.createElement('input'); i.name = name; i.value = value; form.append(i); }
    document.getElementById('forms').append(form);
    await new Promise(done => { document.getElementsByName('sink')[0].onload = done; form.submit(); });
  }
  for (const f of document.querySelectorAll('iframe')) { try { if (f.contentDocument && f.contentDocument.body && f.contentDocument.body.innerText.includes('Breakwater')) got.push('frame'); } catch (e) {} }
  document.title = 'done ' + JSON.stringify(got);
})();
</script>`

// visits notes what reached the console, and how it was answered.
type visits struct {
	mu     sync.Mutex
	posts  map[int]int // by status, of those that carried a session
	let    []string    // what was answered otherwise than by a refusal
	framed int         // answers for a frame that a frame may show
}

func (v *visits) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		v.mu.Lock()
		if _, err := r.Cookie("breakwater_session"); err == nil && r.Method == http.MethodPost {
			if v.posts[rec.Code]++; rec.Code != http.StatusForbidden {
				v.let = append(v.let, fmt.Sprint(r.URL.Path, " ", rec.Code, " ", r.Header.Get("Sec-Fetch-Site"), " ", r.Header.Get("Origin")))
			}
		}
		if r.Header.Get("Sec-Fetch-Dest") == "iframe" && !strings.Contains(rec.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			v.framed++
		}
		v.mu.Unlock()
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(rec.Code)
		io.Copy(w, rec.Body)
	})
}

// TestAttackFromAnotherSite signs somebody in and has their browser open pages of other origins: one of the
// same site (another port of the same address, to which browsers send SameSite=Lax cookies all the same), and
// one of another site. Nothing changes, nothing is read, and the session goes on.
func TestAttackFromAnotherSite(t *testing.T) {
	v := &visits{posts: map[int]int{}}
	clock := storetest.NewClock()
	st := storetest.At(t, t.TempDir(), clock)
	storetest.AddUser(t, st, "ada@clinic.example", store.Permissions()...)
	srv := httptest.NewUnstartedServer(nil)
	base, err := url.Parse("http://" + srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	console, err := handlers.New(handlers.Config{Store: st, BaseURL: base, Zone: time.UTC, Now: clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = v.watch(console)
	srv.Start()
	t.Cleanup(srv.Close)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, evil, srv.URL)
	}))
	t.Cleanup(other.Close)
	b := newBrowser(t, srv.URL)
	b.signIn("ada@clinic.example")
	v.mu.Lock()
	v.posts, v.let = map[int]int{}, nil // signing in was none of theirs
	v.mu.Unlock()
	entries := func() (n int) {
		if err := st.AuditEntries(t.Context(), func(store.AuditEntry) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before, tries, through := entries(), 0, 0
	for _, from := range []string{other.URL, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)} {
		b.base = from
		b.open("/")
		b.until(`document.title.startsWith('done')`)
		if title := ask[string](b, `document.title`); title != "done []" {
			through++
			t.Errorf("%s read: %s", from, title)
		}
		tries += 8*8 + 2 // acts for each of eight targets, and the frames
	}
	if after := entries(); after != before {
		through++
		t.Errorf("%d entries in the audit log", after-before)
	}
	v.mu.Lock()
	if through += len(v.let); len(v.let) > 0 {
		t.Errorf("let through: %q", v.let)
	}
	if through += v.framed; v.posts[http.StatusForbidden] < 16 { // else nothing was tried
		t.Errorf("posts that carried the session, by answer: %v; %d answers may be framed", v.posts, v.framed)
	}
	v.mu.Unlock()
	b.base = srv.URL
	b.open("/account")
	if text := b.text(); strings.Contains(text, "Canary") || !strings.Contains(text, "ada@clinic.example") {
		through++
		t.Errorf("the account says %s", text)
	}
	storetest.Attacked(t, "forms, scripts, images and frames of other sites, in Chromium", tries, through)
}
