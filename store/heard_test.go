package store

import (
	"fmt"
	"testing"
	"time"
)

// TestALongConversationIsGatheredInLinearTime tells a referral of many messages, each of which
// repeats all that was said before, as Ocean's do.
func TestALongConversationIsGatheredInLinearTime(t *testing.T) {
	at := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	var said []Communication
	var messages []heard
	for i := range 20_000 {
		said = append(said, Communication{ID: fmt.Sprint(i), SentAt: at.Add(time.Duration(i) * time.Second), FromReceiver: i%2 == 0})
	}
	for i := range 3 {
		messages = append(messages, heard{Update: Update{Ref: "r", HeaderID: fmt.Sprint(i), SentAt: at.AddDate(0, 0, i), Communications: said}, receivedAt: at})
	}
	start := time.Now()
	r := tell(messages)
	if n := len(r.Communications); n != len(said) {
		t.Errorf("%d of %d were gathered", n, len(said))
	}
	if took := time.Since(start); took > 5*time.Second { // quadratic, it took minutes
		t.Errorf("gathering took %s", took)
	}
	if r.Folder != FolderNew {
		t.Errorf("the referrer spoke last, and the referral is in %s", r.Folder)
	}
}
