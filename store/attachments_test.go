package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

const letter = "https://ocean.cognisantmd.com/svc/fhir/v1/ServiceRequest/r1/$letter"

// desk is a store with a clock, and what tests of documents do with it.
type desk struct {
	*store.Store
	t     *testing.T
	clock *storetest.Clock
	dir   string
	sent  int
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, clock: storetest.NewClock(), dir: t.TempDir()}
	d.Store = storetest.At(t, d.dir, d.clock)
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// receive keeps another message about a referral, with those documents.
func (d *desk) receive(ref string, documents ...store.Document) {
	d.t.Helper()
	d.sent++
	_, err := d.Receive(ctx, message(fmt.Sprint("m", d.sent), ref, func(m *store.Message) { m.Updates[0].Documents = documents }))
	d.must(err)
}

func (d *desk) due() []store.AttachmentWork {
	d.t.Helper()
	due, err := d.DueAttachments(ctx, true, 1000)
	d.must(err)
	return due
}

// referral returns a referral by its reference, with what became of its documents.
func (d *desk) referral(ref string) (*store.Referral, []*store.Attachment) {
	d.t.Helper()
	rows, _, err := d.Referrals(ctx, store.ReferralFilter{}, 100)
	d.must(err)
	for _, row := range rows {
		r, err := d.Referral(ctx, row.ID)
		d.must(err)
		if r.Ref == ref {
			all, err := d.Attachments(ctx, r)
			d.must(err)
			return r, all
		}
	}
	d.t.Fatalf("no referral %s", ref)
	return nil, nil
}

func (d *desk) counts(pending, attention int64) {
	d.t.Helper()
	st, err := d.Status(ctx)
	d.must(err)
	if st.AttachmentsPending != pending || st.NeedsAttention != attention {
		d.t.Errorf("%d wait and %d need a person, want %d and %d", st.AttachmentsPending, st.NeedsAttention, pending, attention)
	}
}

func TestDocumentsAreQueuedWithTheirMessage(t *testing.T) {
	d := newDesk(t)
	made := d.clock.Now().Add(-time.Hour)
	doc := store.Document{URL: letter, Title: "Ada Example-letter.pdf", Created: made}
	d.receive("r1", doc, store.Document{Title: "no content at all"})
	select {
	case <-d.Work():
	default:
		t.Error("nobody is told of the work")
	}
	d.receive("r1", doc) // Ocean repeats everything
	if due := d.due(); len(due) != 1 || due[0].Link != letter || due[0].Digest != "" {
		t.Fatalf("due: %+v", due)
	}
	d.counts(1, 0)

	d.must(d.KeepAttachment(ctx, d.due()[0], "application/pdf", []byte("%PDF-1 the letter")))
	d.counts(0, 0)
	d.receive("r1", doc)
	d.counts(0, 0)
	doc.Created = made.Add(time.Minute) // made anew
	d.receive("r1", doc)
	d.counts(1, 0)
	r, all := d.referral("r1")
	if len(r.Documents) != 2 || all[1] != nil || all[0].State != store.AttachmentWaiting || !all[0].Here() {
		t.Errorf("a newer letter: %+v", all)
	}
	d.must(d.KeepAttachment(ctx, d.due()[0], "application/pdf", []byte("%PDF-1 the newer letter")))
	if kind, data, err := d.OpenAttachment(ctx, storetest.Admin, r.ID, all[0].ID); err != nil || kind != "application/pdf" || string(data) != "%PDF-1 the newer letter" {
		t.Errorf("%s, %q, %v", kind, data, err)
	}
	d.counts(0, 0)
}

