package main

import (
	"context"
	"net/http/httptest"
	"os/user"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
)

const tokenPath, clientSecret = "/svc/oauth2/token", "simulated-secret"

// simulation is a simulated Ocean that a machine may call, and its address.
type simulation struct {
	*oceantest.Ocean
	host string
}

// simulate starts a simulated Ocean for a machine, which may call it but does not know it yet.
func (m *machine) simulate(o oceantest.Options) *simulation {
	m.t.Helper()
	m.t.Setenv("BREAKWATER_OCEAN_ALLOW_LOOPBACK", "1")
	srv := httptest.NewUnstartedServer(nil)
	o.Self, o.Clinic = "http://"+srv.Listener.Addr().String(), m.url("/public/ocean/fhir_bundles")
	s := &simulation{oceantest.New(o), o.Self}
	srv.Config.Handler = s
	srv.Start()
	m.t.Cleanup(srv.Close)
	m.t.Cleanup(srv.CloseClientConnections)
	return s
}

// connect sets a machine and its Ocean up for each other.
func (m *machine) connect(o *simulation) {
	m.t.Helper()
	m.must(clientSecret, "ocean", "set", "--site-number", "1234", "--host", o.host, "--client-id", "simulated-client", "--client-secret-stdin")
	o.SetIntegration(m.url("/public/ocean/fhir_bundles"), m.must("", "ocean", "generate-key"))
}

// do lets something happen in Ocean, of which the machine must take the message.
func (o *simulation) do(t *testing.T, a oceantest.Action) {
	t.Helper()
	d, err := o.Do(context.Background(), a, "")
	if err != nil || d.State != oceantest.Delivered {
		t.Fatalf("%s: %+v, %v", a, d, err)
	}
}

// calls are those so far whose paths hold the text and that were answered with status; any with 0.
func (o *simulation) calls(path string, status int) (list []oceantest.Call) {
	for _, c := range o.Calls() {
		if strings.Contains(c.Path, path) && (status == 0 || c.Status == status) {
			list = append(list, c)
		}
	}
	return list
}

func (m *machine) pending() int { return int(m.status()["attachments_pending"].(float64)) }

// fetched waits until no document is on its way any more.
func (m *machine) fetched() {
	m.t.Helper()
	m.until("all documents fetched", func() bool { return m.pending() == 0 })
}

// TestOceanTestSaysWhatToDo tries the credentials from the command line: none, wrong, right.
func TestOceanTestSaysWhatToDo(t *testing.T) {
	m := newMachine(t)
	m.must("", "status")
	t.Setenv("BREAKWATER_OCEAN_ALLOW_LOOPBACK", "")
	test := func(code int, says string) {
		t.Helper()
		got, out, errs := m.run("", "ocean", "test")
		if got != code || !strings.Contains(out+errs, says) || strings.Count(out+errs, "\n") != 1 || strings.Contains(out+errs, "secret") {
			t.Errorf("ocean test: exit %d, want %d and %q in one line:\n%s%s", got, code, says, out, errs)
		}
	}
	test(1, "Enter both under Ocean OAuth Credentials")
	if code, _, errs := m.run("", "ocean", "set", "--host", "http://127.0.0.1:9"); code != 1 || !strings.Contains(errs, "https://") {
		t.Errorf("a loopback host that nobody allowed: exit %d: %s", code, errs)
	}
	o := m.simulate(oceantest.Options{})
	m.connect(o)
	test(0, o.host+" accepts")
	m.must("a wrong secret\n", "ocean", "set", "--client-secret-stdin")
	test(1, "Copy both again")
	if n := len(o.calls(tokenPath, 0)); n != 2 {
		t.Errorf("two tests asked for %d tokens", n)
	}
	t.Setenv("BREAKWATER_OCEAN_ALLOW_LOOPBACK", "")
	test(1, "begins with https://")
	o.SetFaults(oceantest.Faults{Outage: true})
	t.Setenv("BREAKWATER_OCEAN_ALLOW_LOOPBACK", "1")
	test(1, "tried again by themselves")

	who, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	log := m.must("", "audit", "export", "--format", "ndjson")
	if n := strings.Count(log, `"ocean.tested"`); n != 5 || strings.Contains(log, "wrong secret") || strings.Contains(log, clientSecret) {
		t.Errorf("%d of 5 tests are in the log, or a secret is:\n%s", n, log)
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, `"ocean.tested"`) && !strings.Contains(line, `"cli:`+who.Username+`"`) {
			t.Errorf("the log does not say who: %s", line)
		}
	}
}
