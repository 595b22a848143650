package views

import (
	"encoding/json"
	"strings"
	"time"

	"breakwater/store"
)

// auditDetails is what entries of all kinds say beside their action.
type auditDetails struct {
	Email   string             `json:"email"`
	Name    json.RawMessage    `json:"name"` // a name, or how it changed
	Roles   []string           `json:"roles"`
	Granted []store.Permission `json:"permissions"`

	RolesAdded         []string           `json:"roles_added"`
	RolesRemoved       []string           `json:"roles_removed"`
	PermissionsAdded   []store.Permission `json:"permissions_added"`
	PermissionsRemoved []store.Permission `json:"permissions_removed"`

	Permission store.Permission `json:"permission"`

	Factor         store.Factor `json:"factor"`
	RequiresFactor *bool        `json:"requires_factor"`

	SiteNumber   *auditChange    `json:"site_number"`
	Host         json.RawMessage `json:"host"` // how it changed, or the host that was tested
	ClientID     *auditChange    `json:"client_id"`
	ClientSecret string          `json:"client_secret"` // set, removed
	Language     *auditChange    `json:"language"`
	Theme        *auditChange    `json:"theme"`

	Until string `json:"until"` // with From, of an export; RFC 3339, of a backup

	Entries  int `json:"entries"`
	FirstBad int `json:"first_bad"`

	Fault      store.Fault `json:"fault"`
	Typed      bool        `json:"typed"`
	Tries      int         `json:"tries"`
	Proven     int         `json:"proven"`
	References *int        `json:"references"`
	Documents  int         `json:"documents"`

	Download  bool     `json:"download"`
	Referrals []string `json:"referrals"`
	From      string   `json:"from"` // people's ids
	To        string   `json:"to"`
	Person    string   `json:"person"`
	Found     *int     `json:"found"`
	Terms     []string `json:"terms"`

	Kind      store.OutKind `json:"kind"`
	Status    string        `json:"status"` // of a Task
	Booked    bool          `json:"booked"`
	Confirmed bool          `json:"confirmed"`

	OverdueDays *auditChange `json:"overdue_days"`

	Values      int          `json:"values"` // sealed anew
	Left        int          `json:"left"`
	Nightly     bool         `json:"nightly"`
	Damaged     int          `json:"damaged"` // things in a backup
	IdleMinutes *auditChange `json:"idle_minutes"`

	Sessions int    `json:"sessions"`
	By       string `json:"by"`

	Times     int    `json:"times"`
	First     string `json:"first"` // RFC 3339, like Last
	Last      string `json:"last"`
	Calls     int    `json:"calls"`
	Addresses int    `json:"addresses"`

	How    string                `json:"how"`
	Days   *auditChange          `json:"days"`
	Purged store.RetentionTotals `json:"purged"`
	auditNotices
}

// auditNotices is how the clinic hears of things, where that changed.
type auditNotices struct {
	QuietHours   *auditChange `json:"quiet_hours"`
	WorkHours    *auditChange `json:"work_hours"`
	MailHost     *auditChange `json:"mail_host"`
	MailUser     *auditChange `json:"mail_user"`
	MailFrom     *auditChange `json:"mail_from"`
	MailTo       *auditChange `json:"mail_to"`
	MailLanguage *auditChange `json:"mail_language"`
	Password     string       `json:"password"` // set, removed
}

// auditChange is a value before and after.
type auditChange struct{ From, To string }

// auditSpeaker tells of one entry in the words of a catalogue.
type auditSpeaker struct {
	text  *Text
	words AuditText
	roles []store.Role
	line  AuditLine
	auditDetails
}

// auditSentences says what an entry tells, one sentence for each thing that changed. An action
// that the catalogue does not know is said by its code.
func auditSentences(t *Text, roles []store.Role, line AuditLine) []string {
	s := auditSpeaker{text: t, words: t.Audit, roles: roles, line: line}
	if line.Details != "" {
		// What cannot be read is shown as it stands in the details.
		_ = json.Unmarshal([]byte(line.Details), &s.auditDetails)
	}
	said := s.sentences()
	if len(said) == 0 {
		return []string{orElse(t.Audit.Actions[line.Action], string(line.Action))}
	}
	return said
}