func TestContentIsKeptOnceAndSealed(t *testing.T) {
	d := newDesk(t)
	content := []byte("%PDF-1 CANARY " + strings.Repeat("harbour ", 100))
	for i := range 3 {
		d.receive(fmt.Sprint("r", i), store.Document{URL: letter + fmt.Sprint(i)})
	}
	for _, w := range d.due() {
		d.must(d.KeepAttachment(ctx, w, "application/pdf", content))
	}
	r, all := d.referral("r1")
	other, _ := d.referral("r2")
	kind, data, err := d.OpenAttachment(ctx, storetest.Admin, r.ID, all[0].ID)
	if err != nil || kind != "application/pdf" || !bytes.Equal(data, content) {
		t.Errorf("%s, %d bytes, %v", kind, len(data), err)
	}
	if _, _, err := d.OpenAttachment(ctx, storetest.Admin, other.ID, all[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a document of another referral: %v", err)
	}
	clerk := store.UserActor(storetest.AddUser(t, d.Store, "clerk@example.org", store.ViewAuditLog), "192.0.2.1")
	if _, _, err := d.OpenAttachment(ctx, clerk, r.ID, all[0].ID); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("without View Referrals: %v", err)
	}
	d.must(d.Close())
	size := int64(0)
	for _, name := range []string{"breakwater.db", "breakwater.db-wal"} {
		file, err := os.ReadFile(filepath.Join(d.dir, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, plain := range []string{"CANARY", "harbour", "$letter"} {
			if bytes.Contains(file, []byte(plain)) {
				t.Errorf("%s holds %q", name, plain)
			}
		}
		size += int64(len(file))
	}
	if size == 0 {
		t.Error("nothing was kept")
	}
}

func TestDocumentsThatDoNotComeWaitAndThenNeedAPerson(t *testing.T) {
	d := newDesk(t)
	d.receive("r1", store.Document{URL: letter})
	id := d.due()[0].ID
	start := d.clock.Now()
	var at []time.Duration
	for len(at) < 200 && len(d.due()) == 0 || len(at) == 0 || len(d.due()) == 1 {
		d.must(d.PostponeAttachment(ctx, store.AttachmentWork{ID: id}, store.FaultConnect, 0))
		at = append(at, d.clock.Now().Sub(start))
		next, err := d.NextAttachment(ctx)
		d.must(err)
		if next.IsZero() {
			break
		}
		if len(d.due()) != 0 {
			t.Fatal("due again at once")
		}
		d.clock.Turn(next.Sub(d.clock.Now()))
	}
	if at[2] > 10*time.Second {
		t.Errorf("the first two tries again come after %s", at[2])
	}
	if last := at[len(at)-1]; last < 96*time.Hour || last > 98*time.Hour {
		t.Errorf("given up after %s", last)
	}
	d.counts(0, 1)
	failed, err := d.FailedAttachments(ctx, 10)
	d.must(err)
	r, all := d.referral("r1")
	if len(failed) != 1 || failed[0].ReferralID != r.ID || failed[0].Fault != store.FaultConnect || !failed[0].Since.Equal(start) || all[0].State != store.AttachmentFailed {
		t.Errorf("%+v", failed)
	}
	clerk := store.UserActor(storetest.AddUser(t, d.Store, "clerk@example.org", store.ViewReferrals), "192.0.2.1")
	if err := d.RetryAttachment(ctx, clerk, r.ID, id); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("without Manage Referrals: %v", err)
	}
	if err := d.RetryAttachment(ctx, storetest.Admin, "another referral", id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("under another referral: %v", err)
	}
	d.counts(0, 1)
	d.must(d.RetryAttachment(ctx, storetest.Admin, r.ID, id))
	d.must(d.RetryAttachments(ctx, storetest.Admin)) // pressed by somebody else meanwhile
	d.counts(1, 0)
	if len(d.due()) != 1 {
		t.Error("Try again does not make it due")
	}
	d.must(d.KeepAttachment(ctx, store.AttachmentWork{ID: id}, "text/plain", []byte("here")))
	d.must(d.PostponeAttachment(ctx, store.AttachmentWork{ID: id}, store.FaultConnect, 0)) // a try that lasted too long
	d.counts(0, 0)
}

func TestFaultsThatNoTryMends(t *testing.T) {
	for _, fault := range store.Faults {
		d := newDesk(t)
		d.receive("r1", store.Document{URL: letter})
		id, tries := d.due()[0].ID, 0
		for tries < 30 {
			d.must(d.PostponeAttachment(ctx, store.AttachmentWork{ID: id}, fault, 0))
			tries++
			d.clock.Turn(15 * time.Hour)
			if len(d.due()) == 0 {
				break
			}
		}
		few := map[store.Fault]bool{store.FaultGone: true, store.FaultForbidden: true, store.FaultRedirect: true, store.FaultTooLarge: true, store.FaultContent: true}[fault]
		if few != (tries == 6) || !few && tries < 7 {
			t.Errorf("%s: given up after %d tries", fault, tries)
		}
	}
}

func TestClocksThatJump(t *testing.T) {
	d := newDesk(t)
	d.receive("r1", store.Document{URL: letter})
	id := d.due()[0].ID
	for range 8 {
		d.must(d.PostponeAttachment(ctx, store.AttachmentWork{ID: id}, store.FaultConnect, 0))
	}
	d.clock.Turn(10 * 365 * 24 * time.Hour) // ahead: due, and not given up
	d.must(d.PostponeAttachment(ctx, store.AttachmentWork{ID: id}, store.FaultConnect, 0))
	d.counts(1, 0)
	d.clock.Turn(-20 * 365 * 24 * time.Hour) // back: it does not wait twenty years
	if len(d.due()) != 1 {
		t.Error("a clock that was set back makes it wait")
	}
	d.must(d.PostponeAttachment(ctx, store.AttachmentWork{ID: id}, store.FaultBusy, 30*24*time.Hour))
	next, err := d.NextAttachment(ctx)
	d.must(err)
	if wait := next.Sub(d.clock.Now()); wait != 6*time.Hour {
		t.Errorf("Ocean may make it wait for %s", wait)
	}
}

func TestForeignLinksAreLookedAtAgainWithAnotherHost(t *testing.T) {
	d := newDesk(t)
	d.receive("r1", store.Document{URL: "https://test.cognisantmd.com/svc/x/$letter"})
	id := d.due()[0].ID
	d.must(d.MarkForeign(ctx, store.AttachmentWork{ID: id}))
	d.counts(0, 0)
	host, client := store.TestOceanHost, "another-client"
	d.must(d.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{ClientID: &client}))
	d.counts(0, 0)
	d.must(d.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{Host: &host}))
	d.counts(1, 0)
}

