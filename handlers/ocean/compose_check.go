package ocean

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/store"
)

// The bounds of what the clinic says.
const (
	MaxMessage     = 20_000   // runes of a message, and of a decision's reason
	MaxInstruction = 5_000    // runes of the instructions for a booking
	MaxType        = 500      // runes of a booking's type
	MaxAttachment  = 10 << 20 // bytes of an attachment: what Ocean takes

	maxTitle = 255 // runes of an attachment's title; longer ones are cut
)

// statuses are the Task statuses that Ocean takes from a receiver.
var statuses = []string{"accepted", "rejected", "completed", "in-progress", "on-hold", "ready", "received", "requested", "cancelled"}

// checked returns what is to be said as copies with clean texts, or the reason why it cannot be.
func checked(say Say) (clean Say, err error) {
	set := 0
	for _, is := range []bool{say.Task != nil, say.Appointment != nil, say.Communication != nil} {
		if is {
			set++
		}
	}
	if set != 1 || say.Attachment != nil && say.Communication == nil {
		return clean, fmt.Errorf("%w: not exactly one thing", ErrInvalid)
	}
	switch {
	case say.Task != nil:
		clean.Task, err = checkedTask(*say.Task)
	case say.Appointment != nil:
		clean.Appointment, err = checkedAppointment(*say.Appointment)
	default:
		clean.Communication, err = checkedCommunication(*say.Communication)
	}
	if err == nil && say.Attachment != nil {
		clean.Attachment, err = checkedAttachment(*say.Attachment)
	}
	return clean, err
}

func checkedTask(t store.Task) (*store.Task, error) {
	if !slices.Contains(statuses, t.Status) {
		return nil, fmt.Errorf("%w: status", ErrInvalid)
	}
	reason, err := checkedText(t.Reason, MaxMessage)
	return &store.Task{Status: t.Status, Code: plainText(t.Code), Reason: reason}, err
}

func checkedAppointment(a store.Appointment) (*store.Appointment, error) {
	if a.Start.IsZero() {
		return &store.Appointment{}, nil
	}
	if !isPlausible(a.Start) || !a.End.IsZero() && (!isPlausible(a.End) || !a.End.After(a.Start)) {
		return nil, fmt.Errorf("%w: times", ErrInvalid)
	}
	var err error
	if a.Type, err = checkedText(a.Type, MaxType); err != nil {
		return nil, err
	}
	a.Instruction, err = checkedText(a.Instruction, MaxInstruction)
	return &a, err
}

func checkedCommunication(said store.Communication) (*store.Communication, error) {
	text, err := checkedText(said.Text, MaxMessage)
	if err == nil && text == "" {
		err = fmt.Errorf("%w: no words", ErrInvalid)
	}
	return &store.Communication{Text: text}, err
}

func checkedAttachment(a Attachment) (*Attachment, error) {
	if kind, ok := ContentType(a.Data); !ok || kind != "application/pdf" || len(a.Data) > MaxAttachment {
		return nil, ErrAttachment
	}
	title := []rune(strings.Join(strings.Fields(plainText(a.Title)), " "))
	if len(title) > maxTitle {
		title = append(title[:maxTitle-1], '…')
	}
	return &Attachment{Title: string(title), Data: a.Data}, nil
}

func checkedText(s string, most int) (string, error) {
	s = plainText(s)
	if utf8.RuneCountInString(s) > most {
		return "", ErrTooLong
	}
	return s, nil
}

// plainText returns a text as FHIR's string allows it (FHIR R4, Data Types): valid UTF-8 without
// control characters but tab and line feed. Browsers send a line's end as two characters.
func plainText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// isPlausible reports whether a time is one of this era, which every reader of FHIR can read
// whatever its zone.
func isPlausible(t time.Time) bool { return t.Year() >= 1900 && t.Year() < 9999 }
