package views

import "fmt"

var peopleEN = PeopleText{
	Title:      "Settings > People",
	Lead:       "Who may sign in, and what each may do.",
	Add:        "Add Person",
	List:       "People by email",
	Name:       "Name",
	Email:      "Email",
	Roles:      "Roles",
	Also:       "Also may",
	State:      "State",
	You:        "You",
	NoRoles:    "None",
	NoExtra:    "Nothing else",
	Active:     "Active",
	Disabled:   "Disabled",
	Invited:    "Invited",
	AloneTitle: "Only you so far",
	AloneText:  "Add each person who works with referrals, so that the audit log can tell who did what.",

	LinkTitle: func(email string) string { return "One-time link for " + email },
	LinkText: "Give it to the person yourself; Breakwater sends no email. It works once, for 24 hours, and is " +
		"shown only now.",
	Link: "One-time link",

	NewTitle:  "Add a person",
	NewLead:   "You get a one-time link to hand over. With it, the person chooses a password.",
	Back:      "People",
	WhoTitle:  "Who",
	WhoWhy:    "People can change their own name later.",
	NameHint:  "As colleagues know the person.",
	EmailHint: "The person signs in with it.",

	RolesTitle:       "Roles",
	RolesWhy:         "A role grants several permissions at once.",
	Grants:           "Grants:",
	GrantsNothing:    "Grants nothing yet.",
	RoleBeyond:       "It grants something that you do not hold, so you cannot give it.",
	PermissionsTitle: "Permissions",
	PermissionsWhy:   "All there are, and where each comes from. Tick one to grant it to this person alone.",
	FromRole:         func(role string) string { return "Role " + role },
	Individual:       "Individual",
	ByRole:           "A role grants it, so it cannot be taken away here: untick the role, or change it.",
	NotHeld:          "You do not hold it, so you cannot grant it.",
	SaveTitle:        "Save",
	SaveWhy:          "Your password is asked for, so that nobody else does this at your screen.",
	Save:             "Save Permissions",
	Saved:            "Saved. It counts from the next thing that the person does.",
	SelfTitle:        "This is you",
	SelfText:         "What you take away from yourself, somebody else has to give back. Your name and password are in Account.",
	BeyondTitle:      "You cannot change this person",
	BeyondText:       "This person may do things that you may not. Ask an administrator.",

	AccessTitle:      "Signing in",
	AccessWhy:        "Each of these asks again before it does anything.",
	MakeLink:         "Make One-Time Link",
	MakeLinkText:     "For a forgotten password. The present password stops working at once.",
	NewLinkText:      "This person has not chosen a password yet. A new link replaces the one before.",
	Disable:          "Disable",
	DisableText:      "For somebody who left or is away. It can be undone.",
	Enable:           "Enable",
	EnableText:       "This person cannot sign in now. Enabling gives back what was there before.",
	ResetFactors:     "Remove Second Steps",
	ResetFactorsText: "For somebody who lost their passkeys, their phone and their recovery codes.",
	HasFactor:        "Second step",
	FactorDue:        "Second step due",

	Beyond:    "You cannot grant what you do not hold yourself. Nothing was saved.",
	LastAdmin: "This is the last active administrator. Make somebody else administrator first.",
	RoleGone:  "One of the roles was removed meanwhile. Look at the roles again, then save.",
}

var rolePagesEN = RolesText{
	Title:       "Settings > Roles",
	Lead:        "A role is a set of permissions with a name. People may have several.",
	Make:        "Make Role",
	List:        "Roles",
	Name:        "Role",
	Permissions: "Permissions",
	People:      "People",
	CountPeople: func(n int) string {
		if n == 0 {
			return "Nobody"
		}
		return count(n, "person", "people")
	},
	Everything: "Everything",
	Nothing:    "Nothing yet",
	Saved:      "Saved. It counts from the next thing that anybody does.",

	NewTitle:         "Make a role",
	NewLead:          "Name it after the work, such as Evening desk.",
	Back:             "Roles",
	NameTitle:        "Name",
	NameHint:         "At most 60 characters.",
	PermissionsTitle: "Permissions",
	PermissionsWhy:   "What everybody with this role may do.",
	InUse: func(n int) string {
		if n == 0 {
			return "Nobody has this role yet."
		}
		return count(n, "person has", "people have") + " this role. A change counts for all of them at once."
	},
	FixedTitle: "Administrator always holds everything",
	FixedText:  "Somebody must be able to do everything, so this role can be neither changed nor removed.",
	SaveTitle:  "Save",
	Save:       "Save Role",

	Factor:        "Second step",
	FactorOn:      "Everybody with this role must have a second step for signing in.",
	FactorOff:     "People with this role may sign in with their password alone.",
	RequireFactor: "Require Second Step",
	NoFactor:      "No Longer Require",

	RemoveTitle: "Remove",
	Remove:      "Remove Role",
	RemoveText:  "Nobody has this role, so it can be removed.",
	RemoveNot: func(n int) string {
		return fmt.Sprintf("It can be removed once nobody has it. Now %s.", count(n, "person does", "people do"))
	},

	NameMissing: "Enter a name.",
	NameLong:    func(n int) string { return fmt.Sprintf("Enter a name of at most %d characters.", n) },
	NameTaken:   "There is a role of this name already. Enter another name.",
	Beyond:      "You cannot grant what you do not hold yourself. Nothing was saved.",
	Fixed:       "This role can be neither changed nor removed.",
}
