package handlers

import "breakwater/views"

// alerts are what is wrong with Breakwater itself and the person should know on every page.
func (r *request) alerts() []views.Notice {
	t := r.text().Damage
	if r.s.Store.Damage() != nil {
		return []views.Notice{{Kind: views.NoticeProblem, Title: t.Title, Text: t.Banner}}
	}
	return nil
}
