package views

import "breakwater/store"

// RetentionText is Settings > Clinic > Retention.
type RetentionText struct {
	Title, Lead               string // levels of the title stand apart by " > "
	Link, LinkWhy             string // to the page, from Settings > Clinic
	Saved                     string
	DoubtTitle, DoubtText     string
	LawTitle, LawText         string
	Classes                   map[store.RetentionClass]Explained
	Days                      string
	Hint                      func(least int) string
	Wrong                     func(typed string, least int) string
	Ran                       string
	Preview                   string
	NeverTitle, Never         string // one thing on each line
	ConfirmTitle, ConfirmText string
	Confirm                   string
	ForEver                   string
	For                       func(days int) string
	Goes                      func(referrals, messages, documents int) string
}
