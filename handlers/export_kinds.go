package handlers

import (
	"strings"

	"breakwater/store"
)

// What actions are in the terms of FHIR, DICOM and IHE BALP.

const (
	balp        = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
	dicom       = "http://dicom.nema.org/resources/ontology/DCM"
	eventTypes  = "http://terminology.hl7.org/CodeSystem/audit-event-type"
	restful     = "http://hl7.org/fhir/restful-interaction"
	entityTypes = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
	objectRoles = "http://terminology.hl7.org/CodeSystem/object-role"
	sourceTypes = "http://terminology.hl7.org/CodeSystem/security-source-type"
	roleTypes   = "http://terminology.hl7.org/CodeSystem/extra-security-role-type"
	takesPart   = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
	provenance  = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
)

// Outcomes: code system audit-event-outcome.
const (
	outcomeSuccess = "0"
	outcomeMinor   = "4" // refused, or wrong
	outcomeSerious = "8"
)

// auditKind is what was done.
type auditKind struct {
	profile              string // of BALP, with or without Patient before it; "" for none that fits
	typ, subtype         object
	action               string // C, R, U, D or E
	outcome              string
	client, server, user object // what these agents are
}

// restKind is a kind that BALP has a profile for.
func restKind(profile, interaction, action string) auditKind {
	source, destination := coding(dicom, "110153", "Source Role ID"), coding(dicom, "110152", "Destination Role ID")
	k := auditKind{profile: profile, typ: coding(eventTypes, "rest", "Restful Operation"), subtype: coding(restful, interaction, interaction),
		action: action, outcome: outcomeSuccess, client: source, server: destination, user: coding(takesPart, "AUT", "author")}
	switch profile {
	case "Read":
		k.client, k.server, k.user = destination, source, coding(takesPart, "IRCP", "information recipient")
	case "Query":
		k.user = coding(takesPart, "IRCP", "information recipient")
	case "Delete":
		k.client, k.server = coding(dicom, "110150", "Application"), coding(provenance, "custodian", "Custodian")
	}
	return k
}

// dicomKind is a kind that DICOM (PS3.15, A.5.3) has a name for, and BALP no profile.
func dicomKind(code, name string, subtype object, action string) auditKind {
	k := restKind("", "operation", action)
	if k.typ = coding(dicom, code, name); subtype != nil {
		k.subtype = subtype
	}
	return k
}

func (k auditKind) with(outcome string) auditKind {
	k.outcome = outcome
	return k
}

// kindOf knows some actions by name, those of one noun together, and the others by their verb, so that
// no action is without a kind.
func kindOf(a store.Action) auditKind {
	logUsed := dicomKind("110101", "Audit Log Used", nil, "R")
	export := dicomKind("110106", "Export", nil, "R")
	switch a {
	case store.ActionSignedIn, store.ActionProven:
		return dicomKind("110114", "User Authentication", coding(dicom, "110122", "Login"), "E")
	case store.ActionSignInFailed, store.ActionProofFailed:
		return dicomKind("110114", "User Authentication", coding(dicom, "110122", "Login"), "E").with(outcomeMinor)
	case store.ActionSignedOut, store.ActionSessionsEnded:
		return dicomKind("110114", "User Authentication", coding(dicom, "110123", "Logout"), "E")
	case store.ActionAuditTouched:
		return dicomKind("110113", "Security Alert", nil, "E").with(outcomeSerious)
	case store.ActionHeldBack, store.ActionKeysRefused, store.ActionClockBack, store.ActionPasskeySuspected:
		return dicomKind("110113", "Security Alert", nil, "E").with(outcomeMinor)
	case store.ActionAuditVerified:
		return logUsed
	case store.ActionAuditExported, store.ActionMissedExported:
		return export
	case store.ActionLinkUsed:
		return restKind("Update", "update", "U")
	}
	noun, verb, _ := strings.Cut(string(a), ".")
	verb = verb[strings.LastIndexByte(verb, '_')+1:]
	failed := verb == "failed" || verb == "denied" || verb == "refused"
	switch {
	case noun == "session" && failed:
		return dicomKind("110114", "User Authentication", nil, "E").with(outcomeMinor)
	case noun == "session":
		return dicomKind("110114", "User Authentication", nil, "E")
	case failed:
		return restKind("", "operation", "E").with(outcomeMinor)
	}
	switch verb {
	case "opened", "shown":
		return restKind("Read", "read", "R")
	case "searched":
		return restKind("Query", "search", "E")
	case "exported":
		return export
	case "added", "made", "generated", "noted", "begun":
		return restKind("Create", "create", "C")
	case "removed", "retired", "dropped", "purged":
		return restKind("Delete", "delete", "D")
	case "tested", "verified", "completed":
		return restKind("", "operation", "E")
	}
	return restKind("Update", "update", "U")
}

// permissionFor is what allowed a person to do it, "" where being somebody is enough.
func permissionFor(a store.Action) store.Permission {
	switch a {
	case store.ActionReferralOpened, store.ActionSearched, store.ActionDocumentOpened:
		return store.ViewReferrals
	case store.ActionRawShown:
		return store.ViewRawMessages
	case store.ActionFactorsReset:
		return store.EditUsers
	case store.ActionPasswordChanged, store.ActionProfileChanged, store.ActionLinkUsed:
		return ""
	}
	noun, _, _ := strings.Cut(string(a), ".")
	return map[string]store.Permission{"referral": store.ManageReferrals, "document": store.ManageReferrals, "message": store.ManageReferrals,
		"ocean": store.ReferralSettings, "user": store.EditUsers, "role": store.EditRoles, "clinic": store.SystemSettings, "audit": store.ViewAuditLog}[noun]
}
