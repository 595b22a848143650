package store

// Fault says why a call to Ocean failed, or why a document is not here. The console has words for
// each.
type Fault string

// What can go wrong between here and Ocean.
const (
	FaultIncomplete  Fault = "incomplete"  // the Client ID or the Secret is not saved
	FaultHost        Fault = "host"        // the Ocean host is not HTTPS
	FaultName        Fault = "name"        // the host's name is not found
	FaultAddress     Fault = "address"     // its name leads to a private address
	FaultConnect     Fault = "connect"     // nobody answers there, or the connection broke
	FaultCertificate Fault = "certificate" // the certificate does not hold
	FaultSlow        Fault = "slow"        // no answer, or not all of it, in time
	FaultCredentials Fault = "credentials" // Ocean refuses the Client ID and Secret
	FaultForbidden   Fault = "forbidden"   // Ocean takes the credentials but refuses this call
	FaultGone        Fault = "gone"        // there is nothing at the link
	FaultRedirect    Fault = "redirect"    // the answer leads to another host
	FaultTooLarge    Fault = "too_large"   // more than is taken
	FaultContent     Fault = "content"     // empty, or not a document of a kind that Ocean takes
	FaultBusy        Fault = "busy"        // Ocean asks to come again later
	FaultServer      Fault = "server"      // Ocean answers with an error, or not as it should
	FaultForeign     Fault = "foreign"     // the link leads to another place than the Ocean host

	// Of updates alone.
	FaultCancelled Fault = "cancelled" // the sender cancelled the referral before it was sent: held for a person
	FaultDamaged   Fault = "damaged"   // what was kept of it does not open any more
)

// Faults are all of them, for tables that must be whole.
var Faults = []Fault{FaultIncomplete, FaultHost, FaultName, FaultAddress, FaultConnect, FaultCertificate, FaultSlow,
	FaultCredentials, FaultForbidden, FaultGone, FaultRedirect, FaultTooLarge, FaultContent, FaultBusy, FaultServer, FaultForeign}

// UpdateFaults are those that an update may have.
var UpdateFaults = []Fault{FaultHost, FaultName, FaultAddress, FaultConnect, FaultCertificate, FaultSlow, FaultForbidden, FaultGone,
	FaultRedirect, FaultTooLarge, FaultContent, FaultBusy, FaultServer, FaultCancelled, FaultDamaged}
