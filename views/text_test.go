package views

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"breakwater/store"

	"github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
)

// catalogues lists every language, so that each is held to the same.
func catalogues() map[string]*Text { return map[string]*Text{"en": &English} }

func TestEveryWordIsThere(t *testing.T) {
	for lang, text := range catalogues() {
		checkFilled(t, lang, reflect.ValueOf(*text))
	}
}

// checkFilled fails for an empty string, a nil function or a function that returns nothing.
func checkFilled(t *testing.T, where string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			checkFilled(t, where+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Map:
		if v.Len() == 0 {
			t.Errorf("%s is empty", where)
		}
		for _, k := range v.MapKeys() {
			checkFilled(t, where+"["+k.String()+"]", v.MapIndex(k))
		}
	case reflect.Func:
		if v.IsNil() {
			t.Errorf("%s is missing", where)
			return
		}
		args := make([]reflect.Value, v.Type().NumIn())
		for i := range args {
			args[i] = reflect.Zero(v.Type().In(i))
			if args[i].Kind() == reflect.String {
				args[i] = reflect.ValueOf("x").Convert(v.Type().In(i)) // an empty one may leave a gap between two words
			}
		}
		checkFilled(t, where+"()", v.Call(args)[0])
	case reflect.String:
		checkVoice(t, where, v.String())
	}
}

// checkVoice holds a text to the house's manner: said plainly, and without raising the voice.
func checkVoice(t *testing.T, where, s string) {
	t.Helper()
	if strings.TrimSpace(s) == "" {
		t.Errorf("%s is empty", where)
	}
	for _, never := range []string{"!", "please note", "successfully", "  "} {
		if strings.Contains(strings.ToLower(s), never) {
			t.Errorf("%s says %q: %s", where, never, s)
		}
	}
}

func TestEveryCodeHasWords(t *testing.T) {
	for lang, text := range catalogues() {
		for _, p := range store.Permissions() {
			if text.Permissions[p].Title == "" {
				t.Errorf("%s: permission %s has no name", lang, p)
			}
		}
		for _, f := range []store.Folder{store.FolderNew, store.FolderPendingBooking, store.FolderBookedUnconfirmed,
			store.FolderBookedConfirmed, store.FolderAwaitingReply, store.FolderAwaitingResponse, store.FolderDeclined,
			store.FolderCompleted, store.FolderCancelled, store.FolderForwarded} {
			if text.Folders[f] == "" {
				t.Errorf("%s: folder %s has no name", lang, f)
			}
		}
		for _, p := range []store.Problem{store.ProblemUnknownEvent, store.ProblemInvalidUTF8, store.ProblemNoReference,
			store.ProblemNoPatient, store.ProblemNoRecipient, store.ProblemOddResource, store.ProblemContentChanged} {
			if text.ProblemKinds[p].Text == "" {
				t.Errorf("%s: problem %s has no explanation", lang, p)
			}
		}
		for _, d := range []store.Direction{store.DirectionReceived, store.DirectionSent, store.DirectionUnknown} {
			if text.Directions[d] == "" {
				t.Errorf("%s: direction %s has no name", lang, d)
			}
		}
		for _, k := range []store.LinkKind{store.LinkReplaces, store.LinkReplacedBy, store.LinkBasedOn} {
			if text.LinkKinds[k] == "" {
				t.Errorf("%s: link %s has no name", lang, k)
			}
		}
	}
}

func TestCodesFromOutsideFallBack(t *testing.T) {
	if got := English.Folder("odd"); got != "odd" {
		t.Errorf("Folder = %q", got)
	}
	if got := English.Event("notify-odd"); got != "An unknown kind of message" {
		t.Errorf("Event = %q", got)
	}
	if got := English.Problem("odd"); got.Title == "" || got.Text == "" {
		t.Errorf("Problem = %+v", got)
	}
	for use, want := range map[string]string{"home": "Home phone", "odd": "Phone"} {
		if got := English.Contact(store.ContactPoint{System: "phone", Use: use}); got != want {
			t.Errorf("Contact(%s) = %q, want %q", use, got, want)
		}
	}
	if got := English.Contact(store.ContactPoint{System: "telepathy"}); got != "Other contact" {
		t.Errorf("Contact = %q", got)
	}
	if got := English.Status(418); got.Title == "" || got.ActionHref != "/" {
		t.Errorf("Status = %+v", got)
	}
}

// TestTemplatesSayNoWords finds words that a template says by itself; they would stay English.
func TestTemplatesSayNoWords(t *testing.T) {
	names, err := filepath.Glob("*.templ")
	if err != nil || len(names) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	for _, name := range names {
		file, err := parser.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		v := visitor.New()
		v.Text = func(n *parser.Text) error {
			if hasLetter(n.Value) {
				t.Errorf("%s says %q", name, n.Value)
			}
			return nil
		}
		v.StringExpression = func(n *parser.StringExpression) error {
			if hasLetter(literals(n.Expression.Value)) {
				t.Errorf("%s says %s", name, n.Expression.Value)
			}
			return nil
		}
		v.ConstantAttribute = func(n *parser.ConstantAttribute) error {
			if spoken(n.Key.String()) && hasLetter(n.Value) {
				t.Errorf("%s says %s=%q", name, n.Key, n.Value)
			}
			return nil
		}
		v.ExpressionAttribute = func(n *parser.ExpressionAttribute) error {
			if spoken(n.Key.String()) && hasLetter(literals(n.Expression.Value)) {
				t.Errorf("%s says %s=%s", name, n.Key, n.Expression.Value)
			}
			return nil
		}
		if err := file.Visit(v); err != nil {
			t.Fatal(err)
		}
	}
}

// spoken reports whether people see or hear the value of an attribute.
func spoken(attribute string) bool {
	switch attribute {
	case "aria-label", "aria-description", "title", "placeholder", "alt", "data-label", "data-copied":
		return true
	}
	return false
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// literals returns what stands between double quotes in a Go expression, map keys left out.
func literals(expression string) string {
	var out strings.Builder
	parts := strings.Split(expression, `"`)
	for i := 1; i < len(parts); i += 2 {
		if !strings.HasSuffix(parts[i-1], "[") {
			out.WriteString(parts[i])
		}
	}
	return out.String()
}
