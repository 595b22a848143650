package handlers

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

// padded is a message of Ocean's with white space after it, size bytes in all.
func padded(size int) []byte {
	body := oceantest.Bundle(oceantest.Message{})
	return append(body, bytes.Repeat([]byte(" "), size-len(body))...)
}

func TestBodiesUpTo25MBAreTaken(t *testing.T) {
	if maxBundle != 25<<20 {
		t.Fatalf("the limit is %d", maxBundle)
	}
	s := newSite(t)
	body := padded(maxBundle + 1)
	chunked := func(body []byte) answer {
		r := s.bundleRequest(io.MultiReader(bytes.NewReader(body)))
		r.ContentLength = -1
		return s.serve(r)
	}
	s.deliver(body[:maxBundle]).wants(t, 200)
	chunked(body[:maxBundle]).wants(t, 200)
	if st := s.status(); st.Messages != 1 || st.Duplicates != 1 {
		t.Errorf("%+v", st)
	}
	chunked(body).wantsRefusal(t, 413)
	r := s.bundleRequest(unread{t})
	r.ContentLength = maxBundle + 1
	s.serve(r).wantsRefusal(t, 413)
	if st := s.status(); st.Messages != 1 || st.Duplicates != 1 {
		t.Errorf("%+v", st)
	}
}

// torn is a body whose line breaks after some bytes.
type torn struct{ io.Reader }

func (b torn) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = errors.New("canary: connection reset by peer")
	}
	return n, err
}

func TestABodyThatBreaksOffIsNotKept(t *testing.T) {
	s := newSite(t)
	whole := oceantest.Bundle(oceantest.Message{})
	for _, length := range []int64{int64(len(whole)), int64(len(whole) + 1), -1} {
		r := s.bundleRequest(torn{bytes.NewReader(whole)}) // even if all that matters had come
		r.ContentLength = length
		a := s.serve(r)
		a.wantsRefusal(t, 400)
		if code := a.outcome(t).Code; code != "incomplete" {
			t.Errorf("code %q", code)
		}
	}
	s.wantsNothingKept(t)
}

// dial opens a connection to the site, served on a loopback address.
func (s *site) dial(t testing.TB) net.Conn {
	t.Helper()
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

func TestAConnectionCutInTransitLeavesNothing(t *testing.T) {
	for _, head := range []string{"Content-Length: 100000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nffff\r\n"} {
		s := newSite(t)
		conn := s.dial(t)
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: clinic.example\r\n%s: %s\r\nContent-Type: application/fhir+json\r\n%s%s",
			bundlesPath, keyHeader, s.key, head, oceantest.Bundle(oceantest.Message{}))
		conn.(*net.TCPConn).CloseWrite()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 400 {
			t.Errorf("status %d", resp.StatusCode)
		}
		s.wantsNothingKept(t)
		if !strings.Contains(s.log.String(), `"status":400`) {
			t.Errorf("the log does not say it: %s", s.log)
		}
	}
}

func TestWhoExpectsContinueIsRefusedBeforeTheBodyIsSent(t *testing.T) {
	s := newSite(t)
	expect := func(key, kind string, length int) (*bufio.Reader, net.Conn) {
		conn := s.dial(t)
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: clinic.example\r\n%s: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
			bundlesPath, keyHeader, key, kind, length)
		return bufio.NewReader(conn), conn
	}
	for _, c := range []struct {
		key, kind string
		length    int
		status    string
	}{
		{"canary", "application/json", 100, "HTTP/1.1 401 Unauthorized\r\n"},
		{s.key, "text/plain", 100, "HTTP/1.1 415 Unsupported Media Type\r\n"},
		{s.key, "application/json", maxBundle + 1, "HTTP/1.1 413 Request Entity Too Large\r\n"},
	} {
		from, _ := expect(c.key, c.kind, c.length)
		if line, err := from.ReadString('\n'); line != c.status {
			t.Errorf("%q, %v, want %q", line, err, c.status)
		}
	}
	body := oceantest.Bundle(oceantest.Message{})
	from, conn := expect(s.key, "application/json", len(body))
	if line, err := from.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	from.ReadString('\n')
	conn.Write(body)
	if line, err := from.ReadString('\n'); line != "HTTP/1.1 200 OK\r\n" {
		t.Errorf("%q, %v", line, err)
	}
}

// gated is a body that says when it is first read, and then waits.
type gated struct {
	io.Reader
	reading chan<- int
	open    <-chan struct{}
	said    bool
}

func (g *gated) Read(p []byte) (int, error) {
	if !g.said {
		g.said = true
		g.reading <- 1
		<-g.open
	}
	return g.Reader.Read(p)
}

func TestBytesInFlightAreBounded(t *testing.T) {
	const senders, size = 40, 3 << 20
	const atOnce = maxInFlight / size // 21
	s := newSite(t)
	reading, open, codes := make(chan int, senders), make(chan struct{}), make(chan int, senders)
	for range senders {
		r := s.bundleRequest(&gated{Reader: bytes.NewReader(padded(size)), reading: reading, open: open})
		r.ContentLength = size
		go func() { codes <- s.serve(r).Code }()
	}
	for range atOnce {
		<-reading
	}
	// All others wait for room: no byte of theirs is read before one of these is done.
	select {
	case <-reading:
		t.Errorf("more than %d bodies are read at once", atOnce)
	case code := <-codes:
		t.Errorf("somebody was answered %d", code)
	case <-time.After(50 * time.Millisecond): // a wrong bound would show at once
	}
	close(open)
	kept := int64(0)
	for range senders {
		switch code := <-codes; code {
		case 200:
			kept++
		case 503:
		default:
			t.Errorf("status %d", code)
		}
	}
	if st := s.status(); st.Messages != kept || kept < atOnce {
		t.Errorf("%d were answered 200, %d are kept", kept, st.Messages)
	}
}

func TestRoomIsGivenBackHoweverADeliveryEnds(t *testing.T) {
	s := newSite(t)
	big := padded(20 << 20)
	for i := range 8 { // 160 MB in all: what is not given back makes the fourth wait
		r := s.bundleRequest(torn{bytes.NewReader(big)})
		r.ContentLength = int64(len(big))
		s.serve(r).wantsRefusal(t, 400)
		if i%4 == 0 {
			s.deliver(big[:len(big)-1], "Content-Type", "application/json").wants(t, 200)
			s.deliver(bytes.Repeat([]byte("["), 20<<20)).wantsRefusal(t, 400)
		}
	}
}

func TestWhoWaitsForRoomAndGoesAwayIsNotKept(t *testing.T) {
	s := newSite(t)
	reading, open, done := make(chan int, 3), make(chan struct{}), make(chan int, 3)
	for range 2 { // two of the largest take all the room that a third would need
		r := s.bundleRequest(&gated{Reader: bytes.NewReader(padded(maxBundle)), reading: reading, open: open})
		r.ContentLength = maxBundle
		go func() { done <- s.serve(r).Code }()
	}
	<-reading
	<-reading
	gone, cancel := contextThatEnds(t)
	r := s.bundleRequest(unread{t}).WithContext(gone)
	r.ContentLength = maxBundle
	cancel()
	s.serve(r).wantsRefusal(t, 503)
	close(open)
	if a, b := <-done, <-done; a != 200 || b != 200 {
		t.Errorf("%d, %d", a, b)
	}
	if st := s.status(); st.Messages != 2 {
		t.Errorf("%+v", st)
	}
}
