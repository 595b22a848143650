package views

import (
	"slices"
	"strings"
	"time"

	"breakwater/store"
)

// Act is something that a person does with a referral: the last word of its address.
type Act string

// What can be done with a referral that the clinic received.
const (
	ActAccept   Act = "accept"
	ActDecline  Act = "decline"
	ActBook     Act = "book"    // also at another time than before
	ActConfirm  Act = "confirm" // the patient agreed to the time
	ActUnbook   Act = "unbook"  // the booking is removed
	ActMessage  Act = "message"
	ActComplete Act = "complete"
	ActReopen   Act = "reopen"
)

// Hindrance is why nothing can be done with a referral, or not what was asked for.
type Hindrance string

// The hindrances.
const (
	HinderedSent      Hindrance = "sent"      // the receiver decides
	HinderedForwarded Hindrance = "forwarded" // another site decides
	HinderedCancelled Hindrance = "cancelled" // by the sender
	HinderedSite      Hindrance = "site"      // nobody knows whose it is while the Site Number is missing
	HinderedFolder    Hindrance = "folder"    // not what is done where the referral stands
)

// Acts is what a person may do with a referral now.
type Acts struct {
	Offered       []Act
	Hindered      Hindrance // why none is offered; "" where one is
	NoCredentials bool      // what is told to Ocean waits until they are saved
	CanSetUp      bool      // the person may save them
}

// ActForm is the page of one action. Errors are keyed by field name.
type ActForm struct {
	Act      Act
	Referral store.Referral // as it is now
	Hindered Hindrance      // why there is no form; "" where there is
	CanSetUp bool
	Changed  bool        // meanwhile; nothing was sent
	Same     *store.Sent // told already: the very same; nil if not
	Failed   bool        // Ocean's last message lacks what an update needs
	From     string      // id of the refused update that this one replaces; "" for none
	Typed    ActFields
	Errors   map[string]string // reason, note, date, time, minutes, type, instruction, text, pdf
}

// ActFields are the fields of an action as typed.
type ActFields struct {
	Reason                                 string // of declining; else a note
	Date, Time, Minutes, Type, Instruction string
	Confirmed                              bool
	Text                                   string
	PDF                                    bool // one was chosen; it has to be chosen again
}

func (a ActForm) address() string { return "/referrals/" + a.Referral.ID }

// rebooking reports whether there is a booking that another one would replace. What is left of one on
// a closed referral is none.
func rebooking(r store.Referral) bool {
	return r.Folder == store.FolderBookedUnconfirmed || r.Folder == store.FolderBookedConfirmed
}

func (f Frame) actName(r store.Referral, act Act) string {
	if act == ActBook && rebooking(r) {
		return f.Text.Actions.Rebook
	}
	return lookup(f.Text.Actions.Names, act)
}

// actWords are the title of an action's page and its button.
func (f Frame) actWords(a ActForm) Explained {
	if a.Act == ActBook && rebooking(a.Referral) {
		return f.Text.Actions.Rebooking
	}
	return f.Text.Actions.Pages[a.Act]
}

// whereNow says where a referral stands, for who last saw it elsewhere.
func (f Frame) whereNow(r store.Referral) string {
	if rebooking(r) {
		return f.Text.Actions.NowBooked(f.Text.Folder(r.Folder), f.exact(r.Appointment.Start))
	}
	return f.Text.Actions.Now(f.Text.Folder(r.Folder))
}

// Told says what an update told Ocean, in a line.
func (f Frame) Told(o store.Sent) string {
	w := f.Text.Actions
	switch u := o.Update; {
	case u.Task != nil:
		return with(lookup(w.Statuses, u.Task.Status), u.Task.Reason, w.With)
	case u.Appointment != nil && u.Appointment.Start.IsZero():
		return w.Unbooked
	case u.Appointment != nil && u.Appointment.Confirmed:
		return w.BookedConfirmed(f.exact(u.Appointment.Start))
	case u.Appointment != nil:
		return w.Booked(f.exact(u.Appointment.Start))
	case len(u.Communications) > 0:
		return with(w.Message, u.Communications[0].Text, w.With)
	}
	return w.Message
}

// with puts what somebody wrote behind what it is, cut to a line.
func with(what, wrote string, join func(what, wrote string) string) string {
	if wrote = brief(wrote); wrote == "" {
		return what
	}
	return join(what, wrote)
}

// briefly is how many characters of a text stand in a line.
const briefly = 80

func brief(text string) string {
	runes := []rune(joinWords([]string{text}))
	if len(runes) <= briefly {
		return string(runes)
	}
	return strings.TrimRight(string(runes[:briefly]), " ") + "…"
}

