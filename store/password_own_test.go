package store_test

import (
	"errors"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

func TestPasswordsMadeOfNames(t *testing.T) {
	rule := store.PasswordRule{Words: []string{"Hélène O'Brien-Tremblay", "h.tremblay@harbourclinic.example", "referrals.harbourclinic.example", "李小龙"}}
	for _, p := range []string{
		"helenetremblay!", "Hélène Tremblay 2026", "HELENE-OBRIEN-TREMBLAY", "tremblaytremblay", "h.tremblay@harbourclinic.example",
		"Tremblay123456789", "tremblay tremblay password", "harbourclinic2026", "HarbourClinic!!!", "h4rbourclinic h@rbourclinic",
		"referrals.harbourclinic", "breakwater harbourclinic", "Breakwater-Ocean-2026", "oceanoceanocean", "MyOceanEReferral1", "CognisantMD-2026!",
		"tremblay-montreal-montreal", "H\u00e9le\u0300neTremblay!", "李小龙李小龙李小龙李小龙李小龙",
	} {
		if err := store.CheckPassword(p, rule); !errors.Is(err, store.ErrPasswordOwn) && !errors.Is(err, store.ErrPasswordCommon) {
			t.Errorf("%q: %v", p, err)
		}
	}
	for _, p := range []string{
		"tremblay walks to seven lakes", "the ocean sings at noon", "helene ate a green umbrella", storetest.Password,
		"oceanography in winter coats", "breakwaters are for ducks", "an 11 year old tremblant",
	} {
		if err := store.CheckPassword(p, rule); err != nil {
			t.Errorf("%q: %v", p, err)
		}
	}
}

func TestAShorterRuleForWhoeverHasMore(t *testing.T) {
	rule := store.PasswordRule{Least: 8, Words: []string{"Ada Lovelace"}}
	for p, want := range map[string]error{
		"kettle7": store.ErrPasswordShort, "blue kettle": nil, "zq7 fkwd": nil, "ada-fkwd": nil,
		"password": store.ErrPasswordCommon, "sunshine1": store.ErrPasswordCommon, "trustno1!": store.ErrPasswordCommon, "tinkerbell": store.ErrPasswordCommon,
		"lovelace": store.ErrPasswordCommon, "ada.love": store.ErrPasswordOwn, "lovelace-ad": store.ErrPasswordOwn, "ada12345": store.ErrPasswordOwn,
	} {
		if err := store.CheckPassword(p, rule); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", p, err, want)
		}
	}
}

// Whoever sets a password is held to the same rule, with what is known of the person.
func TestEveryWayToSetAPasswordKnowsWhoseItIs(t *testing.T) {
	own := "self-example-self" // self@example.org
	for name, set := range map[string]func(*fixture) error{
		"added": func(f *fixture) error {
			_, err := f.s.AddUser(ctx, storetest.Admin, store.NewUser{Email: "grace@hopper.example", Name: "Grace", Password: "Grace Hopper 1906"})
			return err
		},
		"reset": func(f *fixture) error {
			return f.s.ResetPassword(ctx, storetest.Admin, strings.ToUpper(f.self.Email), own)
		},
		"own change": func(f *fixture) error {
			return f.s.ChangePassword(ctx, store.UserActor(f.self, ""), storetest.Password, own, f.token)
		},
		"link": func(f *fixture) error {
			token, err := f.s.MakeLink(ctx, storetest.Admin, f.self.ID)
			f.must(err)
			_, err = f.s.UseLink(ctx, token, own, "")
			return err
		},
	} {
		if err := set(newFixture(t)); !errors.Is(err, store.ErrPasswordOwn) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := storetest.Open(t)
	token, err := s.NewSetupToken(ctx, storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.CompleteSetup(ctx, token, "", store.NewUser{Email: "grace@hopper.example", Password: "gracehoppergrace"})
	if !errors.Is(err, store.ErrPasswordOwn) {
		t.Errorf("set-up: %v", err)
	}
}

func TestThePlaceOfTheConsoleIsNoPassword(t *testing.T) {
	s, err := store.Open(ctx, store.Options{Dir: t.TempDir(), Argon2: storetest.Cheap, Words: []string{"harbourview.example"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.ProveListing(ctx, "Lakeshore Dermatology for the Young"); err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]error{"Harbourview 2026": store.ErrPasswordOwn, "Lakeshore-Dermatology": store.ErrPasswordOwn,
		"the young for the lake": nil} {
		_, err = s.AddUser(ctx, storetest.Admin, store.NewUser{Email: "a@b.example", Password: password})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", password, err)
		}
	}
}

func TestPasswordsOfAnyCharactersFromAnyKeyboard(t *testing.T) {
	for set, typed := range map[string]string{
		"caf\u00e9 au lait \u00e0 midi":  "cafe\u0301 au lait a\u0300 midi", // composed or not
		"trois chats\u00a0sur un toit":   "trois chats sur un toit",         // a no-break space
		"日本語の長いパスワードは安全です":               "日本語の長いハ\u309aスワート\u3099は安全て\u3099す",
		"tab\tand \x01 and \xff and 🦆 é": "tab\tand \x01 and \xff and 🦆 e\u0301",
		" spaces at both ends too ":      " spaces at both ends too ",
		strings.Repeat("🦆 quacks! ", 12): strings.Repeat("🦆 quacks! ", 12),
	} {
		f := newFixture(t)
		f.must(f.s.ResetPassword(ctx, storetest.Admin, f.self.Email, set))
		for _, p := range []string{set, typed} {
			if _, err := f.s.SignIn(ctx, f.self.Email, p, "", nil); err != nil {
				t.Errorf("%q for %q: %v", p, set, err)
			}
		}
		for _, p := range []string{strings.TrimSpace(set) + "x", strings.ToUpper(set), set[:len(set)-1]} {
			if _, err := f.s.SignIn(ctx, f.self.Email, p, "", nil); p != set && !errors.Is(err, store.ErrCredentials) {
				t.Errorf("%q for %q: %v", p, set, err)
			}
		}
	}
}
