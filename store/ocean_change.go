package store

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// OceanChange says what to change; nil leaves a value as it is.
type OceanChange struct {
	SiteNumber    *string
	Host          *string
	ClientID      *string
	ClientSecret  *string // "" removes it
	Draft         string  // id of a generated key that counts from now on; "" for none
	AllowLoopback bool    // take a plain-HTTP host on 127.0.0.1 too

	// Seen are the settings as the person saw them. Where somebody else has changed a value since,
	// theirs stays if the person left it alone, and a *[ConflictError] is returned if not.
	Seen *OceanSettings
	// Session, if not nil, is shown the inbound keys after a key was saved: people copy it then.
	Session *SessionToken
}

// ConflictError says that somebody else saved a value since the person saw it.
type ConflictError struct {
	Field  string // as the form names it
	Theirs string // what is saved now
	Yours  string // what was to be saved
}

// Error names the field.
func (e *ConflictError) Error() string {
	return "somebody else has changed the " + strings.ReplaceAll(e.Field, "_", " ") + " meanwhile"
}

// FieldError says what is wrong with one value that was entered, in English for the CLI; the
// console has its own words for each Reason.
type FieldError struct {
	Field  string // as the form names it
	Reason Reason
	Text   string
}

// Error is the text.
func (e *FieldError) Error() string { return e.Text }

// Reason names what is wrong, for the console's catalogue.
type Reason string

// The reasons of field errors.
const (
	ReasonSiteNumber Reason = "site_number"
	ReasonHost       Reason = "host"
	ReasonTooLong    Reason = "too_long"
)

var siteNumber = regexp.MustCompile(`^[0-9]{4,7}$`)

// MaxCredential bounds a client id or secret in bytes; Ocean's are well below.
const MaxCredential = 1000

// Check returns the *[FieldError]s of all that is wrong, joined, or nil.
func (c OceanChange) Check() error {
	_, err := c.check()
	return err
}

// Typed returns the access that the change would lead to, and whether it differs from the saved
// one. The saved secret goes to no other host than the saved one.
func (c OceanChange) Typed(saved OceanAccess) (to OceanAccess, typed bool) {
	if cleaned, err := c.check(); err == nil {
		c = cleaned
	}
	to = saved
	if c.Host != nil && *c.Host != saved.Host {
		to.Host, to.ClientSecret = *c.Host, ""
	}
	if c.ClientID != nil {
		to.ClientID = *c.ClientID
	}
	if c.ClientSecret != nil {
		to.ClientSecret = *c.ClientSecret
	}
	return to, to != saved
}

// check returns the cleaned change, or the *[FieldError]s of all that is wrong, joined.
func (c OceanChange) check() (OceanChange, error) {
	var wrong []error
	fail := func(field string, reason Reason, format string, args ...any) {
		wrong = append(wrong, &FieldError{field, reason, fmt.Sprintf(format, args...)})
	}
	trim := func(v *string) *string {
		if v == nil {
			return nil
		}
		t := strings.TrimSpace(*v)
		return &t
	}
	c.SiteNumber, c.Host, c.ClientID, c.ClientSecret = trim(c.SiteNumber), trim(c.Host), trim(c.ClientID), trim(c.ClientSecret)
	if c.SiteNumber != nil && *c.SiteNumber != "" && !siteNumber.MatchString(*c.SiteNumber) {
		fail("site_number", ReasonSiteNumber, "enter the Site Number as 4 to 7 digits; you typed %q", *c.SiteNumber)
	}
	if c.Host != nil {
		host, ok := cleanHost(*c.Host, c.AllowLoopback)
		if !ok {
			fail("host", ReasonHost, "enter the Ocean host as https:// and a name, without a path; you typed %q", *c.Host)
		}
		c.Host = &host
	}
	if !credential(c.ClientID) {
		fail("client_id", ReasonTooLong, "the client id is longer than %d characters or has line breaks in it", MaxCredential)
	}
	if !credential(c.ClientSecret) {
		fail("client_secret", ReasonTooLong, "the client secret is longer than %d characters or has line breaks in it", MaxCredential)
	}
	return c, errors.Join(wrong...)
}

func credential(v *string) bool {
	return v == nil || len(*v) <= MaxCredential && !strings.ContainsFunc(*v, unicode.IsControl)
}

// hostPort is a name or an address, with or without a port.
var hostPort = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(:[1-9][0-9]{0,4})?$`)

// cleanHost returns the origin of an Ocean host: HTTPS, or HTTP on 127.0.0.1 if allowed.
func cleanHost(host string, allowLoopback bool) (string, bool) {
	u, err := url.Parse(strings.TrimSuffix(host, "/"))
	if err != nil || !hostPort.MatchString(u.Host) || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false
	}
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		return origin, true
	case "http":
		return origin, allowLoopback && u.Hostname() == "127.0.0.1"
	}
	return "", false
}

// rebase compares the change with what somebody else may have saved since the person looked.
func (c OceanChange) rebase(now OceanSettings) (OceanChange, error) {
	if c.Seen == nil {
		return c, nil
	}
	var conflicts []error
	for _, f := range []struct {
		field     string
		seen, now string
		to        **string
	}{
		{"site_number", c.Seen.SiteNumber, now.SiteNumber, &c.SiteNumber},
		{"host", c.Seen.Host, now.Host, &c.Host},
		{"client_id", c.Seen.ClientID, now.ClientID, &c.ClientID},
	} {
		switch {
		case *f.to == nil || f.seen == f.now || **f.to == f.now:
		case **f.to == f.seen:
			*f.to = nil // left alone: theirs stays
		default:
			conflicts = append(conflicts, &ConflictError{f.field, f.now, **f.to})
		}
	}
	if c.ClientSecret != nil && !c.Seen.SecretSetAt.Equal(now.SecretSetAt) {
		conflicts = append(conflicts, &ConflictError{Field: "client_secret", Theirs: now.SecretSetBy})
	}
	return c, errors.Join(conflicts...)
}
