package oceantest

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options say who a simulated Ocean is and whom it talks to. Empty fields get invented defaults.
type Options struct {
	Clinic     string // Request URL: the clinic's public route, whole
	Key        string // inbound key that it sends with every message
	SiteNumber string // the clinic's; default 1234
	Listing    string // the clinic's directory listing; default example_listing1001

	ClientID, ClientSecret string        // the OAuth credential; default simulated-client, simulated-secret
	TokenLife              time.Duration // default one hour

	Self      string           // own origin, for the links in its messages; see [Ocean.SetSelf]
	Elsewhere string           // a foreign address, for hostile links and redirects
	Console   string           // address of the console, for a link on the page
	Now       func() time.Time // default time.Now
	Unset     bool             // starts with nothing set up in the portal, for the walk-through
}

// Credential is an OAuth client credential made in the portal.
type Credential struct{ Name, ID, Secret string }

// Ocean is a simulated Ocean. As an [http.Handler] it answers the clinic's calls under /svc/ and
// shows its own page at /. It binds nothing itself and calls nobody but the clinic, and that only
// from [Ocean.Send], [Ocean.Do], [Ocean.Deliver], [Ocean.Run] and the forms of its page. Every
// message it makes is marked as test data. It may be used by several goroutines at once.
type Ocean struct {
	handler http.Handler
	client  *http.Client
	turn    chan struct{} // held while delivering, so that Deliver returns when all is tried
	wake    chan struct{} // tells Run that something was queued

	mu          sync.Mutex
	opts        Options
	last        time.Time     // of the newest message
	ahead       time.Duration // by which the queue's clock is ahead of Now
	faults      Faults
	released    chan struct{} // closed when slow answers are let go
	site        portal
	credentials []Credential
	tokens      map[string]time.Time // by token, until when it is valid
	referrals   map[string]*referral
	order       []*referral
	contents    map[string]Content // by document, or by referral for its letter
	queue       []*delivery
	calls       []Call
	applied     map[string]int // the clinic's updates that were carried out, by MessageHeader.id
	people      int            // how many invented people were referred so far
}

// New returns a simulated Ocean, set up for the clinic unless the options say otherwise.
func New(o Options) *Ocean {
	o.SiteNumber = cmp.Or(o.SiteNumber, "1234")
	o.Listing = cmp.Or(o.Listing, "example_listing1001")
	o.ClientID = cmp.Or(o.ClientID, "simulated-client")
	o.ClientSecret = cmp.Or(o.ClientSecret, "simulated-secret")
	o.TokenLife = cmp.Or(o.TokenLife, time.Hour)
	// The real Ocean's name must never stand in a simulated link: somebody would fetch it.
	o.Self = cmp.Or(o.Self, "https://simulated-ocean.invalid")
	o.Elsewhere = cmp.Or(o.Elsewhere, "https://elsewhere.invalid")
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Ocean{
		opts: o, client: newClient(), turn: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		released: make(chan struct{}), tokens: map[string]time.Time{},
		referrals: map[string]*referral{}, contents: map[string]Content{}, applied: map[string]int{},
	}
	if !o.Unset {
		s.site = portal{CloudConnect: true, ExternalID: "example-service", Integration: integration{
			Name: "Rehearsal", URL: o.Clinic, Header: keyHeader, Key: o.Key, Copies: true}}
		s.credentials = []Credential{{"Rehearsal", o.ClientID, o.ClientSecret}}
	}
	s.handler = s.routes()
	return s
}

// ServeHTTP answers the clinic's calls and shows the page.
func (o *Ocean) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.handler.ServeHTTP(w, r) }

func (o *Ocean) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/svc/", o.api())
	mux.HandleFunc("GET /{$}", o.showPage)
	mux.HandleFunc("GET /ocean/portal.html", o.showPage)
	mux.HandleFunc("GET /style.css", showStyle)
	mux.HandleFunc("POST /act/{action}", o.postAction)
	mux.HandleFunc("POST /fault/{fault}", o.postFault)
	mux.HandleFunc("POST /skip", o.postSkip)
	mux.HandleFunc("POST /admin/features", o.postFeatures)
	mux.HandleFunc("POST /admin/integrations", o.postIntegration)
	mux.HandleFunc("POST /admin/bulk", o.postBulk)
	mux.HandleFunc("POST /admin/directory-listings", o.postListing)
	mux.HandleFunc("POST /admin/credentials", o.postCredential)
	return http.NewCrossOriginProtection().Handler(secured(mux))
}

// SetSelf tells the simulator its own origin once its listener is known. Messages made from then on
// link to it.
func (o *Ocean) SetSelf(origin string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.opts.Self = origin
}

// SetIntegration registers the integration anew, as saving it in the portal does: messages that
// wait go to this Request URL with this key from now on.
func (o *Ocean) SetIntegration(clinicURL, key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := &o.site.Integration
	i.URL, i.Key = clinicURL, key
	i.Name, i.Header = cmp.Or(i.Name, "Rehearsal"), cmp.Or(i.Header, keyHeader)
}

// Credentials returns the OAuth credentials that it accepts, the oldest first.
func (o *Ocean) Credentials() []Credential {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.credentials)
}

// now returns the time of messages and tokens. The caller holds the lock.
func (o *Ocean) now() time.Time { return o.opts.Now() }

// eastern is the zone in which Ocean writes its times.
var eastern = time.FixedZone("", -5*3600)

// stamp returns the time for a new message, later than that of any before it: what happened last
// must read as the last. The caller holds the lock.
func (o *Ocean) stamp() time.Time {
	t := o.now().Truncate(time.Millisecond)
	if !t.After(o.last) {
		t = o.last.Add(time.Millisecond)
	}
	o.last = t
	return t.In(eastern)
}
