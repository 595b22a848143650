package views

import (
	"encoding/json"
	"slices"

	"breakwater/store"
)

// roleName is the role that an entry is about: as it was called then, else as it is called now.
func (s auditSpeaker) roleName() string {
	var name string
	if json.Unmarshal(s.Name, &name) == nil && name != "" {
		return name
	}
	return orElse(s.line.Object, s.text.roleNamed(s.roles, s.line.AuditEntry.Object))
}

// nameChange is how a name changed, or nil where it did not.
func (s auditSpeaker) nameChange() *auditChange {
	var c auditChange
	if json.Unmarshal(s.Name, &c) != nil || c.To == "" {
		return nil
	}
	return &c
}

// hostChange is how the Ocean host changed, or nil where it did not. Either side may be empty.
func (s auditSpeaker) hostChange() *auditChange {
	var c auditChange
	if json.Unmarshal(s.Host, &c) != nil || c == (auditChange{}) {
		return nil
	}
	return &c
}

func (s auditSpeaker) roleNames(codes []string) []string {
	var names []string
	for _, code := range codes {
		names = append(names, s.text.roleNamed(s.roles, code))
	}
	return names
}

func (s auditSpeaker) permissionNames(codes []store.Permission) []string {
	var names []string
	for _, p := range store.Permissions() { // in the order in which people read them
		if slices.Contains(codes, p) {
			names = append(names, s.text.Permission(p).Title)
		}
	}
	for _, p := range codes {
		if !p.Valid() {
			names = append(names, string(p))
		}
	}
	return names
}

func (s auditSpeaker) language(code string) string {
	switch code {
	case "":
		return s.words.Browser
	case "en":
		return s.text.Account.LanguageEnglish
	case "fr":
		return s.text.Account.LanguageFrench
	}
	return code
}

func (s auditSpeaker) theme(code string) string {
	switch code {
	case "":
		return s.words.BySystem
	case "light":
		return s.words.Light
	case "dark":
		return s.words.Dark
	}
	return code
}