func TestNewCredentialsMakeWhatWaitsDue(t *testing.T) {
	d := newDesk(t)
	d.receive("r1", store.Document{URL: letter})
	for range 7 {
		d.must(d.PostponeAttachment(ctx, store.AttachmentWork{ID: d.id("r1")}, store.FaultServer, 0))
	}
	secret := "a new secret"
	d.must(d.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{ClientSecret: &secret}))
	if len(d.due()) != 1 {
		t.Error("it still waits")
	}
}

// id is that of a referral's first document.
func (d *desk) id(ref string) string { _, all := d.referral(ref); return all[0].ID }

func TestInlineDocumentsNeedNoLink(t *testing.T) {
	d := newDesk(t)
	d.receive("r1", store.Document{Inline: true, Digest: "abc"}, store.Document{URL: letter})
	due, err := d.DueAttachments(ctx, false, 10)
	d.must(err)
	if len(due) != 1 || due[0].Digest != "abc" {
		t.Fatalf("%+v", due)
	}
	raw, err := d.Bundle(ctx, due[0])
	if err != nil || string(raw) != "m1r1" {
		t.Errorf("%q, %v", raw, err)
	}
	d.must(d.GiveUpAttachment(ctx, due[0], store.FaultContent))
	d.counts(1, 1)
}

func TestOceanAccessIsNotPrinted(t *testing.T) {
	d := newDesk(t)
	id, secret := "client", "CANARY"
	d.must(d.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{ClientID: &id, ClientSecret: &secret}))
	a, err := d.OceanAccess(context.Background())
	if err != nil || a.Host != store.DefaultOceanHost || a.ClientID != id || a.ClientSecret != secret || a.Generation == 0 {
		t.Errorf("%v", err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if text := fmt.Sprintf(verb, a) + fmt.Sprintf(verb, &a); strings.Contains(text, secret) || strings.Contains(text, "43414e415259") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}

func TestANewerLetterIsNotLostToTheOldOnesFetch(t *testing.T) {
	d := newDesk(t)
	made := d.clock.Now()
	d.receive("r1", store.Document{URL: letter, Created: made})
	fetching := d.due()[0]
	d.receive("r1", store.Document{URL: letter, Created: made.Add(10 * time.Second)}) // while it is fetched
	d.must(d.PostponeAttachment(ctx, fetching, store.FaultGone, 0))
	d.must(d.KeepAttachment(ctx, fetching, "text/plain", []byte("old")))
	d.counts(1, 0)
	_, all := d.referral("r1")
	if len(d.due()) != 1 || !all[0].Here() || all[0].State != store.AttachmentWaiting {
		t.Fatalf("%+v", all[0])
	}
	d.must(d.KeepAttachment(ctx, d.due()[0], "text/plain", []byte("new")))
	d.counts(0, 0)
	r, all := d.referral("r1")
	if _, data, err := d.OpenAttachment(ctx, storetest.Admin, r.ID, all[0].ID); err != nil || string(data) != "new" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestWithoutCredentialsDocumentsNeedAPersonInTheEnd(t *testing.T) {
	d := newDesk(t)
	d.receive("r1", store.Document{URL: letter})
	d.clock.Turn(95 * time.Hour)
	d.must(d.GiveUpWaiting(ctx))
	d.counts(1, 0)
	d.clock.Turn(2 * time.Hour)
	d.must(d.GiveUpWaiting(ctx))
	d.counts(0, 1)
	id, secret := "client", "secret"
	d.must(d.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{ClientID: &id, ClientSecret: &secret}))
	d.counts(1, 0)
	if len(d.due()) != 1 {
		t.Error("it is not asked for again")
	}
}
