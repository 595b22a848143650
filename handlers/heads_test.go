package handlers

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// keeper is a site whose heads leave it, with ticks that tests make.
type keeper struct {
	*site
	*HeadKeeper
}

func newKeeper(t testing.TB, s *site, to HeadOutlets) *keeper {
	t.Helper()
	k, err := NewHeadKeeper(t.Context(), s.store, to, s.clock.Now, s.config.Log)
	s.must(err)
	return &keeper{s, k}
}

// after turns the clock on and lets the keeper look at it.
func (k *keeper) after(d time.Duration) {
	k.clock.Turn(d)
	k.bring(k.t.Context(), false)
}

// act appends an entry to the log.
func (k *keeper) act() {
	k.t.Helper()
	k.must(k.site.store.RecordDenied(k.t.Context(), storetest.Admin, "GET /", store.EditUsers))
}

func (k *keeper) head() string {
	k.t.Helper()
	h, err := k.site.store.AuditHead(k.t.Context())
	k.must(err)
	return h.String()
}

// state is how an outlet does.
func (k *keeper) state(name string) store.AuditOutlet {
	k.t.Helper()
	list, err := k.site.store.AuditOutlets(k.t.Context())
	k.must(err)
	for _, o := range list {
		if o.Name == name {
			return o
		}
	}
	k.t.Fatalf("no outlet %s in %v", name, list)
	return store.AuditOutlet{}
}

func (k *keeper) logged(text string) int { return strings.Count(k.site.log.String(), text) }

