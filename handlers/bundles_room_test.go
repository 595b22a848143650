package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store/storetest"
)

// trickle is a body, with the right key, that says a little and then a byte now and then.
type trickle struct {
	head, body string
	from       net.IP
}

var (
	here      = net.IPv4(127, 0, 0, 1) // where the others come from too, as behind a proxy that nobody named
	elsewhere = net.IPv4(127, 0, 0, 2)
	trickles  = map[string]trickle{
		"small, almost in": {fmt.Sprintf("Content-Length: %d", smallBundle), strings.Repeat(" ", smallBundle-100), here},
		"large":            {"Content-Length: 3000000", "{", elsewhere},
		"many chunks":      {"Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%s\r\n", smallBundle+1, strings.Repeat(" ", smallBundle+1)), elsewhere},
	}
	otherTrickles = map[string]trickle{
		"small":           {fmt.Sprintf("Content-Length: %d", smallBundle), "{", here},
		"as large as may": {fmt.Sprintf("Content-Length: %d", maxBundle), "{", elsewhere},
		"chunks":          {"Transfer-Encoding: chunked", "1\r\n{\r\n", here},
	}
)

// TestTricklingBodiesKeepNobodyOut: 500 of them at a time, with the right key, and again as soon as one is cut
// off. A message like most is served beside them at once, a large one too, and memory has its bound.
func TestTricklingBodiesKeepNobodyOut(t *testing.T) {
	kinds := maps.Clone(trickles)
	if storetest.Thorough() {
		maps.Copy(kinds, otherTrickles)
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			address := s.listens()
			before := heap()
			ctx, stop := context.WithCancel(t.Context())
			hanging := make(chan bool, 500)
			ended := make(chan bool)
			for range cap(hanging) {
				go func() {
					defer func() { ended <- true }()
					for ctx.Err() == nil {
						s.trickle(ctx, address, kind, hanging)
					}
				}()
			}
			for range cap(hanging) {
				<-hanging
			}
			var slowest time.Duration
			for i := range 5 {
				began := time.Now()
				body := oceantest.Bundle(oceantest.Message{Ref: fmt.Sprint("small", i), HeaderID: fmt.Sprint("small", i)})
				if code := s.send(address, bytes.NewReader(body), int64(len(body))); code != 200 || time.Since(began) > 5*time.Second { // no measure, only a bound that holds on any machine
					t.Errorf("a message was answered %d after %s", code, time.Since(began))
				}
				slowest = max(slowest, time.Since(began))
			}
			if most := int64(heap()) - int64(before); most > maxInFlight+maxSmall+32<<20 { // 500 connections have something too
				t.Errorf("%d bytes in memory", most)
			}
			began := time.Now()
			body := padded(3 << 20)
			if code := s.send(address, bytes.NewReader(body), int64(len(body))); code != 200 {
				t.Errorf("a large message was answered %d after %s", code, time.Since(began))
			}
			t.Logf("the slowest of five messages took %s, a large one %s", slowest.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
			stop()
			for range cap(hanging) {
				<-ended
			}
		})
	}
}

// listens serves the site as a machine does, and returns where.
func (s *site) listens() string {
	l := loopback(s.t)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, s.config.Log, Listener{Net: l, Handler: s.handler}) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			s.t.Error(err)
		}
	})
	return l.Addr().String()
}

// trickle says a little and then a byte every second, until it is answered.
func (s *site) trickle(ctx context.Context, address string, kind trickle, begun chan<- bool) {
	conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: kind.from}}).Dial("tcp", address)
	if err != nil {
		s.t.Error(err)
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: clinic.example\r\n%s: %s\r\nContent-Type: application/fhir+json\r\n%s\r\n\r\n%s", bundlesPath, keyHeader, s.key, kind.head, kind.body)
	select {
	case begun <- true:
	default: // not its first time
	}
	gone := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, conn)
		gone <- err
	}()
	drip := time.NewTicker(time.Second)
	defer drip.Stop()
	for {
		select {
		case <-drip.C:
			io.WriteString(conn, " ") // one that is cut off says so below
		case <-gone:
			return
		case <-ctx.Done():
			conn.Close()
			<-gone
			return
		}
	}
}

