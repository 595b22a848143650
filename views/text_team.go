package views

// TeamText is working on referrals together: assignments, notes, reviews, and who opened what.
type TeamText struct{}