func TestTheHeadLeavesAtTheStartEveryHourAndAtTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads")
	k := newKeeper(t, newSite(t), HeadOutlets{File: path})
	var want []string
	wrote := func(what string) {
		t.Helper()
		want = append(want, k.clock.Now().UTC().Format(time.RFC3339)+" "+k.head())
		text, err := os.ReadFile(path)
		if err != nil || string(text) != strings.Join(want, "\n")+"\n" {
			t.Fatalf("%s: the file holds\n%swant\n%s (%v)", what, text, strings.Join(want, "\n"), err)
		}
		seq, mac, _ := strings.Cut(k.head(), ":")
		if n := k.logged(`"msg":"audit head","seq":` + seq + `,"mac":"` + mac + `"`); n == 0 {
			t.Errorf("%s: the log does not tell the head:\n%s", what, k.site.log)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	ticks, done := make(chan time.Time), make(chan bool)
	go func() { k.Run(ctx, ticks); close(done) }()
	ticks <- k.clock.Now() // it has looked, and waits
	ticks <- k.clock.Now()
	wrote("at the start")
	stop()
	<-done
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	k.act()
	for range 59 {
		k.after(time.Minute)
	}
	if text, _ := os.ReadFile(path); strings.Count(string(text), "\n") != 1 {
		t.Errorf("before the hour is over:\n%s", text)
	}
	k.after(time.Minute)
	wrote("after an hour")
	k.after(time.Hour)
	wrote("after an hour in which nothing happened")
	k.act()
	k.Leave(ctx) // which has ended
	wrote("at the end")
	if o := k.state("file"); o.Fault != "" || o.Lost != 0 || !o.SentAt.Equal(k.clock.Now()) || fmt.Sprint(o.Seq) != strings.Split(k.head(), ":")[0] {
		t.Errorf("%+v", o)
	}
	heads, err := store.ReadHeads(strings.NewReader(strings.Join(want, "\n")))
	k.must(err)
	if _, err := k.site.store.VerifyHeads(t.Context(), heads...); err != nil {
		t.Error(err)
	}
	inLog, err := store.ReadHeads(strings.NewReader(k.site.log.String()))
	if err != nil || len(inLog) != len(heads) {
		t.Errorf("%d heads in the log, %d in the file: %v", len(inLog), len(heads), err)
	}
}

func TestNothingLeavesAnEmptyLog(t *testing.T) {
	s := storetest.Open(t)
	log := &logBuffer{}
	k, err := NewHeadKeeper(t.Context(), s, HeadOutlets{File: filepath.Join(t.TempDir(), "heads")}, time.Now, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	k.Leave(t.Context())
	if strings.Contains(log.String(), `msg="audit head"`) {
		t.Error(log)
	}
}

// TestACutOffTailIsFoundByItsFile cuts the log as somebody can who has the database and an older copy
// of it, so that it is whole in itself.
func TestACutOffTailIsFoundByItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads")
	s := newSite(t)
	k := newKeeper(t, s, HeadOutlets{File: path})
	k.act()
	conn := s.sql()
	s.exec(conn, `CREATE TEMP TABLE old AS SELECT * FROM audit_head`)
	k.act()
	k.Leave(t.Context())
	lost := k.state("file").Seq
	s.exec(conn, `DROP TRIGGER audit_entries_no_delete`)
	s.exec(conn, `DELETE FROM audit_entries WHERE seq > (SELECT seq FROM old)`)
	s.exec(conn, `DELETE FROM audit_head`)
	s.exec(conn, `INSERT INTO audit_head SELECT * FROM old`)
	if _, err := s.store.VerifyAudit(t.Context(), ""); err != nil {
		t.Fatalf("the test must leave a log that is whole in itself: %v", err)
	}
	if n := k.logged("was cut off"); n != 0 {
		t.Fatal("too early")
	}
	k = newKeeper(t, s, HeadOutlets{File: path}) // a restart
	k.bring(t.Context(), false)
	if o := k.state("file"); o.Lost != lost || k.logged("was cut off") != 1 {
		t.Errorf("%+v; the log:\n%s", o, k.site.log)
	}
	if o := k.state("log"); o.Lost != 0 {
		t.Errorf("the log remembers nothing from before the start: %+v", o)
	}
	v := s.person("ada@clinic.example", store.ViewAuditLog)
	v.get(auditPath).wants(t, 200).shows(t, s.text().Audit.Outside.LostText)
	k.after(time.Hour)
	if o := k.state("file"); o.Lost != lost || k.logged("was cut off") != 1 {
		t.Errorf("an hour later: %+v", o)
	}
	text, err := os.Open(path)
	s.must(err)
	defer text.Close()
	heads, err := store.ReadHeads(text)
	s.must(err)
	if _, err := s.store.VerifyHeads(t.Context(), heads...); err == nil || !strings.Contains(err.Error(), strconv.FormatInt(lost, 10)) {
		t.Errorf("verified against the file: %v", err)
	}
	s.must(os.Rename(path, path+".before")) // as after a restored backup
	k.after(time.Hour)
	if o := k.state("file"); o.Lost != 0 || o.Fault != "" {
		t.Errorf("a new file: %+v", o)
	}
	v = s.signIn("ada@clinic.example")
	v.get(auditPath).wants(t, 200).hides(t, s.text().Audit.Outside.LostText).shows(t, s.text().Audit.Outside.Noted(""))
}

// TestARunningProgramMissesItsHeads has no file: what it said itself an hour ago is enough.
func TestARunningProgramMissesItsHeads(t *testing.T) {
	s := newSite(t)
	k := newKeeper(t, s, HeadOutlets{})
	k.act()
	k.bring(t.Context(), false)
	conn := s.sql()
	s.exec(conn, `DROP TRIGGER audit_entries_no_update`)
	s.exec(conn, `UPDATE audit_entries SET mac = x'00' WHERE seq = (SELECT max(seq) FROM audit_entries)`)
	k.after(time.Hour)
	if o := k.state("log"); o.Lost == 0 || k.logged("was cut off") != 1 {
		t.Errorf("%+v", o)
	}
}

func TestAFileThatCannotBeWrittenIsSaidOnceAndTriedEveryMinute(t *testing.T) {
	mount := filepath.Join(t.TempDir(), "mount")
	path := filepath.Join(mount, "heads")
	s := newSite(t)
	k := newKeeper(t, s, HeadOutlets{File: path})
	k.bring(t.Context(), false)
	since := k.clock.Now()
	for range 5 {
		k.after(time.Minute)
	}
	if o := k.state("file"); o.Fault != store.OutletMissing || !o.Failing.Equal(since) || !o.SentAt.IsZero() {
		t.Errorf("%+v", o)
	}
	if k.logged("cannot leave") != 1 || k.logged(`"msg":"audit head"`) != 1 {
		t.Errorf("the log:\n%s", k.site.log)
	}
	v := s.person("ada@clinic.example", store.ViewAuditLog)
	v.get(auditPath).wants(t, 200).shows(t, s.text().Audit.Outside.Faults[store.OutletMissing])
	s.must(os.Mkdir(mount, 0o700))
	k.after(time.Minute)
	if o := k.state("file"); o.Fault != "" || !o.Failing.IsZero() || !o.SentAt.Equal(k.clock.Now()) || k.logged("leaves again") != 1 {
		t.Errorf("%+v; the log:\n%s", o, k.site.log)
	}
	v.get(auditPath).wants(t, 200).hides(t, s.text().Audit.Outside.Faults[store.OutletMissing])
	s.must(os.Remove(path))
	s.must(os.Mkdir(path, 0o700))
	k.after(time.Hour)
	if o := k.state("file"); o.Fault != store.OutletOther || k.logged("cannot leave") != 2 {
		t.Errorf("a folder in its place: %+v", o)
	}
}

func TestABrokenLineIsEndedBeforeTheNext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads")
	s := newSite(t)
	k := newKeeper(t, s, HeadOutlets{File: path})
	k.bring(t.Context(), false)
	whole, err := os.ReadFile(path)
	s.must(err)
	s.must(os.WriteFile(path, append(whole, whole[:40]...), 0o600)) // the power failed
	k.act()
	k.after(time.Hour)
	text, err := os.ReadFile(path)
	s.must(err)
	if heads, err := store.ReadHeads(strings.NewReader(string(text))); err != nil || len(heads) != 2 || heads[1].String() != k.head() || k.state("file").Lost != 0 {
		t.Errorf("%v, %v in\n%s", heads, err, text)
	}
}

