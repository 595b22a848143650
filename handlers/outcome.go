package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"breakwater/store"
)

// refusal is an error of the public route. Its diagnostics is one sentence or two that the clinic's
// administrator can act on: Ocean quotes it in the e-mail that it sends about the failure.
type refusal struct {
	status      int
	code        string // FHIR IssueType
	diagnostics string
	reason      store.RefusalReason // for the health of the connection; "" for what says nothing of it
}

// Error is what the log says.
func (e *refusal) Error() string { return fmt.Sprintf("refused with %d: %s", e.status, e.code) }

var (
	errNoKey = &refusal{http.StatusUnauthorized, "login",
		"The header Referral-Integration-API-Key is missing: in Ocean under Menu > Admin > Integrations choose API Key Authentication with this Header Name and the Inbound Authentication key from Breakwater; if it is there, a proxy in front of Breakwater strips it.", store.RefusedNoKey}
	errWrongKey = &refusal{http.StatusUnauthorized, "login",
		"The key in the header Referral-Integration-API-Key is not valid here: in Ocean under Menu > Admin > Integrations replace the Key with the Inbound Authentication key from Breakwater's Settings > Referral > Ocean, without spaces around it.", store.RefusedWrongKey}
	errManyKeys = &refusal{http.StatusTooManyRequests, "throttled",
		"The key in the header Referral-Integration-API-Key is not valid here, and too many like it came from this network address: in Ocean under Menu > Admin > Integrations replace the Key with the Inbound Authentication key from Breakwater's Settings > Referral > Ocean, which is taken at once.", store.RefusedWrongKey}
	errKeyUnsaved = &refusal{http.StatusUnauthorized, "login",
		"This key was generated in Breakwater but is not saved there yet: press Save Ocean Settings on Breakwater's Settings > Referral > Ocean.", store.RefusedUnsaved}
	errKeyRetired = &refusal{http.StatusUnauthorized, "login",
		"The key in the header Referral-Integration-API-Key was retired in Breakwater: in Ocean under Menu > Admin > Integrations replace the Key with the one that is valid now, from Breakwater's Settings > Referral > Ocean.", store.RefusedRetired}
	errKeySpaced = &refusal{http.StatusUnauthorized, "login",
		"The key in the header Referral-Integration-API-Key is Breakwater's but for a space or another character: in Ocean under Menu > Admin > Integrations enter the Key again, with the copy button of Breakwater's Settings > Referral > Ocean.", store.RefusedSpaced}
	errMediaType = &refusal{http.StatusUnsupportedMediaType, "not-supported",
		"The message must be sent as application/fhir+json in UTF-8, not compressed: in Ocean under Menu > Admin > Integrations choose the payload type FHIR v0.11.1.", store.RefusedType}
	errTooLarge = &refusal{http.StatusRequestEntityTooLarge, "too-long",
		"The message is larger than 25 MB and was not kept: ask the sender to attach smaller files.", store.RefusedTooLarge}
	errNotJSON = &refusal{http.StatusBadRequest, "structure",
		"The message is not valid JSON, has a key twice, or is nested too deeply, and was not kept: if it happens again, send this text to Ocean's support.", store.RefusedJSON}
	errNotMessage = &refusal{http.StatusUnprocessableEntity, "invalid",
		"This is not a FHIR Bundle of type message that begins with a MessageHeader, and it was not kept: in Ocean under Menu > Admin > Integrations choose the payload type FHIR v0.11.1.", store.RefusedFormat}
	errCutShort = &refusal{http.StatusBadRequest, "incomplete",
		"The message broke off before its end and was not kept: Ocean sends it again by itself; if it keeps happening, check the network and any proxy in front of Breakwater.", store.RefusedJSON}
	errMethod = &refusal{http.StatusMethodNotAllowed, "not-supported",
		"This address takes messages from Ocean by POST: in Ocean under Menu > Admin > Integrations enter it as the Request URL.", store.RefusedMethod}
	errReadable = &refusal{http.StatusForbidden, "security",
		"This message came unencrypted and was not read: in Ocean under Menu > Admin > Integrations enter the Request URL from Breakwater's Settings > Referral > Ocean, which begins with https://; then generate a new Inbound Authentication key there, since others could read this one on its way.", store.RefusedReadable}
	errOverloaded = &refusal{http.StatusServiceUnavailable, "throttled",
		"Breakwater is busy with other messages and did not keep this one: Ocean sends it again by itself.", store.RefusedBusy}
)

