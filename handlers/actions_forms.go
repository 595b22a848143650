package handlers

import (
	"io"
	"mime/multipart"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"breakwater/handlers/ocean"
	"breakwater/store"
	"breakwater/views"
)

// Bounds of what is typed, in characters; Ocean names none. [ocean.MaxMessage] bounds messages.
const (
	maxReason      = 2_000
	maxType        = 200
	maxInstruction = 2_000
	maxMinutes     = 12 * 60
	maxYears       = 5 // ahead: later ones are slips of the keyboard

	usualMinutes = "30"
)

// maxMessageForm is room for a message and its PDF, in bytes. It is more than Ocean takes, so that
// whoever chose too large a file gets the form again and not a bare refusal.
const maxMessageForm = 25 << 20

// usual are the fields as somebody finds them: what holds for most bookings, or for the present one.
func (s *server) usual(form views.ActForm) (typed views.ActFields) {
	if form.Act != views.ActBook {
		return typed
	}
	typed = s.fieldsOf(form.Referral.Appointment)
	typed.Confirmed = false // that the patient agreed to one time says nothing of another
	return typed
}

// toldBefore are the fields of a refused update.
func (s *server) toldBefore(o store.Sent) (typed views.ActFields) {
	switch u := o.Update; {
	case u.Task != nil:
		typed.Reason = u.Task.Reason
	case u.Appointment != nil:
		typed = s.fieldsOf(*u.Appointment)
	case len(u.Communications) > 0:
		typed.Text, typed.PDF = u.Communications[0].Text, true // there may have been one
	}
	return typed
}

func (s *server) fieldsOf(a store.Appointment) views.ActFields {
	typed := views.ActFields{Minutes: usualMinutes, Type: a.Type, Instruction: a.Instruction, Confirmed: a.Confirmed}
	if !a.Start.IsZero() {
		start := a.Start.In(s.Zone)
		typed.Date, typed.Time = start.Format(dayLayout), start.Format(clockLayout)
	}
	if minutes := int(a.End.Sub(a.Start) / time.Minute); !a.End.IsZero() && minutes > 0 {
		typed.Minutes = strconv.Itoa(minutes)
	}
	return typed
}

// typedAct reads the fields of all actions; those that a form does not have are empty.
func typedAct(r *request) views.ActFields {
	return views.ActFields{
		Reason: r.typed("reason") + r.typed("note"), // no form has both
		Date:   r.typed("date"), Time: r.typed("time"), Minutes: r.typed("minutes"), Type: r.typed("type"),
		Instruction: r.typed("instruction"), Confirmed: r.posted("confirmed") != "", Text: r.typed("text"), PDF: r.file("pdf") != nil,
	}
}

// typed is a posted field as a text that may go on to other systems: valid UTF-8, without the signs
// that nobody types.
func (r *request) typed(name string) string {
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(r.posted(name), "\ufffd"))
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return -1
		}
		return c
	}, s)
	return strings.TrimSpace(s)
}

// file is a file that was posted; nil for none.
func (r *request) file(name string) *multipart.FileHeader {
	if f := r.Request().MultipartForm; f != nil && len(f.File[name]) > 0 {
		return f.File[name][0]
	}
	return nil
}

// say makes of what was typed what Ocean is told. What is wrong goes beside its field.
func (s *server) say(r *request, form *views.ActForm) (say ocean.Say) {
	t, typed := r.text().Actions, form.Typed
	bounded := func(field, text string, most int) {
		if utf8.RuneCountInString(text) > most {
			form.Errors[field] = t.TooLong(most)
		}
	}
	switch form.Act {
	case views.ActAccept, views.ActReopen:
		say.Task = &store.Task{Status: "accepted", Reason: typed.Reason}
		bounded("note", typed.Reason, maxReason)
	case views.ActComplete:
		say.Task = &store.Task{Status: "completed", Reason: typed.Reason}
		bounded("note", typed.Reason, maxReason)
	case views.ActDecline:
		say.Task = &store.Task{Status: "rejected", Reason: typed.Reason}
		if bounded("reason", typed.Reason, maxReason); typed.Reason == "" {
			form.Errors["reason"] = t.ReasonMissing
		}
	case views.ActBook:
		bounded("type", typed.Type, maxType)
		bounded("instruction", typed.Instruction, maxInstruction)
		say.Appointment = s.typedBooking(t, form)
	case views.ActConfirm:
		a := form.Referral.Appointment
		if a.Confirmed = true; !a.End.After(a.Start) {
			a.End = time.Time{} // as Ocean sent it; nobody could say it again
		}
		say.Appointment = &a
	case views.ActUnbook:
		say.Appointment = &store.Appointment{}
	case views.ActMessage:
		say.Communication = &store.Communication{Text: typed.Text}
		if bounded("text", typed.Text, ocean.MaxMessage); typed.Text == "" {
			form.Errors["text"] = t.TextMissing
		}
		say.Attachment = r.typedPDF(form.Errors)
	}
	return say
}

// typedPDF is the file that goes along with a message; nil for none, or where it is none that Ocean
// takes, which is told by its bytes.
func (r *request) typedPDF(wrong map[string]string) *ocean.Attachment {
	chosen := r.file("pdf")
	if chosen == nil {
		return nil
	}
	if chosen.Size > ocean.MaxAttachment {
		wrong["pdf"] = r.text().Actions.PDFLarge(ocean.MaxAttachment >> 20)
		return nil
	}
	f, err := chosen.Open()
	if err == nil {
		defer f.Close()
		var data []byte
		if data, err = io.ReadAll(f); err == nil {
			if kind, ok := ocean.ContentType(data); ok && kind == "application/pdf" {
				return &ocean.Attachment{Title: path.Base(strings.ReplaceAll(chosen.Filename, `\`, "/")), Data: data}
			}
		}
	}
	wrong["pdf"] = r.text().Actions.PDFWrong
	return nil
}
