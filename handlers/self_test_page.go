package handlers

import (
	"context"
	"errors"
	"net/http"

	"breakwater/views"
)

const selfTestPath = "/settings/referral/self-test"

func (s *server) selfTestPage(r *request) error {
	return r.render(http.StatusOK, views.SelfTest(r.frame(), views.SelfTestPage{RequestURL: s.BaseURL.String() + bundlesPath}))
}

// runSelfTest lets a message take the way that Ocean's take, and removes every trace of it but the
// audit log's, even if nobody waits for the outcome.
func (s *server) runSelfTest(r *request) error {
	begun, err := s.Store.BeginSelfTest(r.ctx(), r.actor())
	if err != nil {
		return err
	}
	s.selfTests.Store(begun.ID, true)
	defer s.selfTests.Delete(begun.ID)
	page := views.SelfTestPage{RequestURL: s.BaseURL.String() + bundlesPath}
	page.Lines = newSelfTest(begun, page.RequestURL).run(r.ctx())
	proven := 0
	for _, l := range page.Lines {
		if l.Outcome == views.OutcomeProven {
			proven++
		}
	}
	ctx := context.WithoutCancel(r.ctx())
	if err := s.Store.EndSelfTest(ctx, r.actor(), begun.ID, len(page.Lines), proven); err != nil {
		return errors.Join(err, s.Store.PurgeSelfTests(ctx)) // who lost the permission meanwhile leaves nothing either
	}
	return r.render(http.StatusOK, views.SelfTest(r.frame(), page))
}
