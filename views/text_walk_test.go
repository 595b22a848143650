package views

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"
)

// A leaf is one text of a catalogue, or one function that makes a text, in both languages.
type leaf struct {
	path   string // such as Referrals.Folder, or Folders[New].Title
	en, fr reflect.Value
}

// leaves walks both catalogues at once. Keys of a map that only one of them has fail the test.
func leaves(t *testing.T) []leaf {
	t.Helper()
	return walk(t, "", reflect.ValueOf(English), reflect.ValueOf(French), nil)
}

func walk(t *testing.T, path string, en, fr reflect.Value, found []leaf) []leaf {
	t.Helper()
	switch en.Kind() {
	case reflect.Struct:
		for i := range en.NumField() {
			name := en.Type().Field(i).Name
			if path != "" {
				name = path + "." + name
			}
			found = walk(t, name, en.Field(i), fr.Field(i), found)
		}
	case reflect.Map:
		for _, k := range en.MapKeys() {
			name := fmt.Sprintf("%s[%v]", path, k)
			if !fr.MapIndex(k).IsValid() {
				t.Errorf("%s is missing in French", name)
				continue
			}
			found = walk(t, name, en.MapIndex(k), fr.MapIndex(k), found)
		}
		for _, k := range fr.MapKeys() {
			if !en.MapIndex(k).IsValid() {
				t.Errorf("%s[%v] is missing in English", path, k)
			}
		}
	case reflect.String, reflect.Func:
		found = append(found, leaf{path, en, fr})
	default:
		t.Fatalf("%s is a %s, which no test here knows", path, en.Kind())
	}
	return found
}

// A sample is one set of arguments for a function of the catalogue.
type sample struct {
	number int
	truth  bool
	empty  int // which string is empty, counted from 1; 0 for none
}

var samples = []sample{{0, false, 0}, {1, true, 0}, {2, false, 0}, {7, true, 0}, {7, false, 1}, {7, false, 2}}

// sampleWords stand in for what comes from people and from Ocean. They hold nothing that a rule
// of typography is about.
var sampleWords = []string{"Exemple", "Modèle", "Essai", "Ébauche"}

// arguments makes the arguments of a function, and returns which words and numbers they hold.
func (s sample) arguments(f reflect.Type) (args []reflect.Value, held []string) {
	for i := range f.NumIn() {
		switch in := f.In(i); in.Kind() {
		case reflect.Int:
			args = append(args, reflect.ValueOf(s.number))
			held = append(held, fmt.Sprint(s.number))
		case reflect.Bool:
			args = append(args, reflect.ValueOf(s.truth))
		case reflect.String:
			word := ""
			if s.empty != i+1 {
				word = sampleWords[i]
				held = append(held, word)
			}
			args = append(args, reflect.ValueOf(word).Convert(in))
		case reflect.Slice:
			words := sampleWords[2:][:1+s.number%2]
			list := reflect.MakeSlice(in, 0, len(words))
			for _, word := range words {
				list = reflect.Append(list, reflect.ValueOf(word).Convert(in.Elem()))
			}
			args = append(args, list)
			held = append(held, words...)
		default:
			panic("no sample for " + in.String())
		}
	}
	return args, held
}

// hole finds where an empty argument left a gap: no such argument is meant there.
var hole = regexp.MustCompile(`\s[\s.,;:]|^[\s,:]|\s$|“”`)

// texts returns what a leaf says: itself, or the fields of what a function returns.
func texts(v reflect.Value) []string {
	if v.Kind() == reflect.String {
		return []string{v.String()}
	}
	var all []string
	for i := range v.NumField() {
		all = append(all, texts(v.Field(i))...)
	}
	return all
}

// said returns all that a leaf says in English and in French. Functions are called with every
// sample, but with an empty string only where English has words for it.
func (l leaf) said() (en, fr []string) {
	if l.en.Kind() != reflect.Func {
		return texts(l.en), texts(l.fr)
	}
	if l.en.IsNil() || l.fr.IsNil() {
		return nil, nil // which TestNothingIsMissing tells
	}
	for _, s := range samples {
		args, _ := s.arguments(l.en.Type())
		inEnglish := texts(l.en.Call(args)[0])
		if s.empty > 0 && slices.ContainsFunc(inEnglish, hole.MatchString) {
			continue
		}
		en = append(en, inEnglish...)
		fr = append(fr, texts(l.fr.Call(args)[0])...)
	}
	return en, fr
}
