package oceantest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

const tokenPath = "/svc/oauth2/token"

// api returns what the clinic calls.
func (o *Ocean) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+tokenPath, o.issueToken)
	mux.Handle("GET /svc/fhir/v1/NamingSystem/id-site-number", o.guard(o.namingSystem))
	mux.Handle("GET /svc/fhir/v1/ServiceRequest/{ref}/$letter", o.guard(o.letter))
	mux.Handle("GET /svc/fhir/v1/DocumentReference/{id}/$binary", o.guard(o.binary))
	mux.Handle("POST /svc/fhir/v1/$process-messages", o.guard(o.processMessage))
	mux.HandleFunc("/svc/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "not-found", "The simulated Ocean has nothing at this address.")
	})
	return o.witnessed(mux)
}

// issueToken grants client credentials (RFC 6749 section 4.4), by HTTP Basic or by form fields;
// both work with the real Ocean.
func (o *Ocean) issueToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	w.Header().Set("Cache-Control", "no-store")
	if r.FormValue("grant_type") != "client_credentials" {
		answerJSON(w, http.StatusBadRequest, fhir{"error": "unsupported_grant_type"})
		return
	}
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if !o.knows(id, secret) {
		if basic {
			w.Header().Set("WWW-Authenticate", `Basic realm="Simulated Ocean"`)
		}
		answerJSON(w, http.StatusUnauthorized, fhir{"error": "invalid_client"})
		return
	}
	token := rand.Text()
	o.mu.Lock()
	life := o.opts.TokenLife
	o.tokens[token] = o.now().Add(life)
	o.mu.Unlock()
	answerJSON(w, http.StatusOK, fhir{"access_token": token, "token_type": "bearer", "expires_in": int(life.Seconds())})
}

// knows reports whether a credential is one of the portal's. RFC 6749 section 2.3.1 has both halves
// form-encoded within HTTP Basic; not every client does that.
func (o *Ocean) knows(id, secret string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.faults.RefuseCredentials {
		return false
	}
	is := func(given, wanted string) bool {
		plain, err := url.QueryUnescape(given)
		return same(given, wanted) || err == nil && same(plain, wanted)
	}
	for _, c := range o.credentials {
		if is(id, c.ID) && is(secret, c.Secret) {
			return true
		}
	}
	return false
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// authorized reports whether a call carries a token that is valid now.
func (o *Ocean) authorized(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	o.mu.Lock()
	defer o.mu.Unlock()
	until, ok := o.tokens[token]
	return ok && strings.EqualFold(scheme, "Bearer") && o.now().Before(until) && !o.faults.RefuseTokens
}

func (o *Ocean) guard(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !o.authorized(r) {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			refuse(w, http.StatusUnauthorized, "login", "The bearer token is missing, wrong or expired.")
			return
		}
		next(w, r)
	})
}

// namingSystem is what the credential test asks for: it needs no patient.
func (o *Ocean) namingSystem(w http.ResponseWriter, _ *http.Request) {
	o.mu.Lock()
	self := o.opts.Self
	o.mu.Unlock()
	answerFHIR(w, http.StatusOK, fhir{
		"resourceType": "NamingSystem", "id": "id-site-number", "meta": testMeta(), "name": "SiteNumber",
		"status": "active", "kind": "identifier", "date": "2026-01-15",
		"description": "Site numbers of a simulated Ocean.",
		"uniqueId":    []fhir{{"type": "uri", "value": self + "/svc/fhir/v1/NamingSystem/id-site-number"}},
	})
}

func testMeta() fhir {
	b := builder{Message: Message{TestData: true}}
	meta := fhir{}
	b.mark(meta)
	return meta
}

// refuse answers with a FHIR OperationOutcome.
func refuse(w http.ResponseWriter, status int, code, diagnostics string) {
	answerFHIR(w, status, outcome("error", code, diagnostics))
}

func outcome(severity, code string, diagnostics ...string) fhir {
	issues := []fhir{}
	for _, d := range diagnostics {
		issues = append(issues, fhir{"severity": severity, "code": code, "diagnostics": d})
	}
	return fhir{"resourceType": "OperationOutcome", "meta": testMeta(), "issue": issues}
}

func answerFHIR(w http.ResponseWriter, status int, body fhir) {
	w.Header().Set("Content-Type", "application/fhir+json;charset=UTF-8")
	answer(w, status, body)
}

func answerJSON(w http.ResponseWriter, status int, body fhir) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	answer(w, status, body)
}

func answer(w http.ResponseWriter, status int, body fhir) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a caller that hung up needs no answer
}
