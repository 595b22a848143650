package handlers

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"breakwater/store"
	"breakwater/views"
)

// What somebody posted, or was still typing, when their session ended waits here until they have
// signed in again: in memory alone, for heldFor, for that browser and that person. Secrets and files
// are not kept. Nothing of it is ever sent by itself.
type heldForms struct {
	now func() time.Time
	mu  sync.Mutex
	of  map[heldKey][]heldForm // oldest first
}

// heldKey is a browser, by its cookie, and a person.
type heldKey struct {
	browser [32]byte
	person  string
}

type heldForm struct {
	views.Held
	at   time.Time
	size int // bytes
}

const (
	heldFor = 30 * time.Minute
	// The bounds of what waits: forms of one person in one browser, browsers of one person, bytes in one
	// form, and bytes in all.
	maxHeldForms    = 4
	maxHeldBrowsers = 4
	maxHeldBytes    = 128 << 10
	maxHeldInAll    = 16 << 20

	heldCookie = "breakwater_held"
	// keepHeader is how a page asks that a form be kept and not acted on.
	keepHeader = "Breakwater-Keep"
)

func newHeldForms(now func() time.Time) *heldForms {
	return &heldForms{now: now, of: map[heldKey][]heldForm{}}
}

// keep keeps a form of so many bytes beside others; one for the same address takes the place of an
// earlier one. Where there is no room, the oldest go, and first those of the same person.
func (h *heldForms) keep(key heldKey, form views.Held, size int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clear()
	forms := slices.DeleteFunc(h.of[key], func(f heldForm) bool { return f.Action == form.Action })
	forms = append(forms, heldForm{form, h.now(), size})
	h.of[key] = forms[max(0, len(forms)-maxHeldForms):]
	for h.browsers(key.person) > maxHeldBrowsers {
		h.dropOldest(func(k heldKey) bool { return k.person == key.person && k != key })
	}
	for h.size() > maxHeldInAll {
		h.dropOldest(func(heldKey) bool { return true })
	}
}

func (h *heldForms) browsers(person string) (n int) {
	for key := range h.of {
		if key.person == person {
			n++
		}
	}
	return n
}

func (h *heldForms) size() (bytes int) {
	for _, forms := range h.of {
		for _, f := range forms {
			bytes += f.size
		}
	}
	return bytes
}

// find returns what waits for somebody at a browser.
func (h *heldForms) find(key heldKey) (list []views.Held) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clear()
	for _, f := range h.of[key] {
		list = append(list, f.Held)
	}
	return list
}

// drop forgets a form: it was sent, or thrown away.
func (h *heldForms) drop(key heldKey, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.of[key] = slices.DeleteFunc(h.of[key], func(f heldForm) bool { return f.ID == id })
	h.clear()
}

// clear forgets what waited long enough.
func (h *heldForms) clear() {
	now := h.now()
	for key, forms := range h.of {
		forms = slices.DeleteFunc(forms, func(f heldForm) bool { return now.Sub(f.at) >= heldFor || now.Before(f.at) })
		if h.of[key] = forms; len(forms) == 0 {
			delete(h.of, key)
		}
	}
}

func (h *heldForms) dropOldest(among func(heldKey) bool) {
	var oldest heldKey
	var at time.Time
	for key, forms := range h.of {
		if !among(key) {
			continue
		}
		if newest := forms[len(forms)-1].at; at.IsZero() || newest.Before(at) {
			oldest, at = key, newest
		}
	}
	delete(h.of, oldest)
}

