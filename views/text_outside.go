package views

import "breakwater/store"

// OutsideText is about what leaves the audit log: its heads, and exports.
type OutsideText struct {
	Lost     func(entry int, outlet string) string
	LostText string
	Fails    func(outlet string) string // its newest entry cannot be noted there
	Since    string                     // before a time
	Noted    func(outlet string) string // before when it last was
	Outlets  map[string]string          // by their names
	Faults   map[store.OutletFault]string

	About       string
	AboutWrong  func(typed string) string
	AboutSecret string // to who may not know which patients there are
	AboutNobody string
	FHIRLines   string
	ExportOne   string // on the page of one referral

	Exported func(format, from, until string, referrals int) string // dates or "", -1 for all referrals
}
