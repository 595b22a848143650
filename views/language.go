package views

import "strings"

// InLanguage returns the catalogue of a language: French for "fr" and its regions such as
// "fr-CA", English for any other.
func InLanguage(lang string) *Text {
	primary, _, _ := strings.Cut(lang, "-")
	if strings.EqualFold(primary, "fr") {
		return &French
	}
	return &English
}
