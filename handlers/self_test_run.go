package handlers

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"breakwater/store"
	"breakwater/views"

	"github.com/google/uuid"
)

const (
	// tryTimeout bounds one try of the self-test, tryConnect its way to the server.
	tryTimeout = 30 * time.Second
	tryConnect = 5 * time.Second
	// largeTry is what Ocean itself sends at most; a proxy must let it pass.
	largeTry = 10 << 20
	// selfTestHeader names the self-test that a call belongs to, so that what is refused on purpose
	// is not counted among the refusals.
	selfTestHeader = "Breakwater-Self-Test"
)

// selfTest calls the public route as Ocean would, through the public address.
type selfTest struct {
	store.SelfTest
	url    string
	client *http.Client
}

// newSelfTest makes a self-test that follows no redirect: Ocean's message would be lost on the way.
func newSelfTest(t store.SelfTest, url string) *selfTest {
	transport := &http.Transport{DialContext: (&net.Dialer{Timeout: tryConnect}).DialContext, TLSHandshakeTimeout: tryConnect,
		ExpectContinueTimeout: tryConnect, DisableKeepAlives: true}
	return &selfTest{t, url, &http.Client{Transport: transport, Timeout: tryTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// run makes all the tries. Once the server cannot be reached, the others are not made.
func (t *selfTest) run(ctx context.Context) []views.SelfTestLine {
	var lines []views.SelfTestLine
	message := t.message()
	var lost views.SelfTestOutcome
	for _, try := range views.SelfTestTries {
		line := views.SelfTestLine{Try: try, Outcome: lost}
		if lost == "" {
			line.Outcome, line.Status = t.try(ctx, try, message)
			if line.Outcome == views.OutcomeUnreachable || line.Outcome == views.OutcomeCertificate {
				lost = line.Outcome
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func (t *selfTest) try(ctx context.Context, try views.SelfTestTry, message []byte) (views.SelfTestOutcome, int) {
	key, body := t.Key, message
	var refused *refusal // what Breakwater should say; nil where it should take the message
	switch try {
	case views.TryNoKey:
		key, refused = "", errNoKey
	case views.TryWrongKey:
		key, refused = t.RetiredKey[:32]+t.Key[32:], errWrongKey
	case views.TryRetired:
		key, refused = t.RetiredKey, errKeyRetired
	case views.TryMalformed:
		body, refused = message[:len(message)/2], errNotJSON
	case views.TryLarge:
		body = withSpace(t.message(), largeTry)
	case views.TryTooLarge:
		body, refused = withSpace(message, maxBundle+1), errTooLarge
	}
	status, said, err := t.post(ctx, key, body)
	if err != nil {
		return unreached(err), 0
	}
	return judge(try, refused, status, said), status
}

// judge says what an answer has proven. Said is the answer's diagnostics if Breakwater wrote it.
func judge(try views.SelfTestTry, wanted *refusal, status int, said string) views.SelfTestOutcome {
	ok := status >= 200 && status < 300
	switch {
	case wanted != nil && status == wanted.status && said == wanted.diagnostics, wanted == nil && ok && said != "":
		return views.OutcomeProven
	case wanted != nil && ok && said != "": // a page of somebody else's lets nobody in
		return views.OutcomeLetIn
	case said == errNoKey.diagnostics:
		return views.OutcomeStripped
	case status == http.StatusRequestEntityTooLarge && said == "":
		if try == views.TryTooLarge {
			return views.OutcomeProven // a proxy refuses it before Breakwater does: as well
		}
		return views.OutcomeLimited
	case said != "":
		return views.OutcomeRefused
	}
	return views.OutcomeElsewhere
}

// unreached says why there was no answer.
func unreached(err error) views.SelfTestOutcome {
	var unknown x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	var invalid x509.CertificateInvalidError
	if errors.As(err, &unknown) || errors.As(err, &wrongName) || errors.As(err, &invalid) {
		return views.OutcomeCertificate
	}
	return views.OutcomeUnreachable
}

// post returns the answer's status, and its diagnostics if it is an OperationOutcome.
func (t *selfTest) post(ctx context.Context, key string, body []byte) (status int, said string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/fhir+json")
	req.Header.Set(selfTestHeader, t.ID)
	if key != "" {
		req.Header.Set(keyHeader, key)
	}
	if len(body) >= largeTry {
		// Whoever refuses it need not read it first: they would rather hang up, and nobody knew why.
		req.Header.Set("Expect", "100-continue")
	}
	res, err := t.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return 0, "", err
	}
	var outcome struct {
		ResourceType string `json:"resourceType"`
		Issue        []struct {
			Diagnostics string `json:"diagnostics"`
		} `json:"issue"`
	}
	if json.Unmarshal(text, &outcome) == nil && outcome.ResourceType == "OperationOutcome" && len(outcome.Issue) == 1 {
		said = outcome.Issue[0].Diagnostics
	}
	return res.StatusCode, said, nil
}

// message is a new referral as Ocean sends one, of nobody, marked as test data. Each call makes
// another message about the same referral.
func (t *selfTest) message() []byte {
	const extensions = "http://ehealthontario.ca/fhir/StructureDefinition/"
	reference := map[string]any{"system": t.url + "/NamingSystem/id-ereferral-reference", "value": t.Ref}
	header := uuid.NewString()
	body, err := json.Marshal(map[string]any{
		"resourceType": "Bundle", "type": "message", "timestamp": time.Unix(0, 0).UTC().Format(time.RFC3339),
		"meta": map[string]any{"security": []any{map[string]any{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}}},
		"entry": []any{
			map[string]any{"fullUrl": header, "resource": map[string]any{
				"resourceType": "MessageHeader", "id": header,
				"extension":   []any{map[string]any{"url": extensions + "ext-referral-identifier", "valueIdentifier": reference}},
				"eventCoding": map[string]any{"system": "https://ehealthontario.ca/fhir/CodeSystem/message-event-code", "code": "add-service-request"},
				"source":      map[string]any{"endpoint": t.url},
				"focus":       []any{map[string]any{"reference": "urn:uuid:" + t.Ref}}}},
			map[string]any{"fullUrl": "urn:uuid:" + t.Ref, "resource": map[string]any{
				"resourceType": "ServiceRequest", "identifier": []any{reference}, "status": "active", "intent": "order"}},
		}})
	if err != nil {
		panic(fmt.Sprintf("self-test: %v", err)) // maps of texts alone: it cannot fail
	}
	return body
}

// withSpace is a message made as large as size by white space, which JSON allows after its end.
func withSpace(message []byte, size int) []byte {
	return append(bytes.Clone(message), bytes.Repeat([]byte(" "), size-len(message))...)
}
