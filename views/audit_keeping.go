package views

import "breakwater/store"

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