func (s auditSpeaker) sentences() []string {
	noun, _, _ := strings.Cut(string(s.line.Action), ".")
	switch noun {
	case "user":
		return s.person()
	case "session", "setup", "access":
		return append(s.comingIn(), s.sessions()...)
	case "factor":
		return s.factor()
	case "ocean":
		return s.ocean()
	case "document":
		return s.document()
	case "referral":
		return s.referral()
	case "clinic":
		return s.clinic()
	case "key":
		return s.keys()
	case "backup":
		return s.backup()
	case "role":
		return s.role()
	case "audit":
		return s.log()
	case "system":
		return s.system()
	}
	return nil
}

// who is the person that an entry is about.
func (s auditSpeaker) who() string {
	return orElse(s.line.Object, orElse(s.Email, s.line.AuditEntry.Object))
}

func (s auditSpeaker) person() []string {
	who, w := s.who(), s.words
	switch s.line.Action {
	case store.ActionUserAdded:
		return append([]string{w.UserAdded(who)}, s.rights(s.Roles, nil, s.Granted, nil)...)
	case store.ActionUserChanged:
		return s.rights(s.RolesAdded, s.RolesRemoved, s.PermissionsAdded, s.PermissionsRemoved)
	case store.ActionUserDisabled:
		return []string{w.UserDisabled(who)}
	case store.ActionUserEnabled:
		return []string{w.UserEnabled(who)}
	case store.ActionPasswordReset:
		return []string{w.PasswordReset(who)}
	case store.ActionLinkMade:
		return []string{w.LinkMade(who)}
	case store.ActionLinkUsed:
		return []string{w.LinkUsed(who)}
	case store.ActionPasswordChanged:
		return []string{w.PasswordChanged}
	case store.ActionProfileChanged:
		return s.profile()
	}
	return nil
}

// rights says which roles and permissions somebody was given, and which were taken away.
func (s auditSpeaker) rights(roles, lost []string, granted, revoked []store.Permission) []string {
	var said []string
	if len(roles) > 0 {
		said = append(said, s.words.RolesGiven(s.who(), s.roleNames(roles)))
	}
	if len(lost) > 0 {
		said = append(said, s.words.RolesTaken(s.who(), s.roleNames(lost)))
	}
	if len(granted) > 0 {
		said = append(said, s.words.PermissionsGiven(s.who(), s.permissionNames(granted)))
	}
	if len(revoked) > 0 {
		said = append(said, s.words.PermissionsTaken(s.who(), s.permissionNames(revoked)))
	}
	return said
}

func (s auditSpeaker) profile() []string {
	var said []string
	if c := s.nameChange(); c != nil {
		said = append(said, s.words.NameChanged(c.From, c.To))
	}
	if c := s.Language; c != nil {
		said = append(said, s.words.LanguageChanged(s.language(c.From), s.language(c.To)))
	}
	if c := s.Theme; c != nil {
		said = append(said, s.words.ThemeChanged(s.theme(c.From), s.theme(c.To)))
	}
	return said
}