// hold keeps what was posted for the person whose session it was, so that it is not lost with the
// session; of a form in which nothing was typed, only the page that it stood on. A stranger's is not
// even read.
func (r *request) hold(rt route) error {
	token, ok := r.s.sessions.read(r.Request())
	if !ok || rt.method != post || rt.access.quiet || rt.path == provePath || strings.HasPrefix(rt.path, resumePath) {
		return nil
	}
	person, err := r.s.Store.WhoseSession(r.ctx(), token)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.readForm(cmp.Or(rt.access.room, maxForm)); err != nil {
		return err
	}
	form, size := r.heldForm()
	switch {
	case size > maxHeldBytes:
	case r.text().Typed(form):
		r.s.held.keep(heldKey{r.heldBrowser(), person}, form, size)
	default:
		r.setNext(form.Back, 600)
	}
	return nil
}

// heldForm is what was posted, but for secrets and files, and how many bytes that are.
func (r *request) heldForm() (form views.Held, size int) {
	form = views.Held{ID: randomID(), Action: localPath(r.Request().URL.RequestURI()), Back: r.cameFrom()}
	for name, values := range r.Request().PostForm {
		if secretField(name) || name == "held" || name == proofBack || name == proofAgain {
			continue
		}
		for _, v := range values {
			size += len(name) + len(v)
		}
		form.Fields = append(form.Fields, views.Carried{Name: name, Values: values})
	}
	slices.SortFunc(form.Fields, func(a, b views.Carried) int { return cmp.Compare(a.Name, b.Name) })
	if files := r.Request().MultipartForm; files != nil {
		form.Files = slices.Sorted(maps.Keys(files.File))
	}
	return form, size
}

// keeps reports whether a page asks that its form be kept and not acted on: the session ended, or is
// about to, while somebody was typing. Other sites cannot send the header.
func (r *request) keeps() bool {
	return r.Request().Method == post && r.Request().Header.Get(keepHeader) != ""
}

// keepOnly keeps a form for the person of the session that the request still names.
func (r *request) keepOnly(rt route) error {
	if err := r.hold(rt); err != nil {
		return err
	}
	return r.NoContent(http.StatusNoContent)
}

// heldBrowser is the browser for which forms wait. One that has no cookie for it gets one.
func (r *request) heldBrowser() (browser [32]byte) {
	if token, ok := r.readHeld(); ok {
		return token
	}
	rand.Read(browser[:])
	r.SetCookie(&http.Cookie{Name: cookieName(heldCookie, r.s.sessions.secure), Value: encodeToken(browser), Path: "/",
		MaxAge: int(heldFor / time.Second), Secure: r.s.sessions.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return browser
}

func (r *request) readHeld() ([32]byte, bool) {
	cookies := r.Request().CookiesNamed(cookieName(heldCookie, r.s.sessions.secure))
	if len(cookies) != 1 {
		return [32]byte{}, false
	}
	return decodeToken(cookies[0].Value)
}

// waiting is what waits for a person at this browser.
func (r *request) waiting(personID string) []views.Held {
	browser, ok := r.readHeld()
	if !ok {
		return nil
	}
	return r.s.held.find(heldKey{browser, personID})
}

// holdsSomething reports whether something waits for the person whose session it was.
func (r *request) holdsSomething() bool {
	token, ok := r.s.sessions.read(r.Request())
	if !ok {
		return false
	}
	person, err := r.s.Store.WhoseSession(r.ctx(), token)
	return err == nil && len(r.waiting(person)) > 0
}

// dropHeld forgets the form that was posted, once what it asked for is done.
func (r *request) dropHeld() {
	if r.Request().Method != post || r.posted("held") == "" || r.Response().Status >= http.StatusBadRequest {
		return
	}
	if browser, ok := r.readHeld(); ok {
		r.s.held.drop(heldKey{browser, r.user.ID}, r.posted("held"))
	}
}

func (s *server) resumePage(r *request) error {
	forms := r.waiting(r.user.ID)
	if len(forms) == 0 {
		return r.see("/")
	}
	return r.render(http.StatusOK, views.Resume(r.frame(), forms))
}

// discardHeld throws a form away: the guard drops it, as it does each whose handler is done.
func (s *server) discardHeld(r *request) error { return r.see(resumePath) }

func randomID() string {
	raw := make([]byte, 9)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}
