package views

import "testing"

func TestInLanguage(t *testing.T) {
	for lang, want := range map[string]*Text{
		"en": &English, "en-CA": &English, "fr": &French, "fr-CA": &French, "FR": &French, "fr-FR": &French,
		"": &English, "de": &English, "fro": &English, "fr_CA": &English, "*": &English,
	} {
		if got := InLanguage(lang); got != want {
			t.Errorf("InLanguage(%q) is the catalogue whose sign-in reads %q", lang, got.Login.Button)
		}
	}
}

func TestLanguagesHaveCatalogues(t *testing.T) {
	seen := map[*Text]string{}
	for _, lang := range []string{"en", "fr"} {
		if other, taken := seen[InLanguage(lang)]; taken {
			t.Errorf("%s and %s have one catalogue", other, lang)
		}
		seen[InLanguage(lang)] = lang
	}
}