// asRefusal finds the words for an error that is none of the above.
func asRefusal(err error, status int) *refusal {
	var r *refusal
	switch {
	case errors.As(err, &r):
		return r
	case errors.Is(err, store.ErrDiskFull):
		return &refusal{http.StatusServiceUnavailable, "no-store",
			"Breakwater's disk is full, so the message was not kept: free some space on the machine that runs it; Ocean sends the message again by itself.", store.RefusedFull}
	case errors.Is(err, store.ErrDamaged):
		return &refusal{http.StatusServiceUnavailable, "no-store",
			"Breakwater's database is damaged, so the message was not kept: restore the last backup on the machine that runs it; Ocean sends the message again by itself.", store.RefusedFailed}
	case status == http.StatusServiceUnavailable:
		return &refusal{status, "transient",
			"Breakwater could not keep the message just now: Ocean sends it again by itself; if it goes on, ask whoever looks after the machine that runs Breakwater.", store.RefusedBusy}
	case status == http.StatusNotFound:
		return &refusal{status, "not-found",
			"There is nothing at this address: in Ocean under Menu > Admin > Integrations the Request URL must end in /public/ocean/fhir_bundles.", store.RefusedPath}
	case status == http.StatusMethodNotAllowed:
		return errMethod
	}
	return &refusal{http.StatusInternalServerError, "exception",
		"Breakwater failed to keep the message: Ocean sends it again by itself; the log of the machine that runs Breakwater says more.", store.RefusedFailed}
}

func (r *request) refuse(e *refusal) error {
	h := r.Response().Header()
	switch e.status {
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", retryAfter)
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `ApiKey realm="`+keyHeader+`"`)
	case http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodPost)
	}
	err := r.outcome(e.status, "error", e.code, e.diagnostics)
	if e == errTooLarge {
		r.drain()
	}
	return err
}

// noteRefusal lets the health of the connection know of a call that was refused, and of the referral
// that it was about, if that could be read. It is best effort: the answer is what counts.
func (r *request) noteRefusal(reason store.RefusalReason) {
	if r.selfTesting() || r.selfTest != "" || reason == "" {
		return
	}
	r.s.Metrics.refuse(reason)
	if err := r.s.Store.NoteRefusal(context.WithoutCancel(r.ctx()), reason, r.message); err != nil {
		r.s.Log.Warn("a refusal could not be noted", "request", requestID(r.Context), "error", err.Error())
	}
}

// drain reads on for a while after the answer, for senders that write a whole body before they look
// for one: they would see a broken connection instead of the reason.
func (r *request) drain() {
	control := http.NewResponseController(r.Response())
	if control.Flush() == nil && control.SetReadDeadline(time.Now().Add(drainFor)) == nil {
		io.CopyN(io.Discard, r.Request().Body, maxBundle)
	}
}

const drainFor = 5 * time.Second

// outcome answers with a FHIR OperationOutcome of one issue (R4, OperationOutcome).
func (r *request) outcome(status int, severity, code, diagnostics string) error {
	type issue struct {
		Severity    string `json:"severity"`
		Code        string `json:"code"`
		Diagnostics string `json:"diagnostics"`
	}
	body, err := json.Marshal(struct {
		ResourceType string  `json:"resourceType"`
		Issue        []issue `json:"issue"`
	}{"OperationOutcome", []issue{{severity, code, diagnostics}}})
	if err != nil {
		return fmt.Errorf("write outcome: %w", err)
	}
	r.Response().Header().Set("Content-Length", strconv.Itoa(len(body))) // whole for the sender even while drain reads on
	return r.Blob(status, "application/fhir+json; charset=utf-8", body)
}
