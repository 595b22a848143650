package views

import (
	"time"

	"breakwater/store"
)

// Health is how the connection with Ocean does, on Settings > Referral > Ocean and Set up.
type Health struct {
	store.Connection
	Keys []store.InboundKey // as in OceanForm
	Now  time.Time
}

// ConnectionTest is the outcome of Test connection, just pressed.
type ConnectionTest struct {
	Fault store.Fault // "" where it went well
	Typed bool        // what was typed was tested, and it is not saved yet
	Host  string      // that was tested
}

// StepState is how it is known that a step of the set-up is done.
type StepState string

// The states of a step, in words beside an icon.
const (
	StepProven  StepState = "proven"  // something happened that could not have happened otherwise
	StepTold    StepState = "told"    // somebody ticked it
	StepNotYet  StepState = "not_yet" // neither
	StepFailing StepState = "failing" // was proven, and now fails
)

// The steps of the set-up in their order (Ocean's portal, and the CHR's help article).
const (
	StepSignUp       = "sign_up"       // 0: the eCE's form, signing up with Ocean
	StepAccount      = "account"       // 1: user account, site, shared encryption key stored safely
	StepSite         = "site"          // 2: the Site Number saved here
	StepCloudConnect = "cloud_connect" // 3: Ocean Cloud Connect on, with the shared encryption key
	StepKey          = "key"           // 4: Inbound Authentication key generated and saved here
	StepIntegration  = "integration"   // 5: the integration registered in Ocean
	StepListings     = "listings"      // 6: every listing bound to it
	StepCredentials  = "credentials"   // 7: OAuth credentials made in Ocean and saved here
	StepCopies       = "copies"        // 8: copies of sent referrals
)

// Steps are all of them, in order.
var Steps = []string{StepSignUp, StepAccount, StepSite, StepCloudConnect, StepKey, StepIntegration, StepListings, StepCredentials, StepCopies}

// SetupStep is one step of the set-up with its state.
type SetupStep struct {
	ID    string
	State StepState
	At    time.Time // proven: last seen; told: when; failing: since when
	By    string    // told: by whom
	// Ticked: somebody said it is done, whatever else is known.
	Ticked bool
	// Tickable: a person can say that it is done; what the console sees by itself cannot be ticked.
	Tickable bool
	// Mistakes are those of the common ones that were seen here, to be named where they happen.
	Mistakes []Mistake
}

// Mistake is a common mistake of the set-up.
type Mistake string

// The mistakes that the console can see.
const (
	MistakeNoBaseURL  Mistake = "base_url"    // the base URL is localhost: nobody can reach it from outside
	MistakeHTTP       Mistake = "http"        // the base URL is http; Ocean wants https
	MistakePath       Mistake = "path"        // calls come to another path
	MistakeSpaced     Mistake = "spaced_key"  // the key has a space or another character too many
	MistakeUnsaved    Mistake = "unsaved_key" // Ocean uses a key that is not saved here
	MistakeRetired    Mistake = "retired_key" // Ocean uses a key that was retired
	MistakeWrongKey   Mistake = "wrong_key"   // calls come with a key that is none of ours
	MistakeNoKey      Mistake = "no_key"      // calls come without a key
	MistakeOldFHIR    Mistake = "old_fhir"    // payload type v0.10
	MistakeFormat     Mistake = "format"      // calls come that are no FHIR messages
	MistakeNoListing  Mistake = "no_listing"  // copies of sent referrals come, received ones never did
	MistakeOtherSite  Mistake = "other_site"  // messages come, none of them for the Site Number saved here
	MistakeRefused    Mistake = "refused"     // Ocean refuses the credentials
	MistakeUnverified Mistake = "untested"    // credentials are saved and were never tested
)

// Mistakes are all of them, for tables that must be whole.
var Mistakes = []Mistake{MistakeNoBaseURL, MistakeHTTP, MistakePath, MistakeSpaced, MistakeUnsaved, MistakeRetired, MistakeWrongKey,
	MistakeNoKey, MistakeOldFHIR, MistakeFormat, MistakeNoListing, MistakeOtherSite, MistakeRefused, MistakeUnverified}

// SetupPage is Settings > Referral > Set up.
type SetupPage struct {
	Steps      []SetupStep // in the order of Steps
	Settings   store.OceanSettings
	Health     Health
	Request    string // the Request URL without a scheme, as Ocean's article writes it
	RequestURL string // the Request URL whole
	HeaderName string
	// KeySaved: an Inbound Authentication key counts; the page leads to where it is shown.
	KeySaved bool
}

// SelfTestLine is one try of the self-test.
type SelfTestLine struct {
	Try     SelfTestTry
	Outcome SelfTestOutcome
	Status  int // of the answer; 0 without one
}

// SelfTestTry says what was tried.
type SelfTestTry string

// The tries of the self-test, in their order.
const (
	TryNoKey     SelfTestTry = "no_key"
	TryWrongKey  SelfTestTry = "wrong_key"
	TryRetired   SelfTestTry = "retired_key"
	TryGood      SelfTestTry = "good"
	TryDuplicate SelfTestTry = "duplicate"
	TryMalformed SelfTestTry = "malformed"
	TryLarge     SelfTestTry = "large"     // 10 MB, which must pass
	TryTooLarge  SelfTestTry = "too_large" // more than 25 MB, which must not
)

// SelfTestTries are all of them, in their order.
var SelfTestTries = []SelfTestTry{TryNoKey, TryWrongKey, TryRetired, TryGood, TryDuplicate, TryMalformed, TryLarge, TryTooLarge}

// SelfTestOutcome says what a try has proven.
type SelfTestOutcome string

// The outcomes of a try.
const (
	OutcomeProven      SelfTestOutcome = "proven"      // as it should be
	OutcomeUnreachable SelfTestOutcome = "unreachable" // could not be tried from here: no connection
	OutcomeCertificate SelfTestOutcome = "certificate" // could not be tried from here: the certificate is not trusted by this machine
	OutcomeElsewhere   SelfTestOutcome = "elsewhere"   // something else than Breakwater answers there
	OutcomeStripped    SelfTestOutcome = "stripped"    // the reverse proxy strips the header
	OutcomeLimited     SelfTestOutcome = "limited"     // the reverse proxy limits the size of bodies
	OutcomeRefused     SelfTestOutcome = "refused"     // what should pass was refused by Breakwater
	OutcomeLetIn       SelfTestOutcome = "let_in"      // what should be refused was let in
)

// SelfTestOutcomes are all of them, for tables that must be whole.
var SelfTestOutcomes = []SelfTestOutcome{OutcomeProven, OutcomeUnreachable, OutcomeCertificate, OutcomeElsewhere, OutcomeStripped,
	OutcomeLimited, OutcomeRefused, OutcomeLetIn}

// SelfTestPage is Settings > Referral > Self-test: the way of a message through the public base
// URL, as Ocean would come.
type SelfTestPage struct {
	RequestURL string
	Lines      []SelfTestLine // empty before it ran
}

// DocumentLine is a document of a referral's with what became of it.
type DocumentLine struct {
	store.Document
	Attachment *store.Attachment // nil where nothing is known of it
}

// OpenDocument is a document shown beside the details of its referral.
type OpenDocument struct {
	DocumentLine
	Address string // of its content, for a frame or an img
	Image   bool   // shown as an image, else in a frame
}

// MissedPage says how to repair a gap, on its own page.
type MissedPage struct {
	Gap  store.Gap
	Refs int64 // references in the CSV; 0: only the time window is known
	Now  time.Time
	// Settings lead to Ocean's portal.
	Settings store.OceanSettings
}
