package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"breakwater/handlers/ocean"
	"breakwater/store"
	"breakwater/views"
)

// offered is what is done with a referral in each folder, the likeliest first. Ocean itself takes
// more; what no clinic would mean is left out. Awaiting Reply is where a question was asked.
var offered = map[store.Folder][]views.Act{
	store.FolderNew:               {views.ActAccept, views.ActDecline, views.ActBook, views.ActMessage},
	store.FolderPendingBooking:    {views.ActBook, views.ActMessage, views.ActDecline, views.ActComplete},
	store.FolderBookedUnconfirmed: {views.ActConfirm, views.ActBook, views.ActUnbook, views.ActMessage, views.ActComplete, views.ActDecline},
	store.FolderBookedConfirmed:   {views.ActComplete, views.ActBook, views.ActUnbook, views.ActMessage},
	store.FolderDeclined:          {views.ActReopen, views.ActMessage},
	store.FolderCompleted:         {views.ActReopen, views.ActMessage},
}

// askedFrom is the folder that a referral stands in, or stood in before the clinic asked something.
func askedFrom(found *store.Referral) store.Folder {
	if found.Folder != store.FolderAwaitingReply {
		return found.Folder
	}
	switch found.Task.Status {
	case "accepted", "in-progress", "on-hold", "ready":
		return store.FolderPendingBooking
	}
	if found.Appointment.Status != "" { // there was one, and it was removed
		return store.FolderPendingBooking
	}
	return store.FolderNew
}

// actsOn is what can be done with a referral now. Only its present receiver decides: Ocean would
// refuse anybody else.
func (r *request) actsOn(found *store.Referral, settings store.OceanSettings) views.Acts {
	acts := views.Acts{NoCredentials: settings.ClientID == "" || !settings.HasClientSecret, CanSetUp: r.user.Can(store.ReferralSettings)}
	switch {
	case found.Direction == store.DirectionSent:
		acts.Hindered = views.HinderedSent
	case found.Folder == store.FolderForwarded:
		acts.Hindered = views.HinderedForwarded
	case found.Folder == store.FolderCancelled:
		acts.Hindered = views.HinderedCancelled
	case found.Direction == store.DirectionUnknown && settings.SiteNumber == "":
		acts.Hindered = views.HinderedSite
	default:
		acts.Offered = offered[askedFrom(found)]
		if found.Consult() { // it is answered, and seldom leads to a visit
			acts.Offered = bookedLast(acts.Offered)
		}
	}
	return acts
}

// bookedLast is what is offered with booking at the end.
func bookedLast(acts []views.Act) []views.Act {
	others := slices.DeleteFunc(slices.Clone(acts), func(a views.Act) bool { return a == views.ActBook })
	if len(others) == len(acts) {
		return acts
	}
	return append(others, views.ActBook)
}

// actForm is an action's page as the referral is now, with nothing typed. Whose it is stands there, so
// it counts as opened.
func (s *server) actForm(r *request, act views.Act) (form views.ActForm, err error) {
	if !r.user.Can(store.ViewReferrals) {
		return form, store.ErrNotFound // what somebody may not see is not there for them
	}
	found, err := s.Store.Referral(r.ctx(), r.Param("id"))
	if err != nil {
		return form, err
	}
	if err := s.Store.RecordOpened(r.ctx(), r.actor(), found); err != nil {
		return form, err
	}
	settings, err := s.Store.OceanSettings(r.ctx())
	if err != nil {
		return form, err
	}
	acts := r.actsOn(found, settings)
	form = views.ActForm{Act: act, Referral: *found, Hindered: acts.Hindered, CanSetUp: acts.CanSetUp, Errors: map[string]string{}}
	if form.Hindered == "" && !slices.Contains(acts.Offered, act) {
		form.Hindered = views.HinderedFolder
	}
	return form, nil
}

func (r *request) showAct(status int, form views.ActForm) error {
	return r.render(status, views.ActPage(r.frame(), form))
}

