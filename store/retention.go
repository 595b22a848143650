package store

// RetentionClass is a kind of things that are over, for which the clinic can say how long they are kept.
type RetentionClass string

// What can be kept for a time.
const (
	RetainClosed    RetentionClass = "closed"    // referrals in a closed folder, with all that belongs to them
	RetainTest      RetentionClass = "test"      // likewise, of those marked as test data
	RetainUnmatched RetentionClass = "unmatched" // messages that are about no referral
)

// RetentionClasses are all of them, in the order of the page.
var RetentionClasses = []RetentionClass{RetainClosed, RetainTest, RetainUnmatched}

// RetentionTotals count what is removed for its age.
type RetentionTotals struct {
	Referrals int `json:"referrals"`
	Messages  int `json:"messages"`
	Documents int `json:"documents"`
}
