package oceantest

import (
	"cmp"
	"maps"
	"strconv"
	"time"
)

// parts adds what hangs on the request: decision, booking, messages, form and documents.
func (b *builder) parts() {
	request := b.refer("ServiceRequest", b.requestID(b.Ref))
	if t := b.Task; t != nil {
		b.foci["Task"] = []fhir{b.add("Task", b.id("task"), fhir{"status": t.Status, "intent": "order",
			"code": concept(cmp.Or(t.Code, "process-request"))[0], "basedOn": []fhir{request},
			"statusReason": text(t.Reason), "lastModified": b.or(t.Modified)})}
	}
	if a := b.Appointment; a != nil {
		b.foci["Appointment"] = []fhir{b.add("Appointment", b.id("appointment"), b.appointment(*a, request))}
	}
	for i, c := range b.Communications {
		sender := "requester"
		if c.FromReceiver {
			sender = "receiver"
		}
		id := cmp.Or(c.ID, b.id("communication"+strconv.Itoa(i)))
		b.foci["Communication"] = []fhir{b.add("Communication", id, fhir{"status": "completed", "basedOn": []fhir{request},
			"sender": b.refer("PractitionerRole", b.id(sender)), "sent": b.or(c.Sent), "payload": []fhir{{"contentString": c.Text}}})}
	}
	if len(b.Questions) > 0 {
		items := []fhir{}
		for i, q := range b.Questions {
			item := fhir{"linkId": "item" + strconv.Itoa(i)}
			if q[0] != "" {
				item["text"] = q[0]
			}
			if q[1] != "" {
				item["answer"] = []fhir{{"valueString": q[1]}}
			}
			items = append(items, item)
		}
		form := fhir{"system": b.Host + "/svc/fhir/v1/NamingSystem/id-form-reference", "value": "example_form"}
		b.add("QuestionnaireResponse", b.id("form"), fhir{"identifier": form, "status": "completed", "item": items})
	}
	for i, d := range b.Documents {
		b.document(i, d)
	}
	for i, r := range b.Extra {
		id, ok := r["id"].(string)
		if !ok {
			id = b.id("extra" + strconv.Itoa(i))
		}
		typ, _ := r["resourceType"].(string)
		b.add(typ, id, maps.Clone(r))
	}
}

func (b *builder) appointment(a Appointment, request fhir) fhir {
	r := fhir{"status": cmp.Or(a.Status, "booked"), "basedOn": []fhir{request}, "created": b.or(a.Created),
		"appointmentType": text(a.Type), "patientInstruction": a.Instruction}
	status := "tentative"
	if a.Confirmed {
		status = "accepted"
	}
	r["participant"] = []fhir{{"actor": b.refer("Patient", b.id("patient")), "status": status}}
	if a.Start.IsZero() {
		r["status"] = cmp.Or(a.Status, "proposed")
		return r
	}
	r["start"], r["minutesDuration"] = instant(a.Start), cmp.Or(a.Minutes, 30)
	r["end"] = instant(a.Start.Add(time.Duration(cmp.Or(a.Minutes, 30)) * time.Minute))
	return r
}

func (b *builder) document(i int, d Document) {
	attachment := fhir{"contentType": cmp.Or(d.ContentType, "application/pdf"), "creation": b.or(b.Authored),
		"title": cmp.Or(d.Title, b.Patient.Given+" "+b.Patient.Family+"-letter.pdf")}
	if d.Data != "" {
		attachment["data"] = d.Data
	} else {
		attachment["url"] = cmp.Or(d.URL, b.Host+"/svc/fhir/v1/ServiceRequest/"+b.Ref+"/$letter")
	}
	b.add("DocumentReference", b.id("document"+strconv.Itoa(i)), fhir{"status": "current",
		"identifier": b.identifiers("id-ereferral-reference", b.Ref), "content": []fhir{{"attachment": attachment}}})
}

// focus returns what the event is about: of the type that it names, if the message holds one, else
// the ServiceRequests.
func (b *builder) focus() []fhir {
	typ := map[string]string{
		"notify-add-process-request": "Task", "notify-update-process-request": "Task", "notify-update-status": "Task",
		"notify-add-appointment": "Appointment", "notify-update-appointment": "Appointment",
		"send-communication": "Communication", "send-communication-from-requester": "Communication",
		"send-communication-from-provider": "Communication", "add-communication": "Communication",
	}[b.Event]
	if refs := b.foci[typ]; len(refs) > 0 {
		return refs
	}
	return b.foci["ServiceRequest"]
}

func (b *builder) or(t time.Time) string {
	if t.IsZero() {
		t = b.SentAt
	}
	return instant(t)
}

func instant(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }

func name(family, given string) []fhir {
	n := fhir{"use": "official"}
	if family != None {
		n["family"] = family
	}
	if given != None {
		n["given"] = []string{given}
	}
	return []fhir{n}
}

func telecom(phone, email string) []fhir {
	all := []fhir{}
	for _, c := range [][2]string{{"phone", phone}, {"email", email}} {
		if c[1] != "" && c[1] != None {
			all = append(all, fhir{"system": c[0], "value": c[1], "use": "work"})
		}
	}
	return all
}

// text returns a CodeableConcept that has only a text; nil, which leaves its field out, for none.
func text(said string) any {
	if said == "" || said == None {
		return nil
	}
	return fhir{"text": said}
}

// concept returns a list of one CodeableConcept, coded as it is called; an empty list for none.
func concept(said string) []fhir {
	if said == "" || said == None {
		return []fhir{}
	}
	return []fhir{{"coding": []fhir{{"code": said, "display": said}}}}
}
