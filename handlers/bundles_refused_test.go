package handlers

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
)

// issueTypes are the codes of FHIR R4's value set IssueType that a refusal may have.
const issueTypes = " login structure invalid incomplete not-supported too-long not-found transient throttled no-store exception "

// wantsRefusal checks what every refusal of the public route is: an OperationOutcome with an error
// that an administrator can act on, in words that hold nothing of what was sent.
func (a answer) wantsRefusal(t testing.TB, status int) {
	t.Helper()
	i := a.wants(t, status).outcome(t)
	if i.Severity != "error" || !strings.Contains(issueTypes, " "+i.Code+" ") {
		t.Errorf("severity %q, code %q", i.Severity, i.Code)
	}
	if sentence := regexp.MustCompile(`^[A-Z][^\n]{40,400}\.$`); !sentence.MatchString(i.Diagnostics) {
		t.Errorf("diagnostics are no sentence: %q", i.Diagnostics)
	}
	if strings.Contains(strings.ToLower(a.body), "canary") {
		t.Errorf("the answer quotes the request: %s", a.body)
	}
	if retry := a.Header().Get("Retry-After"); (status == 503 || status == 429) != (retry != "") {
		t.Errorf("status %d, Retry-After %q", status, retry)
	}
}

// unread is a body that must not be read.
type unread struct{ t testing.TB }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestTheKeyIsCheckedBeforeTheBodyIsRead(t *testing.T) {
	s := newSite(t)
	for name, values := range map[string][]string{
		"no key":               {},
		"wrong key":            {"canary"},
		"empty key":            {""},
		"blank key":            {"   "},
		"two keys":             {s.key, s.key},
		"right and wrong key":  {s.key, "canary"},
		"wrong and right key":  {"canary", s.key},
		"both in one":          {s.key + ", " + s.key},
		"upper case":           {strings.ToUpper(s.key)},
		"most of the key":      {s.key[:63]},
		"more than the key":    {s.key + "0"},
		"a very long key":      {strings.Repeat("canary", 4000)},
		"bytes that are no ID": {"\xff\xfe canary"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.bundleRequest(unread{t}, keyHeader, "-")
			r.Header[http.CanonicalHeaderKey(keyHeader)] = values
			a := s.serve(r)
			a.wantsRefusal(t, 401)
			if a.Header().Get("WWW-Authenticate") == "" { // RFC 9110, 15.5.2
				t.Error("401 without WWW-Authenticate")
			}
		})
	}
	s.wantsNothingKept(t)
}

func TestAKeyInAnotherPlaceIsNoKey(t *testing.T) {
	s := newSite(t)
	r := httptest.NewRequest(post, bundlesPath+"?"+keyHeader+"="+s.key, unread{t})
	r.Header.Set("Content-Type", "application/fhir+json")
	r.Header.Set("Authorization", "Bearer "+s.key)
	r.SetBasicAuth(s.key, s.key)
	s.serve(r).wantsRefusal(t, 401)
}

func TestOnlyJSONInUTF8IsTaken(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		kind, coding string
		status       int
	}{
		{"application/fhir+json", "-", 200},
		{"application/json", "-", 200},
		{"application/fhir+json;charset=UTF-8", "-", 200},
		{"application/fhir+json; charset=utf-8", "-", 200},
		{`application/json; charset="UTF-8"`, "-", 200},
		{"application/json;charset=utf8", "-", 200},
		{"APPLICATION/FHIR+JSON; CHARSET=Utf-8", "-", 200},
		{"application/fhir+json; fhirVersion=4.0", "-", 200},
		{"application/json; charset=utf-8; profile=canary", "identity", 200},
		{"-", "-", 415},
		{"", "-", 415},
		{"canary", "-", 415},
		{"text/plain", "-", 415},
		{"text/json", "-", 415},
		{"application/xml", "-", 415},
		{"application/fhir+xml", "-", 415},
		{"application/x-www-form-urlencoded", "-", 415},
		{"multipart/form-data; boundary=canary", "-", 415},
		{"application/jsonp", "-", 415},
		{"application/fhir+json, application/json", "-", 415},
		{"application/json; charset=iso-8859-1", "-", 415},
		{"application/json; charset=utf-16", "-", 415},
		{"application/fhir+json", "gzip", 415},
		{"application/fhir+json", "GZIP", 415},
		{"application/fhir+json", "identity, gzip", 415},
		{"application/fhir+json", "canary", 415},
	} {
		t.Run(c.kind+" "+c.coding, func(t *testing.T) {
			headers := []string{"Content-Type", c.kind, "Content-Encoding", c.coding}
			if c.status == 200 {
				s.deliver(oceantest.Bundle(oceantest.Message{}), headers...).wants(t, 200)
				return
			}
			s.serve(s.bundleRequest(unread{t}, headers...)).wantsRefusal(t, c.status)
		})
	}
}