// send delivers a body of a length, -1 for chunks, by the network.
func (s *site) send(address string, body io.Reader, length int64) int {
	s.t.Helper()
	r := must2(http.NewRequest(post, "http://"+address+bundlesPath, body))
	r.ContentLength = length
	r.Header.Set("Content-Type", "application/fhir+json")
	r.Header.Set(keyHeader, s.key)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	resp, err := client.Do(r)
	if err != nil {
		s.t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// paced gives its bytes at a rate, a piece every 50 ms.
type paced struct {
	io.Reader
	beat  *time.Ticker
	piece int
}

func (p *paced) Read(to []byte) (int, error) {
	<-p.beat.C
	return p.Reader.Read(to[:min(len(to), p.piece)])
}

// TestWhoSendsSlowlyButSteadilyIsServed, be it beside 500 whose bodies trickle: 3 MB in 10 s at length.
func TestWhoSendsSlowlyButSteadilyIsServed(t *testing.T) {
	size := 600 << 10
	if storetest.Thorough() {
		size = 3 << 20
	}
	s := newSite(t)
	address := s.listens()
	ctx, stop := context.WithCancel(t.Context())
	hanging, ended := make(chan bool, 500), make(chan bool)
	for i := range cap(hanging) {
		kind := trickles[[]string{"small, almost in", "large", "many chunks"}[i%3]]
		go func() {
			defer func() { ended <- true }()
			for ctx.Err() == nil {
				s.trickle(ctx, address, kind, hanging)
			}
		}()
	}
	for range cap(hanging) {
		<-hanging
	}
	for _, length := range []int64{int64(size), -1} {
		beat := time.NewTicker(50 * time.Millisecond)
		began := time.Now()
		code := s.send(address, &paced{bytes.NewReader(padded(size)), beat, 3 << 20 / 200}, length)
		beat.Stop()
		if code != 200 {
			t.Errorf("%d bytes, announced as %d, were answered %d after %s", size, length, code, time.Since(began))
		}
	}
	stop()
	for range cap(hanging) {
		<-ended
	}
}

func TestRoomForBodies(t *testing.T) {
	r := newRoom(10)
	if err := r.take(t.Context(), 10, "a"); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	waits := make(chan error)
	go func() { waits <- r.take(gone, 1, "a") }()
	cancel() // before it waits or while it does
	if err := <-waits; !errors.Is(err, errOverloaded) {
		t.Errorf("who goes away is told %v", err)
	}
	r.give(4)
	if first := r.ask(4, "a"); first != nil || r.free != 0 {
		t.Errorf("what was given back is not there: %d bytes are", r.free)
	}
}

// TestWhoWaitsForRoomIsServedInTurn, but first of all those from where the least is being read.
func TestWhoWaitsForRoomIsServedInTurn(t *testing.T) {
	r := newRoom(10)
	r.ask(10, "a")
	(&arrival{size: 10, from: "a"}).enter(r)
	line := []*waiter{r.ask(6, "a"), r.ask(2, "a"), r.ask(3, "b"), r.ask(1, "b")}
	served := func() (list []int) {
		for i, w := range line {
			select {
			case <-w.ready:
				list = append(list, i)
			default:
			}
		}
		return list
	}
	r.give(2) // none passes the first in turn
	if got := served(); got != nil {
		t.Errorf("with a part of what the first needs: %v", got)
	}
	r.give(2)
	if got := served(); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("with enough for the others: %v", got)
	}
	r.give(5)
	if got := served(); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("with a part of what is left needs: %v", got)
	}
	r.forget(line[3]) // it had it, and gives it back to the next
	r.forget(line[1])
	if got := served(); !slices.Equal(got, []int{0, 2, 3}) || len(r.waiting) != 0 || r.free != 0 {
		t.Errorf("in the end: %v, %d bytes are free", got, r.free)
	}
}

// TestOnlyWhoHoldsUpOthersIsCutOff, and no more of them than is needed.
func TestOnlyWhoHoldsUpOthersIsCutOff(t *testing.T) {
	r := newRoom(12)
	r.ask(12, "")
	at := time.Now()
	steady, slow, slower := &arrival{}, &arrival{}, &arrival{}
	for _, a := range []*arrival{steady, slow, slower} {
		a.answer, a.size, a.due = discard{}, 4, slowSmall
		a.enter(r)
	}
	for i, c := range []struct {
		what                 string
		wait                 int64
		slow, slower, steady bool
	}{
		{"before anybody is late", 9, false, false, false},
		{"while nobody waits", 0, false, false, false},
		{"the slowest, where that is enough", 4, false, true, false},
		{"who had begun well and comes to a stop, and never who is steady", 12, true, true, false},
	} {
		r.waiting = []*waiter{{size: c.wait}}
		if i > 0 { // a second
			at = at.Add(2 * paceOver)
			steady.got.Add(slowSmall + 1)
		}
		if i < 3 {
			slow.got.Add(slowSmall / 2)
		}
		r.hurry(at)
		if slow.cut != c.slow || slower.cut != c.slower || steady.cut != c.steady {
			t.Errorf("%s: cut off are slow %v, slower %v, steady %v", c.what, slow.cut, slower.cut, steady.cut)
		}
	}
	if !errors.Is(steady.leave(io.ErrUnexpectedEOF), io.ErrUnexpectedEOF) || !errors.Is(slow.leave(os.ErrDeadlineExceeded), errOverloaded) {
		t.Error("who was cut off does not know it, or others are told so")
	}
	if slower.leave(nil) != nil {
		t.Error("what came whole at the last moment is refused")
	}
}

// TestNobodyIsCutOffForWhoHoldsMore: one who wavers, beside a crowd from elsewhere that waits and holds nearly all.
func TestNobodyIsCutOffForWhoHoldsMore(t *testing.T) {
	r := newRoom(12)
	r.ask(12, "")
	one, crowd := &arrival{from: "b"}, []*arrival{{from: "a"}, {from: "a"}}
	for _, a := range append(crowd, one) {
		a.answer, a.size, a.due = discard{}, 4, slowSmall
		a.enter(r)
	}
	r.waiting = []*waiter{{size: 100, from: "a"}}
	r.hurry(time.Now().Add(2 * paceOver))
	if !crowd[0].cut || !crowd[1].cut || one.cut {
		t.Errorf("cut off are %v and %v of the crowd, and the one %v", crowd[0].cut, crowd[1].cut, one.cut)
	}
	r.waiting = append(r.waiting, &waiter{size: 1, from: "c"})
	r.hurry(time.Now().Add(4 * paceOver))
	if !one.cut {
		t.Error("who holds something and lets it trickle keeps out who holds nothing")
	}
}

// discard is an answer that nobody reads.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
