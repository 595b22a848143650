package ocean

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// sized answers with documents of so many bytes, whose length is told or not. Before the body it asks.
func sized(bytes int, told bool, before func()) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if told {
			w.Header().Set("Content-Length", strconv.Itoa(bytes))
		}
		body := fmt.Sprintf("%%PDF-1.7 %s ", r.URL.Path)
		_, _ = io.WriteString(w, body)
		_ = http.NewResponseController(w).Flush()
		before()
		_, _ = w.Write(make([]byte, bytes-len(body)))
	}
}

// fetching fetches so many documents side by side. It says when one is in memory, before it gives back
// its room.
func fetching(t *testing.T, c *Client, host string, memory *room, documents int, came func(bytes int64)) {
	t.Helper()
	var all sync.WaitGroup
	for i := range documents {
		all.Go(func() {
			part, err := memory.take(ctx, c.limits.document)
			if err != nil {
				t.Error(err)
				return
			}
			defer part.giveBack()
			got, err := c.fetch(ctx, fmt.Sprintf("%s/svc/d/%d/$binary", host, i), part)
			if err != nil || int64(len(got.Data)) != part.bytes {
				t.Errorf("%d bytes of %d: %v", len(got.Data), part.bytes, err)
			}
			came(part.bytes)
		})
	}
	all.Wait()
}

func TestDocumentsInMemoryAreBounded(t *testing.T) {
	for _, told := range []bool{true, false} {
		var now atomic.Int64 // asked for, and not given back yet
		f := newFake(t, sized(600, told, func() {
			if n := now.Add(1); n > 2 {
				t.Errorf("length told: %v: %d documents at once", told, n)
			}
		}))
		c := f.client(t, func(c *Client) { c.limits.document = 600 })
		memory := newRoom(1300) // two, and a little
		fetching(t, c, f.URL, memory, 20, func(int64) { now.Add(-1) })
		if !memory.free.TryAcquire(1300) {
			t.Error("not all of it was given back")
		}
	}
}

// TestSmallDocumentsDoNotWait: what Ocean says is small lets the next one begin though either might
// have filled the room.
func TestSmallDocumentsDoNotWait(t *testing.T) {
	var arrived sync.WaitGroup
	arrived.Add(3)
	f := newFake(t, sized(100, true, func() { arrived.Done(); arrived.Wait() })) // none ends before all three have begun
	c := f.client(t, func(c *Client) { c.limits.document = 600 })
	fetching(t, c, f.URL, newRoom(800), 3, func(int64) {})
}

func TestALetterLargerThanTheRoomGetsAllOfIt(t *testing.T) {
	f := newFake(t, sized(600, true, func() {}))
	c := f.client(t, func(c *Client) { c.limits.document = 600 })
	part, err := newRoom(100).take(ctx, 600)
	if err != nil {
		t.Fatal(err)
	}
	defer part.giveBack()
	if _, err := c.fetch(ctx, f.URL+"/svc/d/1/$binary", part); err != nil {
		t.Error(err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := part.room.take(gone, 1); err == nil {
		t.Error("a full room lets somebody in who has gone")
	}
}

// TestLargeLettersAreKeptOneByOne: of letters that fill the memory the next is asked for only once the
// one before is in the database.
func TestLargeLettersAreKeptOneByOne(t *testing.T) {
	const letters = 6
	s := storetest.At(t, t.TempDir(), storetest.NewClock())
	var asked atomic.Int64
	f := newFake(t, sized(600, true, func() {
		n := asked.Add(1)
		st, err := s.Status(ctx)
		if err != nil || st.AttachmentsPending != letters-(n-1) {
			t.Errorf("when letter %d was sent, %d of %d were not kept yet, %v", n, st.AttachmentsPending, letters, err)
		}
	}))
	m := store.Message{HeaderID: "h", Updates: []store.Update{{Ref: "r"}}}
	for i := range letters {
		m.Updates[0].Documents = append(m.Updates[0].Documents, store.Document{URL: fmt.Sprintf("%s/svc/ServiceRequest/%d/$letter?attachments=true", f.URL, i)})
	}
	if _, err := s.Receive(ctx, m); err != nil {
		t.Fatal(err)
	}
	c := f.client(t, func(c *Client) { c.limits.letter = 600 })
	fetcher := NewFetcher(s, false, storetest.NewClock().Now, slog.New(slog.DiscardHandler))
	fetcher.memory = newRoom(700)
	due, err := s.DueAttachments(ctx, true, letters)
	if err != nil || len(due) != letters {
		t.Fatalf("%d due, %v", len(due), err)
	}
	if _, err := inTurn(due, func(w store.AttachmentWork) (bool, error) { return fetcher.fetch(ctx, c, w) }); err != nil {
		t.Fatal(err)
	}
	if st, err := s.Status(ctx); err != nil || st.AttachmentsPending != 0 || asked.Load() != letters {
		t.Errorf("%d asked for, %+v, %v", asked.Load(), st, err)
	}
}
