package oceantest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// inbound is a message of the clinic's. It is read here anew rather than with the reader under
// test, which would believe whatever the writer under test gets wrong.
type inbound struct {
	id         string // MessageHeader.id
	event, ref string
	focus      []reference
	entries    map[string]entry // by id, and by fullUrl without urn:uuid:
	problems   []string
}

type entry struct {
	id, typ string
	raw     json.RawMessage
}

type reference struct{ Reference string }

type inIdentifier struct{ System, Value string }

type inText struct {
	Text   string
	Coding []struct{ Code, Display string }
}

type inHeader struct {
	ID          string
	EventCoding struct{ Code string }
	Focus       []reference
	Extension   []struct {
		URL, ValueString string
		ValueIdentifier  inIdentifier
	}
}

type inTask struct {
	Status, Intent string
	StatusReason   inText
	Code           inText
	BasedOn        []reference
}

type inCommunication struct {
	Status, Sent string
	BasedOn      []reference
	Payload      []struct{ ContentString string }
}

type inAppointment struct {
	Status, Start, End, PatientInstruction string
	MinutesDuration                        int
	AppointmentType                        inText
	BasedOn                                []reference
	Participant                            []struct {
		Actor  reference
		Status string
	}
}

// readInbound reads a message bundle; an error says why it is none.
func readInbound(body []byte) (*inbound, error) {
	var b struct {
		ResourceType, Type string
		Entry              []struct {
			FullURL  string
			Resource json.RawMessage
		}
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return nil, fmt.Errorf("the body is not JSON of a Bundle: %w", err)
	}
	if b.ResourceType != "Bundle" || b.Type != "message" || len(b.Entry) == 0 {
		return nil, fmt.Errorf("the body is not a Bundle of type message")
	}
	in := &inbound{entries: map[string]entry{}}
	for i, e := range b.Entry {
		var r struct{ ResourceType, ID string }
		if err := json.Unmarshal(e.Resource, &r); err != nil {
			return nil, fmt.Errorf("entry %d has no resource", i)
		}
		if i == 0 && r.ResourceType != "MessageHeader" {
			return nil, fmt.Errorf("the first entry is not a MessageHeader")
		}
		for _, id := range []string{r.ID, bare(e.FullURL)} {
			if id != "" {
				in.entries[id] = entry{id, r.ResourceType, e.Resource}
			}
		}
	}
	return in, in.readHeader(b.Entry[0].Resource)
}

func (in *inbound) readHeader(raw json.RawMessage) error {
	var h inHeader
	if err := json.Unmarshal(raw, &h); err != nil {
		return fmt.Errorf("the MessageHeader is malformed: %w", err)
	}
	in.id, in.event, in.focus = h.ID, h.EventCoding.Code, h.Focus
	for _, x := range h.Extension {
		switch {
		case strings.HasSuffix(x.URL, "/ext-referral-identifier"):
			in.ref = x.ValueIdentifier.Value
		case strings.HasSuffix(x.URL, "/ext-id-message-header") && in.ref == "":
			in.ref = x.ValueString
		}
	}
	return nil
}

// focused reads the resource of a type that the header focuses on, and returns its id. What is wrong
// with it is noted among the problems.
func (in *inbound) focused(typ string, into any) string {
	for _, f := range in.focus {
		if e, ok := in.entries[bare(f.Reference)]; ok && e.typ == typ {
			if err := json.Unmarshal(e.raw, into); err != nil {
				in.wrong("The %s is malformed: %v.", typ, err)
			}
			return e.id
		}
	}
	in.wrong("MessageHeader.focus of %s must lead to a %s in the bundle.", in.event, typ)
	return ""
}

// basedOn checks that a resource leads to the referral's ServiceRequest in the same bundle.
func (in *inbound) basedOn(typ string, refs []reference) {
	for _, ref := range refs {
		e, ok := in.entries[bare(ref.Reference)]
		if !ok || e.typ != "ServiceRequest" {
			continue
		}
		var request struct{ Identifier []inIdentifier }
		if json.Unmarshal(e.raw, &request) != nil {
			continue
		}
		for _, id := range request.Identifier {
			if strings.HasSuffix(id.System, "/id-ereferral-reference") && id.Value == in.ref {
				return
			}
		}
	}
	in.wrong("%s.basedOn must lead to the referral's ServiceRequest in the bundle.", typ)
}

func (in *inbound) wrong(format string, args ...any) {
	in.problems = append(in.problems, fmt.Sprintf(format, args...))
}

// instant reads a FHIR instant or dateTime; what is given and is none is a problem.
func (in *inbound) instant(field, s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		in.wrong("%s is not a time with a zone.", field)
	}
	return t
}

// bare returns the id that a reference or a fullUrl names.
func bare(s string) string {
	s = strings.TrimPrefix(s, "urn:uuid:")
	return s[strings.LastIndex(s, "/")+1:]
}
