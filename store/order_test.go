package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// The same messages tell the same story in whatever order they come, and however often.

const orderSeed = 20260601

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

// randomUpdate says something or other, at one of few moments, so that there are many ties.
func randomUpdate(rng *rand.Rand, n int) Update {
	u := Update{Ref: "r", HeaderID: fmt.Sprint("m", n), Rank: rng.IntN(4), SentAt: monday.Add(time.Duration(rng.IntN(5)) * time.Minute),
		Event:        pick(rng, "add-service-request", "notify-update-service-request", "notify-data-correction"),
		ReceiverSite: pick(rng, "4321", "4321", "4321", "5555", ""), Revoked: rng.IntN(9) == 0, Test: rng.IntN(20) == 0}
	if rng.IntN(8) == 0 {
		u.SentAt = time.Time{}
	}
	if rng.IntN(2) == 0 {
		u.Task = &Task{Status: pick(rng, "requested", "received", "accepted", "accepted", "in-progress", "rejected", "cancelled", "completed", ""),
			Code: pick(rng, "process-request", "process-request-consult")}
	}
	if rng.IntN(3) == 0 {
		u.Appointment = &Appointment{Status: "booked", Start: booking.AddDate(0, 0, rng.IntN(2)), Confirmed: rng.IntN(2) == 0}
		if rng.IntN(3) == 0 {
			u.Appointment = &Appointment{Status: "proposed"}
		}
	}
	for range rng.IntN(3) {
		c := rng.IntN(6)
		u.Communications = append(u.Communications, Communication{ID: fmt.Sprint("c", c), FromReceiver: c%2 == 0,
			Text: fmt.Sprint("said in ", n), SentAt: monday.Add(time.Duration(rng.IntN(3)) * time.Second)})
	}
	if rng.IntN(2) == 0 {
		u.Patient = &Patient{Name: Name{Family: fmt.Sprint("Example", n)}, BirthDate: "1985-12-10"}
		u.Documents = []Document{{Title: fmt.Sprint(n), URL: fmt.Sprint("https://ocean.example/", rng.IntN(3))}}
		u.Links = []Link{{LinkBasedOn, fmt.Sprint("r", rng.IntN(3))}}
	}
	return u
}

func randomMessages(rng *rand.Rand) []heard {
	list := make([]heard, 1+rng.IntN(8))
	for i := range list {
		u := randomUpdate(rng, i)
		if rng.IntN(5) == 0 {
			u.HeaderID = "m0" // the same id with other content
		}
		tie, err := json.Marshal(u)
		if err != nil {
			panic(err)
		}
		list[i] = heard{Update: u, ours: isOurs(u.ReceiverSite, "4321"), deliveries: 1, tie: tie, seq: int64(i),
			receivedAt: monday.Add(time.Duration(rng.IntN(10)) * time.Minute)}
	}
	return list
}

func shuffled[T any](rng *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func TestAnyOrderOfArrivalTellsTheSameReferral(t *testing.T) {
	for n := range uint64(3000) {
		rng := rand.New(rand.NewPCG(orderSeed, n))
		messages := randomMessages(rng)
		want := tell(slices.Clone(messages))
		for range 4 {
			if got := tell(shuffled(rng, messages)); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, %d: told in another order\n%+v\nwant\n%+v", orderSeed, n, got, want)
			}
		}
	}
}

func TestTellingChangesNoMessage(t *testing.T) {
	for n := range uint64(500) {
		messages := randomMessages(rand.New(rand.NewPCG(orderSeed, n)))
		before, _ := json.Marshal(messages)
		again := slices.Clone(messages)
		tell(again)
		slices.SortFunc(again, func(a, b heard) int { return int(a.seq - b.seq) })
		if after, _ := json.Marshal(again); string(after) != string(before) {
			t.Fatalf("seed %d, %d: telling changed a message\n%s\nwas\n%s", orderSeed, n, after, before)
		}
	}
}