func TestWhatCanNeverBeAReferralIsRefused(t *testing.T) {
	s := newSite(t)
	good := string(oceantest.Bundle(oceantest.Message{Patient: oceantest.Patient{Family: "Canary"}}))
	header := `{"resource":{"resourceType":"MessageHeader","id":"canary"}}`
	patient := `{"resource":{"resourceType":"Patient","name":[{"family":"canary"}]}}`
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"empty":                      {"", 400},
		"white space":                {" \r\n\t", 400},
		"not JSON":                   {"canary", 400},
		"XML":                        {`<Bundle xmlns="http://hl7.org/fhir"><id value="canary"/></Bundle>`, 400},
		"a form":                     {"canary=1", 400},
		"truncated":                  {good[:len(good)-1], 400},
		"truncated in a string":      {good[:strings.Index(good, "Canary")+3], 400},
		"two values":                 {good + good, 400},
		"trailing garbage":           {good + "canary", 400},
		"trailing comma":             {good + ",", 400},
		"NUL after it":               {good + "\x00", 400},
		"single quotes":              {strings.ReplaceAll(good, `"`, `'`), 400},
		"comment":                    {"/* canary */" + good, 400},
		"NaN":                        {`{"resourceType":NaN}`, 400},
		"UTF-16":                     {"\xff\xfe{\x00}\x00", 400},
		"key twice":                  {`{"resourceType":"Bundle","type":"message","type":"message","entry":[` + header + `]}`, 400},
		"key twice further in":       {`{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader","id":"canary","id":"b"}}]}`, 400},
		"key twice, one escaped":     {`{"resourceType":"Bundle","type":"message","\u0074ype":"message","entry":[` + header + `]}`, 400},
		"nested 65 deep":             {nested(65), 400},
		"nested 100000 deep":         {nested(100_000), 400},
		"only opening brackets":      {strings.Repeat("[", 1_000_000), 400},
		"nested 64 deep":             {nested(64), 422},
		"null":                       {"null", 422},
		"a number":                   {"1", 422},
		"a string":                   {`"canary"`, 422},
		"an empty object":            {"{}", 422},
		"a list of bundles":          {"[" + good + "]", 422},
		"another resource":           {`{"resourceType":"Patient","name":[{"family":"canary"}]}`, 422},
		"no type":                    {`{"resourceType":"Bundle","entry":[` + header + `]}`, 422},
		"another type":               {`{"resourceType":"Bundle","type":"transaction","entry":[` + header + `]}`, 422},
		"type in a list":             {`{"resourceType":"Bundle","type":["message"],"entry":[` + header + `]}`, 422},
		"no entries":                 {`{"resourceType":"Bundle","type":"message"}`, 422},
		"an empty list of entries":   {`{"resourceType":"Bundle","type":"message","entry":[]}`, 422},
		"header second":              {`{"resourceType":"Bundle","type":"message","entry":[` + patient + `,` + header + `]}`, 422},
		"empty entry before header":  {`{"resourceType":"Bundle","type":"message","entry":[{},` + header + `]}`, 422},
		"challenge beside a bundle":  {`{"challenge":"canary","resourceType":"Bundle"}`, 422},
		"challenge that is a number": {`{"challenge":1}`, 422},
		"challenge in a list":        {`[{"challenge":"canary"}]`, 422},
	} {
		t.Run(name, func(t *testing.T) { s.deliver([]byte(c.body)).wantsRefusal(t, c.status) })
	}
	s.wantsNothingKept(t)
}

// nested is a Bundle's beginnings with arrays to that depth in all.
func nested(depth int) string {
	return `{"resourceType":"Bundle","canary":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}"
}

func TestTheAddressSaysWhatItIsFor(t *testing.T) {
	s := newSite(t)
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "CANARY"} {
		r := s.bundleRequest(unread{t})
		r.Method = method
		a := s.serve(r)
		a.wantsRefusal(t, 405)
		if allow := a.Header().Get("Allow"); allow != post {
			t.Errorf("%s: Allow %q", method, allow)
		}
	}
	for _, path := range []string{"/public/", "/public/canary", "/public/ocean", "/public/ocean/", bundlesPath + "/",
		bundlesPath + "/canary", "/public/ocean/fhir_bundle", "/public/Ocean/fhir_bundles", "/public/%2e%2e/canary"} {
		for _, method := range []string{get, post, "CANARY"} {
			r := httptest.NewRequest(method, path, unread{t})
			r.Header = s.bundleRequest(nil).Header
			a := s.serve(r)
			a.wantsRefusal(t, 404)
		}
	}
}

func (s *site) wantsNothingKept(t testing.TB) {
	t.Helper()
	if st := s.status(); st.Messages != 0 || st.Duplicates != 0 || st.Referrals != 0 || st.NeedsAttention != 0 {
		t.Errorf("something was kept: %+v", st)
	}
}
