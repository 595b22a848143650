package handlers

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// breaks are texts that would end a line or a header, or be acted upon by a terminal.
var breaks = []string{"\r\nX-Injected: canary", "\nlevel=ERROR msg=canary", "\r\n\r\n<script>canary</script>", "\x1b[2J\x1b]0;canary\x07", "\u2028canary\u2029", "\u0085canary",
	"\x00canary", "\u202ecanary", `"}` + "\n" + `{"level":"ERROR","msg":"canary"`, "%0d%0aX-Injected:%20canary", "%E5%98%8A%E5%98%8DX-Injected:%20canary", "${jndi:ldap://canary.example/a}",
	"%s%n%x canary", strings.Repeat("canary ", 4000)}

// wantsNothingInjected checks an answer's headers, and returns how many there are that were injected.
func wantsNothingInjected(t testing.TB, what string, h http.Header) (through int) {
	t.Helper()
	for name, values := range h {
		for _, v := range values {
			if strings.EqualFold(name, "X-Injected") || strings.ContainsAny(v, "\r\n\x00\x1b") || name != "Set-Cookie" && strings.Contains(v, "canary") {
				through++
				t.Errorf("%s: %s: %.200q", what, name, v)
			}
		}
	}
	return through
}

// TestAttackLinesInLogsAndHeaders puts line ends, terminals' orders and long texts into every field, header
// and place of an address that is taken from outside. No header of an answer and no line of either kind of
// log may have anything of them: what the log says in words comes from the program alone.
func TestAttackLinesInLogsAndHeaders(t *testing.T) {
	for name, kind := range map[string]func(io.Writer) slog.Handler{
		"JSON": func(w io.Writer) slog.Handler {
			return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
		"text": func(w io.Writer) slog.Handler {
			return slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
	} {
		log := &logBuffer{}
		s := newSite(t, func(c *Config) { c.Log = slog.New(kind(log)) })
		v := s.person("ada@clinic.example", store.Permissions()...)
		tries, through := 0, 0
		for _, r := range table() {
			if r.path == "/logout" && r.method == post || r.path == selfTestPath && r.method == post {
				continue // ends the session; calls itself
			}
			for _, text := range breaks {
				form := url.Values{}
				for _, field := range []string{"email", "password", "name", "q", "token", "next", "from", "to", "host", "site_number", "client_id", "key", "text", "message", "session", "theme", "language", "step", "format"} {
					form.Set(field, text)
				}
				for _, who := range []*visitor{v, s.visitor()} {
					tries++
					target := strings.ReplaceAll(pathParameter.ReplaceAllLiteralString(r.path, url.PathEscape(text)), "%00", "%01") + "?next=" + url.QueryEscape(text) + "&saved=" + url.QueryEscape(text)
					a := who.do(r.method, target, form, "User-Agent", text, "Referer", text, "X-Forwarded-For", text, "X-Request-Id", text, "HX-Current-URL", text,
						"Accept-Language", text, keyHeader, text, "Content-Disposition", text)
					through += wantsNothingInjected(t, r.method+" "+r.path, a.Header())
				}
			}
			s.clock.Turn(allForgiven) // so that each is looked at, not only told to wait
			v = s.signIn("ada@clinic.example")
		}
		through += wantsCleanLog(t, name, log.String())
		storetest.Attacked(t, "lines in headers and in the "+name+" log", tries, through)
	}
}

// wantsCleanLog checks each line of a log, and returns how many are none of the program's own.
func wantsCleanLog(t testing.TB, kind, log string) (through int) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(log, "\n"), "\n")
	if len(lines) < 100 {
		t.Errorf("%d lines in the log", len(lines))
	}
	for _, line := range lines {
		var parsed map[string]any
		bad := strings.Contains(strings.ToLower(line), "canary") || strings.ContainsAny(line, "\r\x1b\x00\u2028\u202e") || len(line) > 8<<10
		if kind == "JSON" {
			bad = bad || json.Unmarshal([]byte(line), &parsed) != nil || parsed["msg"] == nil
		} else {
			bad = bad || !strings.HasPrefix(line, "time=")
		}
		if bad {
			through++
			t.Errorf("%s: %.400q", kind, line)
		}
	}
	return through
}

// TestAttackHeadersOnTheWire sends requests with line ends in them as bytes on a connection, where Go's
// client would refuse to.
func TestAttackHeadersOnTheWire(t *testing.T) {
	s := newSite(t)
	server := httptest.NewServer(s.handler)
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	raw := map[string]string{
		"a bare CR in a header":         "GET /login HTTP/1.1\r\nHost: x\r\nX-A: b\rX-Injected: canary\r\n\r\n",
		"a bare LF in a header":         "GET /login HTTP/1.1\r\nHost: x\r\nX-A: b\nX-Injected: canary\r\n\r\n",
		"a NUL in a header":             "GET /login HTTP/1.1\r\nHost: x\r\nX-A: b\x00canary\r\n\r\n",
		"an escape in a header":         "GET /login HTTP/1.1\r\nHost: x\r\nUser-Agent: \x1b[31mcanary\r\n\r\n",
		"a folded header":               "GET /login HTTP/1.1\r\nHost: x\r\nX-A: b\r\n X-Injected: canary\r\n\r\n",
		"a line end in the address":     "GET /login\r\nX-Injected: canary HTTP/1.1\r\nHost: x\r\n\r\n",
		"an escape in the method":       "\x1b[31mGET /login HTTP/1.1\r\nHost: x\r\n\r\n",
		"a line end in the key":         "POST " + bundlesPath + " HTTP/1.1\r\nHost: x\r\n" + keyHeader + ": a\r\n\tcanary\r\nContent-Length: 0\r\n\r\n",
		"two lengths":                   "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 30\r\n\r\nGET /canary HTTP/1.1\r\nHost: x\r\n\r\n",
		"a length and chunks":           "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /canary HTTP/1.1\r\nHost: x\r\n\r\n",
		"a chunk as no number":          "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\ncanary\r\n0\r\n\r\n",
		"a host with a line end":        "GET /login HTTP/1.1\r\nHost: x\r\n\tcanary\r\n\r\n",
		"a host that is an HTML page":   "GET /login HTTP/1.1\r\nHost: <script>canary</script>\r\n\r\n",
		"another's address in the line": "GET http://canary.example/login HTTP/1.1\r\nHost: x\r\n\r\n",
	}
	through := 0
	for name, request := range raw {
		conn := must2(dialTCP(t, host))
		fmt.Fprint(conn, strings.Replace(request, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: no answer: %v", name, err)
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		through += wantsNothingInjected(t, name, resp.Header)
		if strings.Contains(string(body), "canary") {
			through++
			t.Errorf("%s: %.300s", name, body)
		}
		conn.Close()
	}
	if strings.Contains(s.log.String(), "canary") || strings.Contains(s.log.String(), "/canary") {
		through++
		t.Errorf("the log: %s", s.log.String())
	}
	storetest.Attacked(t, "line ends, lengths and escapes on the wire", len(raw), through)
}
