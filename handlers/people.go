package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"breakwater/store"
	"breakwater/views"
)

const peoplePath = "/settings/users"

func (s *server) peoplePage(r *request) error {
	people, err := s.Store.Users(r.ctx())
	if err != nil {
		return err
	}
	roles, err := s.Store.Roles(r.ctx())
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, views.People(r.frame(), views.PeopleList{People: people, Roles: roles}))
}

func (s *server) newPersonPage(r *request) error {
	return s.personForm(r, http.StatusOK, views.PersonForm{})
}

// personForm renders a person's page, with what it needs besides what was typed.
func (s *server) personForm(r *request, status int, form views.PersonForm) (err error) {
	if form.Roles, err = s.Store.Roles(r.ctx()); err != nil {
		return err
	}
	form.Self = form.User.ID == r.user.ID
	for _, p := range form.User.Effective {
		form.Beyond = form.Beyond || !r.user.Can(p)
	}
	if form.User.ID != "" && !form.Self && !form.Beyond {
		if form.Sessions, err = s.sessionsOf(r, form.User.ID); err != nil {
			return err
		}
		form.Sessions.Ended = r.QueryParam("ended") != ""
	}
	return r.render(status, views.Person(r.frame(), form))
}

// addPerson makes a person and a link with which they choose a password.
func (s *server) addPerson(r *request) error {
	form := views.PersonForm{User: store.User{Email: strings.TrimSpace(r.posted("email")), Name: strings.TrimSpace(r.posted("name"))}}
	rights := r.typedRights(&form)
	form.Errors = map[string]string{}
	id, token, err := s.Store.Invite(r.ctx(), r.actor(), store.NewUser{Email: form.User.Email, Name: form.User.Name, Roles: rights.Roles, Permissions: rights.Permissions})
	switch {
	case errors.Is(err, store.ErrEmail):
		form.Errors["email"] = emailProblem(r.text(), form.User.Email)
	case errors.Is(err, store.ErrEmailTaken):
		form.Errors["email"] = r.text().Errors.EmailTaken(form.User.Email)
	case r.explainRights(form.Errors, err):
	case err != nil:
		return err
	}
	if len(form.Errors) > 0 {
		return s.personForm(r, http.StatusUnprocessableEntity, form)
	}
	return s.showLink(r, id, token)
}

// showLink shows a one-time link on the person's page. It is the answer to the post itself: the
// link is kept nowhere, so no later page could show it.
func (s *server) showLink(r *request, id, token string) error {
	form, err := s.person(r, id)
	if err != nil {
		return err
	}
	form.Link = &views.OneTimeLink{URL: s.BaseURL.String() + "/welcome?token=" + url.QueryEscape(token), Email: form.User.Email}
	return s.personForm(r, http.StatusOK, form)
}

// person is somebody's page as it is saved.
func (s *server) person(r *request, id string) (form views.PersonForm, err error) {
	u, err := s.Store.User(r.ctx(), id)
	if err != nil {
		return form, err
	}
	form = views.PersonForm{User: *u, Role: map[string]bool{}, Permission: map[store.Permission]bool{}, Errors: map[string]string{}}
	for _, role := range u.Roles {
		form.Role[role] = true
	}
	for _, p := range u.Permissions {
		form.Permission[p] = true
	}
	return form, nil
}

func (s *server) personPage(r *request) error {
	form, err := s.person(r, r.Param("id"))
	if err != nil {
		return err
	}
	form.Saved = r.QueryParam("saved") != ""
	return s.personForm(r, http.StatusOK, form)
}

// typedRights reads the ticked roles and permissions.
func (r *request) typedRights(form *views.PersonForm) store.Rights {
	form.Role, form.Permission = map[string]bool{}, map[store.Permission]bool{}
	rights := store.Rights{Roles: slices.Compact(slices.Sorted(slices.Values(r.Request().PostForm["role"]))), Permissions: r.typedPermissions()}
	for _, role := range rights.Roles {
		form.Role[role] = true
	}
	for _, p := range rights.Permissions {
		form.Permission[p] = true
	}
	return rights
}

