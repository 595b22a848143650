package views

// menuGroup is a run of menu items under one heading.
type menuGroup struct {
	Name  string
	Items []MenuItem
}

// menuGroups gathers the menu by group, in the order in which the groups first appear.
func (f Frame) menuGroups() []menuGroup {
	var groups []menuGroup
	place := map[string]int{}
	for _, item := range f.Menu {
		at, known := place[item.Group]
		if !known {
			at = len(groups)
			place[item.Group] = at
			groups = append(groups, menuGroup{Name: item.Group})
		}
		groups[at].Items = append(groups[at].Items, item)
	}
	return groups
}

// tabTitle is what the browser calls a page, on its tab and in its history.
func (f Frame) tabTitle(page string) string {
	title := f.Text.Common.TitleOf(page)
	if f.Rehearsal {
		return f.Text.Layout.RehearsalOf(title)
	}
	return title
}

// personName is how the header calls the person; a person without a name has an email.
func (f Frame) personName() string {
	if f.Person.Name != "" {
		return f.Person.Name
	}
	return f.Person.Email
}

// failure fills what a handler left open with the catalogue's words for the status.
func (f Frame) failure(e FailureView) FailureView {
	usual := f.Text.Status(e.Status)
	if e.Title == "" {
		e.Title = usual.Title
	}
	if e.Text == "" {
		e.Text = usual.Text
	}
	if e.Action == "" {
		e.Action = usual.Action
	}
	if e.ActionHref == "" {
		e.ActionHref = usual.ActionHref
	}
	return e
}
