package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

func TestFirstRunLinkMakesOneAdministrator(t *testing.T) {
	s, dir, _ := at(t)
	n := store.NewUser{Email: "ada@example.org", Password: storetest.Password, Roles: []string{store.RoleFrontDesk}}
	token, err := s.NewSetupToken(ctx, store.SystemActor())
	if err != nil || len(token) < 43 {
		t.Fatal(token, err)
	}
	second, err := s.NewSetupToken(ctx, storetest.Admin)
	if err != nil || second == token {
		t.Fatal(second, err)
	}
	nowhere(t, dir, string(store.ActionSetupLinkMade), map[string]string{"a first-run token": token, "the second": second})
	for _, wrong := range []string{"", "x", token[1:], token + "A"} {
		if err := s.CheckSetupToken(ctx, wrong); !errors.Is(err, store.ErrSetupToken) {
			t.Errorf("token %q: %v", wrong, err)
		}
		if _, err := s.CompleteSetup(ctx, wrong, "", n); !errors.Is(err, store.ErrSetupToken) {
			t.Errorf("token %q: %v", wrong, err)
		}
	}
	for _, bad := range []store.NewUser{{Email: "ada", Password: storetest.Password}, {Email: "ada@example.org", Password: "short"}} {
		if _, err := s.CompleteSetup(ctx, token, "", bad); err == nil {
			t.Errorf("%+v was made administrator", bad)
		}
	}
	if has, err := s.HasUsers(ctx); has || err != nil {
		t.Error("there is somebody already", err)
	}
	if err := s.CheckSetupToken(ctx, token); err != nil {
		t.Errorf("used up by mistakes: %v", err)
	}
	session, err := s.CompleteSetup(ctx, token, "192.0.2.1", n)
	if err != nil {
		t.Fatal(err)
	}
	u, err := userOf(s, session)
	if err != nil || u.Email != "ada@example.org" || len(u.Roles) != 1 || u.Roles[0] != store.RoleAdministrator || !u.Can(store.SystemSettings) {
		t.Errorf("%+v, %v", u, err)
	}
	for _, used := range []string{token, second} {
		if err := s.CheckSetupToken(ctx, used); !errors.Is(err, store.ErrSetUp) {
			t.Errorf("afterwards: %v", err)
		}
		if _, err := s.CompleteSetup(ctx, used, "", store.NewUser{Email: "eve@example.org", Password: storetest.Password}); !errors.Is(err, store.ErrSetUp) {
			t.Errorf("afterwards: %v", err)
		}
	}
	if _, err := s.NewSetupToken(ctx, storetest.Admin); !errors.Is(err, store.ErrSetUp) {
		t.Errorf("another link afterwards: %v", err)
	}
	db := raw(t, dir)
	if count(t, db, `SELECT count(*) FROM users`) != 1 || count(t, db, `SELECT count(*) FROM setup_tokens`) != 0 {
		t.Error("more than one person, or tokens left")
	}
}

func TestFirstRunLinkWorksForADay(t *testing.T) {
	s, dir, clock := at(t)
	old, err := s.NewSetupToken(ctx, storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	clock.Turn(store.SetupLinkLife - time.Millisecond)
	if err := s.CheckSetupToken(ctx, old); err != nil {
		t.Errorf("over before its time: %v", err)
	}
	clock.Turn(time.Millisecond)
	n := store.NewUser{Email: "ada@example.org", Password: storetest.Password}
	if err := s.CheckSetupToken(ctx, old); !errors.Is(err, store.ErrSetupToken) {
		t.Errorf("a day later: %v", err)
	}
	if _, err := s.CompleteSetup(ctx, old, "", n); !errors.Is(err, store.ErrSetupToken) {
		t.Errorf("a day later: %v", err)
	}
	fresh, err := s.NewSetupToken(ctx, storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, raw(t, dir), `SELECT count(*) FROM setup_tokens`); n != 1 {
		t.Errorf("%d tokens are kept, want the new one", n)
	}
	if _, err := s.CompleteSetup(ctx, fresh, "", n); err != nil {
		t.Errorf("a new link: %v", err)
	}
}

func TestFirstRunLinkIsGoneOnceThereIsAnybody(t *testing.T) {
	s, _, _ := at(t)
	token, err := s.NewSetupToken(ctx, storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	storetest.AddUser(t, s, "ada@example.org")
	if _, err := s.CompleteSetup(ctx, token, "", store.NewUser{Email: "eve@example.org", Password: storetest.Password}); !errors.Is(err, store.ErrSetUp) {
		t.Errorf("%v", err)
	}
	if users, err := s.Users(ctx); err != nil || len(users) != 1 {
		t.Errorf("%d people, %v", len(users), err)
	}
}

func TestTwoAtOnceMakeOneAdministrator(t *testing.T) {
	for range 5 {
		dir, clock := t.TempDir(), storetest.NewClock()
		stores := []*store.Store{storetest.At(t, dir, clock), storetest.At(t, dir, clock)}
		var tokens []string
		for _, s := range stores {
			token, err := s.NewSetupToken(ctx, storetest.Admin)
			if err != nil {
				t.Fatal(err)
			}
			tokens = append(tokens, token)
		}
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				email := string(rune('a'+i)) + "@example.org"
				_, errs[i] = stores[i%2].CompleteSetup(ctx, tokens[i/2%2], "", store.NewUser{Email: email, Password: storetest.Password})
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case !errors.Is(err, store.ErrSetUp) && !errors.Is(err, store.ErrSetupToken):
				t.Error(err)
			}
		}
		if users, err := stores[0].Users(ctx); err != nil || len(users) != 1 || done != 1 {
			t.Errorf("%d people, %d were told that they are administrator, %v", len(users), done, err)
		}
	}
}
