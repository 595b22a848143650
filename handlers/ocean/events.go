package ocean

import "strings"

// The events that Ocean sends (MessageHeader.eventCoding.code), by Ocean's Provider Network FHIR
// Playbook, the Ontario eReferral-eConsult IG v0.11.1 and, where noted, what was seen in Ocean's
// traffic. The event does not tell the state of a referral: to a receiver nearly everything after
// creation arrives as an update, so state is read from the resources of any message.
const (
	EventAdd               = "add-service-request"
	EventNotifyAdd         = "notify-add-service-request" // told of a referral elsewhere; not seen yet
	EventUpdate            = "notify-update-service-request"
	EventCorrection        = "notify-data-correction"
	EventRevoke            = "revoke-service-request"
	EventAddProcess        = "notify-add-process-request"
	EventUpdateProcess     = "notify-update-process-request"
	EventUpdateStatus      = "notify-update-status" // IG v0.10's name of EventUpdateProcess
	EventAddAppointment    = "notify-add-appointment"
	EventUpdateAppointment = "notify-update-appointment"
	EventCommunicate       = "send-communication"
	EventFromRequester     = "send-communication-from-requester"
	EventFromProvider      = "send-communication-from-provider"
	EventAddCommunication  = "add-communication"
)

// The ranks of events, lowest first.
const (
	rankAdd = iota
	rankUnknown
	rankUpdate
	rankProcess
	rankAppointment
	rankCommunication
	rankRevoke
)

// ranks orders messages of the same instant: what creates a referral first, what ends it last. An
// unknown event stands directly after creation, where it can undo nothing.
var ranks = map[string]int{
	EventAdd:               rankAdd,
	EventNotifyAdd:         rankAdd,
	EventUpdate:            rankUpdate,
	EventCorrection:        rankUpdate,
	EventAddProcess:        rankProcess,
	EventUpdateProcess:     rankProcess,
	EventUpdateStatus:      rankProcess,
	EventAddAppointment:    rankAppointment,
	EventUpdateAppointment: rankAppointment,
	EventCommunicate:       rankCommunication,
	EventFromRequester:     rankCommunication,
	EventFromProvider:      rankCommunication,
	EventAddCommunication:  rankCommunication,
	EventRevoke:            rankRevoke,
}

// Known reports whether an event is one that Ocean is known to send.
func Known(event string) bool {
	_, ok := ranks[event]
	return ok
}

// Rank orders messages of the same instant by their events, lowest first: additions, unknown
// events, updates and corrections, process requests, appointments, communications, revocations.
func Rank(event string) int {
	if r, ok := ranks[event]; ok {
		return r
	}
	return rankUnknown
}

// headerEvent returns the event of a MessageHeader: eventCoding.code, else the end of eventUri,
// else event.code as FHIR STU3 had it.
func headerEvent(header node) string {
	if s := header.obj("eventCoding").str("code"); s != "" {
		return s
	}
	if s := header.str("eventUri"); s != "" {
		return s[strings.LastIndexAny(s, "/#")+1:]
	}
	if header.get("event").kind() == kindNone {
		return ""
	}
	return header.obj("event").str("code")
}
