package views

import (
	"time"

	"breakwater/store"
)

// keys says what became of the keys that seal what is kept.
func (s auditSpeaker) keys() []string {
	w, key := s.text.Keeping, s.line.AuditEntry.Object
	switch {
	case s.line.Action == store.ActionRotationStarted:
		return []string{w.RotationStarted(key)}
	case s.line.Action == store.ActionRotationEnded && s.Left > 0:
		return []string{w.RotationLeft(key, s.Left)}
	case s.line.Action == store.ActionRotationEnded:
		return []string{w.RotationEnded(key, s.Values)}
	case s.line.Action == store.ActionMasterReplaced:
		return []string{w.MasterReplaced}
	}
	return nil
}

// backup says what became of a backup.
func (s auditSpeaker) backup() []string {
	w, file := s.text.Keeping, s.line.AuditEntry.Object
	why := orElse(w.Faults[store.BackupFault(s.Fault)], string(s.Fault))
	var said []string
	switch s.line.Action {
	case store.ActionBackupMade:
		said = []string{choose(s.Nightly, w.NightlyMade, w.BackupMade)(file)}
	case store.ActionBackupFailed:
		said = []string{choose(s.Nightly, w.NightlyFailed, w.BackupFailed)(why)}
	case store.ActionBackupTried:
		if said = []string{w.BackupTried(file)}; s.Fault != "" {
			said[0] = w.BackupTriedFails(file, why)
		}
	case store.ActionRestored:
		said = []string{w.Restored(file, sayTime(s.Until))}
	}
	if s.Damaged > 0 {
		said = append(said, w.BackupDamaged(s.Damaged))
	}
	return said
}

func choose[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

// sayTime writes a time of an entry's details without its seconds, in UTC; what is none stays as it is.
func sayTime(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return at.UTC().Format("2006-01-02 15:04 UTC")
}
