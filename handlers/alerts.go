package handlers

import (
	"breakwater/store"
	"breakwater/views"
)

// alerts are what is wrong with Breakwater itself, for the people who can do something about it. They
// stand on every page; a page is not to fail because they cannot be read.
func (r *request) alerts() (list []views.Notice) {
	t := r.text()
	if r.s.Store.Damage() != nil {
		return []views.Notice{{Kind: views.NoticeProblem, Title: t.Damage.Title, Text: t.Damage.Banner}}
	}
	open, err := r.s.Store.OpenIncidents(r.ctx())
	if err != nil {
		r.s.Log.Warn("what needs a person could not be read", "request", requestID(r.Context), "error", err.Error())
	}
	f := views.Frame{Text: t, Lang: r.language(), Now: r.s.Now(), Zone: r.s.Zone}
	for _, i := range open {
		if !mayMend(r.user, i.Kind) || r.Request().URL.Path == systemPath { // where all of it stands anyway
			continue
		}
		words := f.IncidentWords(i)
		n := views.Notice{Kind: views.NoticeProblem, Title: words.Title, Text: words.Text}
		if r.user.Can(store.SystemSettings) { // what to do stands there, and takes no room here
			n.Text, n.Action, n.ActionHref = "", t.System.See, systemPath
		}
		list = append(list, n)
	}
	return list
}

// mayMend reports whether a person can do something about an incident of a kind.
func mayMend(u *store.User, kind store.IncidentKind) bool {
	for _, p := range kind.MayMend() {
		if u.Can(p) {
			return true
		}
	}
	return false
}
