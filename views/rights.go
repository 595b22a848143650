package views

import (
	"slices"

	"breakwater/store"
)

// RoleName is what people call a role: as the clinic named it, else a ready-made one's name in the
// reader's language.
func (t *Text) RoleName(r store.Role) string {
	if r.Name != "" {
		return r.Name
	}
	return lookup(t.Roles, r.Code)
}

// roleNamed is [Text.RoleName] for a code. A role that is gone keeps its code.
func (t *Text) roleNamed(roles []store.Role, code string) string {
	for _, r := range roles {
		if r.Code == code {
			return t.RoleName(r)
		}
	}
	return lookup(t.Roles, code)
}

// permissionRow is one permission on a person's or a role's page: whether it is granted, where it
// comes from, and why it cannot be changed.
type permissionRow struct {
	Permission store.Permission
	Own        bool         // ticked for this person or role itself
	Roles      []store.Role // all that grant it
	Ticked     map[string]bool
	Locked     bool // the reader does not hold it, or may change nothing here
	NotHeld    bool // the reader does not hold it
}

// ByRole reports whether a ticked role grants the permission.
func (p permissionRow) ByRole() bool {
	return slices.ContainsFunc(p.Roles, func(r store.Role) bool { return p.Ticked[r.Code] })
}

// Kept reports whether the box cannot say what is ticked, since browsers post no disabled box.
func (p permissionRow) Kept() bool { return p.Own && (p.ByRole() || p.Locked) }

// personRows are all permissions on a person's page.
func (f Frame) personRows(form PersonForm) []permissionRow {
	var rows []permissionRow
	for _, p := range store.Permissions() {
		row := permissionRow{Permission: p, Own: form.Permission[p], Ticked: form.Role, NotHeld: !f.Person.Can(p)}
		row.Locked = row.NotHeld || form.Beyond
		for _, r := range form.Roles {
			if slices.Contains(r.Permissions, p) {
				row.Roles = append(row.Roles, r)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// roleRows are all permissions on a role's page.
func (f Frame) roleRows(form RoleForm) []permissionRow {
	var rows []permissionRow
	for _, p := range store.Permissions() {
		row := permissionRow{Permission: p, Own: form.Permission[p], NotHeld: !f.Person.Can(p)}
		row.Locked = row.NotHeld || form.Role.Fixed()
		rows = append(rows, row)
	}
	return rows
}

// beyond reports whether a role grants something that the reader does not hold.
func (f Frame) beyond(r store.Role) bool {
	return slices.ContainsFunc(r.Permissions, func(p store.Permission) bool { return !f.Person.Can(p) })
}

// state is whether somebody can sign in, with the tone of its chip.
func (f Frame) state(u store.User, invited bool) (tone, words string) {
	switch {
	case u.Disabled:
		return "plain", f.Text.People.Disabled
	case invited:
		return "waiting", f.Text.People.Invited
	}
	return "done", f.Text.People.Active
}
