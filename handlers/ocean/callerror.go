package ocean

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"breakwater/store"
)

// maxRetryAfter bounds how long Ocean may put us off. A clinic would rather be refused once more.
const maxRetryAfter = 24 * time.Hour

// CallError says why a call to Ocean failed. However it is printed, its words may end in a log: never
// a link, a token, a secret or anything of an answer's body.
type CallError struct {
	Fault      store.Fault
	Status     int           // of Ocean's last answer; 0 if there was none
	RetryAfter time.Duration // with FaultBusy: 0 to 24 hours, 0 when Ocean does not say
	AtToken    bool          // it was the call for a token: it says nothing of what was to be fetched or sent

	// Said is why Ocean refused an update, in its own words: plain text of at most 2,000 runes, which
	// may tell of a patient. It is for the page of the referral alone, never for a log.
	Said string `json:"-"`

	// cause is nil or an error of package context, the only ones known to quote nothing: those of
	// net/http hold URLs, and oauth2's RetrieveError prints the whole answer.
	cause error
}

// Error names the fault and the status.
func (e *CallError) Error() string {
	if e.Status == 0 {
		return "call to Ocean failed: " + string(e.Fault)
	}
	return fmt.Sprintf("call to Ocean failed: %s (status %d)", e.Fault, e.Status)
}

// Format prints what Error says, for every verb: fmt would print the fields for some of them.
func (e *CallError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// Unwrap returns nil, or context.DeadlineExceeded where time ran out.
func (e *CallError) Unwrap() error { return e.cause }

// foreign says that a link leads to another place than the client's host.
func foreign() *CallError { return &CallError{Fault: store.FaultForeign} }

// errAddress stops a connection to an address that must not be called.
var errAddress = errors.New("not a public address")

// handshakeError marks what went wrong while TLS was set up, since many of crypto/tls's errors have
// no type of their own.
type handshakeError struct{ error }

func (e handshakeError) Unwrap() error { return e.error }

// callFault turns whatever a call failed with into a CallError, and forgets the original.
func callFault(err error) *CallError {
	if e, ok := errors.AsType[*CallError](err); ok {
		return e
	}
	if isTimeout(err) {
		return &CallError{Fault: store.FaultSlow, cause: context.DeadlineExceeded}
	}
	return &CallError{Fault: faultOf(err)}
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

// faultOf judges an error of the network's. What is left over came from an answer that is not
// HTTP as it should be.
func faultOf(err error) store.Fault {
	dns, isDNS := errors.AsType[*net.DNSError](err)
	op, isOp := errors.AsType[*net.OpError](err)
	_, isHandshake := errors.AsType[handshakeError](err)
	switch {
	case errors.Is(err, errAddress):
		return store.FaultAddress
	case isDNS && dns.IsNotFound:
		return store.FaultName
	case isOp && op.Op == "remote error": // a TLS alert, perhaps well after the handshake
		return store.FaultCertificate
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), isErrno(err):
		return store.FaultConnect
	case isHandshake:
		return store.FaultCertificate
	case isDNS, isOp: // a resolver that fails is no sign of a wrong name
		return store.FaultConnect
	}
	return store.FaultServer
}

// isErrno reports whether the operating system refused: nobody listens, no way there, cut off.
func isErrno(err error) bool {
	_, ok := errors.AsType[syscall.Errno](err)
	return ok
}

// statusFault judges the status of an answer that is not 200.
func statusFault(resp *http.Response, now time.Time) *CallError {
	e := &CallError{Fault: store.FaultServer, Status: resp.StatusCode}
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Fault = store.FaultForbidden
	case http.StatusNotFound, http.StatusGone:
		e.Fault = store.FaultGone
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		e.Fault, e.RetryAfter = store.FaultBusy, retryAfter(resp.Header.Get("Retry-After"), now)
	}
	return e
}

// retryAfter reads the header of RFC 9110, section 10.2.3: seconds or a date. Nonsense counts as
// not said, and too much is cut to maxRetryAfter.
func retryAfter(value string, now time.Time) time.Duration {
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) { // out of range still gives the nearest number
		return time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
