package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

// filled gives a machine some referrals, and returns the inbound key.
func (m *machine) filled(referrals int) string {
	m.t.Helper()
	m.must("", "ocean", "set", "--site-number", "1234")
	m.must("hush hush", "ocean", "set", "--client-id", "me", "--client-secret-stdin")
	m.must(password, "user", "add", "front@example.org", "--role", "front_desk", "--password-stdin")
	key := m.must("", "ocean", "generate-key")
	m.serve()
	for i := range referrals {
		ref := fmt.Sprint("kept-", i)
		if status, body, err := m.send(key, harbour(ref)); status != 200 || err != nil {
			m.t.Fatalf("a bundle: %d %s %v", status, body, err)
		}
	}
	return key
}

// harbour is a bundle about a patient of that name.
func harbour(ref string) []byte {
	return oceantest.Bundle(oceantest.Message{Ref: ref, HeaderID: "msg-" + ref,
		Patient: oceantest.Patient{Family: "Harbour", Given: "Marguerite", HealthNumber: oceantest.HealthNumber(7), BirthDate: "1951-03-02"}})
}

// readable fails unless somebody who signs in reads the first referral of the list.
func (m *machine) readable() {
	m.t.Helper()
	front := m.signIn("front@example.org")
	status, list := m.page(front, "/referrals")
	if status != 200 || !strings.Contains(list, "Harbour") {
		m.t.Fatalf("the list: %d, and Harbour is not on it", status)
	}
}

// TestKeyRotateWhileServing rotates beside a server that receives, and kills whoever rotates, again
// and again, until it is done: nothing that was acknowledged is unreadable, and the server knows the
// new key.
func TestKeyRotateWhileServing(t *testing.T) {
	m := newMachine(t)
	key := m.filled(60)
	stop := make(chan struct{})
	var sender sync.WaitGroup
	sent := 0
	sender.Go(func() {
		for ; ; sent++ {
			select {
			case <-stop:
				return
			default:
			}
			ref := fmt.Sprint("meanwhile-", sent)
			if status, body, err := m.send(key, harbour(ref)); status != 200 || err != nil {
				t.Errorf("while the key is rotated: %d %s %v", status, body, err)
				return
			}
		}
	})
	killed := 0
	for i := range 12 {
		c := m.command("key", "rotate")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		dead := time.AfterFunc(time.Duration(20*i)*time.Millisecond, func() { c.Process.Kill() })
		if err := c.Wait(); err != nil {
			killed++
		}
		dead.Stop()
	}
	if killed == 0 {
		t.Error("it was never killed")
	}
	if said := m.must("", "key", "rotate"); !strings.Contains(said, "seals everything now") {
		t.Errorf("it said %q", said)
	}
	close(stop)
	sender.Wait()
	if t.Failed() {
		return
	}
	m.readable()
	m.must("", "audit", "verify")
	if st := m.status(); int(st["referrals"].(float64)) != 60+sent || sent == 0 {
		t.Errorf("%v referrals, %d were sent meanwhile", st["referrals"], sent)
	}
	if said := m.must("", "status"); !strings.Contains(said, "data_key: ") || strings.Contains(said, "rotation: ") {
		t.Errorf("status says\n%s", said)
	}
	if code := m.stop(); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
	m.serve()
	m.readable()
}

// TestServeGoesOnWithARotation kills the command and leaves the rest to the next start of the server.
func TestServeGoesOnWithARotation(t *testing.T) {
	m := newMachine(t)
	m.filled(150)
	m.stop()
	running := func() bool { return strings.Contains(m.must("", "status"), "rotation: under way") }
	for i := 0; !running(); i++ {
		if i == 60 {
			t.Fatal("it cannot be killed in the middle")
		}
		c := m.command("key", "rotate")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		dead := time.AfterFunc(time.Duration(20+5*(i%40))*time.Millisecond, func() { c.Process.Kill() })
		_ = c.Wait() // killed, or done too early
		dead.Stop()
	}
	m.serve()
	m.until("the server goes on", func() bool { return !running() })
	m.readable()
	m.must("", "audit", "verify")
}

// TestANewMasterKeyAndCredentials replaces the master key beside a server, and gives it to the next
// one as systemd does.
func TestANewMasterKeyAndCredentials(t *testing.T) {
	m := newMachine(t)
	m.filled(3)
	said := m.must("", "key", "new-master")
	former, _, _ := strings.Cut(said[strings.Index(said, m.dir):], ". Only")
	if _, err := os.Stat(former); err != nil {
		t.Errorf("the former key is not where it is said to be: %v: %s", err, said)
	}
	m.readable()
	m.must("", "key", "rotate")
	m.readable()
	m.stop()

	credentials := t.TempDir()
	if err := os.Rename(filepath.Join(m.dir, "master.key"), filepath.Join(credentials, "breakwater-master-key")); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := m.run("", "status"); code != 1 || !strings.Contains(errs, "no master key") {
		t.Errorf("without the key: exit %d: %s", code, errs)
	}
	m.env = []string{"CREDENTIALS_DIRECTORY=" + credentials}
	m.serve()
	m.readable()
	m.stop()
	m.env = append(m.env, "BREAKWATER_MASTER_KEY_FILE="+former)
	if code, _, errs := m.run("", "status"); code != 1 || !strings.Contains(errs, "does not fit") {
		t.Errorf("the variable does not win over the credential: exit %d: %s", code, errs)
	}
	m.env = m.env[:1]
	next := filepath.Join(t.TempDir(), "next.key")
	if said := m.must("", "key", "new-master", "--to", next); !strings.Contains(said, next) {
		t.Errorf("it said %q", said)
	}
	m.env = append(m.env, "BREAKWATER_MASTER_KEY_FILE="+next)
	m.must("", "audit", "verify")
}
