package views

import (
	"fmt"

	"breakwater/store"
)

var healthEN = HealthText{
	Title:        "Connection with Ocean",
	NothingYet:   "No message yet. Set up shows the next step.",
	Message:      "Last message",
	NoMessage:    "None yet",
	Refused:      "Last refused call",
	NoRefusal:    "None in 7 days",
	RefusedCalls: func(n int) string { return count(n, "call", "calls") + " in that hour" },
	Token:        "Last sign-in to Ocean",
	NoToken:      "None yet",
	Waiting:      "Documents that wait",
	NoneWaiting:  "None",
	WaitingFor:   func(n int, age string) string { return fmt.Sprintf("%d, the oldest for %s", n, age) },
	Failed:       "Documents not fetched",
	FailedCount:  func(n int) string { return count(n, "needs", "need") + " a person" },
	Days:         func(n int) string { return count(n, "day", "days") },
	Hours:        func(n int) string { return count(n, "hour", "hours") },
	Minutes:      func(n int) string { return count(n, "minute", "minutes") },

	CredentialsTitle: func(since string) string { return "Ocean has refused the Client ID and Secret since " + since },
	CredentialsText:  "Referrals still come in. Documents wait; nothing is lost.",
	GapTitle:         func(since string) string { return "Ocean could deliver nothing since " + since },
	GapOver:          func(from, until string) string { return "Ocean could deliver nothing from " + from + " to " + until },
	GapDue: func(until, left string) string {
		return "Ocean repeats each message for 96 hours: until " + until + ", " + left + " from now."
	},
	GapCatchUp: "Ocean repeats each message for 96 hours, so what is still missing comes by itself.",
	LostTitle: func(from, until string) string {
		return "Messages that Ocean first sent between " + from + " and " + until + " are not repeated any more"
	},
	LostText: "They are still in Ocean, and can be sent again from there.",
	Repair:   "Repair the gap",
	SelfTest: "Self-test",
}

var faultsEN = map[store.Fault]Explained{
	store.FaultIncomplete: {"The Client ID or the Secret is missing", "Enter both under Ocean OAuth Credentials, then save."},
	store.FaultHost:       {"The Ocean host is not HTTPS", "Under Ocean host, enter an address that begins with https://."},
	store.FaultName: {"The name of the Ocean host is not found", "Check the address under Ocean host. If it is right, this " +
		"machine’s name service (DNS) does not know it."},
	store.FaultAddress: {"The Ocean host leads to a private address", "Breakwater calls Ocean on the internet only. Check " +
		"the address under Ocean host, and this machine’s name service (DNS)."},
	store.FaultConnect: {"Nobody answers at the Ocean host", "Check that the firewall lets this machine out over HTTPS (port " +
		"443). Ocean itself may be down for a while."},
	store.FaultCertificate: {"The certificate of the Ocean host does not hold", "Nothing was sent. Check this machine’s clock, and " +
		"whether a firewall opens encrypted traffic."},
	store.FaultSlow: {"Ocean did not answer in time", "Documents are tried again by themselves. Try a test again in a few minutes."},
	store.FaultCredentials: {"Ocean refuses the Client ID and Secret", "Copy both again from Ocean: Menu > Admin > Manage " +
		"Credentials > Manage OAuth Credentials."},
	store.FaultForbidden: {"Ocean accepts the credentials but refuses this call", "Check in Ocean that they belong to this " +
		"clinic’s site: Menu > Admin > Manage Credentials > Manage OAuth Credentials."},
	store.FaultGone:     {"Ocean no longer has it", "Documents of archived referrals cannot be fetched: ask the sender. In a test, check the Ocean host."},
	store.FaultRedirect: {"Ocean’s answer leads to another host", "It was not followed: credentials go to Ocean alone. Open the referral in Ocean; in a test, check the Ocean host."},
	store.FaultTooLarge: {"It is larger than Breakwater takes", "Open the referral in Ocean, and see it there."},
	store.FaultContent:  {"What came is empty, or of a kind that Ocean does not take", "Open the referral in Ocean. If it does not open there either, ask the sender."},
	store.FaultBusy:     {"Ocean asks to come again later", "Documents and updates are tried again by themselves. A test can be made again in a few minutes."},
	store.FaultServer:   {"Ocean answers with an error", "Try again in a few minutes. If it stays so, tell Ocean’s support."},
	store.FaultForeign:  {"The link leads to another place than Ocean", "Breakwater fetches from the Ocean host alone. Open the referral in Ocean."},
}

