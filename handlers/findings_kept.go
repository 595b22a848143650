package handlers

import (
	"time"

	"breakwater/store"
	"breakwater/views"
)

// findOutlets is how the audit log's head leaves the database: one finding for each way in which it does
// not, or that shows that the log is shorter than it was. None where all is well.
func findOutlets(outlets []store.AuditOutlet, t *views.Text) (list []views.Finding) {
	for _, o := range outlets {
		if o.Lost > 0 {
			f := fault(views.CheckAudit, "audit.lost")
			f.Name, f.Count = t.Audit.Outside.Outlets[o.Name], int(o.Lost)
			list = append(list, f)
		}
		if !o.Failing.IsZero() {
			f := warning(views.CheckAudit, "audit.outlet")
			f.Name, f.When, f.Cause.Text = t.Audit.Outside.Outlets[o.Name], o.Failing, t.Audit.Outside.Faults[o.Fault]
			list = append(list, f)
		}
	}
	return list
}

// findBackups is how old the last good backup is; whether the newest one failed, where another is good; and
// whether one could be restored when that was tried.
func findBackups(b store.BackupState, now time.Time, t *views.Text) []views.Finding {
	list := []views.Finding{findBackup(b, now)}
	why := func(f views.Finding, r store.BackupRecord) views.Finding {
		fault := r.Fault
		if fault == "" {
			fault = store.BackupDamage
		}
		f.When, f.Name = r.At, t.Keeping.Faults[fault]
		return f
	}
	if !b.Last.At.IsZero() && !b.Last.Good() {
		list = append(list, why(warning(views.CheckBackup, "backup.last"), b.Last))
	}
	switch {
	case b.Trial.At.IsZero(), b.Trial.Fault == store.BackupMissing, b.Trial.Fault == store.BackupBroken: // which say nothing of a backup
	case b.Trial.Good():
		f := views.Fine(views.CheckBackup)
		f.Code, f.When = "backup.tried", b.Trial.At
		list = append(list, f)
	default:
		list = append(list, why(warning(views.CheckBackup, "backup.trial"), b.Trial))
	}
	return list
}

func findBackup(b store.BackupState, now time.Time) views.Finding {
	f := views.Fine(views.CheckBackup)
	switch {
	case b.Good.Good() && now.Sub(b.Good.At) < freshBackup:
	case b.Folder == "":
		f = warning(views.CheckBackup, "backup.off")
	case b.Good.Good():
		f = warning(views.CheckBackup, "backup.old")
	case b.Last.At.IsZero():
		f = warning(views.CheckBackup, "backup.never")
	default:
		f = warning(views.CheckBackup, "backup.failed")
	}
	f.When, f.Age, f.Name = b.Good.At, now.Sub(b.Good.At), b.Folder
	return f
}
