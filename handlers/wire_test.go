package handlers

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// spoken is what a server says to bytes that no library would send.
type spoken struct {
	statuses []int
	answers  []*http.Response
	bodies   []string
	text     string // all of it
}

// say sends bytes as they are, and behind them an ordinary request that ends the connection: whether
// that is answered tells where the server believes that the bytes before it ended.
func say(t testing.TB, address, text string) (s spoken) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, text+"GET /healthz HTTP/1.1\r\nHost: last.example\r\nConnection: close\r\n\r\n") // it may be cut off meanwhile
	raw, err := io.ReadAll(conn)
	if err != nil && len(raw) == 0 {
		t.Fatalf("%.80q: %v", text, err)
	}
	s.text = string(raw)
	for r := bufio.NewReader(bytes.NewReader(raw)); ; {
		a, err := http.ReadResponse(r, nil)
		if err != nil {
			return s
		}
		body, err := io.ReadAll(a.Body)
		if err != nil {
			t.Errorf("%.80q: half an answer: %v", text, err)
		}
		s.statuses, s.answers, s.bodies = append(s.statuses, a.StatusCode), append(s.answers, a), append(s.bodies, string(body))
	}
}

const (
	own    = "Host: clinic.example\r\n"
	hidden = "GET /login HTTP/1.1\r\nHost: clinic.example\r\nX-Hidden: 1\r\n\r\n" // in what comes before
)

// theirs are answers of Go's own parser: it refuses what is no HTTP before any handler sees it.
const theirs = true

