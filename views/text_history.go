package views

// HistoryText is the history of a referral in plain words, and raw messages.
type HistoryText struct{}
