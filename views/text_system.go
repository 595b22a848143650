package views

// SystemText is Settings > System, and all else that is about Breakwater itself.
type SystemText struct {
	Audit SystemAuditText
}

// SystemAuditText tells of entries of the audit log about Breakwater itself.
type SystemAuditText struct {
	Whole, Replaced string // the database was damaged, and is not any more
}

// DamageText is what stands in for every page while the database is damaged.
type DamageText struct {
	Title      string
	Since      func(when string) string
	Lead       string
	StepsTitle string
	Do         string // one instruction on each line
	After      string // what to do once it runs again
	Banner     string // on the pages that still open
}

// Damaged says that the database is damaged, where a whole page has no room.
func (t *Text) Damaged(status int) FailureView {
	return FailureView{Status: status, Title: t.Damage.Title, Text: t.Damage.Banner, Action: t.Failure.Back, ActionHref: "/"}
}

// DiskFull says that nothing more is kept for want of room.
func (t *Text) DiskFull(status int) FailureView {
	e := t.Failure.DiskFull
	return FailureView{Status: status, Title: e.Title, Text: e.Text, Action: t.Failure.Back, ActionHref: "/"}
}
