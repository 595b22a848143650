package oceantest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	keyHeader      = "Referral-Integration-API-Key"
	noAnswerInTime = "No answer within 10 seconds."
)

// newClient returns the client that calls the clinic and nobody else: it follows no redirect and
// uses no proxy, whatever the environment says.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			MaxIdleConnsPerHost:   workers,
			IdleConnTimeout:       10 * time.Second,
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: 10 * time.Second,
		},
	}
}

// post sends one body to the clinic. It returns the status and what the clinic said of a refusal, or
// 0 and why there was no answer.
func (o *Ocean) post(ctx context.Context, to integration, body []byte) (status int, said string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, bytes.NewReader(body))
	if err != nil {
		return 0, "The Request URL cannot be used."
	}
	req.Header.Set("Content-Type", "application/fhir+json;charset=UTF-8")
	req.Header.Set(to.Header, to.Key)
	res, err := o.client.Do(req)
	if err != nil {
		return 0, unanswered(err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // half a diagnosis is better than none
	return res.StatusCode, diagnostics(answer)
}

// unanswered says why there was no answer, without the address, which the page shows elsewhere.
func unanswered(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return noAnswerInTime
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return "No answer: " + err.Error() + "."
}

// diagnostics returns what an OperationOutcome says; "" for anything else.
func diagnostics(answer []byte) string {
	var found struct {
		Issue []struct{ Diagnostics string }
	}
	if json.Unmarshal(answer, &found) != nil {
		return ""
	}
	var all []string
	for _, i := range found.Issue {
		all = append(all, i.Diagnostics)
	}
	return strings.Join(all, " ")
}