var syslogLine = regexp.MustCompile(`^<109>1 2026-06-01T\d\d:\d\d:\d\d\.\d{3}Z [!-~]{1,255} breakwater \d+ audithead - audit head (\d+:[0-9a-f]{64})$`)

// wantsHead wants a message that RFC 5424 allows, with that head.
func wantsHead(t testing.TB, text, head string) {
	t.Helper()
	if m := syslogLine.FindStringSubmatch(text); m == nil || m[1] != head {
		t.Errorf("%q, want the head %s", text, head)
	}
}

func TestTheHeadLeavesBySyslogOverUDP(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	k := newKeeper(t, newSite(t), HeadOutlets{Syslog: "udp://" + conn.LocalAddr().String()})
	k.bring(t.Context(), false)
	packet := make([]byte, 2048)
	n, _, err := conn.ReadFrom(packet)
	k.must(err)
	wantsHead(t, string(packet[:n]), k.head())
	if o := k.state("syslog"); o.Fault != "" || o.SentAt.IsZero() {
		t.Errorf("%+v", o)
	}
	conn.Close()
	k.after(time.Hour)
	if o := k.state("syslog"); o.Fault != store.OutletUnreachable || k.logged("cannot leave") != 1 {
		t.Errorf("where nobody listens: %+v", o)
	}
}

// collector takes messages over a stream and hands them out.
func collector(t testing.TB, l net.Listener) <-chan string {
	t.Cleanup(func() { l.Close() })
	messages := make(chan string, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(conn)
			if count, err := r.ReadString(' '); err == nil {
				n, _ := strconv.Atoi(strings.TrimSpace(count))
				text := make([]byte, n)
				if _, err := io.ReadFull(r, text); err == nil {
					if _, err := r.ReadByte(); err == io.EOF { // and nothing else
						messages <- string(text)
					}
				}
			}
			conn.Close()
		}
	}()
	return messages
}

