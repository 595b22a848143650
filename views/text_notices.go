package views

// NoticesText is Settings > Clinic > Notifications.
type NoticesText struct {
	Title, Lead                string // levels of the title stand apart by " > "
	Link                       string // to the page, from Settings > Clinic
	LinkWhy                    string
	Save, Saved                string
	WrongTitle, WrongText      string
	QuietTitle, QuietWhy       string
	QuietHours, QuietHint      string
	WorkDays                   string
	Days                       map[int]string // from 0, Sunday
	WorkFrom, WorkUntil        string
	MailTitle, MailWhy         string
	Host, HostHint, Port       string
	TLS                        string
	STARTTLS, Implicit, Clear  string
	User, UserHint             string
	Password                   string
	PasswordNew, PasswordKeep  string
	PasswordBy                 func(who string) string
	Forget                     string
	From, FromHint, To, ToHint string
	Language                   string
	TestTitle, TestWhy, Test   string
	LastSent                   string
	Tested, TestedText         string
	QuietWrong, PortWrong      func(typed string) string
	HoursWrong, HostWrong      string
	ClearWrong, AddressWrong   string
	ToWrong, PasswordWrong     string
}
