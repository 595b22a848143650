package store_test

import (
	"errors"
	"strings"
	"testing"

	"breakwater/store"
)

func TestPasswordRules(t *testing.T) {
	for want, passwords := range map[error][]string{
		store.ErrPasswordShort: {"", "password", "a quiet harbou", strings.Repeat("é", 14)},
		store.ErrPasswordLong:  {strings.Repeat("a quiet harbour ", 9), strings.Repeat("日本語", 43)},
		store.ErrPasswordCommon: {"passwordpassword", "123456789012345", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaa", "Password12345678",
			"PASSWORDPASSWORD", "Passw0rdPassw0rd", "P@ssw0rdP@ssw0rd", "password password", "p-a-s-s-w-o-r-d-1-2-3", "passwordpasswordpassword",
			"111111111111111", "1111111122222222", "abcdefghijklmnop", "zyxwvutsrqponml", "098765432109876", "qwertyqwertyqwerty", "1qaz2wsx3edc4rfv",
			"welcomewelcome1", "Welcome123456789", "letmeinletmeinletmein", "administrator123", "iloveyouiloveyou", "               ", "!!!!!!!!!!!!!!!!!",
			"breakwaterbreakwater", "clinicclinicclinic", "hospital20262026", "Toronto1234567890", "motdepassemotdepasse"},
		nil: {"correct horse battery staple", "a quiet harbour at dawn", "test-password-12345", "trois chats sur un toit", "Zt5#qLw9!mXr2Vb",
			"été à la montagne bleue", "seven wet umbrellas", strings.Repeat("é", 7) + " et la neige", "日本語の長いパスワードは安全です", "12 blue kettles sang",
			strings.Repeat("quiet harbour dawn ", 6)},
	} {
		for _, p := range passwords {
			if err := store.CheckPassword(p, store.PasswordRule{}); !errors.Is(err, want) {
				t.Errorf("%q: %v, want %v", p, err, want)
			}
		}
	}
	if longest := strings.Repeat("quiet harbour !?", 8); len(longest) != store.MaxPassword || store.CheckPassword(longest, store.PasswordRule{}) != nil {
		t.Errorf("the longest: %d, %v", len(longest), store.CheckPassword(longest, store.PasswordRule{}))
	}
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("passwordpassword")
	f.Add("日本語 \xff$@!")
	f.Fuzz(func(t *testing.T, p string) {
		first := store.CheckPassword(p, store.PasswordRule{})
		if second := store.CheckPassword(p, store.PasswordRule{}); (first == nil) != (second == nil) {
			t.Errorf("%q: %v, then %v", p, first, second)
		}
	})
}