func TestTheHeadLeavesBySyslogOverTCPAndTLS(t *testing.T) {
	plain := loopback(t)
	messages := collector(t, plain)
	k := newKeeper(t, newSite(t), HeadOutlets{Syslog: "tcp://" + plain.Addr().String()})
	k.bring(t.Context(), false)
	wantsHead(t, <-messages, k.head())
	plain.Close()
	k.after(time.Hour)
	if o := k.state("syslog"); o.Fault != store.OutletUnreachable {
		t.Errorf("where nobody listens: %+v", o)
	}

	f := newFiles(t)
	cert, key := pair(t, 7)
	f.write(f.cert, cert)
	f.write(f.key, key)
	own, err := tls.X509KeyPair(cert, key)
	k.must(err)
	inner := loopback(t)
	secure := collector(t, tls.NewListener(inner, &tls.Config{Certificates: []tls.Certificate{own}}))
	_, port, _ := net.SplitHostPort(inner.Addr().String())
	to := HeadOutlets{Syslog: "tls://clinic.example:" + port, CAFile: f.cert}
	far, err := newSyslog(to.Syslog, to.CAFile)
	k.must(err)
	far.address = inner.Addr().String() // the name is the certificate's; the test's host is loopback
	k = newKeeper(t, k.site, to)
	k.outlets[1].send = remembering(far.send)
	k.bring(t.Context(), false)
	wantsHead(t, <-secure, k.head())
	if o := k.state("syslog"); o.Fault != "" {
		t.Errorf("%+v", o)
	}
	for what, change := range map[string]func(*tls.Config){
		"another name":      func(c *tls.Config) { c.ServerName = "other.example" },
		"the system's word": func(c *tls.Config) { c.RootCAs = nil },
	} {
		stranger, err := newSyslog(to.Syslog, to.CAFile)
		k.must(err)
		stranger.address = inner.Addr().String()
		change(stranger.config)
		k.outlets[1].send = remembering(stranger.send)
		k.after(time.Hour)
		if o := k.state("syslog"); o.Fault != store.OutletCertificate || len(secure) != 0 {
			t.Errorf("%s: %+v, %d messages", what, o, len(secure))
		}
	}
}

func TestACollectorThatTakesNothingIsNoticed(t *testing.T) {
	l := loopback(t)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.(*net.TCPConn).SetLinger(0) // so that closing resets
			conn.Close()
		}
	}()
	k := newKeeper(t, newSite(t), HeadOutlets{Syslog: "tcp://" + l.Addr().String()})
	k.bring(t.Context(), false)
	if o := k.state("syslog"); o.Fault != store.OutletUnreachable {
		t.Errorf("%+v", o)
	}
}

// TestAnOutletThatHangsHoldsNobodyUp lets a try hang for good: the others go on, and so does the end.
func TestAnOutletThatHangsHoldsNobodyUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads")
	k := newKeeper(t, newSite(t), HeadOutlets{File: path, Syslog: "udp://127.0.0.1:9"})
	release, entered := make(chan bool), make(chan bool, 10)
	k.outlets[2].send = func(ctx context.Context, _ store.AuditHead, _ time.Time) (h store.AuditHead, err error) {
		entered <- true
		<-release
		return h, nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // sooner than its own bound
	defer cancel()
	_, err := k.outlets[2].try(ctx, store.AuditHead{Seq: 1}, k.clock.Now())
	if outletFault(err) != store.OutletSlow {
		t.Errorf("%v", err)
	}
	<-entered
	k.Leave(t.Context())
	if o := k.state("syslog"); o.Fault != store.OutletSlow || len(entered) != 0 {
		t.Errorf("%+v, entered %d more times", o, len(entered))
	}
	if o := k.state("file"); o.Fault != "" || o.SentAt.IsZero() {
		t.Errorf("%+v", o)
	}
	close(release)
}

func TestOutletsAreCheckedAtTheStart(t *testing.T) {
	s := newSite(t)
	f := newFiles(t)
	f.write(f.key, []byte("no certificate"))
	for _, to := range []HeadOutlets{{Syslog: "logs.example.org"}, {Syslog: "udp://logs.example.org"}, {Syslog: "http://logs.example.org:1"}, {Syslog: "tls://:6514"},
		{Syslog: "tcp://logs.example.org:601/x"}, {Syslog: "tcp://user@logs.example.org:601"}, {Syslog: "tls://logs.example.org:6514", CAFile: f.key},
		{Syslog: "tls://logs.example.org:6514", CAFile: f.cert}} {
		if _, err := NewHeadKeeper(t.Context(), s.store, to, s.clock.Now, s.config.Log); err == nil || !strings.Contains(err.Error(), "BREAKWATER_AUDIT_HEAD_") {
			t.Errorf("%+v: %v", to, err)
		}
	}
	newKeeper(t, s, HeadOutlets{File: filepath.Join(s.dir, "heads")})
	if !strings.Contains(s.log.String(), "lies on the disk of the database") {
		t.Errorf("the log:\n%s", s.log)
	}
	newKeeper(t, s, HeadOutlets{})
	if list, err := s.store.AuditOutlets(t.Context()); err != nil || len(list) != 1 || list[0].Name != "log" {
		t.Errorf("%v, %v", list, err)
	}
}
