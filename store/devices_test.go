package store_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// knows reports whether a device has tries of its own for somebody.
func (f *fixture) knows(d store.DeviceToken, email string) bool {
	f.t.Helper()
	tries, err := f.s.SignInTries(ctx, email, "192.0.2.1", &d)
	f.must(err)
	return len(tries) == 1
}

func (f *fixture) know(u *store.User, d *store.DeviceToken) store.DeviceToken {
	f.t.Helper()
	token, err := f.s.KnowDevice(ctx, u.ID, d)
	f.must(err)
	return token
}

func TestADeviceIsKnownForThoseWhoSignedInThere(t *testing.T) {
	f := newFixture(t)
	first := f.know(f.self, nil)
	if !f.knows(first, " SELF@example.org") || f.knows(first, f.other.Email) || f.knows(first, "nobody@example.org") || f.knows(store.DeviceToken{}, f.self.Email) {
		t.Error("it is known for others")
	}
	if again := f.know(f.self, &first); again != first {
		t.Error("a known device changes")
	}
	both := f.know(f.other, &first)
	if both == first || f.knows(first, f.self.Email) || !f.knows(both, f.self.Email) || !f.knows(both, f.other.Email) {
		t.Error("two people share no device")
	}
	var kept []byte
	f.must(raw(t, f.dir).QueryRowContext(ctx, `SELECT hash FROM devices`).Scan(&kept))
	if bytes.Equal(kept, both[:]) {
		t.Error("the token itself is kept")
	}
}

func TestADeviceThatSomebodyMadeUpIsNobodys(t *testing.T) {
	f := newFixture(t)
	planted := store.DeviceToken{1, 2, 3}
	if given := f.know(f.self, &planted); given == planted || f.knows(planted, f.self.Email) {
		t.Error("a planted cookie is believed")
	}
}

func TestANewPasswordMakesEveryDeviceAStranger(t *testing.T) {
	for name, act := range map[string]func(*fixture) error{
		"reset": func(f *fixture) error {
			return f.s.ResetPassword(ctx, storetest.Admin, f.self.Email, "another quiet morning")
		},
		"disabled": func(f *fixture) error { return f.s.SetUserDisabled(ctx, storetest.Admin, f.self.Email, true) },
		"link": func(f *fixture) error {
			_, err := f.s.MakeLink(ctx, storetest.Admin, f.self.ID)
			return err
		},
		"own change": func(f *fixture) error {
			return f.s.ChangePassword(ctx, store.UserActor(f.self, ""), storetest.Password, "another quiet morning", f.token)
		},
	} {
		f := newFixture(t)
		device := f.know(f.self, nil)
		device = f.know(f.other, &device)
		f.must(act(f))
		if f.knows(device, f.self.Email) || !f.knows(device, f.other.Email) {
			t.Errorf("%s: known for self %v, for other %v", name, f.knows(device, f.self.Email), f.knows(device, f.other.Email))
		}
	}
}

func TestSomebodyDisabledIsKnownNowhere(t *testing.T) {
	f := newFixture(t)
	f.must(f.s.SetUserDisabled(ctx, storetest.Admin, f.self.Email, true))
	if f.knows(f.know(f.self, nil), f.self.Email) || rowCount(t, f.dir, "devices") != 0 {
		t.Error("a device is known for somebody who is disabled")
	}
}

func TestDevicesAreForgotten(t *testing.T) {
	f := newFixture(t)
	used := f.know(f.self, nil)
	unused := f.know(f.self, nil)
	for range 12 {
		f.clock.Turn(31 * 24 * time.Hour)
		used = f.know(f.self, &used)
	}
	if !f.knows(used, f.self.Email) || f.knows(unused, f.self.Email) || rowCount(t, f.dir, "devices") != 1 {
		t.Error("after a year")
	}
	var all []store.DeviceToken
	for range 30 {
		f.clock.Turn(time.Minute)
		all = append(all, f.know(f.self, nil))
	}
	if n := rowCount(t, f.dir, "devices"); n != 20 {
		t.Errorf("%d devices are kept", n)
	}
	if known := slices.IndexFunc(all, func(d store.DeviceToken) bool { return f.knows(d, f.self.Email) }); known != 10 {
		t.Errorf("the oldest that is known is number %d", known)
	}
}