// Ocean's messages carry all that has accumulated, so the newest is often said again under a new id.
func TestNewestMessageSaidAgainChangesNothing(t *testing.T) {
	for n := range uint64(3000) {
		rng := rand.New(rand.NewPCG(orderSeed+1, n))
		messages := randomMessages(rng)
		inOrder(messages)
		want := tell(slices.Clone(messages))
		again := messages[len(messages)-1]
		again.HeaderID, again.SentAt = "repeat", again.at().Add(time.Hour)
		got := tell(append(slices.Clone(messages), again))
		got.SentAt = want.SentAt
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, %d: said again\n%+v\nwant\n%+v", orderSeed+1, n, got, want)
		}
	}
}

// known is the one referral of a store and its row in the list, without what differs by store.
func known(t *testing.T, s *Store) (Referral, ReferralRow) {
	t.Helper()
	rows, _, err := s.Referrals(context.Background(), ReferralFilter{}, 10)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d referrals, %v", len(rows), err)
	}
	r, err := s.Referral(context.Background(), rows[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if r.Folder != rows[0].Folder || r.Direction != rows[0].Direction || r.Test != rows[0].Test ||
		!reflect.DeepEqual(r.Patient.Name, rows[0].Patient) || !r.ReceivedAt.Equal(rows[0].ReceivedAt) {
		t.Errorf("the list shows %+v of %+v", rows[0], r)
	}
	r.ID, rows[0].ID = "", ""
	r.Version = 0 // counts the changes that there were on the way
	return *r, rows[0]
}

func TestAnyOrderAndRepetitionReceivedGivesTheSameReferral(t *testing.T) {
	site, ctx := "4321", context.Background()
	for n := range uint64(6) {
		rng := rand.New(rand.NewPCG(orderSeed+2, n))
		var messages []Message
		for i := range 3 + rng.IntN(5) {
			u := randomUpdate(rng, i)
			messages = append(messages, Message{HeaderID: u.HeaderID, Event: u.Event, SentAt: u.SentAt, Raw: []byte(u.HeaderID),
				Digest: sha256.Sum256([]byte(u.HeaderID)), Updates: []Update{u}})
		}
		var want Referral
		var wantRow ReferralRow
		for try := range 4 {
			s := opened(t)
			if err := s.SaveOceanSettings(ctx, CLIActor("test"), OceanChange{SiteNumber: &site}); err != nil {
				t.Fatal(err)
			}
			sending := shuffled(rng, messages)
			repeats := 0
			if try > 0 { // the first store hears each once, in order
				repeats = rng.IntN(6)
				for range repeats {
					sending = append(sending, pick(rng, messages...))
				}
				sending = shuffled(rng, sending)
			} else {
				sending = messages
			}
			for _, m := range sending {
				if _, err := s.Receive(ctx, m); err != nil {
					t.Fatal(err)
				}
			}
			got, row := known(t, s)
			deliveries := 0
			for i := range got.History {
				deliveries += got.History[i].Deliveries
				got.History[i].Deliveries, got.History[i].MessageID = 0, ""
			}
			if deliveries != len(sending) || len(got.History) != len(messages) {
				t.Errorf("seed %d, %d: %d deliveries of %d messages, want %d of %d", orderSeed+2, n, deliveries, len(got.History), len(sending), len(messages))
			}
			if try == 0 {
				want, wantRow = got, row
			} else if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(row, wantRow) {
				t.Errorf("seed %d, %d: with %d repeats, in another order\n%+v\nwant\n%+v", orderSeed+2, n, repeats, got, want)
			}
			closeStore(t, s)
		}
	}
}

func TestMessagesOfOneInstantAreToldByRankThenID(t *testing.T) {
	said := func(rank int, id, status, listing string) heard {
		h := heard{Update: Update{Ref: "r", HeaderID: id, Rank: rank, SentAt: monday, Listing: listing, Task: &Task{Status: status}}}
		h.tie = []byte(listing)
		return h
	}
	for _, c := range []struct {
		name        string
		first, then heard
	}{
		{"rank", said(1, "b", "accepted", "b"), said(2, "a", "completed", "a")},
		{"id", said(1, "a", "accepted", "b"), said(1, "b", "completed", "a")},
		{"content", said(1, "a", "accepted", "a"), said(1, "a", "completed", "b")},
	} {
		for _, messages := range [][]heard{{c.first, c.then}, {c.then, c.first}} {
			if r := tell(messages); r.Task.Status != "completed" {
				t.Errorf("%s does not decide: %s", c.name, r.Task.Status)
			}
		}
	}
}