// odd are requests that no browser makes, with what is answered to each of them.
var odd = map[string]struct {
	text     string
	statuses []int // of the answers; what is hidden gets none
	theirs   bool
}{
	// One request that two would read differently.
	"a length and chunks":           {"POST /login HTTP/1.1\r\n" + own + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, []int{401}, false},
	"chunks and a length":           {"POST /login HTTP/1.1\r\n" + own + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden, []int{401}, false},
	"two lengths":                   {"POST /login HTTP/1.1\r\n" + own + "Content-Length: 0\r\nContent-Length: 59\r\n\r\n" + hidden, []int{400}, theirs},
	"a list of lengths":             {"POST /login HTTP/1.1\r\n" + own + "Content-Length: 0, 0\r\n\r\n" + hidden, []int{400}, theirs},
	"a length with a sign":          {"POST /login HTTP/1.1\r\n" + own + "Content-Length: +0\r\n\r\n" + hidden, []int{400}, theirs},
	"less than nothing":             {"POST /login HTTP/1.1\r\n" + own + "Content-Length: -1\r\n\r\n" + hidden, []int{400}, theirs},
	"the same length twice":         {"POST /logout HTTP/1.1\r\n" + own + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", []int{303, 200}, false},
	"chunks of another name":        {"POST /login HTTP/1.1\r\n" + own + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden, []int{501}, theirs},
	"chunks twice":                  {"POST /login HTTP/1.1\r\n" + own + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden, []int{501}, theirs},
	"chunks in a list":              {"POST /login HTTP/1.1\r\n" + own + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + hidden, []int{501}, theirs},
	"chunks in HTTP/1.0":            {"POST /login HTTP/1.0\r\n" + own + "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + hidden, []int{401}, false},
	"a length in HTTP/1.0":          {"POST /login HTTP/1.0\r\n" + own + "Connection: keep-alive\r\nContent-Length: 0\r\n\r\n" + hidden, []int{401}, false},
	"a space before the colon":      {"POST /login HTTP/1.1\r\n" + own + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden, []int{400}, theirs},
	"a folded coding":               {"POST /login HTTP/1.1\r\n" + own + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + hidden, []int{401}, false},
	"a folded first header":         {"GET /login HTTP/1.1\r\n X: y\r\n" + own + "\r\n" + hidden, []int{400}, theirs},
	"a folded header, as one value": {"GET /healthz HTTP/1.1\r\n" + own + "X-A: b\r\n c\r\n\r\n", []int{200, 200}, false},
	"lines that end in LF":          {"GET /healthz HTTP/1.1\nHost: clinic.example\n\n", []int{200, 200}, false},
	"a lone CR":                     {"GET /login HTTP/1.1\r\n" + own + "X-A: b\rX-B: c\r\n\r\n" + hidden, []int{400}, theirs},
	"a chunk that ends in LF":       {"POST /login HTTP/1.1\r\n" + own + "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n0\n\n" + hidden, []int{400}, false},
	"a chunk with an extension":     {"POST /login HTTP/1.1\r\n" + own + "Transfer-Encoding: chunked\r\n\r\n0;a=b\r\n\r\n" + hidden, []int{401}, false},
	"a chunk without end":           {"POST /login HTTP/1.1\r\n" + own + "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n" + hidden, []int{400}, false},
	"a GET with a body":             {"GET /healthz HTTP/1.1\r\n" + own + "Content-Length: " + strconv.Itoa(len(hidden)) + "\r\n\r\n" + hidden, []int{200, 200}, false},
	"two hosts":                     {"GET /login HTTP/1.1\r\n" + own + "Host: evil.example\r\n\r\n" + hidden, []int{400}, theirs},
	"no host":                       {"GET /login HTTP/1.1\r\n\r\n" + hidden, []int{400}, theirs},
	"a host with a path":            {"GET /login HTTP/1.1\r\nHost: clinic.example/x\r\n\r\n" + hidden, []int{400}, theirs},
	"NUL in the path":               {"GET /login\x00 HTTP/1.1\r\n" + own + "\r\n" + hidden, []int{400}, theirs},
	"NUL in a header":               {"GET /login HTTP/1.1\r\n" + own + "X-A: b\x00\r\n\r\n" + hidden, []int{400}, theirs},
	"a header that is no ASCII":     {"GET /login HTTP/1.1\r\n" + own + "X-\xc3\xa9: b\r\n\r\n" + hidden, []int{400}, theirs},
	"a long header":                 {"GET /login HTTP/1.1\r\n" + own + "X-A: " + strings.Repeat("a", 2*maxHeader) + "\r\n\r\n" + hidden, []int{431}, theirs},
	"a long line":                   {"GET /" + strings.Repeat("a", 2*maxHeader) + " HTTP/1.1\r\n" + own + "\r\n" + hidden, []int{431}, theirs},
	"many headers":                  {"GET /login HTTP/1.1\r\n" + own + strings.Repeat("X-A: b\r\n", 8000) + "\r\n" + hidden, []int{431}, theirs},
	"an expectation":                {"POST /login HTTP/1.1\r\n" + own + "Expect: canary\r\nContent-Length: 1\r\n\r\nx" + hidden, []int{417}, theirs},
	// Methods and versions.
	"TRACE":             {"TRACE /login HTTP/1.1\r\n" + own + "X-Canary: canary\r\n\r\n", []int{405, 200}, false},
	"TRACE to Ocean's":  {"TRACE /public/ocean/fhir_bundles HTTP/1.1\r\n" + own + "X-Canary: canary\r\n\r\n", []int{405, 200}, false},
	"CONNECT":           {"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", []int{404, 200}, false},
	"CONNECT to a path": {"CONNECT /login HTTP/1.1\r\n" + own + "\r\n", []int{405, 200}, false},
	"PUT":               {"PUT /login HTTP/1.1\r\n" + own + "Content-Length: 6\r\n\r\ncanary", []int{405, 200}, false},
	"DELETE":            {"DELETE /settings/users/x HTTP/1.1\r\n" + own + "\r\n", []int{405, 200}, false},
	"no method's name":  {"CANARY /login HTTP/1.1\r\n" + own + "\r\n", []int{405, 200}, false},
	"get":               {"get /login HTTP/1.1\r\n" + own + "\r\n", []int{405, 200}, false},
	"OPTIONS *":         {"OPTIONS * HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"GET *":             {"GET * HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"a method in two":   {"GE T /login HTTP/1.1\r\n" + own + "\r\n" + hidden, []int{400}, theirs},
	"HTTP/2's preface":  {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + hidden, []int{404}, false},
	"HTTP/3":            {"GET /login HTTP/3.0\r\n" + own + "\r\n" + hidden, []int{505}, theirs},
	"HTTP/0.9":          {"GET /login\r\n\r\n" + hidden, []int{400}, theirs},
	"an upgrade":        {"GET /healthz HTTP/1.1\r\n" + own + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", []int{200, 200}, false},
	"TLS":               {"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n" + hidden, []int{400}, theirs},
	// Paths.
	"upwards":                  {"GET /static/../../../etc/passwd HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"upwards, encoded":         {"GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"upwards, encoded whole":   {"GET /static%2f..%2f..%2fetc/passwd HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"upwards, encoded twice":   {"GET /static/%252e%252e/%252e%252e/etc/passwd HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"upwards, by backslash":    {"GET /static\\..\\..\\etc\\passwd HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"upwards, backslash coded": {"GET /static/..%5c..%5cetc%5cpasswd HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"from a public path":       {"GET /public/../settings/audit HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"another spelling":         {"GET /%6cogin HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"an encoded slash":         {"GET /settings%2faudit HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"half an encoding":         {"GET /%zz HTTP/1.1\r\n" + own + "\r\n" + hidden, []int{400}, theirs},
	"an encoded line":          {"GET /%0d%0aSet-Cookie:%20canary=1 HTTP/1.1\r\n" + own + "\r\n", []int{404, 200}, false},
	"no slash":                 {"GET login HTTP/1.1\r\n" + own + "\r\n" + hidden, []int{400}, theirs},
	"a whole address":          {"GET http://clinic.example/login HTTP/1.1\r\nHost: evil.example\r\n\r\n", []int{200, 200}, false},
	"another's address":        {"GET http://evil.example/login HTTP/1.1\r\n" + own + "\r\n", []int{421, 200}, false},
	"another's, to a secret":   {"GET http://evil.example/settings/audit HTTP/1.1\r\n" + own + "\r\n", []int{421, 200}, false},
}

func TestOddRequestsAreAnsweredPlainly(t *testing.T) {
	s := newSite(t)
	address := served(t, s.handler, nil)
	for name, c := range odd {
		t.Run(name, func(t *testing.T) {
			got := say(t, address, c.text)
			if len(c.statuses) != len(got.statuses) {
				t.Fatalf("answered %v, want %v\n%.600s", got.statuses, c.statuses, got.text)
			}
			for i, want := range c.statuses {
				if got.statuses[i] != want {
					t.Errorf("answer %d is %d, want %d", i+1, got.statuses[i], want)
				}
			}
			for _, leak := range []string{"canary", "evil.example", "X-Hidden", "goroutine", ".go:", "root:", "echo", "Go-http", "runtime"} {
				if strings.Contains(got.text, leak) {
					t.Errorf("the answer holds %q:\n%.900s", leak, got.text)
				}
			}
			first := got.answers[0]
			if c.theirs { // the library ends the connection, and says nothing of what came
				if first.Header.Get("Connection") == "keep-alive" || !first.Close || len(got.bodies[0]) > 100 || strings.Contains(got.bodies[0], "<") ||
					first.Header.Get("Content-Type") != "text/plain; charset=utf-8" && got.bodies[0] != "" {
					t.Errorf("%v\n%s", first.Header, got.bodies[0])
				}
				return
			}
			wantsShield(t, name, first.Header)
			if closes := len(c.statuses) == 1; closes != first.Close {
				t.Errorf("the connection ends: %v", first.Close)
			}
		})
	}
	if strings.Contains(s.log.String(), "canary") || strings.Contains(s.log.String(), "panic") {
		t.Error("the log repeats what came, or a handler failed")
	}
}

// TestOnTheSecondListenerOddRequestsFindNothing sends the same to the address for the internet.
func TestOnTheSecondListenerOddRequestsFindNothing(t *testing.T) {
	s := newSite(t)
	address := served(t, PublicOnly(s.handler), nil)
	for name, c := range odd {
		got := say(t, address, c.text)
		if len(got.statuses) == 0 || len(got.statuses) > len(c.statuses) {
			t.Errorf("%s: answered %v, in the console %v", name, got.statuses, c.statuses)
		}
		for i, a := range got.answers {
			if health := got.bodies[i] == "ok\n"; strings.Contains(got.bodies[i], "<html") || a.Header.Get("Set-Cookie") != "" || a.StatusCode < 400 && !health {
				t.Errorf("%s: %d %v\n%.300s", name, a.StatusCode, a.Header, got.bodies[i])
			}
		}
	}
}

// TestTheSecondListenerServesTwoRoutes tries every route there is, by every method and in several
// spellings, as a stranger and as somebody who may do everything.
func TestTheSecondListenerServesTwoRoutes(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Canaryname"}})
	rows, _, err := s.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	admin := s.person("ada@clinic.example", store.Permissions()...)
	s.handler = PublicOnly(s.handler)
	served := map[string]bool{}
	for _, r := range table() {
		path := addressOfRoute(r, rows[0].ID)
		for _, target := range []string{path, path + "/", "/" + path, path + "?x=1", path + ";x", strings.ToUpper(path), strings.Replace(path, "/", "/./", 1),
			"/public/.." + path, "/public/ocean/.." + path, publicPrefix + "x/../.." + path, strings.ReplaceAll(path, "e", "%65"), "/public%2F.." + path} {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "CANARY"} {
				for who, v := range map[string]*visitor{"stranger": s.visitor(), "admin": admin} {
					a := v.do(method, target, nil)
					what := method + " " + target + " by " + who
					wantsShield(t, what, a.Header())
					for _, page := range []string{"<html", "<nav", "<form", "Canaryname"} {
						if strings.Contains(a.body, page) {
							t.Errorf("%s: %d has %s in it", what, a.Code, page)
						}
					}
					if a.Header().Get("Set-Cookie") != "" || a.Code == 303 {
						t.Errorf("%s: %d %v", what, a.Code, a.Header())
					}
					if a.Code < 400 {
						served[r.path] = true
						if r.path != healthPath || a.body != "ok\n" && method != "HEAD" || method != "GET" && method != "HEAD" {
							t.Errorf("%s: %d\n%s", what, a.Code, a.body)
						}
					}
				}
			}
		}
	}
	if !served[healthPath] {
		t.Error("it does not even say that it lives")
	}
	if n := len(s.audit()); n == 0 || s.deliver(oceantest.Bundle(oceantest.Message{})).Code != 200 || len(s.audit()) != n {
		t.Error("Ocean gets through, and nothing else happened")
	}
}
