package ocean

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"unicode"

	"golang.org/x/oauth2"

	"breakwater/store"
)

const (
	// processPath takes the clinic's messages: plural, as Ocean's own payloads write it.
	processPath = "/svc/fhir/v1/$process-messages"
	fhirJSON    = "application/fhir+json"
	// maxSaid is how many runes of Ocean's words are kept.
	maxSaid = 2_000
)

// Send gives Ocean a message bundle. Nil means that Ocean answered with 2xx and has it. All of it may
// take 3 minutes; a token that Ocean refuses is replaced once; no redirect is followed. It may be
// called again with the same bundle after any error: whatever became of it, the MessageHeader's id
// tells Ocean that it is the same.
//
// Its errors are [*CallError], or wrap context.Canceled if ctx was cancelled. Refused for what it
// says is a message with FaultContent, FaultGone or FaultTooLarge, or with FaultForbidden and status
// 403; Said tells why.
func (c *Client) Send(caller context.Context, bundle []byte) error {
	if err := c.ready(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(caller, c.limits.whole)
	defer cancel()
	resp, err := c.ask(ctx, func(token *oauth2.Token) (*http.Response, error) { return c.post(ctx, bundle, token) })
	if err != nil {
		return failed(caller, err)
	}
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		discard(resp)
		return nil
	}
	defer resp.Body.Close()
	return c.refusal(resp)
}

func (c *Client) post(ctx context.Context, bundle []byte, token *oauth2.Token) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.origin.url(processPath).String(), bytes.NewReader(bundle))
	if err != nil {
		return nil, foreign() // its text would quote the URL
	}
	token.SetAuthHeader(r)
	r.Header.Set("Content-Type", fhirJSON)
	r.Header.Set("Accept", fhirJSON)
	r.Header.Set("Accept-Encoding", "identity")
	return c.inside.RoundTrip(r)
}

// refusal says what any status but 2xx means at $process-messages. Where Ocean looked at the
// message, its words are kept.
func (c *Client) refusal(resp *http.Response) *CallError {
	e := statusFault(resp, c.now())
	switch resp.StatusCode {
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		e.Fault = store.FaultContent
	case http.StatusRequestEntityTooLarge:
		e.Fault = store.FaultTooLarge
	case http.StatusForbidden, http.StatusNotFound, http.StatusGone:
	default:
		if resp.StatusCode/100 == 3 {
			e.Fault = store.FaultRedirect
		}
		_, _ = io.CopyN(io.Discard, resp.Body, maxDiscard)
		return e
	}
	if body, err := readBody(resp, c.limits.small); err == nil { // else the status must do
		e.Said = outcome(body)
	}
	return e
}

// outcome returns what an OperationOutcome says to people; "" for anything else.
func outcome(body []byte) string {
	t, err := parseTree(body)
	if err != nil || t.root().str("resourceType") != "OperationOutcome" {
		return ""
	}
	var said []string
	for issue := range t.root().list("issue") {
		if s := firstText(issue, "diagnostics"); s != "" {
			said = append(said, s)
		} else if s := readable(issue.obj("details")); s != "" {
			said = append(said, s)
		}
	}
	return cutWords(strings.Join(said, " "))
}

// cutWords returns a text as one line of at most maxSaid runes, without characters that control a
// terminal or the direction of writing.
func cutWords(s string) string {
	var out []rune
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		if len(out) > 0 {
			out = append(out, ' ')
		}
		for _, r := range word {
			if !unicode.Is(unicode.Bidi_Control, r) {
				out = append(out, r)
			}
		}
		if len(out) > maxSaid {
			return string(append(out[:maxSaid-1], '…'))
		}
	}
	return string(out)
}
