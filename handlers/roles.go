package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"breakwater/store"
	"breakwater/views"
)

const rolesPath = "/settings/roles"

func (s *server) rolesPage(r *request) error {
	roles, err := s.Store.Roles(r.ctx())
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, views.Roles(r.frame(), views.RolesPage{Roles: roles, Saved: r.QueryParam("saved") != ""}))
}

func (s *server) newRolePage(r *request) error {
	return r.render(http.StatusOK, views.RolePage(r.frame(), views.RoleForm{}))
}

func (s *server) role(r *request) (store.Role, error) {
	roles, err := s.Store.Roles(r.ctx())
	if err != nil {
		return store.Role{}, err
	}
	i := slices.IndexFunc(roles, func(role store.Role) bool { return role.Code == r.Param("code") })
	if i < 0 {
		return store.Role{}, store.ErrNotFound
	}
	return roles[i], nil
}

func (s *server) rolePage(r *request) error {
	role, err := s.role(r)
	if err != nil {
		return err
	}
	form := views.RoleForm{Role: role, Name: role.Name, Permission: map[store.Permission]bool{}}
	for _, p := range role.Permissions {
		form.Permission[p] = true
	}
	return r.render(http.StatusOK, views.RolePage(r.frame(), form))
}

func (s *server) addRole(r *request) error {
	return s.saveRoleForm(r, store.Role{}, func(name string, permissions []store.Permission) error {
		_, err := s.Store.AddRole(r.ctx(), r.actor(), name, permissions)
		return err
	})
}

func (s *server) saveRole(r *request) error {
	role, err := s.role(r)
	if err != nil {
		return err
	}
	return s.saveRoleForm(r, role, func(name string, permissions []store.Permission) error {
		if role.Name == "" && name == r.text().RoleName(role) {
			name = "" // a ready-made role keeps its name in every language
		}
		return s.Store.SaveRole(r.ctx(), r.actor(), role.Code, name, permissions)
	})
}

func (s *server) saveRoleForm(r *request, role store.Role, save func(string, []store.Permission) error) error {
	form := views.RoleForm{Role: role, Name: strings.TrimSpace(r.posted("name")), Permission: map[store.Permission]bool{}, Errors: map[string]string{}}
	permissions := r.typedPermissions()
	for _, p := range permissions {
		form.Permission[p] = true
	}
	t := r.text().RolePages
	err := save(form.Name, permissions)
	switch {
	case errors.Is(err, store.ErrRoleName) && form.Name == "":
		form.Errors["name"] = t.NameMissing
	case errors.Is(err, store.ErrRoleName):
		form.Errors["name"] = t.NameLong(store.MaxRoleName)
	case errors.Is(err, store.ErrRoleTaken):
		form.Errors["name"] = t.NameTaken
	case errors.Is(err, store.ErrBeyond):
		form.Errors["rights"] = t.Beyond
	case r.explainRights(form.Errors, err):
	case err != nil:
		return err
	}
	if len(form.Errors) > 0 {
		return r.render(http.StatusUnprocessableEntity, views.RolePage(r.frame(), form))
	}
	return r.see(rolesPath + "?saved=1")
}

func (s *server) requireFactorPage(r *request) error {
	role, err := s.role(r)
	if err != nil {
		return err
	}
	return r.askRequireFactor(http.StatusOK, role, !role.Factor, "")
}

// askRequireFactor asks whether the role is to require a second step from now on, or no longer.
func (r *request) askRequireFactor(status int, role store.Role, required bool, problem string) error {
	at, asked := rolesPath+"/"+role.Code, r.text().Confirm.NoFactor(r.text().RoleName(role))
	form := views.ConfirmForm{Action: at + "/second-step", Cancel: at, AskPassword: true, Error: problem, Harm: !required}
	if required {
		asked, form.HiddenValues = r.text().Confirm.RequireFactor(r.text().RoleName(role)), map[string]string{"required": "1"}
	}
	return r.confirm(status, asked, form)
}

func (s *server) requireFactor(r *request) error {
	role, err := s.role(r)
	if err != nil {
		return err
	}
	required := r.posted("required") != ""
	err = s.Store.RequireFactor(r.ctx(), r.actor(), role.Code, required)
	if errors.Is(err, store.ErrBeyond) {
		return r.askRequireFactor(http.StatusUnprocessableEntity, role, required, r.text().RolePages.Beyond)
	}
	if err != nil {
		return err
	}
	return r.see(rolesPath + "?saved=1")
}

func (s *server) removeRolePage(r *request) error {
	role, err := s.role(r)
	if err != nil {
		return err
	}
	return r.askRemoveRole(http.StatusOK, role, "")
}

func (r *request) askRemoveRole(status int, role store.Role, problem string) error {
	at := rolesPath + "/" + role.Code
	return r.confirm(status, r.text().Confirm.RemoveRole(r.text().RoleName(role)),
		views.ConfirmForm{Action: at + "/remove", Cancel: at, AskPassword: true, Error: problem, Harm: true})
}

func (s *server) removeRole(r *request) error {
	role, err := s.role(r)
	if err != nil {
		return err
	}
	var problem string
	err = s.Store.RemoveRole(r.ctx(), r.actor(), role.Code)
	switch {
	case errors.Is(err, store.ErrRoleInUse):
		problem = r.text().RolePages.RemoveNot(role.Users)
	case errors.Is(err, store.ErrRoleFixed):
		problem = r.text().RolePages.Fixed
	case err != nil:
		return err
	}
	if problem != "" {
		return r.askRemoveRole(http.StatusUnprocessableEntity, role, problem)
	}
	return r.see(rolesPath + "?saved=1")
}
