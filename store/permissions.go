package store

import "slices"

// Permission is one right of a person. Its value is its code in the CLI and in the database.
type Permission string

// Every permission there is. Rights are additive: a person has what the roles grant and what is
// granted to the person alone.
const (
	ReferralSettings Permission = "referral_settings"
	ViewReferrals    Permission = "view_referrals"
	ManageReferrals  Permission = "manage_referrals"
	ViewRawMessages  Permission = "view_raw_messages"
	EditUsers        Permission = "edit_users"
	EditRoles        Permission = "edit_roles"
	ViewAuditLog     Permission = "view_audit_log"
	SystemSettings   Permission = "system_settings"
)

// Permissions lists every permission in the order in which people read them.
func Permissions() []Permission {
	return []Permission{ReferralSettings, ViewReferrals, ManageReferrals, ViewRawMessages,
		EditUsers, EditRoles, ViewAuditLog, SystemSettings}
}

// Valid reports whether p is one of [Permissions].
func (p Permission) Valid() bool { return slices.Contains(Permissions(), p) }

// The codes of the roles that come ready with a new database.
const (
	RoleAdministrator  = "administrator"
	RoleFrontDesk      = "front_desk"
	RolePrivacyOfficer = "privacy_officer"
)
