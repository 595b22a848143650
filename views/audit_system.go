package views

import "breakwater/store"

// system says what happened to Breakwater itself.
func (s auditSpeaker) system() []string {
	switch w := s.text.System.Audit; s.line.Action {
	case store.ActionDatabaseMended:
		if s.How == "whole" {
			return []string{w.Whole}
		}
		return []string{w.Replaced}
	}
	return nil
}
