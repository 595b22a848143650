package ocean

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

func TestClientTokenAnswers(t *testing.T) {
	answer := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	const refusal = `{"error":"canary-body","error_description":"` + canarySecret + `"}`
	for name, c := range map[string]struct {
		token http.HandlerFunc
		fault store.Fault
	}{
		"400":            {answer(400, "application/json", refusal), store.FaultCredentials},
		"401":            {answer(401, "application/json", refusal), store.FaultCredentials},
		"403":            {answer(403, "text/html", "<p>"+canaryBody), store.FaultCredentials},
		"404":            {answer(404, "text/html", canaryBody), store.FaultServer},
		"405":            {answer(405, "text/html", canaryBody), store.FaultServer},
		"410":            {answer(410, "text/html", canaryBody), store.FaultServer},
		"429":            {answer(429, "text/plain", canaryBody), store.FaultBusy},
		"503":            {answer(503, "text/plain", canaryBody), store.FaultBusy},
		"500":            {answer(500, "text/plain", canaryBody), store.FaultServer},
		"201":            {answer(201, "application/json", `{"access_token":"`+canaryToken+`"}`), store.FaultServer},
		"204":            {answer(204, "", ""), store.FaultServer},
		"304":            {answer(304, "", ""), store.FaultServer},
		"empty":          {answer(200, "application/json", ""), store.FaultServer},
		"html":           {answer(200, "text/html", "<html>"+canaryBody), store.FaultServer},
		"form":           {answer(200, "application/x-www-form-urlencoded", "access_token="+canaryToken), store.FaultServer},
		"no token":       {answer(200, "application/json", `{"token":"canary-token"}`), store.FaultServer},
		"number":         {answer(200, "application/json", `{"access_token":1}`), store.FaultServer},
		"array":          {answer(200, "application/json", `["canary-token"]`), store.FaultServer},
		"error with 200": {answer(200, "application/json", refusal), store.FaultServer},
		"line break":     {answer(200, "application/json", `{"access_token":"canary-token\r\nX: y"}`), store.FaultServer},
		"mac":            {answer(200, "application/json", `{"access_token":"canary-token","token_type":"mac"}`), store.FaultServer},
		"long":           {answer(200, "application/json", `{"access_token":"`+strings.Repeat("canary-token", 2000)+`"}`), store.FaultServer},
		"huge":           {answer(200, "application/json", `{"access_token":"canary-token"}`+strings.Repeat(" ", 1<<20)), store.FaultTooLarge},
	} {
		f := newFake(t, nil)
		f.token = c.token
		client := f.client(t)
		_, err := client.Fetch(ctx, f.URL+canaryPath)
		t.Log(name, err)
		e := wantFault(t, err, c.fault)
		if wait := 7 * time.Second; (e.RetryAfter == wait) != (c.fault == store.FaultBusy) {
			t.Errorf("RetryAfter %v", e.RetryAfter)
		}
		if f.calls.Load() != 0 || !client.TokenAt().IsZero() {
			t.Error("went on without a token")
		}
	}
}

// The label of a token answer does not matter, only that it is JSON.
func TestClientTakesMislabelledToken(t *testing.T) {
	f := newFake(t, nil)
	f.token = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintf(w, "\n{\"access_token\":%q}", canaryToken)
	}
	if err := f.client(t).Check(ctx); err != nil {
		t.Error(err)
	}
}