func (s auditSpeaker) comingIn() []string {
	w := s.words
	switch s.line.Action {
	case store.ActionSetupLinkMade:
		return []string{w.SetupLinkMade}
	case store.ActionSetupCompleted:
		return []string{w.SetupCompleted(s.who())}
	case store.ActionSignedIn:
		if s.Factor != "" {
			return []string{w.Factors.SignedInBy(lookup(w.Factors.FactorWays, s.Factor))}
		}
		return []string{w.SignedIn}
	case store.ActionFactorAsked:
		return []string{w.Factors.FactorAsked}
	case store.ActionFactorFailed:
		return []string{w.Factors.FactorFailed(s.who(), lookup(w.Factors.FactorWays, s.Factor))}
	case store.ActionSignedOut:
		return []string{w.SignedOut}
	case store.ActionSignInFailed:
		if s.who() == "" {
			return []string{w.SignInUnknown}
		}
		return []string{w.SignInFailed(s.who())}
	case store.ActionAccessDenied:
		said := []string{w.AccessDenied(s.line.AuditEntry.Object, s.text.Permission(s.Permission).Title)}
		if s.Times > 0 {
			said = append(said, w.DeniedMore(s.Times, readable(s.First), readable(s.Last)))
		}
		return said
	}
	return nil
}

func (s auditSpeaker) sessions() []string {
	w := s.text.Sessions
	switch s.line.Action {
	case store.ActionSessionsEnded:
		return []string{w.SaidEnded(s.Sessions, s.who())}
	case store.ActionClockBack:
		return []string{w.SaidClockBack(s.Sessions)}
	case store.ActionProofFailed:
		if s.Factor != "" {
			return []string{s.words.Factors.NotProvenBy(lookup(s.words.Factors.FactorWays, s.Factor))}
		}
		return []string{w.SaidProofFailed}
	case store.ActionProven:
		if s.By == "password" {
			return []string{w.SaidProven}
		}
		return []string{w.SaidProvenBy(orElse(s.words.Factors.FactorWays[store.Factor(s.By)], s.By))}
	}
	return nil
}

func (s auditSpeaker) role() []string {
	name, w := s.roleName(), s.words
	switch s.line.Action {
	case store.ActionRoleAdded:
		said := []string{w.RoleAdded(name)}
		if len(s.Granted) > 0 {
			said = append(said, w.RoleGrants(name, s.permissionNames(s.Granted)))
		}
		return said
	case store.ActionRoleRemoved:
		return []string{w.RoleRemoved(name)}
	case store.ActionRoleChanged:
		var said []string
		if c := s.nameChange(); c != nil {
			said = append(said, w.RoleRenamed(orElse(c.From, lookup(s.text.Roles, s.line.AuditEntry.Object)), c.To))
		}
		if len(s.PermissionsAdded) > 0 {
			said = append(said, w.RoleGrants(name, s.permissionNames(s.PermissionsAdded)))
		}
		if len(s.PermissionsRemoved) > 0 {
			said = append(said, w.RoleNoLonger(name, s.permissionNames(s.PermissionsRemoved)))
		}
		if s.RequiresFactor != nil && *s.RequiresFactor {
			said = append(said, w.Factors.RoleRequires(name))
		} else if s.RequiresFactor != nil {
			said = append(said, w.Factors.RoleRequiresNot(name))
		}
		return said
	}
	return nil
}

func (s auditSpeaker) log() []string {
	switch s.line.Action {
	case store.ActionAuditVerified:
		return []string{s.words.Verified(s.Entries)}
	case store.ActionAuditTouched:
		return []string{s.words.Touched(s.FirstBad)}
	case store.ActionAuditExported:
		return []string{s.exported()}
	case store.ActionHeldBack:
		what := store.Action(s.line.AuditEntry.Object)
		return []string{s.words.HeldBack(orElse(s.words.Actions[what], string(what)), s.Times)}
	}
	return nil
}

// exported says what was exported: days of the clinic's zone, both of them in it.
func (s auditSpeaker) exported() string {
	day := func(text string, back time.Duration) string {
		at, err := time.Parse(time.RFC3339, text) // in the zone that was the clinic's then
		if err != nil {
			return text
		}
		return at.Add(-back).Format(time.DateOnly)
	}
	referrals := -1
	if s.Referrals != nil {
		referrals = len(s.Referrals)
	}
	return s.words.Outside.Exported(strings.ToUpper(s.line.AuditEntry.Object), day(s.From, 0), day(s.Until, time.Second), referrals)
}
