package views

import (
	"encoding/json"

	"breakwater/store"
)

// factor tells what was done to second steps.
func (s auditSpeaker) factor() []string {
	w := s.words.Factors
	var name string
	// Where it was renamed there are two names, which nameChange reads.
	_ = json.Unmarshal(s.Name, &name)
	switch s.line.Action {
	case store.ActionPasskeyAdded:
		return []string{w.PasskeyAdded(name)}
	case store.ActionPasskeyRemoved:
		return []string{w.PasskeyRemoved(name)}
	case store.ActionPasskeyRenamed:
		if c := s.nameChange(); c != nil {
			return []string{w.PasskeyRenamed(c.From, c.To)}
		}
	case store.ActionPasskeySuspected:
		return []string{w.PasskeySuspected(s.who())}
	case store.ActionAppAdded:
		return []string{w.AppAdded}
	case store.ActionAppRemoved:
		return []string{w.AppRemoved}
	case store.ActionCodesRenewed:
		return []string{w.CodesRenewed}
	case store.ActionFactorsReset:
		return []string{w.FactorsReset(s.who())}
	}
	return nil
}