// shownUpdates is how many of the last updates a referral shows.
const shownUpdates = 5

// toldLately are the last updates, the newest first, and older ones that are not settled: a refused one
// holds up what comes after it.
func (d ReferralDetail) toldLately() (list []store.Sent) {
	for i, o := range slices.Backward(d.Referral.Outbox) {
		if len(d.Referral.Outbox)-i <= shownUpdates || o.State == store.OutRefused || o.State == store.OutWaiting {
			list = append(list, o)
		}
	}
	return list
}

// behind reports whether an update waits for one before it that Ocean refused.
func (d ReferralDetail) behind(o store.Sent) bool {
	for _, before := range d.Referral.Outbox {
		if before.ID == o.ID {
			return false
		}
		if before.State == store.OutRefused {
			return o.State == store.OutWaiting
		}
	}
	return false
}

// differs reports whether Ocean has the referral elsewhere though nothing is on its way there.
func (d ReferralDetail) differs() bool {
	r := d.Referral
	return r.OceanFolder != "" && r.OceanFolder != r.Folder && r.Direction != store.DirectionSent &&
		!slices.ContainsFunc(r.Outbox, func(o store.Sent) bool { return o.State == store.OutWaiting })
}

// watchFor is how long an open page asks what becomes of an update.
const watchFor = time.Hour

// underWay reports whether something was told lately whose outcome Ocean has not said yet.
func (d ReferralDetail) underWay(f Frame) bool {
	return slices.ContainsFunc(d.Referral.Outbox, func(o store.Sent) bool {
		return (o.State == store.OutWaiting || o.State == store.OutSent) && f.Now.Sub(o.At) < watchFor
	})
}

// said is what an open page says of its updates, in a word that fits an address.
func (d ReferralDetail) said() string {
	said := string(d.Referral.OceanFolder)
	for _, o := range d.Referral.Outbox {
		said += "." + string(o.State)
	}
	return said
}

// Says reports whether a page says what it would say now.
func (d ReferralDetail) Says(said string) bool { return said == d.said() }

// unsent are the faults with which Ocean never read the update.
var unsent = []store.Fault{store.FaultIncomplete, store.FaultHost, store.FaultName, store.FaultAddress, store.FaultConnect,
	store.FaultCertificate, store.FaultSlow, store.FaultCredentials, store.FaultBusy, store.FaultCancelled, store.FaultDamaged}

// outChip is how far an update has come.
func (f Frame) outChip(o store.Sent) (tone, symbol, words string) {
	w := f.Text.Actions
	switch {
	case o.State == store.OutWaiting:
		return "plain", "clock", w.Waiting
	case o.State == store.OutSent:
		return "fresh", "send", w.Sent
	case o.State == store.OutConfirmed:
		return "done", "circle-check", w.Confirmed
	case o.State == store.OutDropped:
		return "plain", "", w.Dropped
	case o.Said == "" && slices.Contains(unsent, o.Fault):
		return "waiting", "triangle-alert", w.NotSent
	}
	return "waiting", "triangle-alert", w.Refused
}

// editing is the action with whose form a refused update can be changed; "" where there is none.
func (d ReferralDetail) editing(o store.Sent) Act {
	var acts []Act
	switch u := o.Update; {
	case u.Task != nil:
		acts = map[string][]Act{"accepted": {ActAccept, ActReopen}, "rejected": {ActDecline}, "completed": {ActComplete}}[u.Task.Status]
	case u.Appointment != nil && !u.Appointment.Start.IsZero():
		acts = []Act{ActBook}
	case u.Appointment == nil:
		acts = []Act{ActMessage}
	}
	for _, act := range acts {
		if slices.Contains(d.Acts.Offered, act) {
			return act
		}
	}
	return ""
}

// oceanButton is the way to the portal: the page's first button only where nothing can be done here.
func (d ReferralDetail) oceanButton() string {
	if d.CanManage && len(d.Acts.Offered) > 0 {
		return "button"
	}
	return "button primary"
}

// toldOcean says of an entry of the audit log what Ocean was told: never the words.
func (s auditSpeaker) toldOcean() []string {
	what := s.Status
	switch {
	case s.Kind == store.OutMessage:
		what = "message"
	case s.Kind == store.OutAppointment && !s.Booked:
		what = "unbooked"
	case s.Kind == store.OutAppointment && s.Confirmed:
		what = "confirmed"
	case s.Kind == store.OutAppointment:
		what = "booked"
	}
	if said := s.text.Actions.SaidTold[what]; said != "" {
		return []string{said}
	}
	return nil
}
