package store

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestSomebodyAddedWhileAFirstRunLinkIsUsedComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ctx := opened(t), context.Background()
		defer closeStore(t, s)
		token, err := s.NewSetupToken(ctx, SystemActor())
		if err != nil {
			t.Fatal(err)
		}
		insert, id, err := s.userInsert(ctx, NewUser{Email: "ada@example.org", Password: "a quiet harbour at dawn"})
		if err != nil {
			t.Fatal(err)
		}
		inside, release, added, used := make(chan struct{}), make(chan struct{}), make(chan error), make(chan error)
		go func() {
			added <- s.update(ctx, func(t *tx) error {
				close(inside)
				<-release
				return insert(t)
			})
		}()
		<-inside
		go func() { // the link is good when it is checked, and waits for the writer
			_, err := s.CompleteSetup(ctx, token, "", NewUser{Email: "eve@example.org", Password: "a quiet harbour at dawn"})
			used <- err
		}()
		synctest.Wait()
		close(release)
		if err := <-added; err != nil {
			t.Error(err)
		}
		if err := <-used; !errors.Is(err, ErrSetUp) {
			t.Errorf("the link: %v", err)
		}
		if users, err := s.Users(ctx); err != nil || len(users) != 1 || users[0].ID != id {
			t.Errorf("%+v, %v", users, err)
		}
	})
}