var refusalsEN = map[store.RefusalReason]Explained{
	store.RefusedNoKey: {"The call carried no key", "Enter the Header Name and the key in Ocean: Menu > Admin > Integrations. If " +
		"both are there, a reverse proxy removes them: the self-test tells."},
	store.RefusedWrongKey: {"The key is none of ours", "Copy the key that is valid here into Ocean: Menu > Admin > Integrations."},
	store.RefusedRetired:  {"Ocean uses a key that was retired", "Copy the key that is valid here into Ocean: Menu > Admin > Integrations."},
	store.RefusedUnsaved:  {"Ocean uses a key that is not saved here yet", "Press Save Ocean Settings."},
	store.RefusedSpaced: {"The key in Ocean has a space or another character too many", "Copy it again with its Copy button: Menu > " +
		"Admin > Integrations."},
	store.RefusedPath: {"The call went to another address", "Copy the Request URL into Ocean again: Menu > Admin > Integrations."},
	store.RefusedReadable: {"The call came unencrypted, to http://", "Copy the Request URL, which begins with https://, into Ocean: Menu > " +
		"Admin > Integrations. Then generate a new key: others could read the one that came."},
	store.RefusedMethod: {"The call was no delivery", "Somebody opened the address in a browser, or something watches it. Nothing " +
		"to do while messages arrive."},
	store.RefusedFull:   {"The disk is full", "Make room on this machine. Ocean repeats by itself."},
	store.RefusedBusy:   {"Breakwater was too busy", "Ocean repeats by itself. If it happens often, tell whoever runs Breakwater."},
	store.RefusedFailed: {"A fault of Breakwater’s", "Tell whoever runs Breakwater; its log says more. Ocean repeats by itself."},
	store.RefusedType:   {"The call did not come as FHIR", "Choose Payload type FHIR v0.11.1 in Ocean: Menu > Admin > Integrations."},
	store.RefusedJSON: {"What came was broken off, or no JSON", "A reverse proxy may cut messages off: the self-test tells. Ocean " +
		"repeats by itself."},
	store.RefusedFormat: {"What came was no FHIR message", "Choose Payload type FHIR v0.11.1 in Ocean: Menu > Admin > Integrations."},
	store.RefusedTooLarge: {"A message was larger than 25 MB", "Find the referral in Ocean and tell Ocean’s support; nothing that " +
		"Ocean normally sends is as large."},
	store.GapDown:     {"Breakwater did not run", "Nothing to do once it runs again."},
	store.GapRestored: {"A backup was restored, which does not have what came after it", "Ocean does not repeat it, since it was delivered. It can be sent again from there."},
}

var mistakesEN = map[Mistake]Explained{
	MistakeNoBaseURL: {"Nobody outside can reach this address", "Set BREAKWATER_BASE_URL to the clinic’s public address, such as " +
		"https://clinic.example, and restart Breakwater."},
	MistakeHTTP: {"The address begins with http://", "Ocean wants https://. Give Breakwater a certificate or put a reverse proxy " +
		"in front, then change BREAKWATER_BASE_URL."},
	MistakePath:    {"Calls come to another path", "Copy the Request URL into Ocean again, up to fhir_bundles."},
	MistakeSpaced:  {"The key in Ocean has a space or another character too many", "Copy it again with its Copy button."},
	MistakeUnsaved: {"Ocean already uses the new key", "It counts once you press Save Ocean Settings."},
	MistakeRetired: {"Ocean still uses a key that was retired", "Copy the key that is valid here into Ocean."},
	MistakeWrongKey: {"Calls come with a key that is none of ours", "Copy the key that is valid here into Ocean. If it is there " +
		"already, it is somebody else who calls."},
	MistakeNoKey: {"Calls come without a key", "Check API Key Authentication, Header Name and Key in Ocean. If they are there, a " +
		"reverse proxy removes the header: the self-test tells."},
	MistakeOldFHIR:    {"Messages come as FHIR v0.10", "Open the integration in Ocean and choose Payload type FHIR v0.11.1."},
	MistakeFormat:     {"Calls come that are no FHIR messages", "Open the integration in Ocean and choose Payload type FHIR v0.11.1."},
	MistakeNoListing:  {"Copies of sent referrals come, received ones never did", "No listing is bound yet, or nobody has sent one. Look at each listing in Ocean."},
	MistakeOtherSite:  {"Messages come, none of them for this Site Number", "Compare it with Menu > Admin > Site Account in Ocean."},
	MistakeRefused:    {"Ocean refuses the Client ID and Secret", "Copy both again from Ocean, save, then press Test Connection."},
	MistakeUnverified: {"Saved, and never tested", "Press Test Connection."},
}
