package views

import (
	"encoding/json"
	"strconv"
	"strings"

	"breakwater/store"
)

// auditActions lists every action, those of a kind together and in the order of the filter.
func auditActions() []store.Action {
	return []store.Action{
		store.ActionSettingsChanged, store.ActionKeyGenerated, store.ActionKeySaved, store.ActionKeyRetired, store.ActionKeysShown, store.ActionKeysRefused,
		store.ActionOceanTested, store.ActionSelfTestBegun, store.ActionSelfTested, store.ActionStepTicked, store.ActionStepUnticked, store.ActionMissedExported, store.ActionGapRepaired,
		store.ActionReferralOpened, store.ActionSearched, store.ActionAssigned, store.ActionReviewAsked, store.ActionNoted,
		store.ActionReviewed, store.ActionReferralTold, store.ActionUpdateRetried, store.ActionUpdateDropped, store.ActionReferralPurged,
		store.ActionDocumentOpened, store.ActionDocumentRetried,
		store.ActionRawShown, store.ActionReprocessed, store.ActionMessageSeen, store.ActionClinicChanged,
		store.ActionUserAdded, store.ActionUserChanged, store.ActionUserDisabled, store.ActionUserEnabled, store.ActionLinkMade,
		store.ActionLinkUsed, store.ActionPasswordReset, store.ActionPasswordChanged, store.ActionProfileChanged,
		store.ActionRoleAdded, store.ActionRoleChanged, store.ActionRoleRemoved,
		store.ActionSignedIn, store.ActionSignInFailed, store.ActionFactorAsked, store.ActionFactorFailed, store.ActionSignedOut, store.ActionSessionsEnded,
		store.ActionProven, store.ActionProofFailed, store.ActionClockBack,
		store.ActionPasskeyAdded, store.ActionPasskeyRenamed, store.ActionPasskeyRemoved, store.ActionPasskeySuspected,
		store.ActionAppAdded, store.ActionAppRemoved, store.ActionCodesRenewed, store.ActionFactorsReset,
		store.ActionAccessDenied,
		store.ActionAuditVerified, store.ActionAuditTouched, store.ActionAuditExported, store.ActionHeldBack,
		store.ActionIncidentOpened, store.ActionIncidentClosed, store.ActionNoticesChanged, store.ActionMailTested,
		store.ActionRetentionSet, store.ActionRetentionRan, store.ActionClockJumped, store.ActionClockBehind, store.ActionClockConfirmed, store.ActionDatabaseMended,
		store.ActionRotationStarted, store.ActionRotationEnded, store.ActionMasterReplaced,
		store.ActionBackupMade, store.ActionBackupFailed, store.ActionBackupTried, store.ActionRestored, store.ActionUpgraded,
		store.ActionSetupLinkMade, store.ActionSetupCompleted,
	}
}

// actionGroup is the actions of one kind.
type actionGroup struct {
	Noun    string
	Actions []store.Action
}

func actionGroups() []actionGroup {
	var groups []actionGroup
	for _, a := range auditActions() {
		noun := actionNoun(a)
		if len(groups) == 0 || groups[len(groups)-1].Noun != noun {
			groups = append(groups, actionGroup{Noun: noun})
		}
		last := &groups[len(groups)-1]
		last.Actions = append(last.Actions, a)
	}
	return groups
}

// actionNoun is what an action was done to: "ocean" of ocean.key_saved.
func actionNoun(a store.Action) string {
	noun, _, _ := strings.Cut(string(a), ".")
	return noun
}

// actionKind is the chip of an entry: amber for what somebody should look at, red for harm.
func (f Frame) actionKind(a store.Action) (tone, words string) {
	words = lookup(f.Text.Audit.Kinds, actionNoun(a))
	switch a {
	case store.ActionAuditTouched:
		return "harm", words
	case store.ActionPasskeySuspected:
		return "harm", words
	case store.ActionSignInFailed, store.ActionFactorFailed, store.ActionAccessDenied, store.ActionKeysRefused, store.ActionHeldBack:
		return "waiting", words
	case store.ActionSettingsChanged, store.ActionKeyGenerated, store.ActionKeySaved, store.ActionKeyRetired, store.ActionKeysShown:
		return "fresh", words
	}
	return "plain", words
}

// actor is who did it, as colleagues know them; some have no name of their own.
func (f Frame) actor(line AuditLine) string {
	kind, id, _ := strings.Cut(line.Actor, ":")
	switch {
	case line.Who != "" && line.Who != line.Actor:
		return line.Who
	case line.ActorName != "":
		return line.ActorName
	case kind == "cli":
		return f.Text.Audit.CommandLine(id)
	case kind == "system":
		return f.Text.Audit.System
	case kind == "setup":
		return f.Text.Audit.SetupLink
	case kind == "anonymous":
		return f.Text.Audit.Anonymous
	}
	return line.Actor
}

// filtered reports whether the page leaves something out.
func (q AuditQuery) filtered() bool {
	return q.Actor != "" || q.Action != "" || q.From != "" || q.Until != ""
}

// checkTitle says what the last check found.
func (f Frame) checkTitle(c store.AuditCheck) string {
	var found struct {
		Entries  int `json:"entries"`
		FirstBad int `json:"first_bad"`
	}
	_ = json.Unmarshal([]byte(c.Details), &found) // a record that cannot be read has no numbers
	switch {
	case c.At.IsZero():
		return f.Text.Audit.NeverTitle
	case c.Touched:
		return f.Text.Audit.TouchedTitle(found.FirstBad)
	}
	return f.Text.Audit.WholeTitle(found.Entries)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
