package store

import (
	"context"
	"fmt"
	"testing"
)

func TestWrongCountersAreFound(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	ctx := context.Background()
	for i := range 3 {
		m := Message{HeaderID: fmt.Sprint("m", i), Raw: []byte("{}"), Updates: []Update{{Ref: fmt.Sprint("r", i), Documents: []Document{{URL: fmt.Sprint("https://ocean.example/", i)}}}}}
		if _, err := s.Receive(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want ...WrongCounter) {
		t.Helper()
		wrong, err := s.CheckCounters(ctx)
		if err != nil || fmt.Sprint(wrong) != fmt.Sprint(want) {
			t.Errorf("%v, %v, want %v", wrong, err, want)
		}
	}
	check()
	change := func(query string) {
		t.Helper()
		if err := s.update(ctx, func(t *tx) error { return t.exec(query) }); err != nil {
			t.Fatal(err)
		}
	}
	change(`UPDATE counters SET value = value + 1 WHERE name = 'folder received new'`)
	change(`INSERT INTO counters VALUES ('review sent', 2)`)
	change(`DELETE FROM counters WHERE name = 'attachments_pending'`)
	check(WrongCounter{"attachments_pending", 0, 3}, WrongCounter{"folder received new", 4, 3}, WrongCounter{"review sent", 2, 0})
}
