package views

// ActionsText is what a person can do with a referral, and what becomes of it.
type ActionsText struct{}
