package oceantest

import (
	"net/http"
	"slices"
	"time"
)

// Faults are the troubles that a simulated Ocean can make. The zero Faults is a healthy Ocean.
type Faults struct {
	Outage            bool          // every call gets 503 and nothing is delivered
	Slow              bool          // calls wait until this is taken back or the caller gives up
	RefuseCredentials bool          // no credential gets a token
	RefuseTokens      bool          // no token is accepted, however fresh
	LetterMissing     bool          // letters and documents are 404, as for an archived referral
	LetterBusy        time.Duration // letters and documents are 503, with this as Retry-After
	LoseAnswers       bool          // updates are carried out, but their answers break off
}

// Call is one call of the clinic's.
type Call struct {
	At     time.Time
	Method string
	Path   string
	Query  string // empty for token requests, which may carry a secret there
	Bearer bool   // whether it had a valid bearer token
	Status int    // 0 while it is being answered, or if no answer was given
}

// maxCalls bounds the memory of a rehearsal that runs for days.
const maxCalls = 5000

// SetFaults changes what goes wrong from now on. Calls that Slow holds up are let go when it is off.
func (o *Ocean) SetFaults(f Faults) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.setFaults(f)
}

func (o *Ocean) setFaults(f Faults) {
	if o.faults.Slow && !f.Slow {
		close(o.released)
		o.released = make(chan struct{})
	}
	o.faults = f
	o.nudge()
}

// Faults returns what goes wrong at present.
func (o *Ocean) Faults() Faults {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.faults
}

// ExpireTokens makes every token issued so far invalid.
func (o *Ocean) ExpireTokens() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.tokens)
}

// Calls returns the clinic's calls so far, the oldest first; of many, the last few thousand.
func (o *Ocean) Calls() []Call {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.calls)
}

// witnessed notes a call, makes it wait or fail as the faults say, and notes how it was answered.
func (o *Ocean) witnessed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := Call{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Bearer: o.authorized(r)}
		if r.URL.Path == tokenPath {
			call.Query = ""
		}
		o.mu.Lock()
		call.At = o.now()
		if len(o.calls) >= maxCalls {
			o.calls = slices.Delete(o.calls, 0, maxCalls/5)
		}
		o.calls = append(o.calls, call)
		faults, released := o.faults, o.released
		o.mu.Unlock()
		answer := &statusWriter{ResponseWriter: w}
		defer func() { o.answered(call, answer.status) }()
		if faults.Slow {
			select {
			case <-released:
			case <-r.Context().Done():
				return
			}
		}
		if faults.Outage {
			refuse(answer, http.StatusServiceUnavailable, "transient", "The simulated Ocean has an outage.")
			return
		}
		next.ServeHTTP(answer, r)
	})
}

func (o *Ocean) answered(call Call, status int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range slices.Backward(o.calls) {
		if o.calls[i] == call {
			o.calls[i].Status = status
			return
		}
	}
}

// statusWriter remembers the status that was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController flush what streams.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
