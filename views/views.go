// Package views is the screen: one .templ file for each page, the layout and the parts that pages
// share, and the catalogue of every word that they say ([Text]).
//
// A page is a component that takes a [Frame], which is the same for all pages, and the data of its
// own. Views decide how a thing looks and is called, and nothing else: they ask no store, know no
// request, and hold no rule. What comes from outside is escaped by templ, but for the few tags
// that [Sanitize] lets through.
package views

import (
	"time"

	"breakwater/store"
)

// Frame is what every page needs besides its own data.
type Frame struct {
	Text   *Text          // the words, in the reader's language
	Lang   string         // of Text: "en" or "fr"
	Theme  string         // "light", "dark"; "" follows the system
	Person *store.User    // who is signed in; nil on the pages before that
	Menu   []MenuItem     // what the person may open, in order
	Path   string         // of the request, such as /referrals
	Now    time.Time      // for relative times and ages
	Zone   *time.Location // of the clinic; nil is UTC
	Notice *Notice        // what the person should know first; nil for nothing
	// AskPassword: it is too long ago that the person proved who they are; forms for what is sensitive
	// ask for it.
	AskPassword bool
	Session     *SessionLeft // nil where nobody is signed in
	Alerts      []Notice     // what is wrong with Breakwater itself, for who can do something about it
	// Rehearsal: this console talks with a simulated Ocean and its data is thrown away; every page
	// says so.
	Rehearsal bool
}

// MenuItem is one entry of the menu. Items of the same Group stand together under its name.
type MenuItem struct {
	Href    string
	Label   string
	Icon    string // a name for static.Icon
	Group   string // "" stands at the top, without a heading
	Current bool
}

// NoticeKind says how much a notice asks of the reader.
type NoticeKind string

// The kinds of notice, each with its own icon and colour.
const (
	NoticeInfo    NoticeKind = "info"    // good to know
	NoticeDone    NoticeKind = "done"    // what was asked for has happened
	NoticeWaiting NoticeKind = "waiting" // waits for a person
	NoticeProblem NoticeKind = "problem" // something is wrong
)

// Notice is a message above the content, with the next step as a link.
type Notice struct {
	Kind       NoticeKind
	Title      string
	Text       string
	Action     string // label of the link; "" for none
	ActionHref string
}

// LoginForm is what the sign-in page shows.
type LoginForm struct {
	Email      string // as typed
	Problem    string // why signing in failed; "" at first
	NoUsersYet bool   // nobody can sign in before the first administrator exists
	Passkeys   bool   // may be the only step
}

// SetupForm is the form that makes the first administrator. Errors are keyed by field name.
type SetupForm struct {
	Token, Name, Email string
	Errors             map[string]string // name, email, password
}

// ReferralDetail is one referral with what its page needs besides.
type ReferralDetail struct {
	Referral  store.Referral
	OceanURL  string // the referral in Ocean's portal; "" when not known
	Documents []DocumentLine
	Open      *OpenDocument // shown beside the details; nil for none
	CanManage bool          // the person may have a document fetched again
	CanSeeRaw bool          // the person may read messages as they came
	Team      Team
	Acts      Acts // what a holder of Manage Referrals may do with it
}

// ProblemList is the page Delivery problems.
type ProblemList struct {
	Rows      []store.ProblemRow
	Older     string                   // address of the next page; "" when there is none
	Documents []store.FailedAttachment // on the first page alone
	CanManage bool                     // the person may have them tried again, or mark them as seen
	CanSeeRaw bool                     // the person may read messages as they came
	Updates   []store.FailedUpdate     // on the first page alone
	Names     map[string]store.Name    // of the patients, by referral
	Again     *Again                   // what processing messages again came to; nil where nobody asked for it
}

// Again is what processing messages again came to.
type Again struct {
	Done, Left int   // messages; those of them that still have a problem
	Next       int64 // where to go on; 0 at the end
}

// AccountForm is the person's own page. Errors are keyed by field name.
type AccountForm struct {
	Name, Theme string
	Language    string            // "en", "fr"; "" follows the browser
	Errors      map[string]string // name, language, theme, current_password, new_password
	Saved       string            // "profile" or "password" when that was just saved
	Factors     FactorList
	Sessions    SessionList
}

// FailureView is a page that could not be shown, and why.
type FailureView struct {
	Status             int
	Title, Text        string // empty ones are filled by Status from the catalogue
	Action, ActionHref string // the way on; empty ones lead to the first page
	Reference          string // for support; "" for none
}
