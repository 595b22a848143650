package views

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sameInBoth lists what is the same in English and French: names, codes, and words that the
// languages share.
var sameInBoth = []string{
	"Breakwater", "PDF", "STAT", "TEST",
	"English", "Français",
	"Menu", "Patient", "Service", "Documents", "Message", "Messages", "Urgent", "Format", "Code",
	"Production (ocean.cognisantmd.com)",
	// as Ocean's portal has them
	"Ocean", "Client ID", "Secret", "Request URL", "Header Name", "Payload type", "FHIR v0.11.1",
	"API Key Authentication", "FHIR AuditEvent", "Menu > Admin > Integrations > Register an Integration",
	"Exemple · Breakwater",
}

func TestNothingIsMissing(t *testing.T) {
	blank := func(s string) bool { return strings.TrimSpace(s) == "" }
	for _, l := range leaves(t) {
		if en, fr := l.said(); len(en) == 0 || slices.ContainsFunc(en, blank) || slices.ContainsFunc(fr, blank) {
			t.Errorf("%s is missing in a language, or says nothing for some argument: %q %q", l.path, en, fr)
		}
	}
}

func TestFrenchIsTranslated(t *testing.T) {
	used := map[string]bool{}
	for _, l := range leaves(t) {
		en, fr := l.said()
		for i := range en {
			if en[i] != fr[i] || en[i] == "" {
				continue
			}
			used[fr[i]] = true
			if !slices.Contains(sameInBoth, fr[i]) {
				t.Errorf("%s is the same in both: %q", l.path, fr[i])
			}
		}
	}
	for _, s := range sameInBoth {
		if !used[s] {
			t.Errorf("sameInBoth allows %q, which is nowhere the same", s)
		}
	}
}

// TestFrenchNamesWhatEnglishNames finds an argument that English says and French forgets.
func TestFrenchNamesWhatEnglishNames(t *testing.T) {
	for _, l := range leaves(t) {
		if l.en.Kind() != reflect.Func || l.fr.IsNil() {
			continue
		}
		for _, s := range samples {
			args, held := s.arguments(l.en.Type())
			en := strings.Join(texts(l.en.Call(args)[0]), "\n")
			fr := strings.Join(texts(l.fr.Call(args)[0]), "\n")
			for _, h := range held {
				if strings.Contains(en, h) && !strings.Contains(fr, h) {
					t.Errorf("%s does not say %q: %s", l.path, h, fr)
				}
			}
		}
	}
}

// TestFrenchPlurals holds that nought is singular as one is, and that two is not.
func TestFrenchPlurals(t *testing.T) {
	for _, l := range leaves(t) {
		if l.fr.Kind() != reflect.Func || l.fr.IsNil() || !takesOnlyNumbers(l.fr.Type()) {
			continue
		}
		say := func(n int) string {
			args, _ := sample{number: n}.arguments(l.fr.Type())
			text := strings.Join(texts(l.fr.Call(args)[0]), "\n")
			return strings.ReplaceAll(text, fmt.Sprint(n), "#")
		}
		if none := say(0); strings.Contains(none, "#") && none != say(1) {
			t.Errorf("%s: 0 is not singular: %q, %q", l.path, say(0), say(1))
		}
		if say(2) != say(7) {
			t.Errorf("%s: %q, %q", l.path, say(2), say(7))
		}
	}
	for n, want := range map[int]string{0: "0\u00a0jour", 1: "1\u00a0jour", 2: "2\u00a0jours"} {
		if got := countFR(n, "jour", "jours"); got != want {
			t.Errorf("countFR(%d) = %q, want %q", n, got, want)
		}
	}
}

func takesOnlyNumbers(f reflect.Type) bool {
	for i := range f.NumIn() {
		if k := f.In(i).Kind(); k != reflect.Int && k != reflect.Bool {
			return false
		}
	}
	return true
}

// typography lists what must not stand in a French text, by Le guide du rédacteur's rules of
// spacing and by the manners of the house.
var typography = []struct{ why, never string }{
	{"a straight apostrophe or quotation mark", `['"]`},
	{"English quotation marks", `[“”]`},
	{"no no-break space before a colon", `[^\x{a0}]:(\s|$)|^:`},
	{"no no-break space inside guillemets", `«[^\x{a0}]|[^\x{a0}]»|«$|^»`},
	{"a space before ; ! ? , or .", `[\s\x{a0}][;!?,.](\s|$)`},
	{"no no-break space between a number and its noun", `\d \p{L}{2}`},
	{"two spaces, or one at an end", `[\s\x{a0}]{2}|^\s|\s$`},
	{"a raised voice", `!`},
	{"tutoiement", `(?i)(^|\PL)(tu|toi|ton|tes)(\PL|$)`},
	{"words that the house does without", `(?i)veuillez|s’il vous plaît|avec succès|e-mail|\bemail\b`},
	{"three dots", `\.\.\.`},
}

func TestFrenchTypography(t *testing.T) {
	rules := make([]*regexp.Regexp, len(typography))
	for i, r := range typography {
		rules[i] = regexp.MustCompile(r.never)
	}
	for _, l := range leaves(t) {
		_, fr := l.said()
		for _, s := range fr {
			for i, rule := range rules {
				if at := rule.FindString(s); at != "" {
					t.Errorf("%s has %s, %q: %s", l.path, typography[i].why, at, s)
				}
			}
		}
	}
}

// TestTypographyRulesBite keeps the rules from passing everything.
func TestTypographyRulesBite(t *testing.T) {
	wrong := []string{"l'aiguillage", "un “mot”", "Ocean: oui", "«mot»", "oui ; non", "3 lettres", "deux  espaces",
		"Fait!", "ton compte", "Veuillez attendre", "Attendez..."}
	for i, s := range wrong {
		if !regexp.MustCompile(typography[i].never).MatchString(s) {
			t.Errorf("the rule against %s passes %q", typography[i].why, s)
		}
	}
	right := "L’envoi de 14:30 à https://ocean.example a «\u00a0échoué\u00a0»\u00a0: 3\u00a0fois, 4 à 7\u00a0chiffres; voyez."
	for _, r := range typography {
		if at := regexp.MustCompile(r.never).FindString(right); at != "" {
			t.Errorf("the rule against %s finds %q in what is right", r.why, at)
		}
	}
}

// TestLongNamesStartWithShortOnes holds what screen readers say to what stands on the button, so
// that who speaks to the computer can press it (WCAG 2.5.3). By convention they are X and XOf.
func TestLongNamesStartWithShortOnes(t *testing.T) {
	by := map[string]leaf{}
	for _, l := range leaves(t) {
		by[l.path] = l
	}
	for path, short := range by {
		long, ok := by[path+"Of"]
		if !ok {
			continue
		}
		enShort, frShort := short.said()
		enLong, frLong := long.said()
		if !strings.HasPrefix(enLong[0], enShort[0]) || !strings.HasPrefix(frLong[0], frShort[0]) {
			t.Errorf("%sOf does not start with %s: %q %q", path, path, enLong[0], frLong[0])
		}
	}
}
