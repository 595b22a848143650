package views

// ListsText is what the list of referrals says of folders, ages, filters and arrivals.
type ListsText struct{}