func (r *request) typedPermissions() []store.Permission {
	var list []store.Permission
	for _, p := range store.Permissions() {
		if slices.Contains(r.Request().PostForm["permission"], string(p)) {
			list = append(list, p)
		}
	}
	return list
}

// explainRights puts an error of granting beside the rights; it reports whether it was one.
func (r *request) explainRights(to map[string]string, err error) bool {
	t := r.text().People
	switch {
	case errors.Is(err, store.ErrBeyond):
		to["rights"] = t.Beyond
	case errors.Is(err, store.ErrLastAdmin):
		to["rights"] = t.LastAdmin
	case errors.Is(err, store.ErrNoRole):
		to["rights"] = t.RoleGone
	case errors.Is(err, store.ErrRoleFixed):
		to["rights"] = r.text().RolePages.Fixed
	default:
		return false
	}
	return true
}

func (s *server) saveRights(r *request) error {
	form, err := s.person(r, r.Param("id"))
	if err != nil {
		return err
	}
	rights := r.typedRights(&form)
	err = s.Store.SaveRights(r.ctx(), r.actor(), form.User.ID, rights)
	if r.explainRights(form.Errors, err) {
		return s.personForm(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	if form.User.ID == r.user.ID {
		if u, err := s.Store.User(r.ctx(), r.user.ID); err != nil || !u.Can(store.EditUsers) {
			return r.see("/") // the page is theirs no more
		}
	}
	return r.see(peoplePath + "/" + form.User.ID + "?saved=1")
}

// personAct is what can be done to a person behind a confirm page.
type personAct struct {
	name string // the end of its address
	asks func(t views.ConfirmText, name string) views.Asked
	harm bool
	do   func(s *server, r *request, u *store.User) (link string, err error)
}

var (
	disablePerson = personAct{"disable", func(t views.ConfirmText, name string) views.Asked { return t.Disable(name) }, true,
		func(s *server, r *request, u *store.User) (string, error) {
			return "", s.Store.SetUserDisabled(r.ctx(), r.actor(), u.Email, true)
		}}
	enablePerson = personAct{"enable", func(t views.ConfirmText, name string) views.Asked { return t.Enable(name) }, false,
		func(s *server, r *request, u *store.User) (string, error) {
			return "", s.Store.SetUserDisabled(r.ctx(), r.actor(), u.Email, false)
		}}
	linkPerson = personAct{"link", func(t views.ConfirmText, name string) views.Asked { return t.Link(name) }, true,
		func(s *server, r *request, u *store.User) (string, error) {
			return s.Store.MakeLink(r.ctx(), r.actor(), u.ID)
		}}
)

// resetPerson is for whoever has lost every second step of theirs.
var resetPerson = personAct{"remove-second-steps", func(t views.ConfirmText, name string) views.Asked { return t.ResetFactors(name) }, true,
	func(s *server, r *request, u *store.User) (string, error) {
		return "", s.Store.ResetFactors(r.ctx(), r.actor(), u.Email)
	}}

// ask is the confirm page of an act, with what was wrong the last time.
func (a personAct) ask(r *request, status int, u *store.User, problem string) error {
	at := peoplePath + "/" + u.ID
	return r.confirm(status, a.asks(r.text().Confirm, u.Name),
		views.ConfirmForm{Action: at + "/" + a.name, Cancel: at, AskPassword: true, Error: problem, Harm: a.harm})
}

func (s *server) personActPage(act personAct) func(*request) error {
	return func(r *request) error {
		u, err := s.Store.User(r.ctx(), r.Param("id"))
		if err != nil {
			return err
		}
		return act.ask(r, http.StatusOK, u, "")
	}
}

func (s *server) doPersonAct(act personAct) func(*request) error {
	return func(r *request) error {
		u, err := s.Store.User(r.ctx(), r.Param("id"))
		if err != nil {
			return err
		}
		wrong := map[string]string{}
		link, err := act.do(s, r, u)
		switch {
		case r.explainRights(wrong, err):
			return act.ask(r, http.StatusUnprocessableEntity, u, wrong["rights"])
		case err != nil:
			return err
		case link != "":
			return s.showLink(r, u.ID, link)
		}
		return r.see(peoplePath + "/" + u.ID)
	}
}
