package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	"breakwater/store"

	"github.com/google/uuid"
)

// What [Fill] puts in, to look for later. Everybody is invented.
const (
	FilledSite     = "4321"
	FilledSecret   = "the client secret of nobody"
	FilledMail     = "the mail server's password of nobody"
	FilledRef      = "5f0c0f2e-1111-4222-8333-944455556666"
	FilledFamily   = "Harbour"
	FilledNumber   = "9876543217"
	FilledLetter   = "%PDF-1.4 a letter about nobody"
	FilledNote     = "she prefers mornings"
	FilledQuery    = "harb"
	FilledEmail    = "ada@example.org"
	FilledListing  = "Listing/harbour-cardiology"
	FilledMissed   = "missed-referral-1"
	FilledSaid     = "the appointment is in the past"
	FilledMessages = 4
)

// Filled is what [Fill] made, to look it up.
type Filled struct {
	Referral string // id of the referral with [FilledRef]
	Message  string // id of its first message
	Document string // id of its letter
	Key      string // the inbound key that is valid
}

type filler struct {
	t   testing.TB
	ctx context.Context
	*store.Store
	made Filled
}

// Fill puts something of everything that is kept into a new store: a value into every sealed column
// and into every kind of audit entry that holds one.
func Fill(t testing.TB, s *store.Store) Filled {
	t.Helper()
	f := &filler{t: t, ctx: context.Background(), Store: s}
	f.settings()
	f.messages()
	f.work()
	f.seen()
	return f.made
}

func (f *filler) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *filler) settings() {
	site, secret, client := FilledSite, FilledSecret, "client"
	f.must(f.SaveOceanSettings(f.ctx, Admin, store.OceanChange{SiteNumber: &site, ClientID: &client, ClientSecret: &secret}))
	mail := FilledMail
	f.must(f.SaveNoticeSettings(f.ctx, Admin, store.NoticeChange{NoticeSettings: Notices(), Password: &mail}))
	_, err := f.GenerateKey(f.ctx, Admin)
	f.must(err)
	f.made.Key, err = f.GenerateKey(f.ctx, Admin)
	f.must(err)
	f.must(f.RetireKey(f.ctx, Admin))
	f.must(f.DraftKey(f.ctx, Admin)) // whose value any session may see
	id, err := f.AddUser(f.ctx, Admin, store.NewUser{Email: FilledEmail, Name: "Ada Example", Password: Password, Roles: []string{"administrator"}})
	f.must(err)
	ada, err := f.User(f.ctx, id)
	f.must(err)
	f.must(f.BeginApp(f.ctx, store.UserActor(ada, ""))) // which waits for its first code
}

func (f *filler) messages() {
	for i := range FilledMessages {
		ref, header, family, service := FilledRef, fmt.Sprint("filled-", i), FilledFamily, "Cardiology"
		if i == FilledMessages-1 {
			ref, family, service = "another-referral", "Lighthouse", "Dermatology"
		}
		m := store.Message{HeaderID: header, Event: "notify-update-service-request", Raw: fmt.Appendf(nil, `{"id":"%s"}`, header),
			Digest: sha256.Sum256([]byte(header)), Updates: []store.Update{{Ref: ref, Event: "notify-update-service-request", HeaderID: header,
				ReceiverSite: FilledSite, Listing: FilledListing, Request: &store.Request{Service: service, Priority: "urgent"},
				Patient: &store.Patient{Name: store.Name{Family: family, Given: []string{"Marguerite"}}, BirthDate: "1951-03-02",
					HealthNumber: &store.HealthNumber{Value: FilledNumber, Ontario: true, Valid: true}},
				Documents: []store.Document{{Title: "Letter", URL: "https://ocean.cognisantmd.com/svc/letter/" + ref}}}}}
		if i == 1 {
			m.Problems = []store.Problem{store.ProblemOddResource}
		}
		r, err := f.Receive(f.ctx, m)
		f.must(err)
		if i == 0 {
			f.made.Message = r.MessageID
		}
		f.must(f.NoteReceived(f.ctx, m, r))
	}
	missed := store.Message{HeaderID: "filled-missed", Updates: []store.Update{{Ref: FilledMissed}}}
	f.must(f.NoteRefusal(f.ctx, store.RefusedFull, &missed))
	f.must(f.ProveListing(f.ctx, FilledListing))
	f.must(f.Beat(f.ctx))
	rows, err := f.SearchReferrals(f.ctx, FilledRef, 2)
	if err != nil || len(rows) != 1 {
		f.t.Fatalf("the referral: %v, %v", rows, err)
	}
	f.made.Referral = rows[0].ID
}

func (f *filler) work() {
	due, err := f.DueAttachments(f.ctx, true, 1)
	if err != nil || len(due) != 1 {
		f.t.Fatalf("documents to fetch: %v, %v", due, err)
	}
	f.made.Document = due[0].ID
	f.must(f.KeepAttachment(f.ctx, due[0], "application/pdf", []byte(FilledLetter)))
	r, err := f.Referral(f.ctx, f.made.Referral)
	f.must(err)
	out := store.Outgoing{ID: uuid.NewString(), Kind: store.OutStatus, Bundle: []byte(`{"bundle":true}`),
		Update: store.Update{Ref: FilledRef, Task: &store.Task{Status: "accepted"}}}
	f.must(f.Tell(f.ctx, Admin, r.ID, r.Version, out))
	f.must(f.RefuseOutbox(f.ctx, out.ID, store.FaultServer, FilledSaid))
	f.must(f.AddRemark(f.ctx, Admin, r.ID, FilledNote))
}

func (f *filler) seen() {
	r, err := f.Referral(f.ctx, f.made.Referral)
	f.must(err)
	f.must(f.RecordOpened(f.ctx, Admin, r))
	f.must(f.RecordSearched(f.ctx, Admin, FilledQuery, 1))
	_, _, err = f.OpenAttachment(f.ctx, Admin, r.ID, f.made.Document)
	f.must(err)
	_, _, err = f.ShowRaw(f.ctx, Admin, f.made.Message, false)
	f.must(err)
}
