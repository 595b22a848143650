package views

// DocumentsText is about documents: in a referral, and those that a person should look at.
type DocumentsText struct{}
