package views

import (
	"encoding/json"

	"breakwater/store"
)

// ocean tells of the connection with Ocean: its settings, keys, tests and set-up.
func (s auditSpeaker) ocean() []string {
	w := s.words
	switch s.line.Action {
	case store.ActionSettingsChanged:
		return s.settings()
	case store.ActionKeyGenerated:
		return []string{w.KeyGenerated}
	case store.ActionKeySaved:
		return []string{w.KeySaved}
	case store.ActionKeyRetired:
		return []string{w.KeyRetired}
	case store.ActionKeysShown:
		return []string{w.KeysShown}
	case store.ActionKeysRefused:
		return s.keysRefused()
	case store.ActionOceanTested:
		return s.tested()
	case store.ActionSelfTested:
		if s.Tries > 0 {
			return []string{w.SelfTested(s.Proven, s.Tries)}
		}
	case store.ActionStepTicked:
		return []string{w.StepTicked(lookup(w.Steps, s.line.AuditEntry.Object))}
	case store.ActionStepUnticked:
		return []string{w.StepUnticked(lookup(w.Steps, s.line.AuditEntry.Object))}
	case store.ActionMissedExported:
		if s.References != nil {
			return []string{w.MissedExported(*s.References)}
		}
	}
	return nil
}

// keysRefused says how many calls came within an hour with keys that are not valid, and from where.
func (s auditSpeaker) keysRefused() []string {
	said := []string{s.words.WrongKeys(s.Calls)}
	if s.line.AuditEntry.Object == string(store.RefusedRetired) {
		said[0] = s.words.RetiredKeys(s.Calls)
	}
	if s.Addresses > 0 {
		said = append(said, s.words.FromAddresses(s.Addresses))
	}
	return said
}

// tested says how a test went. Without a host the details were not read, and nothing is claimed.
func (s auditSpeaker) tested() []string {
	var host string
	if json.Unmarshal(s.Host, &host) != nil || host == "" {
		return nil
	}
	said := []string{s.words.OceanWorks(host)}
	if s.Fault != "" {
		said[0] = s.words.OceanFails(host, orElse(s.text.Faults[s.Fault].Title, string(s.Fault)))
	}
	if s.Typed {
		said = append(said, s.words.TypedOnly)
	}
	return said
}

func (s auditSpeaker) document() []string {
	switch w := s.words; {
	case s.line.Action == store.ActionDocumentOpened && s.Download:
		return []string{s.text.Team.SaidDownloaded}
	case s.line.Action == store.ActionDocumentOpened:
		return []string{w.DocumentOpened}
	case s.line.Action == store.ActionDocumentRetried && s.line.AuditEntry.Object != "":
		return []string{w.DocumentRetried}
	case s.line.Action == store.ActionDocumentRetried && s.Documents > 0:
		return []string{w.DocumentsRetried(s.Documents)}
	}
	return nil
}

func (s auditSpeaker) settings() []string {
	var said []string
	if c := s.SiteNumber; c != nil {
		said = append(said, s.words.SiteNumber(c.From, c.To))
	}
	if c := s.hostChange(); c != nil {
		said = append(said, s.words.Host(c.From, c.To))
	}
	if c := s.ClientID; c != nil {
		said = append(said, s.words.ClientID(c.From, c.To))
	}
	switch s.ClientSecret {
	case "set":
		said = append(said, s.words.SecretSet)
	case "removed":
		said = append(said, s.words.SecretRemoved)
	}
	return said
}