// actPage is the form of an action. With from in its address it holds what a refused update said.
func (s *server) actPage(act views.Act) func(*request) error {
	return func(r *request) error {
		form, err := s.actForm(r, act)
		if err != nil {
			return err
		}
		if form.Hindered != "" {
			return r.showAct(http.StatusConflict, form)
		}
		form.Typed = s.usual(form)
		if o := refused(&form.Referral, r.QueryParam("from")); o != nil {
			form.From, form.Typed = o.ID, s.toldBefore(*o)
		}
		return r.showAct(http.StatusOK, form)
	}
}

// refused is an update of a referral that waits for a person; nil where there is none of that id.
func refused(found *store.Referral, id string) *store.Sent {
	for _, o := range found.Outbox {
		if o.ID == id && o.State == store.OutRefused {
			return &o
		}
	}
	return nil
}

// doAct tells Ocean. Whoever saw the referral otherwise than it is now tells nothing: they get the
// form again, with what they typed.
func (s *server) doAct(act views.Act) func(*request) error {
	return func(r *request) error {
		form, err := s.actForm(r, act)
		if err != nil {
			return err
		}
		form.Typed = typedAct(r)
		if o := refused(&form.Referral, r.posted("from")); o != nil {
			form.From = o.ID
		}
		say := s.say(r, &form)
		if r.posted("version") != strconv.FormatInt(form.Referral.Version, 10) || form.Hindered != "" {
			return s.actStale(r, form, say)
		}
		if len(form.Errors) > 0 {
			return r.showAct(http.StatusUnprocessableEntity, form)
		}
		err = s.tell(r, form, say)
		switch {
		case errors.Is(err, store.ErrStale), errors.Is(err, store.ErrNotTarget): // in the meantime, short as it was
			now, err := s.actForm(r, act)
			if err != nil {
				return err
			}
			now.Typed, now.From = form.Typed, form.From
			return s.actStale(r, now, say)
		case errors.Is(err, ocean.ErrNoRequest), errors.Is(err, ocean.ErrTooLong), errors.Is(err, ocean.ErrInvalid): // by what Ocean sent
			form.Failed = true
			return r.showAct(http.StatusConflict, form)
		case err != nil:
			return err
		}
		return r.see("/referrals/" + form.Referral.ID)
	}
}

// tell composes the update and gives it to the outbox. One that it takes the place of is dropped
// after that, since it would hold up the new one.
func (s *server) tell(r *request, form views.ActForm, say ocean.Say) error {
	id := form.Referral.ID
	raw, err := s.Store.LatestBundle(r.ctx(), id)
	if err != nil {
		return err
	}
	out, err := ocean.Compose(raw, form.Referral.Ref, s.BaseURL.String()+bundlesPath, s.Now().In(s.Zone), say)
	if err != nil {
		return err
	}
	if err := s.Store.Tell(r.ctx(), r.actor(), id, form.Referral.Version, out); err != nil || form.From == "" {
		return err
	}
	return s.Store.DropOutbox(r.ctx(), r.actor(), id, form.From)
}

// actStale answers whoever saw the referral otherwise than it is now. Somebody who pressed twice
// learns that once was enough.
func (s *server) actStale(r *request, form views.ActForm, say ocean.Say) error {
	form.Changed = r.posted("version") != strconv.FormatInt(form.Referral.Version, 10)
	if form.Changed && len(form.Errors) == 0 {
		form.Same = same(form.Referral.Outbox, say)
	}
	return r.showAct(http.StatusConflict, form)
}

// same is the newest update where that says the very same; nil where it does not.
func same(told []store.Sent, say ocean.Say) *store.Sent {
	if len(told) == 0 {
		return nil
	}
	o := told[len(told)-1]
	if o.State == store.OutRefused || o.State == store.OutDropped {
		return nil
	}
	was, is := o.Update, false
	switch {
	case say.Task != nil && was.Task != nil:
		is = was.Task.Status == say.Task.Status && was.Task.Reason == say.Task.Reason
	case say.Appointment != nil && was.Appointment != nil:
		a, b := *was.Appointment, *say.Appointment
		is = a.Start.Equal(b.Start) && a.End.Equal(b.End) && a.Confirmed == b.Confirmed && a.Type == b.Type && a.Instruction == b.Instruction
	case say.Communication != nil && len(was.Communications) > 0:
		is = was.Communications[0].Text == say.Communication.Text
	}
	if !is {
		return nil
	}
	return &o
}
