package handlers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/store"
)

const (
	keyHeader = "Referral-Integration-API-Key"

	// maxBundle is the largest body taken; Ocean's own test server stops at 10 MB.
	maxBundle = 25 << 20
	// maxInFlight bounds the bytes of all bodies that are being read and kept at a time, but for small ones.
	maxInFlight = 64 << 20
	// waitForRoom is how long a body waits for others to be done before Ocean is asked to come
	// again.
	waitForRoom = 20 * time.Second

	retryAfter = "30" // seconds; Ocean keeps to a schedule of its own
)

// receiveBundle takes one message from Ocean: the key before the body, the bytes into memory, the
// message into the store, and 200 only once it is on disk.
func (s *server) receiveBundle(r *request) error {
	if err := s.checkKey(r); err != nil {
		return err
	}
	if !isFHIR(r.Request().Header) {
		return errMediaType
	}
	body, done, err := s.readBundle(r)
	if err != nil {
		return err
	}
	defer done()
	delivery := s.Store.Deliver(body)
	defer delivery.End()
	message, err := ocean.Parse(body)
	var challenge *ocean.Challenge
	switch {
	case errors.As(err, &challenge):
		return r.Blob(http.StatusOK, "application/json", challenge.Answer)
	case errors.Is(err, ocean.ErrNotJSON):
		return errNotJSON
	case errors.Is(err, ocean.ErrNotMessage):
		return errNotMessage
	case err != nil:
		return err
	}
	if err := s.belongs(r, message); err != nil {
		return err
	}
	r.message = &message
	receipt, err := delivery.Receive(r.ctx(), message)
	if err != nil {
		return err
	}
	if r.selfTest == "" {
		s.Metrics.kept(receipt)
	}
	r.logged = []any{"message", receipt.MessageID, "duplicate", receipt.Duplicate, "problems", len(receipt.Problems), "bytes", len(body)}
	if err := r.outcome(http.StatusOK, "information", "informational", kept(receipt)); err != nil || r.selfTest != "" {
		return err
	}
	r.Response().Flush() // Ocean has its answer before anything else is noted
	if err := s.Store.NoteReceived(context.WithoutCancel(r.ctx()), message, receipt); err != nil {
		s.Log.Warn("what a message proves could not be noted", "message", receipt.MessageID, "error", err.Error())
	}
	return nil
}

func kept(r store.Receipt) string {
	if r.Duplicate {
		return "The message was here already."
	}
	return "The message was kept."
}

// checkKey runs before anything of the body is read. A key that is right is never made to wait,
// whatever else came from the same address: Ocean may share that with others.
func (s *server) checkKey(r *request) error {
	keys := r.Request().Header.Values(keyHeader)
	if len(keys) != 1 || keys[0] == "" {
		return errNoKey
	}
	check, err := s.Store.CheckKey(r.ctx(), strings.TrimSpace(keys[0]))
	r.selfTest = check.SelfTest
	switch {
	case err != nil:
		return err
	case check.Valid:
		return nil
	case check.Reason == store.RefusedUnsaved:
		return errKeyUnsaved
	case check.Reason == store.RefusedRetired:
		return errKeyRetired
	case check.Reason == store.RefusedSpaced:
		return errKeySpaced
	}
	if r.selfTesting() {
		return errWrongKey
	}
	if wait := s.Store.WrongTry(r.ctx(), store.TryBy(store.TryKey, network(r.RealIP()))); wait > 0 {
		r.retryAfter(wait)
		return errManyKeys
	}
	return errWrongKey
}

// selfTesting reports whether one of this process's own self-tests makes the request.
func (r *request) selfTesting() bool {
	_, testing := r.s.selfTests.Load(r.Request().Header.Get(selfTestHeader))
	return testing
}

// belongs refuses what comes with a self-test's key and is not about its referral: all of that is
// purged when the test ends.
func (s *server) belongs(r *request, m store.Message) error {
	if r.selfTest == "" {
		return nil
	}
	for _, u := range m.Updates {
		if ours, err := s.Store.SelfTestRef(r.ctx(), r.selfTest, u.Ref); err != nil || !ours {
			return errors.Join(err, errWrongKey)
		}
	}
	if len(m.Updates) == 0 {
		return errWrongKey
	}
	return nil
}

// isFHIR reports whether the body is said to be JSON in UTF-8, uncompressed.
func isFHIR(h http.Header) bool {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || (kind != "application/fhir+json" && kind != "application/json") {
		return false
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "utf8") {
		return false
	}
	coding := h.Get("Content-Encoding")
	return coding == "" || strings.EqualFold(coding, "identity")
}

// readBundle reads the whole body once there is room for it. The caller calls done when the bytes
// are no longer needed.
func (s *server) readBundle(r *request) (body []byte, done func(), err error) {
	size := r.Request().ContentLength
	if size > maxBundle {
		return nil, nil, errTooLarge
	}
	in, err := s.arrive(r, size, http.MaxBytesReader(r.Response(), r.Request().Body, maxBundle))
	if err != nil {
		return nil, nil, err
	}
	buf := bytes.NewBuffer(make([]byte, 0, max(size, 0)+bytes.MinRead))
	_, err = io.Copy(buf, in)
	if err = in.leave(err); err == nil {
		return buf.Bytes(), in.done, nil
	}
	in.done()
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, nil, errTooLarge
	}
	if errors.Is(err, errOverloaded) {
		return nil, nil, err
	}
	return nil, nil, errCutShort
}

// explainBundles is for people who open the address in a browser.
func (s *server) explainBundles(r *request) error {
	r.Response().Header().Set("Allow", http.MethodPost)
	return errMethod
}
